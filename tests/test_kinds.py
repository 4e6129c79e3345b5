"""A new kind of question is named wherever it was forgotten.

The union `Entry` says which kinds there are. Each table is held against it here; a `match` over kinds ends in
`assert_never`, so that mypy names it, and what mypy does not see fails here with a kind that nobody knows.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from llmquiz.collection.collection import ITEM_KINDS
from llmquiz.ids import Id
from llmquiz.interview.plan.pace import KINDS as SECONDS_OF
from llmquiz.interview.plan.planning import SPOKEN_OF
from llmquiz.messages.ui import WORDS, Words
from llmquiz.schedule.layout import lay_out
from llmquiz.schema.plain import heading, right_answer
from llmquiz.ui.document.from_entry import answer, rubric, title
from llmquiz.ui.document.front import asked, front
from llmquiz.ui.document.summary import summary
from tests.entries import DATA, KINDS, MODELS, SAMPLES

EN = Words("en")
PACKAGE = Path(__file__).parent.parent / "llmquiz"
FRONTS = {kind: front(entry, EN) for kind, entry in SAMPLES.items()}
ASKED = {kind for kind, shown in FRONTS.items() if shown}
NOBODYS = SimpleNamespace(type="made-up", prompt={"en": "?"}, note=None)

OVER_KINDS: dict[str, Callable[[], object]] = {
    "heading": lambda: heading(NOBODYS, "en"),  # type: ignore[arg-type]
    "right_answer": lambda: right_answer(NOBODYS, "en"),  # type: ignore[arg-type]
    "front": lambda: front(NOBODYS, EN),  # type: ignore[arg-type]
    "asked": lambda: list(asked(NOBODYS)),  # type: ignore[arg-type]
    "title": lambda: title(NOBODYS, "en"),  # type: ignore[arg-type]
    "answer": lambda: list(answer(NOBODYS, EN)),  # type: ignore[arg-type]
    "rubric": lambda: list(rubric(NOBODYS, EN)),  # type: ignore[arg-type]
    "summary": lambda: summary(NOBODYS, "en"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", OVER_KINDS)
def test_a_kind_that_nobody_knows_is_named_and_not_passed_over(name: str) -> None:
    with pytest.raises(AssertionError, match="made-up"):
        OVER_KINDS[name]()


def matches(path: Path) -> list[ast.Match]:
    """The `match` statements over the kind of an entry in a module."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Match)]
    return [node for node in nodes if isinstance(node.subject, ast.Attribute) and node.subject.attr in ("type", "kind")]


@pytest.mark.parametrize("room", ["schema", "ui/document", "export"])
def test_no_match_over_kinds_swallows_one(room: str) -> None:
    open_ended = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for node in matches(path)
        if "assert_never" not in ast.unparse(node.cases[-1])
    ]
    assert open_ended == []


def test_every_kind_has_an_example_for_the_tests() -> None:
    assert set(DATA) == set(MODELS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_name_in_both_languages(kind: str) -> None:
    assert all(WORDS[f"kind.{kind}"])


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_has_a_section_in_both_languages(kind: str) -> None:
    assert all(WORDS[f"section.{kind}"])


@pytest.mark.parametrize("kind", MODELS)
def test_every_kind_is_read_back_from_the_cache_as_what_it_is(kind: str) -> None:
    from llmquiz.collection import collection

    assert collection._model(kind) is MODELS[kind]


def test_every_kind_that_asks_is_scheduled() -> None:
    assert set(ITEM_KINDS) == ASKED


def test_every_kind_that_asks_has_its_time_in_an_interview() -> None:
    """An open answer has the time of its depth; a prediction needs a measurement and is not asked there."""
    assert {*SECONDS_OF, "open"} == ASKED - {"prediction"}
    assert set(SPOKEN_OF) == ASKED - {"prediction"}


@pytest.mark.parametrize("kind", sorted(ASKED))
def test_every_choice_that_is_put_is_laid_out(kind: str) -> None:
    shown = FRONTS[kind]
    ref = SimpleNamespace(id=Id("topic/x"), kind=kind, entry=SAMPLES[kind])
    assert shown
    assert sorted(lay_out(ref, 0).order) == list(range(1, len(shown.choices) + 1))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(ASKED))
def test_every_kind_that_asks_is_graded(kind: str) -> None:
    from llmquiz import grading
    from llmquiz.grading.text.glossary import Glossary

    entry, glossary = SAMPLES[kind], Glossary()
    match entry.type:
        case "cell":
            score = grading.grade_cell(entry.cell, "both sides", "en", glossary=glossary)
        case "prediction":
            score = grading.grade_prediction(entry, "2", 2.0)
        case _:
            score = grading.grade(entry, right_answer(entry, "en"), "en", glossary=glossary)  # type: ignore[arg-type]
    assert score.points
