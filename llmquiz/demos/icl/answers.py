"""What the demo `icl` finds: shipped models asked here, their heads, and what the cards say of every seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from llmquiz.demos.icl import induction, language
from llmquiz.demos.icl.induction import Head
from llmquiz.demos.icl.language import SHOTS
from llmquiz.demos.icl.train import INDUCTION, TRAINING
from llmquiz.demos.lab import shipped, tiny

LEARNED = 0.8
"""Share of right answers that counts as learned."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model asked here."""

    arm: str
    model: str
    parameters: int
    right: tuple[float, ...]
    """Share of right labels after 1 to 8 examples."""


@dataclass(frozen=True, slots=True)
class Copier:
    """A model trained on repeating tokens and asked here."""

    arm: str
    parameters: int
    right: float
    """Share of last tokens, or of questions."""
    heads: tuple[Head, ...]
    """Empty for the model of questions."""
    fresh: float
    """The largest share of attention that any head has for one of its three places before the training."""
    without: float
    """Share of last tokens right without the finders."""

    @property
    def finder(self) -> Head:
        """The head with most attention in one place as seen from the answer."""
        return max(self.heads, key=lambda head: head.share)

    @property
    def finders(self) -> tuple[Head, ...]:
        """All heads of its kind with at least half of theirs in the same place."""
        best = self.finder
        return tuple(head for head in self.heads if head.kind == best.kind and head.places[best.back] >= 0.5)


@dataclass(frozen=True, slots=True)
class Runs:
    """The three seeds of an arm, as its card has them; of the mapping after 8 examples."""

    arm: str
    rate: float
    steps: int
    right: tuple[float, ...]
    """At the end of the training, of each seed."""
    learned_at: tuple[int, ...]
    """The first noted step with at least `LEARNED` right, of each seed; 0: none."""
    course: tuple[tuple[float, ...], ...]
    """Along the training of each seed, at equal distances from the first step on."""


def runs() -> list[Runs]:
    """Every arm's three seeds, from the cards of the shipped models."""
    cards = {name: shipped.card(TRAINING.demo, name) for name in TRAINING.models}
    found = {name: card["runs"] for name, card in cards.items()}
    for card in cards.values():
        found |= {name: one["runs"] for name, one in card.get("beside", {}).items()}
    return [_runs(name, found[name]) for name in (*language.ARMS, *induction.ARMS)]


def _runs(arm: str, found: Sequence[Mapping[str, Any]]) -> Runs:
    figure = f"k={SHOTS}" if arm in language.ARMS else "right"
    right = tuple(run["figures"][figure] for run in found)
    course = tuple(tuple(run["course"]["right"]) for run in found)
    steps = found[0]["steps"]
    return Runs(arm, found[0]["rate"], steps, right, tuple(learned_at(one, steps) for one in course), course)


def learned_at(course: Sequence[float], steps: int) -> int:
    """The first noted step with at least `LEARNED` right; 0 where there is none."""
    return next((round(i * steps / len(course)) for i, right in enumerate(course) if right >= LEARNED), 0)


def copiers(models: Mapping[str, Any], *, seed: int, count: int) -> list[Copier]:
    """The models of induction on fresh texts."""
    return [_copier(name, models[name], seed, count) for name in INDUCTION]


def _copier(name: str, model: Any, seed: int, count: int) -> Copier:
    fresh = TRAINING.build(name, seed).to(model.device)
    heads = tuple(induction.heads(name, model, seed=seed, count=count))
    most = induction.most(name, fresh, seed=seed, count=count)
    right = induction.right(name, model, seed=2 + seed, count=count)
    found = Copier(name, tiny.parameters(model), right, heads, most, right)
    if not heads:
        return found
    finders = [(head.kind, head.layer, head.head) for head in found.finders]
    with induction.silenced(induction.ARMS[name], model, *finders):
        return replace(found, without=induction.right(name, model, seed=2 + seed, count=count))
