"""What each claim says of a measurement of attention; without torch."""

from __future__ import annotations

from llmquiz.demos.attention.result import Result as Result
from llmquiz.demos.attention.result import Shuffled
from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-3
"""Relative to the largest output: far above what float32 loses here."""
MOVED = 1e-2
"""Likewise: far above rounding, and below what another order of the words changes."""
EVEN = 0.99
"""Of the largest entropy that a row can have."""


def decoder_mask(r: Result) -> Finding:
    decoder = r.attention("decoder")
    n = len(decoder.seen)
    holds = decoder.pairs == n * (n + 1) // 2 and decoder.future == 0
    figures = {"pairs": f"{decoder.pairs}", "all": f"{n * n}", "future": _small(decoder.future)}
    return _as_masked(r, "decoder", holds, f"{decoder.pairs} = n(n+1)/2 (n={n})", figures)


def encoder_mask(r: Result) -> Finding:
    n = len(r.attention("encoder").seen)
    figures = {"pairs": f"{r.pairs_encoder}", "all": f"{n * n}"}
    return _as_masked(r, "encoder", r.pairs_encoder == n * n, f"{r.pairs_encoder} = n² (n={n})", figures)


def encoder_decoder_mask(r: Result) -> Finding:
    source, target, cross = (r.attention(kind) for kind in ("source", "target", "cross"))
    S, T = len(source.seen), len(target.seen)
    pairs = (source.pairs, target.pairs, cross.pairs)
    holds = pairs == (S * S, T * (T + 1) // 2, T * S) and target.future == 0
    measured = f"{pairs[0]} + {pairs[1]} + {pairs[2]} = S² + T(T+1)/2 + TS (S={S}, T={T})"
    figures = {
        "source": f"{pairs[0]}",
        "target": f"{pairs[1]}",
        "cross": f"{pairs[2]}",
        "sum": f"{sum(pairs)}",
    }
    return _as_masked(r, "encoder-decoder", holds, measured, figures)


def _as_masked(r: Result, family: str, holds: bool, measured: str, figures: dict[str, str]) -> Finding:
    """A checkpoint may mask more than its family does, with a sliding window for example."""
    if r.given == family and not holds:
        return Finding(None, measured, "other-mask", figures)
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def _small(value: float) -> str:
    """A difference, relative or of weights."""
    return f"{value:.2g}" if value > MOVED else f"{value:.0e}" if value else "0"


def same_block(r: Result) -> Finding:
    b = r.one_block
    holds = b.parameters_encoder == b.parameters_decoder and b.opened <= ROUNDING and b.masked > MOVED
    measured = f"{b.parameters_encoder:,} = {b.parameters_decoder:,}, max|Δ| {b.opened:.1e}, +mask: {b.masked:.2g}"
    figures = {
        "encoder": f"{b.parameters_encoder:,}",
        "decoder": f"{b.parameters_decoder:,}",
        "opened": _small(b.opened),
        "masked": _small(b.masked),
    }
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def rows_sum(r: Result) -> Finding:
    furthest = max(attention.sum_error for attention in r.kinds)
    measured = f"max|Σ−1| {furthest:.1e} ({len(r.kinds)} × softmax)"
    figures = {"kinds": f"{len(r.kinds)}", "error": _small(furthest)}
    return exactly(r.dtype, furthest <= 1e-5, measured)._replace(figures=figures)


def entropy_bound(r: Result) -> Finding:
    over = max(attention.over_most for attention in r.kinds)
    heads = [head for attention in r.kinds for layer in attention.evenness for head in layer]
    holds = over <= 1e-5 and r.attention("decoder").visible[0] == 1
    measured = f"H ≤ log₂ n_i; {min(heads):.0%}–{max(heads):.0%} (n={len(heads)})"
    figures = {"heads": f"{len(heads)}", "least": f"{min(heads):.0%}", "most": f"{max(heads):.0%}"}
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def untrained_even(r: Result) -> Finding:
    return Finding(
        r.least_even >= EVEN,
        f"{r.percent_even:.1f} %, min {r.least_even:.1%} ≥ {EVEN:.0%}",
        figures={"mean": f"{r.percent_even:.1f}%", "least": f"{r.least_even:.1%}"},
    )


def positions_tell(r: Result) -> Finding:
    moved = [model.with_positions for model in r.order.models]
    names = ("encoder", "one", "four", "source")
    figures = {name: _small(gap) for name, gap in zip(names, moved, strict=True)}
    if r.order.orders == 0:
        return Finding(None, "0", "same-words", figures)
    measured = f"max|Δ| {' '.join(f'{gap:.2g}' for gap in moved)} > {MOVED:g}"
    return exactly(r.dtype, min(moved) > MOVED, measured)._replace(figures=figures)


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
    figures = {"orders": f"{r.order.orders}", "moved": _small(model.without), "layers": f"{model.layers}"}
    if r.order.orders == 0:
        return Finding(None, "0", "same-words", figures)
    sign, limit = (">", MOVED) if moves else ("≤", ROUNDING)
    holds = model.without > limit if moves else model.without <= limit
    measured = f"max|Δ| {model.without:.1e} {sign} {limit:g} (L={model.layers}, n={r.order.orders})"
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


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
