"""What is measured of the causal mask, as values; without torch."""

from __future__ import annotations

from dataclasses import dataclass

SHORT = 10
"""Tokens of the text whose every token is changed in turn: three maps of it fit side by side."""
SIZE = 100
"""Rows of the masks that are looked at by themselves."""


@dataclass(frozen=True, slots=True)
class Influence:
    """Every token changed in turn."""

    name: str
    change: tuple[tuple[float, ...], ...]
    """Row i, column j: how far output i moved when token j was changed, in standard deviations of all outputs."""

    @property
    def pairs(self) -> int:
        """Pairs of a changed token and an output that moved, by however little."""
        return sum(move > 0 for row in self.change for move in row)

    @property
    def future(self) -> tuple[float, ...]:
        """The moves of outputs before the changed token."""
        return tuple(move for i, row in enumerate(self.change) for move in row[i + 1 :])

    @property
    def past(self) -> tuple[float, ...]:
        """The moves of outputs at the changed token or after it."""
        return tuple(move for i, row in enumerate(self.change) for move in row[: i + 1])

    @property
    def peeks(self) -> int:
        """Outputs that moved when the token to be predicted there was changed: right above the diagonal."""
        return sum(row[i + 1] > 0 for i, row in enumerate(self.change[:-1]))


@dataclass(frozen=True, slots=True)
class Swap:
    """One token changed in the middle of a longer text."""

    side: str
    model: str
    attention: str
    length: int
    changed: int
    """Position of the changed token, from 0: as many outputs stand before it."""
    before: int
    """Outputs before it that moved."""
    furthest: float
    """How far at most, in standard deviations."""
    after: int
    """Outputs from it on that moved."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Attention weights over all layers and heads."""

    layers: int
    heads: int
    future: float
    """The largest weight on a later position."""
    sum_error: float
    """How far a row is from adding up to 1, at most."""
    itself: tuple[float, ...]
    """Position by position, the weight on itself, averaged over layers and heads."""


@dataclass(frozen=True, slots=True)
class MaskCode:
    """A way to write the mask, tried alone and inside a model."""

    size: int
    """Rows of the mask tried alone."""
    nan_entries: int
    nan_rows: int
    """After the softmax of random scores plus the mask."""
    logits: int
    nan_logits: int
    gap: float
    """Of the model's logits from those with its own mask, relative to the largest; 0 where they are NaN."""


@dataclass(frozen=True, slots=True)
class Late:
    """The last key of one attention head changed, the future masked before or after the softmax."""

    rows: int
    """Outputs before the last."""
    moved_before: int
    """So many of them moved with the mask before the softmax."""
    moved_after: int
    smallest_sum: float
    """Of the weights of a row that was masked after the softmax."""


@dataclass(frozen=True, slots=True)
class OnePass:
    """The logits of one pass over T tokens, against T prefixes and against steps with a cache."""

    length: int
    prefixes: float
    """Largest difference, relative to the largest logit."""
    steps: float
    written: int
    """Tokens that the model wrote itself in the place of the text's second half."""
    same: int
    """So many of them are those of the text."""
    astray: float
    """Difference of the last logits after its own half from those after the text's."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    own_model: bool
    """False where --model put a checkpoint in the decoder's place."""
    text: str
    """What the decoder read; "" where its tokens are random."""
    tokens: tuple[str, ...]
    """The SHORT first ones of it, each by itself; none where they are random."""
    pairs_decoder: int
    """Pairs of a changed token and an output that moved, of a text of SHORT tokens."""
    pairs_encoder: int
    pairs_without_mask: int
    nan_entries: int
    """In the sheet's mask of SIZE rows."""
    maps: tuple[Influence, ...]
    swaps: tuple[Swap, ...]
    weights: Weights
    sheet_code: MaskCode
    right_code: MaskCode
    blind_rows: int
    """NaN rows where the diagonal is masked as well."""
    late: Late
    one_pass: OnePass

    def map_of(self, name: str) -> Influence:
        """The map of that name."""
        return next(influence for influence in self.maps if influence.name == name)

    def swaps_of(self, *sides: str) -> list[Swap]:
        """The swaps on these sides."""
        return [swap for swap in self.swaps if swap.side in sides]
