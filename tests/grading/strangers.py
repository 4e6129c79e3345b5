"""A grader, rules and all, on answers of strangers: `python -m tests.grading.strangers [PART ...] [--grader NAME]`.

Parts of the corpus, `test` and `test-topic` by default. The reader's card has the figures of the network by itself.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from llmquiz.app.graders import Name, OpenGrader, named
from llmquiz.app.settings import read_settings
from llmquiz.grading.reader.judging import NOTHING, Thresholds
from llmquiz.grading.score import PointState
from llmquiz.language import LANGS
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


def graded(part: Part, grader: OpenGrader, langs: Collection[str] = LANGS, most: int | None = None) -> list[Graded]:
    """All pairs of a part, of the first `most` answers in these languages to each question."""
    asked = [question for question in questions() if question.part == part]
    return [pair for question in asked for pair in _graded(question, grader, langs, most)]


def _graded(question: Question, grader: OpenGrader, langs: Collection[str], most: int | None) -> Iterator[Graded]:
    entry = _as_shipped(question)
    for answer in [answer for answer in question.answers if answer.lang in langs][:most]:
        score = grader(entry, answer.text, answer.lang)
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


def main(arguments: Sequence[str]) -> None:
    """Prints the figures of each part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS)
    parser.add_argument("--grader", type=Name, default=Name.points)
    parser.add_argument("--model")
    parser.add_argument("--lang", choices=LANGS, action="append")
    parser.add_argument("--most", type=int, help="answers to each question")
    asked = parser.parse_args(arguments)
    _, glossary = held.content()
    grader = named(asked.grader, asked.model, glossary, read_settings().values)
    for part in asked.parts:
        pairs = graded(part, grader, asked.lang or LANGS, asked.most)
        print(f"\n{part}\n", *measure.table(pairs, Thresholds()), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
