"""What is measured of the causal mask, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong token changes."""
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


def earlier_unmoved(r: Result) -> Finding:
    swaps = r.swaps_of("decoder", "decoder-side")
    furthest = max(swap.furthest for swap in swaps)
    moved, earlier = sum(swap.before for swap in swaps), sum(swap.changed for swap in swaps)
    measured = f"{moved}/{earlier}, max|Δ| {furthest:.1e} = 0"
    if not r.own_model and 0 < furthest <= ROUNDING:
        return Finding(None, measured, "only-rounding")
    return exactly(r.dtype, furthest == 0, measured)


def up_to_itself(r: Result) -> Finding:
    decoder = r.map_of("decoder")
    holds = decoder.pairs == SHORT * (SHORT + 1) // 2 and max(decoder.future) == 0
    return exactly(r.dtype, holds, f"{decoder.pairs}/{SHORT**2} = n(n+1)/2, min|Δ| {min(decoder.past):.2g}σ")


def only_earlier(r: Result) -> Finding:
    itself = r.weights.itself
    seen = sum(weight > 0 for weight in itself)
    return Finding(seen == 0, f"w(i,i) > 0: {seen}/{len(itself)}, w(0,0) = {itself[0]:.3g}")


def encoder_moves(r: Result) -> Finding:
    encoder, side = r.map_of("encoder"), r.map_of("encoder-side")
    least = min(*encoder.future, *side.future)
    everywhere = all(swap.before == swap.changed for swap in r.swaps_of("encoder", "encoder-side"))
    holds = encoder.pairs == side.pairs == SHORT**2 and everywhere
    return exactly(r.dtype, holds, f"{encoder.pairs} + {side.pairs} = 2n² = {2 * SHORT**2}, min|Δ| {least:.2g}σ")


def decoder_side(r: Result) -> Finding:
    own, across = r.map_of("decoder-side"), r.map_of("across")
    holds = own.pairs == SHORT * (SHORT + 1) // 2 and across.pairs == SHORT**2
    return exactly(r.dtype, holds, f"T→T {own.pairs}/{SHORT**2}, S→T {across.pairs}/{SHORT**2}")


def no_peeking(r: Result) -> Finding:
    hidden, shown = r.map_of("decoder").peeks, r.map_of("without-mask").peeks
    return exactly(r.dtype, hidden == 0 and shown == SHORT - 1, f"{hidden}/{SHORT - 1}, −mask: {shown}/{SHORT - 1}")


def zero_weight(r: Result) -> Finding:
    w = r.weights
    measured = f"max {w.future:.1e} = 0, max|Σ−1| {w.sum_error:.1e} (L={w.layers}, H={w.heads})"
    return exactly(r.dtype, w.future == 0 and w.sum_error <= 1e-5, measured)


def sheet_code(r: Result) -> Finding:
    return Finding(r.sheet_code.nan_entries == r.sheet_code.nan_logits == 0, _nans(r.sheet_code))


def right_code(r: Result) -> Finding:
    holds = r.right_code.nan_entries == r.right_code.nan_logits == 0 and r.right_code.gap <= ROUNDING
    return exactly(r.dtype, holds, f"{_nans(r.right_code)}, max|Δ| {r.right_code.gap:.1e}")


def _nans(code: MaskCode) -> str:
    return (
        f"NaN: {code.nan_entries:,}/{code.size**2:,}, softmax {code.nan_rows}/{code.size}, "
        f"logits {code.nan_logits:,}/{code.logits:,}"
    )


def blind_row(r: Result) -> Finding:
    return Finding(r.blind_rows == 1, f"NaN: {r.blind_rows}/{SIZE}")


def too_late(r: Result) -> Finding:
    late = r.late
    measured = f"{late.moved_after}/{late.rows} ≠ {late.moved_before}/{late.rows}, min Σ = {late.smallest_sum:.2g}"
    return Finding(late.moved_after == late.rows and late.moved_before == 0, measured)


def prefixes_equal(r: Result) -> Finding:
    p = r.one_pass
    measured = f"max|Δ| {p.prefixes:.1e}, {p.steps:.1e} ≤ {ROUNDING:g} (T={p.length})"
    return exactly(r.dtype, max(p.prefixes, p.steps) <= ROUNDING, measured)


def same_inputs(r: Result) -> Finding:
    p = r.one_pass
    if not r.own_model:
        return Finding(None, f"{p.same}/{p.written}", "other-model")
    return Finding(p.same == p.written, f"{p.same}/{p.written}, max|Δ| {p.astray:.2g}")


CLAIMS = findings.claims(
    earlier_unmoved,
    up_to_itself,
    only_earlier,
    encoder_moves,
    decoder_side,
    no_peeking,
    zero_weight,
    sheet_code,
    right_code,
    blind_row,
    too_late,
    prefixes_equal,
    same_inputs,
)
