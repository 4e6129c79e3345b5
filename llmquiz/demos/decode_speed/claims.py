"""What is measured of decoding steps against their limit, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, big, duration

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
    return Finding(None, finding.measured, "slow-format") if emulated else finding


def same_tokens(r: Result) -> Finding:
    equal, written = sum(size.equal for size in r.sizes), sum(len(size.tokens) for size in r.sizes)
    return exactly(r.dtype, equal == written, f"{equal}/{written}")


def near_the_limit(r: Result) -> Finding:
    large = next(size for size in r.sizes if size.parameters >= LARGE)
    if r.device != "cpu":
        return Finding(None, f"{large.near} ({big(large.parameters)})", "start-bound")
    return _in_a_fast_format(r, reaching(large.near, NEAR))


def beats_generate(r: Result) -> Finding:
    return reaching(next(size for size in r.sizes if size.d_model == SMALL).gain, 1.3)


def never_slower(r: Result) -> Finding:
    """Slower would be: in every round of a size."""
    holds = all(max(size.gain.rounds) >= 1 for size in r.sizes)
    return Finding(holds, ", ".join(f"d={size.d_model} {size.gain}" for size in r.sizes))


def bound_by_bytes(r: Result) -> Finding:
    single = r.batches[0]
    holds = single.bytes_seconds > 2 * single.work_seconds
    figures = f"{duration(single.bytes_seconds)} > {duration(single.work_seconds)}; B* = {r.crossing_batch:.3g}"
    return _in_a_fast_format(r, Finding(holds, figures))


def batch_shares_reading(r: Result) -> Finding:
    return _in_a_fast_format(r, reaching(r.many, 2))


def bound_by_work(r: Result) -> Finding:
    if r.crossing_batch > r.half_batch:
        return Finding(None, f"B* = {r.crossing_batch:.3g} > {r.half_batch}", "too-small")
    return _in_a_fast_format(r, reaching(r.doubled, 1.4))


CLAIMS = findings.claims(
    same_tokens,
    near_the_limit,
    beats_generate,
    never_slower,
    bound_by_bytes,
    batch_shares_reading,
    bound_by_work,
)
