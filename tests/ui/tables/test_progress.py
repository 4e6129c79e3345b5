"""How far one is, as bars and sentences."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schedule.selection import Candidate
from llmquiz.schedule.share import Goal, Share, Standing
from llmquiz.ui.tables.progress import bar, gain, levels, share, topics
from tests.ui.drawn import drawn

EN = Words("en")
TODAY = date(2026, 12, 1)
ASKED = Candidate("t/q", "open", 0, 0, ("t/q",), "9999", True)


@pytest.mark.parametrize(
    ("known", "total", "full"), [(0, 40, 0), (1, 400, 1), (20, 40, 12), (39, 40, 23), (40, 40, 24), (0, 0, 0)]
)
def test_a_bar_shows_anything_at_all_and_is_full_only_when_all_is_known(known: int, total: int, full: int) -> None:
    assert bar(known, total).plain == "█" * full + "░" * (24 - full)


@pytest.mark.parametrize("lang", LANGS)
def test_each_level_has_a_line(lang: Lang) -> None:
    words = Words(lang)
    lines = drawn(*levels([Standing("", 0, 40, 17, 2), Standing("", 2, 9, 0, 0)], words))
    assert [line.split()[0] for line in lines] == [words("level.core"), words("level.expert")]
    assert lines[0].endswith(words("progress.known", known=17, total=40))


def test_the_topics_that_were_chosen_are_marked() -> None:
    rows = [Standing("a", 0, 4, 1, 1), Standing("b", 0, 4, 1, 0)]
    lines = drawn(*topics({"a": "First", "b": "Second"}, rows, ["b"], 1, EN))
    assert [line for line in lines if line[:2] in ("✓ ", "  ") and line[2:3].isupper()] == ["  First  a", "✓ Second  b"]
    assert lines[-2:] == [EN("progress.chosen", names="b"), EN("progress.level", level="deep")]


@pytest.mark.parametrize(
    ("part", "texts"),
    [
        (
            Share([ASKED], [ASKED, ASKED], 1, 8, 4),
            ["in 4 days", "1 due and 2 new questions, about 9 min. 1 new ones are done."],
        ),
        (Share([], [], 3, 8, 4), ["Today's share is done"]),
        (Share([ASKED], [], 0, 0, 4), ["Every question of the level core has been asked"]),
        (Share([], [ASKED], 0, 0, 1), ["w reviews all that is weak"]),
        (Share([], [], 0, 5, 0), ["Interview today"]),
    ],
)
def test_a_plan_says_what_today_asks_for(part: Share, texts: list[str]) -> None:
    shown = " ".join(drawn(*share(part, Goal(TODAY + timedelta(days=part.days), 0), 9, EN)))
    assert [text for text in texts if text not in shown] == []


def test_today_stands_beside_the_day_before() -> None:
    yesterday, long_ago = TODAY - timedelta(days=1), TODAY - timedelta(days=8)
    assert str(gain(yesterday, 0.53, 0.81, TODAY, EN)) == "Recalled yesterday 53 %, today 81 %"
    assert str(gain(long_ago, 0.53, 0.81, TODAY, EN)) == "Recalled 53 % on 2026-11-23, today 81 %"
    assert str(gain(None, None, 0.81, TODAY, EN)) == "today 81 %"
    assert gain(yesterday, 0.5, None, TODAY, EN) is None
