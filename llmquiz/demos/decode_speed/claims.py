"""What is measured of decoding steps against their limit, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, big, duration, three_figures

LARGE = 100_000_000
"""From so many parameters on the loop has to come near the limit."""
NEAR = 0.75
"""Of the limit."""
SMALL = 128
"""The width at which the overhead of a step rules."""


@dataclass(frozen=True, slots=True)
class Size:
    """One model, decoding a single sequence; seconds are medians of a step."""

    model: str
    d_model: int
    parameters: int
    matrix_bytes: int
    """What a step multiplies by, and so has to read."""
    tokens: tuple[int, ...]
    equal: int
    """So many of them are those of `generate()`."""
    seconds: Varies[float]
    generate_seconds: Varies[float]
    product_seconds: Varies[float]
    near: Varies[Ratio]
    """The products alone over the loop: 1 is the limit."""
    gain: Varies[Ratio]
    """`generate()` over the loop."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A step of several sequences at once."""

    batch: int
    seconds: Varies[float]
    bytes_seconds: Varies[float]
    """Bytes over the bandwidth measured at batch 1."""
    work_seconds: Varies[float]
    """Floating-point operations over the rate measured at the largest batch."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    """The one of the batches."""
    sizes: tuple[Size, ...]
    batches: tuple[Batch, ...]
    bytes_per_second: Varies[float]
    operations_per_second: Varies[float]
    crossing_batch: Varies[float]
    """Where reading and arithmetic take equally long."""
    many: Varies[Ratio]
    """Eight steps of one sequence over one step of eight."""
    doubled: Varies[Ratio]
    """A step of the largest batch over one of half of it."""
    half_batch: int
    near_limit: Varies[float]
    """Of the largest model."""
    gain_small: Varies[float]
    """Our loop against `generate()` at the smallest width."""
    tokens_per_second: Varies[float]
    """Of the largest model."""


def _in_a_fast_format(r: Result, finding: Finding) -> Finding:
    """`finding`, but not judged where the processor works in a format that it has no fast instructions for."""
    emulated = r.device == "cpu" and r.dtype in ("bfloat16", "float16")
    return finding._replace(holds=None, why="slow-format") if emulated else finding


def same_tokens(r: Result) -> Finding:
    equal, written = sum(size.equal for size in r.sizes), sum(len(size.tokens) for size in r.sizes)
    figures = {"equal": str(equal), "written": str(written), "sizes": str(len(r.sizes))}
    return exactly(r.dtype, equal == written, f"{equal}/{written}")._replace(figures=figures)


def near_the_limit(r: Result) -> Finding:
    large = r.sizes[-1]
    figures = {
        "parameters": big(large.parameters),
        "step": duration(large.seconds),
        "limit": duration(large.product_seconds),
        "share": f"{large.near.value:.0%}",
    }
    shown = f"{large.near} ({big(large.parameters)})"
    if large.parameters < LARGE:
        return Finding(None, shown, "small-model", figures)
    if r.device != "cpu":
        return Finding(None, shown, "start-bound", figures)
    return _in_a_fast_format(r, reaching(large.near, NEAR))._replace(figures=figures)


def beats_generate(r: Result) -> Finding:
    small = next(size for size in r.sizes if size.d_model == SMALL)
    figures = {
        "parameters": big(small.parameters),
        "loop": duration(small.generate_seconds / small.gain.value),
        "generate": duration(small.generate_seconds),
        "times": three_figures(small.gain.value),
    }
    return reaching(small.gain, 1.3)._replace(figures=figures)


def never_slower(r: Result) -> Finding:
    """Slower would be: in every round of a size."""
    return Finding(
        all(max(size.gain.rounds) >= 1 for size in r.sizes),
        ", ".join(f"d={size.d_model} {size.gain}" for size in r.sizes),
        figures={
            "sizes": " / ".join(big(size.parameters) for size in r.sizes),
            "times": " / ".join(three_figures(size.gain.value) for size in r.sizes),
        },
    )


def bound_by_bytes(r: Result) -> Finding:
    single = r.batches[0]
    reading, work = duration(single.bytes_seconds), duration(single.work_seconds)
    finding = Finding(
        single.bytes_seconds > 2 * single.work_seconds,
        f"{reading} > {work}; B* = {r.crossing_batch:.3g}",
        figures={"reading": reading, "work": work, "times": three_figures(single.bytes_seconds / single.work_seconds)},
    )
    return _in_a_fast_format(r, finding)


def batch_shares_reading(r: Result) -> Finding:
    figures = {"times": three_figures(r.many.value)}
    return _in_a_fast_format(r, reaching(r.many, 2))._replace(figures=figures)


def bound_by_work(r: Result) -> Finding:
    figures = {
        "crossing": f"{r.crossing_batch:.3g}",
        "half": str(r.half_batch),
        "largest": str(r.batches[-1].batch),
        "times": three_figures(r.doubled.value),
    }
    if r.crossing_batch > r.half_batch:
        return Finding(None, f"B* = {r.crossing_batch:.3g} > {r.half_batch}", "too-small", figures)
    return _in_a_fast_format(r, reaching(r.doubled, 1.4))._replace(figures=figures)


CLAIMS = findings.claims(
    same_tokens,
    near_the_limit,
    beats_generate,
    never_slower,
    bound_by_bytes,
    batch_shares_reading,
    bound_by_work,
)
