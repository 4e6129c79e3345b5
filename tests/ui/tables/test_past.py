"""Past interviews on the screen."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from llmquiz.interview.judge.reasons import Recommendation
from llmquiz.interview.judge.verdict import AREAS
from llmquiz.interview.report.past import HABITS
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.tables.past import LEVELS, MOST, table
from tests.ui.drawn import cells_of, coloured, drawn

EN = Words("en")
ELSEWHERE = timezone(timedelta(hours=5, minutes=45))
"""An interview is kept with a time of another zone than the reader's."""
NAMES = {"small/lin": "Dr. Lin"}


def interview(minute: int = 0, **more: Any) -> dict[str, Any]:
    """An interview that was held to its end."""
    at = datetime(2026, 11, 23, 9, minute).astimezone(ELSEWHERE).isoformat()
    return {"at": at, "interviewer": "small/lin", "verdict": "yes", "score": 0.666, "finished": True} | more


def trends(
    *interviews: dict[str, Any], area: list[float] | None = None, habit: list[float] | None = None
) -> dict[str, Any]:
    """These interviews, with the same trend in every area and of every habit."""
    return {
        "interviews": list(interviews),
        "areas": {name: area or [] for name in AREAS},
        "habits": {name: habit or [] for name in HABITS},
    }


def rows(lines: list[str]) -> list[list[str]]:
    """The cells of the lines that begin with a date."""
    return cells_of(line for line in lines if "2026-11-23" in line)


@pytest.mark.parametrize("lang", LANGS)
def test_before_the_first_interview_it_says_how_to_hold_one(lang: Lang) -> None:
    words = Words(lang)
    assert drawn(*table(trends(), {}, words)) == [words("past.none")]


@pytest.mark.parametrize("step", Recommendation)
@pytest.mark.parametrize("lang", LANGS)
def test_an_interview_is_a_line_with_its_local_time_and_its_verdict(lang: Lang, step: Recommendation) -> None:
    words = Words(lang)
    lines = drawn(*table(trends(interview(verdict=step.value)), NAMES, words), width=80)
    assert rows(lines) == [["2026-11-23 09:00", "Dr. Lin", words(f"step.{step}"), "67 %"]]


def test_an_interview_that_goes_on_has_no_verdict_or_one_for_the_time_being() -> None:
    lines = drawn(*table(trends(interview(verdict=None, score=None), interview(finished=False)), NAMES, EN), width=80)
    assert [row[2:] for row in rows(lines)] == [["open", "–"], ["yes (open)", "67 %"]]


def test_a_score_of_nothing_is_a_score() -> None:
    assert rows(drawn(*table(trends(interview(score=0.0)), NAMES, EN), width=80))[0][-1] == "0 %"


def test_a_verdict_against_has_another_colour_than_one_in_favour() -> None:
    shown = [coloured(*table(trends(interview(verdict=step)), NAMES, EN)) for step in ("no", "yes")]
    against, favour = (set(re.findall(r"\x1b\[[\d;]*m", text)) for text in shown)
    assert against != favour


def test_the_last_interviews_are_listed_the_newest_below() -> None:
    lines = drawn(*table(trends(*map(interview, range(MOST + 3))), NAMES, EN), width=80)
    assert [row[0][-2:] for row in rows(lines)] == [f"{minute:02d}" for minute in range(3, MOST + 3)]


@pytest.mark.parametrize("lang", LANGS)
def test_a_trend_is_a_line_of_eighths_with_its_beginning_and_its_end(lang: Lang) -> None:
    words = Words(lang)
    shares = [step / 8 for step in range(9)]
    lines = drawn(*table(trends(interview(), area=shares, habit=[0.5, 0.25]), NAMES, words), width=80)
    start = lines.index(words("past.trend"))
    for name, line in zip(AREAS, lines[start + 1 :], strict=False):
        # A full share has no level of its own above the eighth.
        assert line.split() == [*words(f"area.{name}").split(), LEVELS + LEVELS[-1], "0", "%", "→", "100", "%"]
    assert lines[lines.index(words("past.habits")) + 1].endswith(f"{LEVELS[4]}{LEVELS[2]}  50 % → 25 %")


@pytest.mark.parametrize("lang", LANGS)
def test_the_trends_stand_below_each_other(lang: Lang) -> None:
    from rich.cells import cell_len

    lines = drawn(*table(trends(interview(), area=[0.0], habit=[0.0]), NAMES, Words(lang)), width=80)
    starts = [cell_len(line[: line.index(LEVELS[0])]) for line in lines if LEVELS[0] in line]
    assert starts == [starts[0]] * len(AREAS) + [starts[-1]] * len(HABITS)


def test_of_a_long_trend_the_newest_fit_and_the_change_is_that_of_all() -> None:
    shares = [1.0] * 10 + [0.0] * 40
    lines = drawn(*table(trends(interview(), area=shares), NAMES, EN), width=80)
    first = next(line for line in lines if LEVELS[0] in line)
    assert first.count(LEVELS[0]) == 40
    assert LEVELS[-1] not in first
    assert first.endswith("100 % → 0 %")


def test_what_has_no_trend_has_no_title() -> None:
    lines = drawn(*table(trends(interview(), area=[0.5]), NAMES, EN), width=80)
    assert EN("past.trend") in lines
    assert EN("past.habits") not in lines
