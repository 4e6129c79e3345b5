"""What is measured of attention and of the order of words, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-3
"""Relative to the largest output: far above what float32 loses here."""
MOVED = 1e-2
"""Likewise: far above rounding, and below what another order of the words changes."""
EVEN = 0.99
"""Of the largest entropy that a row can have."""


@dataclass(frozen=True, slots=True)
class Attention:
    """One kind of attention in one model: over all of its heads, and the sharpest of them in full."""

    kind: str
    layer: int
    head: int
    """Of the sharpest head, from 0."""
    weights: tuple[tuple[float, ...], ...]
    """Of that head: row i, column j is how much position i gives to position j."""
    visible: tuple[int, ...]
    """Row by row, positions that get any weight, in any head."""
    pairs: int
    """All of them."""
    future: float
    """The largest weight right of the diagonal, in any head."""
    sum_error: float
    """How far the weights of a row are from adding up to 1, at most."""
    evenness: tuple[tuple[float, ...], ...]
    """Layer by layer, head by head: the entropy of a row over the most it can be, averaged over rows."""
    over_most: float
    """The largest entropy of a row beyond the logarithm of the positions that it sees, in bits."""


@dataclass(frozen=True, slots=True)
class OneBlock:
    """BERT's own weights once as an encoder, once in its decoder mode, which has the causal mask."""

    parameters_encoder: int
    parameters_decoder: int
    masked: float
    """How far the outputs of the decoder mode are from the encoder's, relative to the largest."""
    opened: float
    """The same with the mask lifted."""


@dataclass(frozen=True, slots=True)
class Shuffled:
    """One model whose words were put into other orders."""

    kind: str
    model: str
    layers: int
    with_positions: float
    """The furthest that the outputs looked at moved, relative to the largest."""
    without: float
    """The same in a model whose positions were taken away."""


@dataclass(frozen=True, slots=True)
class WordOrder:
    """What each architecture makes of it; `orders` is 0 where the words are too few or too alike to change places."""

    orders: int
    encoder: Shuffled
    """Each word's output, wherever the word went."""
    one_layer: Shuffled
    """A decoder's last output, the words before it in another order."""
    decoder: Shuffled
    source: Shuffled
    """All outputs of an encoder–decoder, the source in another order."""

    @property
    def models(self) -> tuple[Shuffled, ...]:
        """All four, as they are listed."""
        return self.encoder, self.one_layer, self.decoder, self.source


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    models: tuple[str, str, str]
    """Decoder, encoder, encoder–decoder."""
    given: str
    """The family whose model --model replaced, or ""."""
    tokens: tuple[tuple[str, ...], ...]
    """As each of the three reads the sentence."""
    pairs_decoder: int
    """Pairs of a position that looks and one that it sees."""
    pairs_encoder: int
    pairs_encoder_decoder: int
    percent_even: float
    """Mean entropy of attention in untrained models, of the most that it can be."""
    least_even: float
    """The same for the sharpest of their heads, as a share."""
    kinds: tuple[Attention, ...]
    one_block: OneBlock
    order: WordOrder

    def attention(self, kind: str) -> Attention:
        """That of "decoder", "encoder", "source", "target" or "cross"."""
        return next(attention for attention in self.kinds if attention.kind == kind)


def decoder_mask(r: Result) -> Finding:
    decoder = r.attention("decoder")
    n = len(decoder.visible)
    holds = decoder.pairs == n * (n + 1) // 2 and decoder.future == 0
    return _as_masked(r, "decoder", holds, f"{decoder.pairs} = n(n+1)/2 (n={n})")


def encoder_mask(r: Result) -> Finding:
    n = len(r.attention("encoder").visible)
    return _as_masked(r, "encoder", r.pairs_encoder == n * n, f"{r.pairs_encoder} = n² (n={n})")


def encoder_decoder_mask(r: Result) -> Finding:
    source, target, cross = (r.attention(kind) for kind in ("source", "target", "cross"))
    S, T = len(source.visible), len(target.visible)
    pairs = (source.pairs, target.pairs, cross.pairs)
    holds = pairs == (S * S, T * (T + 1) // 2, T * S) and target.future == 0
    measured = f"{pairs[0]} + {pairs[1]} + {pairs[2]} = S² + T(T+1)/2 + TS (S={S}, T={T})"
    return _as_masked(r, "encoder-decoder", holds, measured)


def _as_masked(r: Result, family: str, holds: bool, measured: str) -> Finding:
    """A checkpoint may mask more than its family does, with a sliding window for example."""
    if r.given == family and not holds:
        return Finding(None, measured, "other-mask")
    return exactly(r.dtype, holds, measured)


def same_block(r: Result) -> Finding:
    b = r.one_block
    holds = b.parameters_encoder == b.parameters_decoder and b.opened <= ROUNDING and b.masked > MOVED
    measured = f"{b.parameters_encoder:,} = {b.parameters_decoder:,}, max|Δ| {b.opened:.1e}, +mask: {b.masked:.2g}"
    return exactly(r.dtype, holds, measured)


def rows_sum(r: Result) -> Finding:
    furthest = max(attention.sum_error for attention in r.kinds)
    return exactly(r.dtype, furthest <= 1e-5, f"max|Σ−1| {furthest:.1e} ({len(r.kinds)} × softmax)")


def entropy_bound(r: Result) -> Finding:
    over = max(attention.over_most for attention in r.kinds)
    heads = [head for attention in r.kinds for layer in attention.evenness for head in layer]
    holds = over <= 1e-5 and r.attention("decoder").visible[0] == 1
    return exactly(r.dtype, holds, f"H ≤ log₂ n_i; {min(heads):.0%}–{max(heads):.0%} (n={len(heads)})")


def untrained_even(r: Result) -> Finding:
    return Finding(r.least_even >= EVEN, f"{r.percent_even:.1f} %, min {r.least_even:.1%} ≥ {EVEN:.0%}")


def positions_tell(r: Result) -> Finding:
    if r.order.orders == 0:
        return Finding(None, "0", "same-words")
    moved = [model.with_positions for model in r.order.models]
    return exactly(r.dtype, min(moved) > MOVED, f"max|Δ| {' '.join(f'{gap:.2g}' for gap in moved)} > {MOVED:g}")


def bag_of_words(r: Result) -> Finding:
    return _without_positions(r, r.order.encoder, moves=False)


def source_bag(r: Result) -> Finding:
    return _without_positions(r, r.order.source, moves=False)


def one_layer_blind(r: Result) -> Finding:
    return _without_positions(r, r.order.one_layer, moves=False)


def mask_tells_order(r: Result) -> Finding:
    return _without_positions(r, r.order.decoder, moves=True)


def _without_positions(r: Result, model: Shuffled, *, moves: bool) -> Finding:
    """Whether the outputs move with the order; the words must be able to change places at all."""
    if r.order.orders == 0:
        return Finding(None, "0", "same-words")
    sign, limit = (">", MOVED) if moves else ("≤", ROUNDING)
    holds = model.without > limit if moves else model.without <= limit
    measured = f"max|Δ| {model.without:.1e} {sign} {limit:g} (L={model.layers}, n={r.order.orders})"
    return exactly(r.dtype, holds, measured)


CLAIMS = findings.claims(
    decoder_mask,
    encoder_mask,
    encoder_decoder_mask,
    same_block,
    rows_sum,
    entropy_bound,
    untrained_even,
    positions_tell,
    bag_of_words,
    source_bag,
    one_layer_blind,
    mask_tells_order,
)
