"""The trained ladder, tested: what each model scores here, and what its other seeds scored by the cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llmquiz.demos import _ladder, _models, _train
from llmquiz.demos._demo import Progress


@dataclass(frozen=True, slots=True)
class Score:
    """Of one model on the exam."""

    loss: float
    """Expected, in nats a token."""
    right: float
    """Share of tokens where the model's first choice is the language's."""
    in_a_row: tuple[float, ...]
    """Share of stretches where that is so at every token; one for each of `_ladder.LENGTHS`."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One size at one amount of data."""

    name: str
    parameters: int
    """N, the shared embedding counted once."""
    without_embedding: int
    """As Kaplan counts."""
    tokens: int
    """D."""
    scores: tuple[Score, ...]
    """The weights of this run first, then the further seeds of the card."""

    @property
    def mean_loss(self) -> float:
        """Over the seeds."""
        return sum(score.loss for score in self.scores) / len(self.scores)

    @property
    def mean_right(self) -> float:
        """Over the seeds."""
        return sum(score.right for score in self.scores) / len(self.scores)


def model(name: str, *, device: str, dtype: str) -> Any:
    """The trained model of that name."""
    return _train.trained(_ladder.TRAINING, name, device=device, dtype=dtype)


def tested(names: Sequence[str], *, device: str, dtype: str, progress: Progress) -> tuple[Rung, ...]:
    """These models, each tested now."""
    found = []
    for i, name in enumerate(names):
        one = model(name, device=device, dtype=dtype)
        card = _train.card(_ladder.TRAINING.demo, name)
        figures = [_ladder.figures(name, one), *(run["figures"] for run in card["runs"][1:])]
        scores = [Score(f["loss"], f["right"], tuple(f[f"all {k}"] for k in _ladder.LENGTHS)) for f in figures]
        parameters = _models.parameters(one)
        without = parameters - one.get_input_embeddings().weight.numel()
        found.append(Rung(name, parameters, without, _ladder.tokens_of(name), tuple(scores)))
        progress((i + 1) / len(names))
    return tuple(found)
