"""Topics, level and plan are chosen once and found again by every sitting."""

from __future__ import annotations

import pytest

from llmquiz.app.chosen import Chosen, choose, chosen, resolved
from llmquiz.app.context import AppContext
from llmquiz.app.drill import queue
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schedule.share import Goal
from llmquiz.schema.texts import Level


def test_at_first_nothing_is_chosen(context: AppContext) -> None:
    assert chosen(context) == Chosen()


def test_a_topic_that_is_gone_is_chosen_no_more(context: AppContext) -> None:
    choose(context, "topics", "gone small")
    assert chosen(context).topics == ("small",)


@pytest.mark.parametrize(("day", "stands"), [("2026-11-22", False), ("2026-11-23", True), ("2026-12-03", True)])
def test_a_plan_stands_until_its_day(context: AppContext, day: str, stands: bool) -> None:
    choose(context, "plan", f"{day} deep")
    goal = chosen(context).goal
    assert (goal is not None) is stands
    assert goal is None or goal == Goal(goal.day, Level.deep.rank)


def test_a_plan_keeps_its_level_however_little_is_new(context: AppContext) -> None:
    choose(context, "plan", "2026-12-03 core")
    assert chosen(context).level == 0
    choose(context, "level", "expert")
    assert chosen(context).level == 2


def test_a_sitting_asks_what_was_chosen_unless_it_is_told_otherwise(context: AppContext) -> None:
    choose(context, "topics", "small")
    choose(context, "level", "expert")
    assert (resolved(context, DrillOptions()).topics, queue(context, DrillOptions())[1]) == (("small",), 2)
    named = resolved(context, DrillOptions(names=("small/scale",), level=0))
    assert (named.topics, named.level) == ((), 0)
