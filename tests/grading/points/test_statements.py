"""The window that fits a statement best, found step by step as by trying every window."""

from __future__ import annotations

import pytest

from llmquiz.grading.points import statements
from llmquiz.grading.points.cues import Index
from llmquiz.grading.text.read import read
from tests.grading import held


@pytest.mark.parametrize("case", held.cases()[::13], ids=lambda case: case.id)
def test_the_best_window_is_the_best_of_all(case: held.Case) -> None:
    glossary = held.content()[1]
    entries = [*case.question.points, *case.question.misconceptions]
    texts = tuple(text for entry in entries for text in (entry.text["en"], entry.text["zh"]))
    prepared = statements.prepare(texts, (case.question.prompt["en"], case.question.prompt["zh"]), glossary)
    mentions = statements.AnswerMentions(Index.of(read(case.answer), glossary), frozenset(), prepared)
    clauses = sorted(mentions.sentence)
    windows = [
        (first, last)
        for first in clauses
        for last in clauses
        if first <= last < first + statements.WINDOW and mentions.sentence[last] <= mentions.sentence[first] + 1
    ]
    for statement in prepared.statements:
        best = max((mentions.fit_at(statement, window) for window in windows), default=0.0)
        assert mentions.fit(statement).score == pytest.approx(max(best, 0.0))
