"""What the cards of the shipped models say of every arm's three seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmquiz.demos.lab import shipped
from llmquiz.demos.lab.icl.arms import MAPPING, SHOTS
from llmquiz.demos.lab.icl.results import Runs
from llmquiz.demos.lab.icl.train import TRAINING

LEARNED = 0.8
"""Share of right answers that counts as learned."""


def runs(*arms: str) -> tuple[Runs, ...]:
    """The three seeds of each of these arms: shipped, or trained beside a shipped model for its card alone."""
    cards = {name: shipped.card(TRAINING.demo, name) for name in TRAINING.models}
    trained = {name: card["runs"] for name, card in cards.items()}
    for card in cards.values():
        trained |= {name: beside["runs"] for name, beside in card.get("beside", {}).items()}
    return tuple(_runs(name, trained[name]) for name in arms)


def _runs(arm: str, trained: Sequence[Mapping[str, Any]]) -> Runs:
    figure = f"k={SHOTS}" if arm in MAPPING else "right"
    right = tuple(run["figures"][figure] for run in trained)
    courses = tuple(tuple(run["course"]["right"]) for run in trained)
    steps = trained[0]["steps"]
    return Runs(arm, trained[0]["rate"], steps, right, tuple(learned_at(c, steps) for c in courses), courses)


def learned_at(course: Sequence[float], steps: int) -> int:
    """The first noted step with at least `LEARNED` right; 0 where there is none."""
    return next((round(i * steps / len(course)) for i, right in enumerate(course) if right >= LEARNED), 0)
