"""What is due, counted and listed."""

from __future__ import annotations

import json

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.due import counts, report, rows
from llmquiz.schedule.due_dates import Rating
from tests.store import records


def answered(context: AppContext, question: str, days_ago: float, **parts: Rating) -> None:
    """An answer of that many days before the present."""
    items = {f"small/{question}.{part}": rating for part, rating in parts.items()} or {f"small/{question}": Rating.good}
    records.reviewed(context.store, items, -days_ago * records.DAY)


def test_questions_are_counted_that_are_due_and_those_that_are_new(context: AppContext) -> None:
    everything = counts(context)
    assert everything == (0, 7)
    answered(context, "gpt3", 30)
    answered(context, "pick", 0)
    assert counts(context) == (1, 5)


def test_a_question_is_due_with_its_earliest_item(context: AppContext) -> None:
    answered(context, "scale", 10, variance=Rating.again, softmax=Rating.easy)
    answered(context, "gpt3", 5)
    questions = rows(context)
    assert [name for name, _ in questions] == ["small/scale", "small/gpt3"]
    assert len(questions[0][1]) == 2


def test_as_json_a_question_names_the_items_that_are_due_or_all_where_none_is(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(context, "scale", 5, variance=Rating.again, softmax=Rating.easy)
    answered(context, "gpt3", 0)
    report(context, json=True)
    scale, gpt3 = json.loads(capsys.readouterr().out)
    assert (scale["id"], scale["items"], scale["due"][:10]) == ("small/scale", ["small/scale.variance"], "2026-11-19")
    assert (gpt3["id"], gpt3["items"]) == ("small/gpt3", ["small/gpt3"])


def test_the_first_line_says_how_much_there_is(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    report(context, json=False)
    assert " ".join(capsys.readouterr().out.split()) == context.words("due.all-new", new=7)
    answered(context, "gpt3", 30)
    report(context, json=False)
    assert " ".join(capsys.readouterr().out.split()).startswith(context.words("due.count", due=1, new=6))
