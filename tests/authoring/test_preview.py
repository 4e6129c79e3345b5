"""A preview: what a learner meets, in each language of the deck, with the faults of what is being written."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from types import ModuleType

import pytest
from rich.console import Console

from llmquiz.app.context import AppContext
from llmquiz.authoring.preview import Preview
from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.language import LANGS
from llmquiz.messages.ui import Words

Write = Callable[[str, str], Path]


def shown(context: AppContext, what: str | Path) -> tuple[Preview, list[str]]:
    """A preview that has been shown, and its lines."""
    preview, screen = Preview(context, str(what), None), io.StringIO()
    context.print_to(Console(file=screen, width=200, highlight=False, markup=False, emoji=False))
    preview.show()
    return preview, screen.getvalue().splitlines()


def graded(context: AppContext, preview: Preview, answer: str) -> str:
    """What is said of an answer."""
    screen = io.StringIO()
    context.print_to(Console(file=screen, width=200, highlight=False, markup=False, emoji=False))
    preview.graded(answer)
    return screen.getvalue()


def headings(lines: list[str]) -> list[str]:
    """The cards, by the line above each."""
    return [line.rstrip("─ ") for line in lines if " · " in line and "─" in line]


def test_a_card_has_the_question_its_answers_and_its_points_in_each_language(context: AppContext, topic: Path) -> None:
    _, lines = shown(context, "scale")
    assert headings(lines) == [f"small/scale · {Words(lang)('kind.open')} · {lang}" for lang in LANGS]
    entry = context.collection.get("scale").entry
    for lang in LANGS:
        texts = [entry.prompt[lang], entry.answers.one_minute.text[lang], Words(lang)("back.points")]  # type: ignore[union-attr]
        numbered = [f"{at}. {point.text[lang]}" for at, point in enumerate(entry.points, 1)]  # type: ignore[union-attr]
        assert [text for text in (*texts, *numbered) if text not in "\n".join(lines)] == []


def test_a_card_is_shown_in_no_language_but_those_of_its_deck(context: AppContext, topic: Path, write: Write) -> None:
    write("mono/deck.yaml", "title: {zh: 题}\nsummary: {zh: 摘要}\nlangs: [zh]\n")
    claim = "type: claim\nid: it\ntext: {zh: 没有代价。}\nverdict: wrong\nright: {zh: 有。}\nwhy: {zh: 是的。}\n"
    _, lines = shown(context, write("mono/it.yaml", claim))
    assert headings(lines) == [f"mono/it · {Words('zh')('kind.claim')} · zh"]


def test_options_are_numbered_below_their_question(context: AppContext, topic: Path) -> None:
    _, lines = shown(context, "pick")
    at = lines.index("Which one is causal?")
    assert sorted(line.strip()[3:] for line in lines[at + 1 : at + 3]) == ["Decoder", "Encoder"]
    assert [line.strip()[:3] for line in lines[at + 1 : at + 3]] == ["1. ", "2. "]


@pytest.mark.parametrize("folder", ["", "small", "small/questions.yaml"])
def test_a_path_shows_every_entry_below_it_and_a_name_only_its_own(
    context: AppContext, topic: Path, folder: str
) -> None:
    every = {line.split(" · ")[0] for line in headings(shown(context, topic / folder)[1])}
    assert every == {entry.id for entry in context.collection.entries()}
    assert {line.split(" · ")[0] for line in headings(shown(context, "kinds.encoder")[1])} == {"small/kinds"}


def test_a_path_that_is_not_there_is_an_id_that_nothing_has(context: AppContext) -> None:
    with pytest.raises(UnknownId, match="small/gone"):
        Preview(context, "small/gone", None)


def test_only_what_is_previewed_has_faults_and_warnings_are_none(
    context: AppContext, topic: Path, write: Write
) -> None:
    write("small/broken.yaml", "claims:\n  - id: x\n    verdict: rong\n")
    sound, lines = shown(context, topic / "small/questions.yaml")
    assert (sound.faulty, [line for line in lines if "broken.yaml" in line]) == (False, [])
    assert [line for line in lines if line.startswith("content/small/questions.yaml:")] != []  # no examples: warnings
    faulty, lines = shown(context, topic / "small")
    assert faulty.faulty
    assert [line for line in lines if line.startswith("content/small/broken.yaml:3: claims.0.verdict: ")] != []


def test_a_fault_that_is_mended_is_gone_when_it_is_shown_again(context: AppContext, topic: Path) -> None:
    path = topic / "small/questions.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("verdict: wrong", "verdict: rong"), encoding="utf-8")
    preview, _ = shown(context, path)
    assert preview.faulty
    path.write_text(text, encoding="utf-8")
    preview.show()
    assert not preview.faulty


def test_the_width_is_that_of_the_learners_screen(
    context: AppContext, topic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Preview(context, "scale", 30).show()
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("content/")]
    assert max(map(len, lines)) == 30


@pytest.mark.parametrize(
    ("lang", "answer"), [("en", "The variance grows."), ("zh", "方差会随维度 d 增长。"), ("zh", "variance 随 d 增长")]
)
def test_an_answer_is_graded_in_the_language_that_it_is_in(
    context: AppContext, topic: Path, lang: str, answer: str
) -> None:
    feedback = graded(context, shown(context, "scale")[0], answer)
    assert Words(lang)("back.score", percent=33, met=1, total=3) in feedback  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_no_open_question_cannot_be_answered(topic: Path, lang: str) -> None:
    context = AppContext(lang, topic)
    preview, _ = shown(context, "pick")
    assert graded(context, preview, "2").strip() == context.words("preview.no-question")
    assert graded(context, Preview(context, "scale", None), "It grows.").strip() == context.words("preview.no-question")


def test_watching_needs_a_library_that_is_named(
    context: AppContext, topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(LlmquizError) as refused:
        Preview(context, "scale", None).watch()
    assert [("watchfiles" in text, "--once" in text) for text in map(refused.value.text, LANGS)] == [(True, True)] * 2


@pytest.mark.parametrize("leaving", [EOFError, KeyboardInterrupt])
def test_every_save_is_shown_and_every_answer_graded_until_the_author_leaves(
    context: AppContext, topic: Path, monkeypatch: pytest.MonkeyPatch, leaving: type[BaseException]
) -> None:
    saved, typed = Event(), ["The variance grows.", "  "]
    path = topic / "small/questions.yaml"
    preview, _ = shown(context, path)
    preview.name = "small/scale"
    screen = io.StringIO()
    context.print_to(Console(file=screen, width=200, highlight=False, markup=False, emoji=False))
    ended: list[bool] = []

    def watch(where: Path, stop_event: Event, rust_timeout: int) -> Iterator[set[str]]:
        assert where == path
        path.write_text(path.read_text(encoding="utf-8").replace("Why divide", "Why do we divide"), encoding="utf-8")
        yield set()
        saved.set()
        ended.append(stop_event.wait(timeout=20))

    def prompt(_: object, label: str) -> str:
        assert label.strip() == context.words("preview.answer")
        assert saved.wait(timeout=20)
        if typed:
            return typed.pop(0)
        raise leaving

    module = ModuleType("watchfiles")
    module.watch = watch  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "watchfiles", module)
    monkeypatch.setattr("prompt_toolkit.PromptSession.prompt", prompt)
    preview.watch()
    assert ended == [True]
    assert screen.getvalue().count("Why do we divide") == 1
    assert screen.getvalue().count(context.words("preview.again")) == 1
    assert screen.getvalue().count(context.words("back.score", percent=33, met=1, total=3)) == 1
    assert context.words("back.score", percent=0, met=0, total=3) not in screen.getvalue()  # a blank line is no answer
