"""What every command needs: the language, the content and the database of this user."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz import clock, language, paths, streams
from llmquiz.app.settings import from_environment, listed, read_settings
from llmquiz.errors import Unwritable
from llmquiz.messages.ui import Words

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from llmquiz.collection.collection import Collection
    from llmquiz.collection.faults import Fault
    from llmquiz.demos.lab.outcome import Outcome
    from llmquiz.grading.text.glossary import Glossary
    from llmquiz.language import Lang
    from llmquiz.store.store import Store

LARGE = 2_000_000
"""Bytes of content below which reading is over before a bar could be read."""


@dataclass
class AppContext:
    """The user's surroundings, opened when first used."""

    lang_option: str | None
    content: Path | None = None
    _unwritable: bool = field(init=False, default=False)
    _glossaries: dict[str, Glossary] = field(init=False, default_factory=dict)
    outcomes: dict[str, Outcome] = field(init=False, default_factory=dict)
    """What demos found in this sitting, by demo."""
    measured: dict[tuple[str | None, str], float] = field(init=False, default_factory=dict)
    """What predictions were compared with in this sitting, by demo and field."""

    @cached_property
    def lang(self) -> Lang:
        """The language of the screen."""
        return language.choose(self.lang_option, read_settings().values.get("lang"))

    def switch_language(self, lang: Lang) -> None:
        """Speak another language from now on: that of an interview that is taken up again."""
        self.lang_option = lang
        # These two follow from the option; nothing else that is cached does.
        for cached in ("lang", "words"):
            self.__dict__.pop(cached, None)

    def print_to(self, console: Console) -> None:
        """Show on another console from now on: a recording, or a screen of a given width."""
        self.__dict__["console"] = console

    @cached_property
    def words(self) -> Words:
        """The interface's words in that language."""
        return Words(self.lang)

    @cached_property
    def console(self) -> Console:
        """Standard output."""
        from rich.console import Console

        return Console(highlight=False, markup=False, emoji=False)

    @cached_property
    def problems(self) -> Console:
        """Standard error."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

    @cached_property
    def roots(self) -> list[Path]:
        """The folders of content: the user's own first, the shipped one last."""
        return [*own_content(self.content), paths.shipped_content()]

    @cached_property
    def collection(self) -> Collection:
        """The content; what is faulty in it is passed over with a warning."""
        from llmquiz.collection.cache import open_collection

        with loading_bar(self) as progress:
            collection = open_collection(self.roots, paths.cache(), progress)
        self.warn_of(collection.faults())
        if collection.unkept:
            self.warn_unwritable(self.words("unwritable.cache", path=paths.cache(), why=collection.unkept))
        return collection

    @cached_property
    def store(self) -> Store:
        """The review database; reviews under former ids count for the new ones.

        Raises: Unwritable where nothing can be kept.
        """
        return self._open_store(reading=False)

    @cached_property
    def past(self) -> Store:
        """The review database for who only reads: where it cannot be written, a copy of it, and a line that says so."""
        try:
            return self.store
        except Unwritable as error:
            self.warn_unwritable(error.text(self.lang))
            # Sealed only now: opening still writes the renamed ids into the copy.
            return self._open_store(reading=True).sealed()

    def must_keep(self) -> None:
        """Refuse, before anything else is done or said, what could not be kept.

        Raises: Unwritable.
        """
        _ = self.store

    def _open_store(self, *, reading: bool) -> Store:
        from llmquiz.store.store import Store

        store = Store.open(paths.database(), now=clock.now(), reading=reading)
        aliases = self.collection.aliases()
        if aliases:
            store.rename(aliases)
        # The quick question first: the log is searched only where some memory is ahead.
        if store.is_ahead and store.answers_after(clock.now() + clock.SKEW):
            self.warn(self.words("clock.ahead"))
        return store

    def glossary(self, topic: str = "") -> Glossary:
        """The terms of the field, and of one topic, as the grader uses them."""
        from llmquiz.grading.text.glossary import Glossary

        if topic not in self._glossaries:
            self._glossaries[topic] = Glossary.from_json(self.collection.compiled_glossary(topic))
        return self._glossaries[topic]

    def show(self, *parts: RenderableType) -> None:
        """Print renderables to standard output."""
        for part in parts:
            self.console.print(part)

    def say(self, text: str) -> None:
        """Print a quiet line to standard output."""
        from rich.text import Text

        from llmquiz.ui.document.prose import Styled

        self.console.print(Styled(Text(text, style="dim")))

    def json(self, data: Any) -> None:
        """Print data as JSON to standard output."""
        import json

        # An encoding that lacks characters would lose them; escapes lose nothing.
        sys.stdout.write(json.dumps(data, ensure_ascii=not streams.unicode(), indent=2, default=str) + "\n")

    def warn(self, text: str) -> None:
        """Print a line to standard error."""
        self.problems.print(text)

    def warn_unwritable(self, text: str) -> None:
        """Say that something cannot be kept: the first of it only, as the rest has the same cause and cure."""
        if not self._unwritable:
            self._unwritable = True
            self.warn(text)

    def warn_of(self, faults: Iterable[Fault]) -> None:
        """Say how many faults were passed over."""
        count = sum(fault.level == "error" for fault in faults)
        if count:
            self.warn(self.words("faults.warning", count=count))


def own_content(option: Path | None) -> list[Path]:
    """The user's content folders: the option, else LLMQUIZ_CONTENT, else settings.yaml, else the data folder's."""
    from llmquiz.errors import ContentError

    if option is not None and not os.path.isdir(option):
        raise ContentError("content.no-folder", option=option)
    names = from_environment() or listed(read_settings().values.get("content")) or []
    # Unlike Path's own, this leaves a user who is not known as he is written.
    named = [option] if option else [Path(os.path.expanduser(name)) for name in names]
    # What is not there was told with the faults of the settings.
    return [path for path in (named or [paths.data() / "content"]) if os.path.isdir(path)]


def loading_bar(context: AppContext) -> Any:
    """A context that gives a progress callback: a bar on standard error for a large collection in a terminal."""
    from contextlib import nullcontext

    if not sys.stderr.isatty():
        return nullcontext(None)
    return _Bar(context)


class _Bar:
    """A progress bar that shows itself only when there is much to read."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._progress: Any = None

    def __enter__(self) -> Any:
        return self._advance

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _advance(self, done: int, total: int) -> None:
        if total < LARGE:
            return
        if self._progress is None:
            from rich.progress import Progress

            self._progress = Progress(console=self._context.problems, transient=True)
            self._progress.start()
            self._progress.add_task(self._context.words("loading"), total=total)
        self._progress.update(self._progress.task_ids[0], completed=done)
