"""An author's examples graded as their author says: every `accept`, `reject` and `partial` of a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from llmquiz.grading import grade
from llmquiz.grading.score import PointScore, PointState
from llmquiz.grading.text.glossary import Glossary
from llmquiz.language import LANGS

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import OpenQuestion


@dataclass(frozen=True, slots=True)
class ExampleFault:
    """An example that is not graded as its author says; `field` is where it stands in the question."""

    field: str
    code: str
    """Of messages/faults."""
    values: Mapping[str, object]
    warning: bool = False


def faults(question: OpenQuestion, glossary: Glossary) -> list[ExampleFault]:
    """What went wrong with the examples of one question, in words that its author can act on."""
    faulty: list[ExampleFault] = []
    for lang in LANGS:
        for number, text in enumerate(question.accept[lang]):
            faulty += _accepted(question, text, lang, f"accept.{lang}[{number}]", glossary)
        for number, text in enumerate(question.reject[lang]):
            faulty += _rejected(question, text, lang, f"reject.{lang}[{number}]", glossary)
    for number, partial in enumerate(question.partial):
        faulty += _partial(question, partial.text, partial.lang, set(partial.meets), f"partial[{number}]", glossary)
    return faulty


def _accepted(question: OpenQuestion, text: str, lang: Lang, field: str, glossary: Glossary) -> Iterator[ExampleFault]:
    score = grade(question, text, lang, glossary=glossary)
    for point in score.points:
        if point.state is not PointState.met:
            yield _not_met(field, point, lang)
    for wrong in score.misconceptions:
        yield ExampleFault(
            field,
            "example.misconception",
            {"name": wrong.id, "words": wrong.because},
        )


def _rejected(question: OpenQuestion, text: str, lang: Lang, field: str, glossary: Glossary) -> Iterator[ExampleFault]:
    for point in grade(question, text, lang, glossary=glossary).points:
        if point.state in (PointState.met, PointState.partly):
            yield _met(field, point, "reject")


def _partial(
    question: OpenQuestion, text: str, lang: Lang, meets: set[str], field: str, glossary: Glossary
) -> Iterator[ExampleFault]:
    for point in grade(question, text, lang, glossary=glossary).points:
        if point.id in meets and point.state is not PointState.met:
            yield _not_met(field, point, lang)
        # What could not be decided is no fault here: the learner would be asked.
        elif point.id not in meets and point.state in (PointState.met, PointState.partly):
            yield _met(field, point, "partial")


def _not_met(field: str, point: PointScore, lang: Lang) -> ExampleFault:
    return ExampleFault(field, f"example.{point.state}", {"name": point.id, "words": point.because, "lang": lang})


def _met(field: str, point: PointScore, example: Literal["reject", "partial"]) -> ExampleFault:
    partly = point.state is PointState.partly
    code = f"example.{example}-{'partly' if partly else 'met'}"
    return ExampleFault(field, code, {"name": point.id, "words": point.because}, partly)
