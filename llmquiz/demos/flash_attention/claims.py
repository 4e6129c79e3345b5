"""What is measured of FlashAttention, and what each claim says of it; without torch.

In what a claim shows, N is the length in tokens; L, H, d, T and b are the layers, heads, head width, tokens and bytes a
number of a cache.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import Ratio, Times, byte_size, duration, ratio

KINDS = ("eager", "tiled", "fused")
"""Ways to compute the same attention: as the formula reads, in tiles by hand, by the fused kernel of torch."""
CACHED = 512
"""Tokens that a model reads before its cache is weighed."""
ROUNDING = 1e-5
"""Relative to the largest value: some tens of times what float32 loses here."""


@dataclass(frozen=True, slots=True)
class Length:
    """One pass of attention over so many tokens, in seconds."""

    tokens: int
    eager: Varies[Times]
    tiled: Varies[Times]
    fused: Varies[Times]


@dataclass(frozen=True, slots=True)
class Peak:
    """Memory at the peak of one pass, above what was there before, each in a process of its own; None where unknown."""

    tokens: int
    score_bytes: int
    """Of one score matrix: heads · tokens² · bytes a number."""
    eager: Varies[int | None]
    tiled: Varies[int | None]
    fused: Varies[int | None]


@dataclass(frozen=True, slots=True)
class Operations:
    """Floating-point operations of the matrix products of one pass."""

    tokens: int
    eager: int
    tiled: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the forward pass keeps for the backward pass, in bytes."""

    tokens: int
    score_bytes: int
    eager: int
    tiled: int
    """By plain automatic differentiation, which keeps every tile."""
    fused: int
    gradient_gap: float
    """Of the fused gradients from the eager ones, relative to the largest."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    gaps: tuple[float, float]
    """Of tiles and fused kernel from the eager result, relative to its largest value."""
    model_gap: float
    """Of the logits of a Llama with the fused kernel from those with eager attention."""
    lengths: tuple[Length, ...]
    peaks: tuple[Peak, ...]
    operations: tuple[Operations, ...]
    kept: tuple[Kept, ...]
    kept_ratio: float
    """Eager over fused at the longer length."""
    cache_eager: int
    """Bytes of the cache after reading `CACHED` tokens."""
    cache_fused: int
    cache_formula: int
    cache_ratio: float
    step_peak: Varies[int | None]
    """Of eager attention in a decoding step, one query over the longest text of `peaks`."""
    step_cache: int
    """Keys and values that this step reads, in bytes."""


def exponent(tokens: Sequence[int], values: Sequence[float]) -> float:
    """p of the power law values ~ tokens^p that fits best: the slope in logarithms."""
    return linear_regression([math.log(n) for n in tokens], [math.log(v) for v in values]).slope


def time_exponent(r: Result, kind: str) -> Ratio:
    """Of the medians, and of every round."""
    tokens = [length.tokens for length in r.lengths]
    times: list[Times] = [getattr(length, kind) for length in r.lengths]
    rounds = zip(*(of_length.seconds for of_length in times), strict=True)
    return Ratio(
        exponent(tokens, [of_length.median for of_length in times]),
        tuple(exponent(tokens, seconds) for seconds in rounds),
    )


def memory_exponent(r: Result, kind: str) -> float | None:
    """None where peaks are not measured."""
    peaks = [getattr(peak, kind) for peak in r.peaks]
    return None if None in peaks else exponent([peak.tokens for peak in r.peaks], [max(1, size) for size in peaks])


def same_result(r: Result) -> Finding:
    worst = max(*r.gaps, r.model_gap)
    finding = exactly(r.dtype, worst <= ROUNDING, f"max|Δ| {worst:.1e} ≤ {ROUNDING:g}")
    return finding._replace(figures={"gap": f"{max(r.gaps):.1g}", "logits": f"{r.model_gap:.1g}"})


def eager_squared(r: Result) -> Finding:
    power, figures = memory_exponent(r, "eager"), _growth(r, "eager")
    if power is None:
        return Finding(None, "N^?", "no-peak-memory", figures)
    return Finding(power >= 1.7, f"N^{power:.2f} ≥ 1.7; {_peak_sizes(r, 'eager')}", figures=figures)


def linear_memory(r: Result) -> Finding:
    power, figures = memory_exponent(r, "fused"), _growth(r, "fused")
    if power is None:
        return Finding(None, "N^?", "no-peak-memory", figures)
    return Finding(power <= 1.3, f"N^{power:.2f} ≤ 1.3; {_peak_sizes(r, 'fused')}", figures=figures)


def _peak_sizes(r: Result, kind: str) -> str:
    return ", ".join(f"N={peak.tokens:,} {byte_size(getattr(peak, kind))}" for peak in r.peaks)


def _growth(r: Result, kind: str) -> Mapping[str, str]:
    """The peaks at the shortest and the longest text, and those of the formula beside them."""
    short, long = r.peaks[0], r.peaks[-1]
    power = memory_exponent(r, kind)
    return {
        "short": f"{short.tokens:,}",
        "long": f"{long.tokens:,}",
        "first": _size(getattr(short, kind)),
        "last": _size(getattr(long, kind)),
        "eager_first": _size(short.eager),
        "eager_last": _size(long.eager),
        "power": "?" if power is None else f"{power:.2f}",
    }


def _size(count: int | None) -> str:
    return "?" if count is None else byte_size(count)


def no_score_matrix(r: Result) -> Finding:
    longest = r.peaks[-1]
    figures = {
        "tokens": f"{longest.tokens:,}",
        "matrix": byte_size(longest.score_bytes),
        "fused": _size(longest.fused),
        "tiled": _size(longest.tiled),
        "eager": _size(longest.eager),
    }
    if longest.fused is None or longest.tiled is None or longest.eager is None:
        return Finding(None, f"{longest.score_bytes:,} B", "no-peak-memory", figures)
    holds = max(longest.fused, longest.tiled) < longest.score_bytes / 4 and longest.eager >= longest.score_bytes
    measured = " < ".join(byte_size(size) for size in (longest.fused, longest.score_bytes, longest.eager))
    return Finding(holds, f"N={longest.tokens:,}: {measured}", figures=figures)


def work_stays(r: Result) -> Finding:
    short, long = r.operations
    growth, power = (long.eager / short.eager, long.tiled / short.tiled), time_exponent(r, "fused")
    holds = power.reaches(1.4) and min(growth) > 3.5
    counted = f"N={short.tokens}→{long.tokens}: ×{growth[0]:.3g}, ×{growth[1]:.3g} > 3.5"
    measured = f"{counted}; N^{power.value:.2f} ({min(power.rounds):.2f}–{max(power.rounds):.2f}) ≥ 1.4"
    figures = {
        "short": f"{short.tokens:,}",
        "long": f"{long.tokens:,}",
        "eager": f"{growth[0]:.3g}",
        "tiled": f"{growth[1]:.3g}",
        "power": f"{power.value:.2f}",
    }
    if r.device != "cpu" and holds is False:
        return Finding(None, measured, "start-bound", figures)
    return unless_noisy(holds, measured)._replace(figures=figures)


def faster(r: Result) -> Finding:
    long = r.lengths[-1]
    gain = ratio(long.eager, long.fused)
    figures = {
        "tokens": f"{long.tokens:,}",
        "fused": duration(long.fused.median),
        "eager": duration(long.eager.median),
        "times": f"{gain.value:.3g}",
    }
    finding = Finding(None, str(gain), "converting") if _converts(r) else reaching(gain, 1.5)
    return finding._replace(figures=figures)


def _converts(r: Result) -> bool:
    """Whether the processor's products copy their inputs into another format first."""
    return r.device == "cpu" and r.dtype not in ("float32", "float64")


