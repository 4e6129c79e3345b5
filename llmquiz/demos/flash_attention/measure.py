"""FlashAttention: exact attention that never holds the score matrix, and what it leaves as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from rich.console import Group, RenderableType

from llmquiz.demos.flash_attention import costs
from llmquiz.demos.flash_attention.costs import HEADS, WIDTH, Kept, Length, Operations, Peak, exponent
from llmquiz.demos.flash_attention.tiles import KINDS
from llmquiz.demos.lab import caching, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, byte_size, duration, ratio
from llmquiz.demos.lab.run import Progress, part
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-5
"""Relative to the largest value: some tens of times what float32 loses here."""
KEPT_AT, CACHED = 1024, 512


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


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Results and times first, then peak memory in processes, then what training and the cache keep."""
    sizes: dict[str, Any] = {"heads": HEADS, "width": WIDTH, "device": device, "dtype": dtype, "seed": seed}
    larger = 4 if device.startswith("cuda") else 1  # a kernel has to take longer than its start
    timed_at = [larger * n for n in ((256, 512, 1024) if quick else (256, 512, 1024, 2048))]
    peaks_at = [larger * n for n in ((512, 1024, 2048) if quick else (512, 1024, 2048, 4096))]
    lengths = costs.times(timed_at, sizes, 5, part(progress, 0.0, 0.4))
    peaks, step_peak = costs.peak_memory(peaks_at, sizes)
    progress(0.8)
    eager, fused = (tiny.llama(attention=kind, device=device, dtype=dtype) for kind in ("eager", "sdpa"))
    ids = tiny.random_tokens(fused, 1, CACHED, seed=seed)
    caches, logits = zip(*(read(model, ids) for model in (eager, fused)), strict=True)
    kept = tuple(costs.kept_for_backward(tokens, sizes) for tokens in (KEPT_AT // 2, KEPT_AT))
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(fused),
        gaps=costs.gaps(timed_at[-1], sizes),
        model_gap=caching.gap(logits[1], logits[0]),
        lengths=lengths,
        peaks=peaks,
        operations=tuple(costs.operations(n, sizes) for n in (512, 1024)),
        kept=kept,
        kept_ratio=kept[-1].eager / kept[-1].fused,
        cache_eager=caches[0],
        cache_fused=caches[1],
        cache_formula=caching.formula(fused.config, CACHED, logits[1].element_size()),
        cache_ratio=caches[0] / caches[1],
        step_peak=step_peak,
        step_cache=2 * HEADS * WIDTH * peaks_at[-1] * logits[1].element_size(),
    )


@torch.inference_mode()
def read(model: Any, ids: torch.Tensor) -> tuple[int, torch.Tensor]:
    """Bytes of the cache after `ids` (1, T), and the last logits."""
    cache = caching.empty_cache(model)
    logits = caching.step(model, ids, cache)
    return caching.cache_size(cache), logits


def time_exponent(r: Result, kind: str) -> Ratio:
    """Of the medians, and of every round."""
    tokens = [one.tokens for one in r.lengths]
    times = [getattr(one, kind) for one in r.lengths]
    rounds = zip(*(one.seconds for one in times), strict=True)
    return Ratio(exponent(tokens, [t.median for t in times]), tuple(exponent(tokens, list(one)) for one in rounds))


def memory_exponent(r: Result, kind: str) -> float | None:
    """None where peaks are not measured."""
    peaks = [getattr(one, kind) for one in r.peaks]
    return None if None in peaks else exponent([one.tokens for one in r.peaks], [max(1, peak) for peak in peaks])


def same_result(r: Result) -> Finding:
    worst = max(*r.gaps, r.model_gap)
    return exactly(r.dtype, worst <= ROUNDING, f"max|Δ| {worst:.1e} ≤ {ROUNDING:g}")


def eager_squared(r: Result) -> Finding:
    found = memory_exponent(r, "eager")
    if found is None:
        return Finding(None, "N^?", "no-peak-memory")
    return Finding(found >= 1.7, f"N^{found:.2f} ≥ 1.7; {_megabytes(r, 'eager')}")


def linear_memory(r: Result) -> Finding:
    found = memory_exponent(r, "fused")
    if found is None:
        return Finding(None, "N^?", "no-peak-memory")
    return Finding(found <= 1.3, f"N^{found:.2f} ≤ 1.3; {_megabytes(r, 'fused')}")


def _megabytes(r: Result, kind: str) -> str:
    return ", ".join(f"N={one.tokens:,} {byte_size(getattr(one, kind))}" for one in r.peaks)


def no_score_matrix(r: Result) -> Finding:
    last = r.peaks[-1]
    if last.fused is None or last.tiled is None or last.eager is None:
        return Finding(None, f"{last.score_bytes:,} B", "no-peak-memory")
    holds = max(last.fused, last.tiled) < last.score_bytes / 4 and last.eager >= last.score_bytes
    shown = " < ".join(byte_size(n) for n in (last.fused, last.score_bytes, last.eager))
    return Finding(holds, f"N={last.tokens:,}: {shown}")


def work_stays(r: Result) -> Finding:
    short, long = r.operations
    growth, found = (long.eager / short.eager, long.tiled / short.tiled), time_exponent(r, "fused")
    holds = found.reaches(1.4) and min(growth) > 3.5
    counted = f"N={short.tokens}→{long.tokens}: ×{growth[0]:.3g}, ×{growth[1]:.3g} > 3.5"
    shown = f"{counted}; N^{found.value:.2f} ({min(found.rounds):.2f}–{max(found.rounds):.2f}) ≥ 1.4"
    if r.device != "cpu" and holds is False:
        return Finding(None, shown, "start-bound")
    return Finding(holds, shown, "" if holds is not None else "too-noisy")


def faster(r: Result) -> Finding:
    found = ratio(r.lengths[-1].eager, r.lengths[-1].fused)
    return Finding(None, str(found), "converting") if _converts(r) else reaching(found, 1.5)


def _converts(r: Result) -> bool:
    """Whether the processor's products copy their inputs into another format first."""
    return r.device == "cpu" and r.dtype not in ("float32", "float64")


def recomputes(r: Result) -> Finding:
    short, long = r.kept
    growth = long.fused / short.fused
    holds = long.fused < long.score_bytes and growth < 2.2 and long.eager >= long.score_bytes
    shown = f"N={long.tokens:,}: {long.fused:,} B (×{growth:.3g}) < {long.score_bytes:,} B ≤ {long.eager:,} B"
    return exactly(r.dtype, holds and long.gradient_gap <= ROUNDING, f"{shown}; max|Δ| {long.gradient_gap:.1e}")


def tiles_alone(r: Result) -> Finding:
    long = r.kept[-1]
    return Finding(long.tiled >= long.score_bytes, f"N={long.tokens:,}: {long.tiled:,} B ≥ {long.score_bytes:,} B")


def shrinks_cache(r: Result) -> Finding:
    sign = "=" if r.cache_fused == r.cache_eager else "≠"
    shown = f"{r.cache_fused:,} B {sign} {r.cache_eager:,} B; 2·L·H·d·T·b = {r.cache_formula:,} B"
    return Finding(r.cache_fused < r.cache_eager, shown)


def step_has_none(r: Result) -> Finding:
    if r.step_peak is None:
        return Finding(None, f"{r.step_cache:,} B", "no-peak-memory")
    share = r.step_peak / r.step_cache
    shown = f"{byte_size(r.step_peak)} / {byte_size(r.step_cache)} = {share:.1%}"
    return Finding(None, shown, "converting") if _converts(r) else Finding(share < 0.2, f"{shown} < 20%")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "same-result": same_result,
    "eager-squared": eager_squared,
    "linear-memory": linear_memory,
    "no-score-matrix": no_score_matrix,
    "work-stays": work_stays,
    "faster": faster,
    "recomputes": recomputes,
    "tiles-alone": tiles_alone,
    "shrinks-cache": shrinks_cache,
    "step-has-none": step_has_none,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Peak memory and time over the length, then what stays as it was."""
    labels = {key: text[lang] for key, text in words.words.items()}
    header = [labels["tokens"], *(labels[kind] for kind in KINDS)]
    seconds = [(f"{one.tokens:,}", *(duration(getattr(one, kind).median) for kind in KINDS)) for one in result.lengths]
    seconds.append(("~ N^", *(f"{time_exponent(result, kind).value:.2f}" for kind in KINDS)))
    parts: list[RenderableType] = [labels["time"], terminal.table(header, seconds), ""]
    if result.peaks[-1].eager is not None:
        peaks = [(f"{one.tokens:,}", *(byte_size(getattr(one, kind)) for kind in KINDS)) for one in result.peaks]
        peaks.append(("~ N^", *(f"{memory_exponent(result, kind):.2f}" for kind in KINDS)))
        series = memory_curves(result, labels)
        parts += [labels["peak"], terminal.table(header, peaks), ""]
        parts += [terminal.curves(series, x_label=labels["tokens"], y_label="MiB", log_x=True, log_y=True), ""]
    kept = [(f"{one.tokens:,}", *(byte_size(getattr(one, kind)) for kind in KINDS)) for one in result.kept]
    caches = [(f"{CACHED}", byte_size(result.cache_eager), "–", byte_size(result.cache_fused))]
    parts += [labels["kept"], terminal.table(header, kept), ""]
    parts += [f"{labels['cache']}, {result.model}", terminal.table(header, caches)]
    return Group(*parts)


def memory_curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """MiB at the peak over the length."""
    tokens = [one.tokens for one in result.peaks]
    return [
        terminal.Series(labels[kind], tokens, [max(1, getattr(one, kind)) / 2**20 for one in result.peaks])
        for kind in KINDS
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Peak memory and time over the length, both axes logarithmic."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (memory, time) = plots.blank(words.title[lang], panels=2)
    lengths = [one.tokens for one in result.lengths]
    times = [
        terminal.Series(labels[kind], lengths, [1e3 * getattr(one, kind).median for one in result.lengths])
        for kind in KINDS
    ]
    panels = [(time, times, f"{labels['time']} (ms)")]
    if result.peaks[-1].eager is not None:
        panels.append((memory, memory_curves(result, labels), f"{labels['peak']} (MiB)"))
    for axes, series, name in panels:
        plots.draw(axes, series, x_label=labels["tokens"], y_label=name, log_x=True, log_y=True)
        axes.set_xticks(series[0].x, [f"{n:,}" for n in series[0].x])
        axes.minorticks_off()
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure, starts_processes=True)
