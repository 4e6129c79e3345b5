"""An author's examples graded as their author says: every `accept`, `reject` and `partial` of a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmquiz.grading import grade
from llmquiz.grading.score import PointScore, PointState
from llmquiz.grading.text.glossary import Glossary

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import OpenQuestion

_LANGS: tuple[Lang, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class ExampleFault:
    """An example that is not graded as its author says; `field` is where it stands in the question."""

    field: str
    message: str
    zh: str
    """The message in Chinese."""
    warning: bool = False


def faults(question: OpenQuestion, glossary: Glossary) -> list[ExampleFault]:
    """What went wrong with the examples of one question, in words that its author can act on."""
    faulty: list[ExampleFault] = []
    for lang in _LANGS:
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
            f"misconception {wrong.id!r} is seen in {wrong.because!r}: make its cues narrower",
            f"在 {wrong.because!r} 里看出误解 {wrong.id!r}：请把它的线索写窄一些",
        )


def _rejected(question: OpenQuestion, text: str, lang: Lang, field: str, glossary: Glossary) -> Iterator[ExampleFault]:
    for point in grade(question, text, lang, glossary=glossary).points:
        if point.state in (PointState.met, PointState.partly):
            yield _met(field, point, "should meet no point", "本不该答到任何要点")


def _partial(
    question: OpenQuestion, text: str, lang: Lang, meets: set[str], field: str, glossary: Glossary
) -> Iterator[ExampleFault]:
    known = {point.id for point in question.points}
    for name in sorted(meets - known):
        listed = ", ".join(sorted(known))
        yield ExampleFault(
            field, f"meets names no point {name!r}; points: {listed}", f"meets 里没有要点 {name!r}；要点有：{listed}"
        )
    for point in grade(question, text, lang, glossary=glossary).points:
        if point.id in meets and point.state is not PointState.met:
            yield _not_met(field, point, lang)
        # What could not be decided is no fault here: the learner would be asked.
        elif point.id not in meets and point.state in (PointState.met, PointState.partly):
            yield _met(field, point, "is not among its `meets`", "不在它的 meets 里")


def _not_met(field: str, point: PointScore, lang: Lang) -> ExampleFault:
    name, words = repr(point.id), repr(point.because)
    match point.state:
        case PointState.contradicted:
            what = f"contradicted by {words}: a not-cue, a misconception or a negation near its cue was seen"
            zh = f"被 {words} 否定：看到了反线索、误解，或线索旁有否定词"
        case PointState.partly:
            what = f"only partly met by {words}: add a cue for these words"
            zh = f"只被 {words} 答到一部分：请为这些词补一条线索"
        case PointState.undecided:
            what = f"undecided at {words}: add a cue ({lang}) for these words"
            zh = f"在 {words} 处判断不了：请为这些词补一条（{lang}）线索"
        case _:
            what = f"not met: no cue was found in the answer; add a cue ({lang}) from its words"
            zh = f"没有答到：答案里找不到线索，请用其中的词补一条（{lang}）线索"
    return ExampleFault(field, f"point {name} is {what}", f"要点 {name} {zh}")


def _met(field: str, point: PointScore, why: str, why_zh: str) -> ExampleFault:
    name, words = repr(point.id), repr(point.because)
    partly = point.state is PointState.partly
    message = f"point {name} is {'partly ' * partly}met by {words} but {why}: make that cue narrower, or add a not-cue"
    zh = f"要点 {name} 被 {words} {'部分' * partly}答到，但{why_zh}：请把那条线索写窄，或补一条反线索"
    return ExampleFault(field, message, zh, partly)