def recomputes(r: Result) -> Finding:
    short, long = r.kept
    growth = long.fused / short.fused
    holds = long.fused < long.score_bytes and growth < 2.2 and long.eager >= long.score_bytes
    measured = f"N={long.tokens:,}: {long.fused:,} B (×{growth:.3g}) < {long.score_bytes:,} B ≤ {long.eager:,} B"
    finding = exactly(r.dtype, holds and long.gradient_gap <= ROUNDING, f"{measured}; max|Δ| {long.gradient_gap:.1e}")
    figures = {
        "short": f"{short.tokens:,}",
        "long": f"{long.tokens:,}",
        "first": byte_size(short.fused),
        "last": byte_size(long.fused),
        "matrix": byte_size(long.score_bytes),
        "gap": f"{long.gradient_gap:.1g}",
    }
    return finding._replace(figures=figures)


def tiles_alone(r: Result) -> Finding:
    long = r.kept[-1]
    return Finding(
        long.tiled >= long.score_bytes,
        f"N={long.tokens:,}: {long.tiled:,} B ≥ {long.score_bytes:,} B",
        figures={
            "tokens": f"{long.tokens:,}",
            "tiled": byte_size(long.tiled),
            "matrix": byte_size(long.score_bytes),
            "fused": byte_size(long.fused),
        },
    )


def shrinks_cache(r: Result) -> Finding:
    sign = "=" if r.cache_fused == r.cache_eager else "≠"
    return Finding(
        r.cache_fused < r.cache_eager,
        f"{r.cache_fused:,} B {sign} {r.cache_eager:,} B; 2·L·H·d·T·b = {r.cache_formula:,} B",
        figures={"tokens": f"{CACHED}", "fused": f"{r.cache_fused:,} B", "eager": f"{r.cache_eager:,} B"},
    )


def step_has_none(r: Result) -> Finding:
    if r.step_peak is None:
        figures = {"peak": "?", "cache": byte_size(r.step_cache), "share": "?"}
        return Finding(None, f"{r.step_cache:,} B", "no-peak-memory", figures)
    share = r.step_peak / r.step_cache
    measured = f"{byte_size(r.step_peak)} / {byte_size(r.step_cache)} = {share:.1%}"
    figures = {"peak": byte_size(r.step_peak), "cache": byte_size(r.step_cache), "share": f"{share:.1%}"}
    if _converts(r):
        return Finding(None, measured, "converting", figures)
    return Finding(share < 0.2, f"{measured} < 20%", figures=figures)


CLAIMS = findings.claims(
    same_result,
    eager_squared,
    linear_memory,
    no_score_matrix,
    work_stays,
    faster,
    recomputes,
    tiles_alone,
    shrinks_cache,
    step_has_none,
)
