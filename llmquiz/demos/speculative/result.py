"""What is measured of speculative decoding, as data; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio

GAMMAS = (1, 2, 4, 8, 16)
"""Proposals a round; a quick run leaves out the last."""
USUAL_GAMMA = 4
"""Where only one number of proposals is shown."""


@dataclass(frozen=True, slots=True)
class TrainedPair:
    """What the cards say of the target and the draft of one seed."""

    seed: int
    target_loss: float
    draft_loss: float
    target_colors: float
    """Share of the colors named again that are right."""
    draft_colors: float
    acceptance: float
    """Of this draft, by the shipped target."""


@dataclass(frozen=True, slots=True)
class GreedyMatch:
    """Greedy texts with a draft, against those of the target alone."""

    equal: int
    """So many tokens are the same."""
    tokens: int


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """Whether what was drawn fits a distribution."""

    draws: int
    chi_square: float
    freedom: int
    """Degrees of freedom."""
    p_value: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """The sum of min(p, q) over the vocabulary, averaged over texts that the target wrote alone."""

    mean: float
    untrained: float
    """With the untrained draft."""
    kinds: tuple[tuple[str, float], ...]
    """By the kind of the word that was written."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Proposals that the target checked."""

    checked: int
    stayed: int
    """So many were accepted."""
    expected: float
    """So many should have been: the sum of min(p, q) over the vocabulary, added up over the places checked."""
    errors: float
    """What lies between, in standard errors."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to write with a draft."""

    gamma: int
    tokens_per_call: float
    speedup: Varies[Ratio]
    """Over the target alone, a token."""


@dataclass(frozen=True, slots=True)
class Prices:
    """In steps of the target."""

    batch: int
    draft: Varies[Ratio]
    """A step of the draft."""
    checks: Varies[tuple[Ratio, ...]]
    """The target's check of so many proposals, for each number that was asked about."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and who wrote which word."""

    prompt: str
    words: tuple[str, ...]
    own: tuple[int, ...]
    """Places of the words that the target wrote itself; the others were proposed and accepted."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    target: str
    draft: str
    target_loss: float
    draft_loss: float
    seeds: tuple[TrainedPair, ...]
    greedy: GreedyMatch
    greedy_untrained: GreedyMatch
    fits: tuple[ChiSquareTest, ...]
    """Of the first two tokens behind some prompts; the last with the untrained draft."""
    fits_lenient: tuple[ChiSquareTest, ...]
    """The same with the rule `lenient`, without the last."""
    every_token: ChiSquareTest
    overlap: Overlap
    acceptance: float
    checked: Acceptance
    tokens_per_call: float
    """At the usual number of proposals."""
    ways: tuple[Way, ...]
    untrained: Way
    greedy_way: Way
    prices: Prices
    batched: Prices
    sample: Sample
