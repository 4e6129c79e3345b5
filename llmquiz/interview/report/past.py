"""Past interviews: a line each, the trend of every area, and the habits to unlearn over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llmquiz.interview.judge.verdict import AREAS

if TYPE_CHECKING:
    from llmquiz.store.store import Interviewed

HABITS = ("too_long", "absolutes", "no_example", "no_limits", "not_first")


def past(kept: Sequence[Interviewed]) -> dict[str, Any]:
    """What `mock --history --json` prints: `interviews`, then `areas` and `habits` as one value an interview."""
    rows = [_row(one) for one in kept]
    told = [row for row in rows if row["areas"]]
    return {
        "interviews": rows,
        "areas": {name: [row["areas"][name] for row in told] for name in AREAS},
        "habits": {name: [row["habits"][name] for row in told if row["habits"]] for name in HABITS},
    }


def _row(one: Interviewed) -> dict[str, Any]:
    report = one.report or {}
    verdict = report.get("verdict", {})
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "interviewer": one.setting["interviewer"],
        "lang": one.setting["lang"],
        "minutes": one.setting["minutes"],
        "practice": bool(one.setting.get("practice")),
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
