"""The default grader, rules and all, on answers of strangers: `python -m tests.grading.strangers [PART ...]`.

Parts of the corpus, `test` and `test-topic` by default. The reader's card has the figures of the network by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from llmquiz.grading import grade
from llmquiz.grading.reader.judging import NOTHING, Thresholds
from llmquiz.grading.score import PointState
from llmquiz.schema.questions import OpenQuestion
from tests.grading import held
from tests.grading.corpus import Answer, Part, Question, Statement, questions
from tests.grading.reader import measure

PARTS: tuple[Part, ...] = ("test", "test-topic")


@dataclass(frozen=True, slots=True)
class Graded(measure.Pair):
    """A pair with its verdict; nothing is left to thresholds."""

    verdict: PointState

    def told(self, at: Thresholds) -> PointState:
        """The grader's verdict."""
        return self.verdict


def graded(part: Part) -> list[Graded]:
    """All pairs of a part."""
    return [pair for question in questions() if question.part == part for pair in _graded(question)]


def _graded(question: Question) -> Iterator[Graded]:
    entry, (_, glossary) = _as_shipped(question), held.content()
    for answer in question.answers:
        score = grade(entry, answer.text, answer.lang, glossary=glossary)
        verdicts = {point.id: point.state for point in score.points}
        verdicts |= {remark.id: PointState.met for remark in score.misconceptions}
        for statement in question.statements:
            verdict = verdicts.get(statement.entry or statement.id, PointState.missing)
            yield _pair(question, answer, statement, verdict)


def _pair(question: Question, answer: Answer, statement: Statement, verdict: PointState) -> Graded:
    state = answer.label(statement.id).state
    return Graded(
        question.id, answer.key, answer.lang, answer.manner, statement.is_point, state, NOTHING, verdict=verdict
    )


def _as_shipped(question: Question) -> OpenQuestion:
    """The content's question where the statements are its entries, otherwise one made of the statements."""
    shipped, _ = held.content()
    if question.statements[0].entry:
        return shipped[question.id]
    answer = {"text": question.prompt, "seconds": 60}
    written: dict[str, Any] = {
        "type": "open",
        "id": question.id,
        "prompt": question.prompt,
        "answers": {"one-line": answer, "one-minute": answer},
        "points": [{"id": s.id, "text": s.text} for s in question.statements if s.is_point],
        "misconceptions": [
            {"id": s.id, "text": s.text, "right": question.prompt} for s in question.statements if not s.is_point
        ],
    }
    return OpenQuestion.model_validate(written)


def main(parts: Sequence[str]) -> None:
    """Prints the figures of each part."""
    for part in parts:
        print(f"\n{part}\n", *measure.table(graded(part), Thresholds()), sep="\n")  # type: ignore[arg-type]  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:] or PARTS)
