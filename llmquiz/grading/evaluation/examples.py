"""An author's examples graded as their author says: every `accept`, `reject` and `partial` of a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from llmquiz.grading import grade
from llmquiz.grading.score import PointState
from llmquiz.grading.text.glossary import Glossary
from llmquiz.language import LANGS

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema.questions import OpenQuestion

TOLERATED = 0.1
"""Share of an author's verdicts that the reader may miss: it errs, so that few misses say nothing of the content."""


@dataclass(frozen=True, slots=True)
class ExampleFault:
    """A point of an example that is not judged as its author says; `field` is where the example stands."""

    field: str
    code: str
    """Of messages/faults."""
    values: Mapping[str, object]
    warning: bool = False
    """Whether no more than half of the example is misjudged."""


class _Example(NamedTuple):
    kind: Literal["accept", "reject", "partial"]
    field: str
    lang: Lang
    text: str
    meets: frozenset[str]


def faults(question: OpenQuestion, glossary: Glossary) -> list[ExampleFault]:
    """What went wrong with the examples of one question, in words that its author can act on."""
    examples = list(_examples(question))
    missed = [fault for example in examples for fault in _missed(question, example, glossary)]
    if len(missed) <= TOLERATED * len(examples) * len(question.points):
        return [fault for fault in missed if not fault.warning]
    return missed


def _examples(question: OpenQuestion) -> Iterator[_Example]:
    everything = frozenset(point.id for point in question.points)
    for lang in LANGS:
        for number, text in enumerate(question.accept[lang]):
            yield _Example("accept", f"accept.{lang}[{number}]", lang, text, everything)
        for number, text in enumerate(question.reject[lang]):
            yield _Example("reject", f"reject.{lang}[{number}]", lang, text, frozenset())
    for number, partial in enumerate(question.partial):
        yield _Example("partial", f"partial[{number}]", partial.lang, partial.text, frozenset(partial.meets))


def _missed(question: OpenQuestion, example: _Example, glossary: Glossary) -> list[ExampleFault]:
    """The points that are plainly misjudged; where the reader sees a part or cannot decide the learner is asked."""
    score = grade(question, example.text, example.lang, glossary=glossary)
    misses: list[ExampleFault] = []
    for point in score.points:
        values: dict[str, object] = {"name": point.id, "words": point.because, "lang": example.lang}
        if point.id in example.meets and point.state in (PointState.missing, PointState.contradicted):
            misses.append(ExampleFault(example.field, f"example.{point.state}", values))
        elif point.id not in example.meets and point.state is PointState.met:
            misses.append(ExampleFault(example.field, f"example.{example.kind}-met", values))
    if example.kind == "accept":
        misses += [
            ExampleFault(example.field, "example.misconception", {"name": wrong.id, "words": wrong.because})
            for wrong in score.misconceptions
        ]
    few = 2 * len(misses) <= len(question.points)
    return [replace(miss, warning=few) for miss in misses]
