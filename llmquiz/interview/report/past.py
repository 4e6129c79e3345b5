"""Past interviews: a line each, the trend of every area, and the habits to unlearn over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmquiz.interview.judge.verdict import AREAS

if TYPE_CHECKING:
    from llmquiz.store.store import Interviewed

HABITS = ("too_long", "absolutes", "no_example", "no_limits", "not_first")


def past(interviews: Sequence[Interviewed]) -> dict[str, Any]:
    """What `mock --history --json` prints: `interviews`, then `areas` and `habits` as one value an interview."""
    rows = [_row(interview) for interview in interviews]
    judged = [row for row in rows if row["areas"]]
    return {
        "interviews": rows,
        "areas": {name: [row["areas"][name] for row in judged] for name in AREAS},
        # Habits are those of long answers: an interview without any has none.
        "habits": {name: [row["habits"][name] for row in judged if row["habits"]] for name in HABITS},
    }


def _row(interview: Interviewed) -> dict[str, Any]:
    report = interview.report or {}
    verdict = report.get("verdict", {})
    return {
        "id": interview.id,
        "at": interview.at.isoformat(),
        "interviewer": interview.setting["interviewer"],
        "lang": interview.setting["lang"],
        "minutes": interview.setting["minutes"],
        "practice": bool(interview.setting.get("practice")),
        "finished": bool(report.get("finished")),
        "verdict": verdict.get("step"),
        "score": verdict.get("score"),
        "areas": {area["id"]: area["value"] for area in verdict.get("areas", ())},
        "habits": _shares(report.get("habits")),
    }


def _shares(habits: dict[str, int] | None) -> dict[str, float]:
    """Each habit as a share of the answers given."""
    if not habits or not habits.get("answers"):
        return {}
    return {name: round(habits[name] / habits["answers"], 3) for name in HABITS}
