"""What is measured of gaps and of whole texts; without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Losses on a gap of so many letters, nats a letter."""

    letters: int
    floors: tuple[float, float, float]
    """Exact: seeing the left side only; both sides, letter after letter; both sides, all letters in one pass."""
    enumerated: float
    """The second floor again, all texts of the gap added up."""
    language: tuple[float, float, float]
    """The same three on the texts that the models are measured on here, by the language itself."""
    language_of_cards: tuple[float, float, float]
    """And on those of the cards."""
    found: tuple[tuple[str, float], ...]
    """By each model, letter after letter."""
    one_pass: tuple[tuple[str, float], ...]
    """By each encoder, all letters in one pass."""


@dataclass(frozen=True, slots=True)
class Written:
    """Whole texts of one model."""

    model: str
    """`language` for the language's own, `frequency` for letters drawn independently."""
    way: str
    """`cache`, `masks`, `gibbs`, or `drawn`."""
    passes: int
    positions: int
    """Computed for one text, counted at the embedding."""
    nats: float
    """Minus the log-probability of a letter under the language."""
    divergence: float
    """Of pairs of neighbours from the language's; texts that only play safe are far away."""
    example: str


@dataclass(frozen=True, slots=True)
class Fill:
    """What stands in the gap."""

    way: str
    """The model, `best` for the most probable of all fills; behind a comma how."""
    letters: str
    chance: float
    """Of all fills between these two neighbours, under the language."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with a gap, and fills."""

    text: str
    fills: tuple[Fill, ...]


@dataclass(frozen=True, slots=True)
class Seeds:
    """A figure of one model's card."""

    model: str
    figure: str
    values: tuple[float, ...]
    """Of all seeds."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; losses in nats a letter."""

    device: str
    dtype: str
    model: str
    """All models are of this class and size."""
    parameters: tuple[int, ...]
    texts: int
    moved: tuple[tuple[str, int], ...]
    """So many of the texts' predictions for the gap moved when the letter behind the gap was changed."""
    gaps: tuple[Gap, ...]
    floor_left: float
    """Of one missing letter, exact."""
    floor_both: float
    candidates: float
    """Loss of the left-to-right decoder on one letter, every letter tried in its place."""
    candidates_read: int
    """Texts read for one gap."""
    written: tuple[Written, ...]
    language_nats: float
    """Of the language's own texts, exact."""
    positions_decoder: int
    """Computed for one text."""
    positions_encoder: int
    """Computed for one text, a pass for every letter."""
    sample: Sample
    seeds: tuple[Seeds, ...]
