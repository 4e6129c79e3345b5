"""How many items a day until the interview, for whom, and what is refused."""

from __future__ import annotations

import json

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.plan import plan
from llmquiz.errors import LlmquizError
from llmquiz.schema.texts import Level


def planned(context: AppContext, capsys: pytest.CaptureFixture[str], level: Level | None = None) -> dict[str, object]:
    """The plan for ten days from the present, as JSON."""
    plan(context, "2026-12-03", level, json=True)
    data: dict[str, object] = json.loads(capsys.readouterr().out)
    return data


def test_a_new_learner_plans_the_core(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    data = planned(context, capsys)
    assert (data["level"], data["unseen"], data["days"], data["new_per_day"]) == ("core", 8, 10, 1)
    assert (data["date"], data["expected_recall"]) == ("2026-12-03", 0.0)


def test_a_level_includes_those_before(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    data = planned(context, capsys, Level.expert)
    assert (data["level"], data["unseen"]) == ("expert", 9)


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-01"])
def test_today_and_the_past_cannot_be_planned_for(context: AppContext, day: str) -> None:
    with pytest.raises(LlmquizError) as refusal:
        plan(context, day, None, json=True)
    assert day in str(refusal.value)


def test_what_is_no_date_is_refused(context: AppContext) -> None:
    with pytest.raises(LlmquizError, match=r"^'soon' names no day; write 2026-12-03, 12/03, thursday or \+4d\.$"):
        plan(context, "soon", None, json=True)


def test_a_day_may_be_named_as_people_name_it(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    plan(context, "+10d", None, json=True)
    assert json.loads(capsys.readouterr().out)["date"] == "2026-12-03"


def test_the_table_names_the_level_and_what_is_new(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    plan(context, "2026-12-03", None, json=False)
    shown = capsys.readouterr().out
    assert context.words("level.core") in shown
    assert context.words("plan.unseen") in shown
