"""An author's examples graded as their author says: every `accept`, `reject` and `partial` of a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmquiz.grading import grade
from llmquiz.grading.glossary import Glossary
from llmquiz.grading.score import PointScore, PointState

if TYPE_CHECKING:
    from llmquiz.questions import OpenQuestion
    from llmquiz.texts import Lang

_LANGS: tuple[Lang, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Fault:
    """An example that is not graded as its author says; `field` is where it stands in the question."""

    field: str
    message: str
    warning: bool = False


def faults(question: OpenQuestion, glossary: Glossary) -> list[Fault]:
    """What went wrong with the examples of one question, in words that its author can act on."""
    found: list[Fault] = []
    for lang in _LANGS:
        for number, text in enumerate(question.accept[lang]):
            found += _accepted(question, text, lang, f"accept.{lang}[{number}]", glossary)
        for number, text in enumerate(question.reject[lang]):
            found += _rejected(question, text, lang, f"reject.{lang}[{number}]", glossary)
    for number, partial in enumerate(question.partial):
        found += _partial(question, partial.text, partial.lang, set(partial.meets), f"partial[{number}]", glossary)
    return found


def _accepted(question: OpenQuestion, text: str, lang: Lang, field: str, glossary: Glossary) -> Iterator[Fault]:
    score = grade(question, text, lang, glossary=glossary)
    for point in score.points:
        if point.state is not PointState.met:
            yield Fault(field, _not_met(point, lang))
    for wrong in score.misconceptions:
        yield Fault(field, f"misconception {wrong.id!r} is seen in {wrong.because!r}: make its cues narrower")


def _rejected(question: OpenQuestion, text: str, lang: Lang, field: str, glossary: Glossary) -> Iterator[Fault]:
    for point in grade(question, text, lang, glossary=glossary).points:
        if point.state in (PointState.met, PointState.partly):
            warning = point.state is PointState.partly
            yield Fault(field, _met(point, "should meet no point"), warning)


def _partial(
    question: OpenQuestion, text: str, lang: Lang, meets: set[str], field: str, glossary: Glossary
) -> Iterator[Fault]:
    known = {point.id for point in question.points}
    for name in sorted(meets - known):
        yield Fault(field, f"meets names no point {name!r}; points: {', '.join(sorted(known))}")
    for point in grade(question, text, lang, glossary=glossary).points:
        if point.id in meets and point.state is not PointState.met:
            yield Fault(field, _not_met(point, lang))
        elif point.id not in meets and point.state in (PointState.met, PointState.partly):
            warning = point.state is PointState.partly
            yield Fault(field, _met(point, "is not among its `meets`"), warning)


def _not_met(point: PointScore, lang: Lang) -> str:
    match point.state:
        case PointState.contradicted:
            what = f"contradicted by {point.because!r}: a not-cue, a misconception or a negation near its cue was seen"
        case PointState.partly:
            what = f"only partly met by {point.because!r}: add a cue for these words"
        case _:
            what = f"not met: no cue was found in the answer; add a cue ({lang}) from its words"
    return f"point {point.id!r} is {what}"


def _met(point: PointScore, why: str) -> str:
    how = "met" if point.state is PointState.met else "partly met"
    return f"point {point.id!r} is {how} by {point.because!r} but {why}: make that cue narrower, or add a not-cue"
