"""What each claim says of a measurement of the causal mask; without torch."""

from __future__ import annotations

from llmquiz.demos.causal_mask.result import SHORT, SIZE, MaskCode
from llmquiz.demos.causal_mask.result import Result as Result
from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong token changes."""


def earlier_unmoved(r: Result) -> Finding:
    swaps = r.swaps_of("decoder", "decoder-side")
    furthest = max(swap.furthest for swap in swaps)
    moved, earlier = sum(swap.before for swap in swaps), sum(swap.changed for swap in swaps)
    measured = f"{moved}/{earlier}, max|Δ| {furthest:.1e} = 0"
    figures = {"moved": f"{moved}", "earlier": f"{earlier}", "furthest": _small(furthest), "models": f"{len(swaps)}"}
    if not r.own_model and 0 < furthest <= ROUNDING:
        return Finding(None, measured, "only-rounding", figures)
    return exactly(r.dtype, furthest == 0, measured)._replace(figures=figures)


def _small(value: float) -> str:
    return f"{value:.1e}" if value else "0"


def up_to_itself(r: Result) -> Finding:
    decoder = r.map_of("decoder")
    holds = decoder.pairs == SHORT * (SHORT + 1) // 2 and max(decoder.future) == 0
    measured = f"{decoder.pairs}/{SHORT**2} = n(n+1)/2, min|Δ| {min(decoder.past):.2g}σ"
    ahead = sum(move > 0 for move in decoder.future)
    figures = {"n": f"{SHORT}", "pairs": f"{decoder.pairs}", "all": f"{SHORT**2}", "ahead": f"{ahead}"}
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def only_earlier(r: Result) -> Finding:
    itself = r.weights.itself
    seen = sum(weight > 0 for weight in itself)
    return Finding(
        seen == 0,
        f"w(i,i) > 0: {seen}/{len(itself)}, w(0,0) = {itself[0]:.3g}",
        figures={"seen": f"{seen}", "count": f"{len(itself)}", "first": f"{itself[0]:.0%}"},
    )


def encoder_moves(r: Result) -> Finding:
    encoder, side = r.map_of("encoder"), r.map_of("encoder-side")
    least = min(*encoder.future, *side.future)
    everywhere = all(swap.before == swap.changed for swap in r.swaps_of("encoder", "encoder-side"))
    holds = encoder.pairs == side.pairs == SHORT**2 and everywhere
    measured = f"{encoder.pairs} + {side.pairs} = 2n² = {2 * SHORT**2}, min|Δ| {least:.2g}σ"
    figures = {"encoder": f"{encoder.pairs}", "side": f"{side.pairs}", "all": f"{SHORT**2}", "least": f"{least:.2g}"}
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def decoder_side(r: Result) -> Finding:
    own, across = r.map_of("decoder-side"), r.map_of("across")
    holds = own.pairs == SHORT * (SHORT + 1) // 2 and across.pairs == SHORT**2
    measured = f"T→T {own.pairs}/{SHORT**2}, S→T {across.pairs}/{SHORT**2}"
    figures = {"own": f"{own.pairs}", "across": f"{across.pairs}", "all": f"{SHORT**2}"}
    return exactly(r.dtype, holds, measured)._replace(figures=figures)


def no_peeking(r: Result) -> Finding:
    hidden, shown = r.map_of("decoder").peeks, r.map_of("without-mask").peeks
    figures = {"hidden": f"{hidden}", "shown": f"{shown}", "all": f"{SHORT - 1}"}
    measured = f"{hidden}/{SHORT - 1}, −mask: {shown}/{SHORT - 1}"
    return exactly(r.dtype, hidden == 0 and shown == SHORT - 1, measured)._replace(figures=figures)


def zero_weight(r: Result) -> Finding:
    w = r.weights
    measured = f"max {w.future:.1e} = 0, max|Σ−1| {w.sum_error:.1e} (L={w.layers}, H={w.heads})"
    figures = {"future": _small(w.future), "error": _small(w.sum_error), "heads": f"{w.layers * w.heads}"}
    return exactly(r.dtype, w.future == 0 and w.sum_error <= 1e-5, measured)._replace(figures=figures)


def sheet_code(r: Result) -> Finding:
    return Finding(
        r.sheet_code.nan_entries == r.sheet_code.nan_logits == 0, _nans(r.sheet_code), figures=_figures(r.sheet_code)
    )


def right_code(r: Result) -> Finding:
    code = r.right_code
    holds = code.nan_entries == code.nan_logits == 0 and code.gap <= ROUNDING
    figures = {**_figures(code), "gap": _small(code.gap)}
    return exactly(r.dtype, holds, f"{_nans(code)}, max|Δ| {code.gap:.1e}")._replace(figures=figures)


def _nans(code: MaskCode) -> str:
    return (
        f"NaN: {code.nan_entries:,}/{code.size**2:,}, softmax {code.nan_rows}/{code.size}, "
        f"logits {code.nan_logits:,}/{code.logits:,}"
    )


def _figures(code: MaskCode) -> dict[str, str]:
    return {
        "nans": f"{code.nan_entries:,}",
        "entries": f"{code.size**2:,}",
        "rows": f"{code.nan_rows}",
        "size": f"{code.size}",
        "lost": f"{code.nan_logits:,}",
        "logits": f"{code.logits:,}",
    }


def blind_row(r: Result) -> Finding:
    figures = {"rows": f"{r.blind_rows}", "size": f"{SIZE}"}
    return Finding(r.blind_rows == 1, f"NaN: {r.blind_rows}/{SIZE}", figures=figures)


def too_late(r: Result) -> Finding:
    late = r.late
    return Finding(
        late.moved_after == late.rows and late.moved_before == 0,
        f"{late.moved_after}/{late.rows} ≠ {late.moved_before}/{late.rows}, min Σ = {late.smallest_sum:.2g}",
        figures={
            "after": f"{late.moved_after}",
            "before": f"{late.moved_before}",
            "rows": f"{late.rows}",
            "sum": f"{late.smallest_sum:.2g}",
        },
    )


def prefixes_equal(r: Result) -> Finding:
    p = r.one_pass
    measured = f"max|Δ| {p.prefixes:.1e}, {p.steps:.1e} ≤ {ROUNDING:g} (T={p.length})"
    figures = {"prefixes": _small(p.prefixes), "steps": _small(p.steps), "length": f"{p.length}"}
    return exactly(r.dtype, max(p.prefixes, p.steps) <= ROUNDING, measured)._replace(figures=figures)


def same_inputs(r: Result) -> Finding:
    """A checkpoint may know the text by heart, which says nothing of other texts."""
    p = r.one_pass
    measured = f"{p.same}/{p.written}, max|Δ| {p.astray:.2g}"
    figures = {"same": f"{p.same}", "written": f"{p.written}", "astray": f"{p.astray:.0%}"}
    if not r.own_model and p.same == p.written:
        return Finding(None, measured, "by-heart", figures)
    return Finding(p.same == p.written, measured, figures=figures)


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
