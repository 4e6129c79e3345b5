"""What each claim says of an encoder–decoder beside decoders; without torch.

In what a claim shows, d is the width of a model, L its layers, N its parameters, S and T the tokens of source and
target, b the bytes of a number, V the vocabulary.
"""

from __future__ import annotations

from llmquiz.demos.cross_attention.result import LAYERS, Spent, flops, parameters
from llmquiz.demos.cross_attention.result import Result as Result
from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly, reaching
from llmquiz.demos.lab.quantities import big, byte_size, three_figures

ROUNDING = 1e-3
"""Relative to the largest logit."""


def two_sets(r: Result) -> Finding:
    """Encoder and decoder share the embedding alone."""
    owned = r.ownership
    shown = f"{big(owned.encoder)} + {big(owned.decoder)}, ∩ {owned.shared:,} = V·d"
    figures = {"encoder": big(owned.encoder), "decoder": big(owned.decoder), "shared": big(owned.shared)}
    return Finding(owned.shared == owned.embedding < min(owned.encoder, owned.decoder) / 10, shown, figures=figures)


def third_network(r: Result) -> Finding:
    outside, every, cross = str(r.ownership.outside), big(r.encoder_decoder.parameters), big(r.ownership.cross)
    figures = {"outside": outside, "all": every, "cross": cross}
    return Finding(r.ownership.outside > 0, f"{outside} / {every} (cross {cross})", figures=figures)


def wasted_parameters(r: Result) -> Finding:
    figures = {"moved": str(r.moved), "all": str(r.moved_of)}
    return Finding(r.moved < r.moved_of, f"∂L/∂W ≠ 0: {r.moved}/{r.moved_of}", figures=figures)


def a_sixth_more(r: Result) -> Finding:
    ratio = r.encoder_decoder.matrix_flops / r.same_depth.matrix_flops
    figures = {"times": f"{ratio:.3f}", "layers": str(r.same_depth.layers)}
    return Finding(abs(ratio - 14 / 12) < 1e-9, f"×{ratio:.4f} = 14/12 (L={r.same_depth.layers})", figures=figures)


def costs_more(r: Result) -> Finding:
    pair, decoder = r.encoder_decoder, r.same_parameters
    work, of_decoder = big(pair.matrix_flops), big(decoder.matrix_flops)
    shown = f"{work} < {of_decoder} FLOP (N {big(pair.parameters)} ≈ {big(decoder.parameters)})"
    figures = {"parameters": big(pair.parameters), "pair": work, "decoder": of_decoder}
    return Finding(pair.matrix_flops > decoder.matrix_flops, shown, figures=figures)


def half_the_work(r: Result) -> Finding:
    apart = abs(r.encoder_decoder.parameters / r.same_parameters.parameters - 1)
    holds = r.work_ratio == 2 and apart < 0.005
    figures = {
        "times": three_figures(r.work_ratio),
        "parameters": big(r.encoder_decoder.parameters),
        "layers": str(LAYERS),
        "deep": str(r.same_parameters.layers),
    }
    shown = f"×{r.work_ratio:.4f} (N ±{apart:.2%}), {r.same_parameters.layers} vs {LAYERS} + {LAYERS} L"
    return Finding(holds, shown, figures=figures)


def twice_the_parameters(r: Result) -> Finding:
    """Parameters of the layers: the embedding is the same everywhere."""
    work = r.encoder_decoder.matrix_flops / r.same_work.matrix_flops
    pair, decoder = (sum(part.parameters for part in cost.parts) for cost in (r.encoder_decoder, r.same_work))
    figures = {"work": f"{work:.3f}", "pair": big(pair), "decoder": big(decoder)}
    shown = f"C ×{work:.4f}, N ×{pair / decoder:.4f}"
    return Finding(work == 1 and abs(pair / decoder - 2) < 0.005, shown, figures=figures)


def faster(r: Result) -> Finding:
    """At every pair of lengths: the least of the three is judged."""
    ratios = [seconds.same_parameters for seconds in r.seconds]
    values = [ratio.value for ratio in ratios]
    figures = {"least": f"{min(values):.2f}", "most": f"{max(values):.2f}"}
    return reaching(min(ratios, key=lambda ratio: ratio.value), 1.2)._replace(figures=figures)


