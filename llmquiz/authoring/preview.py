"""Content on the screen while it is written: shown again on every save, an answer graded when one is typed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, RenderableType
from rich.rule import Rule

from llmquiz import paths
from llmquiz.app.check import print_faults
from llmquiz.app.context import AppContext
from llmquiz.collection.collection import QuestionRef
from llmquiz.collection.discover import root_of
from llmquiz.collection.faults import Fault
from llmquiz.collection.load import load
from llmquiz.collection.loaded import LoadedEntry, LoadResult
from llmquiz.errors import LlmquizError
from llmquiz.ids import Id
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schema.questions import OpenQuestion
from llmquiz.ui.document import answers
from llmquiz.ui.document.fitting import Fitted
from llmquiz.ui.document.front import front
from llmquiz.ui.document.prose import Prose, heading
from llmquiz.ui.document.verdict import verdict


class Preview:
    """One preview: a path, or one entry of it."""

    def __init__(self, context: AppContext, what: str, width: int | None) -> None:
        self.context = context
        self.name = ""
        self.faulty = False
        self.entry: LoadedEntry | None = None
        path = Path(what)
        if not path.exists():
            asked = context.collection.get(what)
            path, self.name = Path(asked.path), asked.id
        self.path = path.resolve()
        if width:
            context.print_to(Console(width=width, highlight=False, markup=False, emoji=False))

    def show(self) -> None:
        """Print the faults, then every entry in each language of its deck."""
        from llmquiz.collection.audit.audit import audit

        loaded = load(list(dict.fromkeys([root_of(self.path), paths.shipped_content().resolve()])))
        faults = [fault for fault in sorted({*loaded.faults, *audit(loaded, self.path)}) if self._mine(fault, loaded)]
        self.faulty = any(fault.level == "error" for fault in faults)
        for filed in loaded.entries.values():
            if filed.path.is_relative_to(self.path) and self.name in ("", filed.id):
                self._card(filed, loaded)
        print_faults(self.context, faults)

    def _mine(self, fault: Fault, loaded: LoadResult) -> bool:
        return any(shown == fault.path and file.is_relative_to(self.path) for file, shown in loaded.shown.items())

    def _card(self, filed: LoadedEntry, loaded: LoadResult) -> None:
        self.entry = filed
        langs = loaded.topics[filed.topic][1].langs
        asked = QuestionRef(Id(filed.id), filed.entry.type, filed.topic, filed.entry, "", str(filed.path), tuple(langs))
        for lang in LANGS:
            if lang in langs:
                self.context.show(*_shown(asked, Words(lang)))

    def watch(self) -> None:
        """Show it again on every save until Ctrl-C; a typed line is graded as an answer."""
        try:
            import watchfiles
        except ImportError as error:
            raise LlmquizError("preview.needs-watchfiles") from error
        stop = threading.Event()

        def again() -> None:
            # Milliseconds after which `stop` is looked at: by default five seconds, which Ctrl-C would wait for.
            for _ in watchfiles.watch(self.path, stop_event=stop, rust_timeout=200):
                self.context.show("", Rule(self.context.words("preview.again"), style="dim"))
                self.show()

        # Beside the prompt, so that a save shows while an answer is typed.
        watcher = threading.Thread(target=again, daemon=True)
        watcher.start()
        try:
            self._answers()
        finally:
            stop.set()
            watcher.join(timeout=5)

    def _answers(self) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.patch_stdout import patch_stdout

        session: PromptSession[str] = PromptSession()
        while True:
            try:
                # What the watcher prints goes above the prompt; raw, since rich has put its colours in already.
                with patch_stdout(raw=True):
                    typed = session.prompt(self.context.words("preview.answer") + " ")
            except (EOFError, KeyboardInterrupt):
                return
            if typed.strip():
                self.graded(typed)

    def graded(self, typed: str) -> None:
        """How an answer to the last open question shown is graded."""
        from llmquiz import grading

        filed = self.entry
        if filed is None or not isinstance(filed.entry, OpenQuestion):
            self.context.say(self.context.words("preview.no-question"))
            return
        entry = filed.entry
        # The preview shows both languages: the answer says in which it is meant.
        lang: Lang = "zh" if any("\u4e00" <= character <= "\u9fff" for character in typed) else "en"
        glossary = self.context.glossary(filed.topic)
        score = grading.grade(entry, typed, lang, glossary=glossary)
        words = Words(lang)
        asked = QuestionRef(Id(filed.id), "open", "", entry, "", "", (lang,))
        self.context.show(Fitted(verdict(asked, score, typed, words)[1:]))  # the question stands above


def _shown(asked: QuestionRef, words: Words) -> Iterator[RenderableType]:
    """An entry as the learner meets it, then its answer."""
    from llmquiz.schedule.layout import lay_out

    yield ""
    yield Rule(f"{asked.id} · {words(f'kind.{asked.kind}')} · {words.lang}", align="left", style="dim")
    question = front(asked.entry, words)
    if question:
        yield Prose(question.prompt, "bold")
        choices = question.chosen_from(lay_out(asked, 0).order)
        yield from (Prose(f"{n}. {text}", indent=2) for n, text in enumerate(choices, 1))
    yield from answers.answer(asked, words, "full")
    if isinstance(asked.entry, OpenQuestion):
        yield heading(words("back.points"))
        for number, point in enumerate(asked.entry.points, 1):
            yield Prose(f"{number}. {point.text[words.lang]}", indent=2)
