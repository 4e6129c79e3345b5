"""Lists as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schedule.due_dates import Memory
from llmquiz.ui.tables.lists import due, listing, plain
from tests.ui.drawn import cells_of, drawn

EN = Words("en")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def memories(*days: int) -> list[Memory]:
    """Items that are due after so many days."""
    return [Memory("t/q", NOW + days_ahead * DAY, 2.0, 5.0, NOW, 1, 0) for days_ahead in days]


def cells(lines: list[str]) -> list[list[str]]:
    """The cells of each line that has some, without the head."""
    return cells_of(lines)[2:]


def test_an_id_that_is_too_long_goes_on_below_and_is_not_cut() -> None:
    table = plain("id", "kind")
    name = "topic/" + "long-" * 10 + "name.point"
    table.add_row(name, "open")
    lines = drawn(table, width=30)
    assert "".join(line.strip().removesuffix("open").strip() for line in lines[3:]) == name


@pytest.mark.parametrize("lang", LANGS)
def test_a_question_is_due_with_the_earliest_of_its_items(lang: Lang) -> None:
    words = Words(lang)
    lines = drawn(due([("t/a", memories(3, 0, 9)), ("t/b", memories(1))], NOW, words))
    assert [words(f"due.{key}") for key in ("question", "items", "when")] == lines[1].split()
    assert cells(lines) == [["t/a", "3", words("when.today")], ["t/b", "1", words("when.tomorrow")]]


def test_what_goes_beyond_the_most_is_one_line_with_its_items() -> None:
    rows = [(f"t/q{number}", memories(*[2] * number)) for number in range(1, 6)]
    assert cells(drawn(due(rows, NOW, EN, most=3)))[2:] == [["t/q3", "3", "in 2 days"], ["…", "9"]]
    assert cells(drawn(due(rows, NOW, EN, most=5)))[-1][0] == "t/q5"


@pytest.mark.parametrize("lang", LANGS)
def test_an_entry_has_its_id_on_one_line_and_its_text_on_the_next(lang: Lang) -> None:
    words = Words(lang)
    rows = [("t/a", "open", "core", "due", "What is\n`it`?"), ("t/b", "term", "deep", "new", "long " * 30)]
    lines = drawn(*listing(rows, words))
    assert lines[:3] == ["t/a  open · core · due", "  What is it?", "t/b  term · deep · new"]
    assert lines[3].endswith("…")
    assert lines[4:] == [words("list.count", count=2)]