def bottleneck(r: Result) -> Finding:
    """It would be what takes the most: of parameters, of work, or of time at some length."""
    counted = ", ".join(f"{r.encoder_decoder.share('cross', of):.1%}" for of in (parameters, flops))
    spent = (*(seconds.spent for seconds in r.seconds), r.decoding)
    others_take_longer = [times.largest_over_cross.reaches(1) for times in spent]
    times_shares = " ".join(f"{times.share('cross'):.0%}" for times in spent)
    shown = f"N, FLOP: {counted}; t: {times_shares}"
    figures = _bottleneck_figures(r, spent)
    largest = {max(r.encoder_decoder.parts, key=of).name for of in (parameters, flops)}
    if "cross" in largest or False in others_take_longer:
        return Finding(True, shown, figures=figures)
    if None in others_take_longer:
        return Finding(None, shown, "too-noisy", figures)
    return Finding(False, shown, figures=figures)


def _bottleneck_figures(r: Result, spent: tuple[Spent, ...]) -> dict[str, str]:
    """The share of cross-attention in each."""
    times = [100 * times.share("cross") for times in spent]
    return {
        "parameters": f"{100 * r.encoder_decoder.share('cross', parameters):.0f}",
        "work": f"{100 * r.encoder_decoder.share('cross', flops):.0f}",
        "least": f"{min(times):.0f}",
        "most": f"{max(times):.0f}",
    }


def grows_with_size(r: Result) -> Finding:
    first, last = r.family[0], r.family[-1]
    figures = {
        "small": first.name,
        "before": f"{100 * first.cross_flops:.1f}",
        "large": last.name,
        "after": f"{100 * last.cross_flops:.1f}",
    }
    shown = f"{first.name} {first.cross_flops:.1%} → {last.name} {last.cross_flops:.1%} FLOP"
    return Finding(last.cross_flops > first.cross_flops or last.largest == "cross", shown, figures=figures)


def projected_once(r: Result) -> Finding:
    caches = r.caches
    holds = caches.cross_positions == caches.layers * caches.source
    shown = f"{caches.cross_positions} = L·S = {caches.layers}·{caches.source} ({caches.target} steps)"
    figures = {
        "positions": str(caches.cross_positions),
        "layers": str(caches.layers),
        "source": str(caches.source),
        "steps": str(caches.target),
    }
    finding = exactly(r.dtype, holds and caches.gap <= ROUNDING, f"{shown}, max|Δ| {caches.gap:.1e}")
    return finding._replace(figures=figures)


def cache_size(r: Result) -> Finding:
    formula = r.caches.self_bytes_formula + r.caches.cross_bytes_formula
    lengths = f"S={r.caches.source}, T={r.caches.target}"
    shown = f"{r.cache_bytes:,} B = L·(S+T)·2·d·b, {lengths}; {r.same_depth_cache:,} B (L={r.same_depth.layers})"
    figures = {"both": f"{r.cache_bytes:,}", "decoder": f"{r.same_depth_cache:,}", "layers": str(r.same_depth.layers)}
    return Finding(r.cache_bytes == formula == r.same_depth_cache, shown, figures=figures)


def double_cache(r: Result) -> Finding:
    by_depth, by_parameters = r.cache_bytes / r.same_depth_cache, r.cache_bytes / r.same_parameters_cache
    figures = {
        "both": byte_size(r.cache_bytes),
        "depth": byte_size(r.same_depth_cache),
        "parameters": byte_size(r.same_parameters_cache),
    }
    shown = f"×{by_depth:.3g} (L), ×{by_parameters:.3g} (N)"
    return Finding(by_depth >= 2 or by_parameters >= 2, shown, figures=figures)


CLAIMS = findings.claims(
    two_sets,
    third_network,
    wasted_parameters,
    a_sixth_more,
    costs_more,
    half_the_work,
    twice_the_parameters,
    faster,
    bottleneck,
    grows_with_size,
    projected_once,
    cache_size,
    double_cache,
)
