"""How fast decoding can be: the bytes of the weights against the arithmetic on them, and what a loop adds.

The limit is the time of the step's own matrix products alone, one after the other on the same matrices and measured
beside the loop. A batch reads the weights once for all its sequences: time a step >= max(bytes / bandwidth,
2 * parameters * batch / rate), the roofline of Williams, Waterman and Patterson (2009).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType

from llmquiz.demos.decode_speed.step_times import Size, of_size, one_step
from llmquiz.demos.lab import decoding, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, big, byte_size, duration, ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGE = 100_000_000
"""From so many parameters on the loop has to come near the limit."""
NEAR = 0.75
SMALL = 128
"""The width at which the overhead of a step rules."""


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


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Models of growing width at batch 1, then one model at growing batches."""
    rounds, settings = 3 if quick else 7, {"device": device, "dtype": dtype}
    widths = ((SMALL, 4), (1024, 8)) if quick else ((SMALL, 4), (256, 4), (512, 8), (1024, 8))
    sizes = []
    for i, (d_model, n_layers) in enumerate(widths):
        # wide weights: with the usual ones a random model repeats one token, and equal tokens would say little
        model = tiny.llama(d_model=d_model, n_layers=n_layers, n_heads=d_model // 64, init=0.1, **settings)
        sizes.append(of_size(model, 4 if d_model > 256 else 24, rounds, device, seed))
        progress(0.7 * (i + 1) / len(widths))
    model = tiny.llama(d_model=512, n_layers=8, n_heads=8, init=0.1, **settings)
    batches = (1, 8, 32, 64) if quick else (1, 2, 4, 8, 16, 32, 64, 128)
    found = of_batches(model, batches, 3 if quick else 5, device, seed)
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(model),
        sizes=tuple(sizes),
        near_limit=sizes[-1].near.value,
        gain_small=sizes[0].gain.value,
        tokens_per_second=1 / sizes[-1].seconds,
        **found,
    )


def of_batches(model: Any, batches: tuple[int, ...], rounds: int, device: str, seed: int) -> dict[str, Any]:
    """A step at every batch size, and the two rates of this machine: bytes at batch 1, arithmetic at the largest."""
    decoder = decoding.Decoder(model, length=16)
    largest = batches[-1]
    cases: dict[str, Callable[[], object]] = {
        "bytes": decoding.products(decoder.matrices),
        "work": decoding.products(decoder.matrices, largest),
        "eight": eight_alone(decoder, model, seed),
    } | {str(batch): one_step(decoder, model, batch, seed) for batch in batches}
    times = timed(cases, device=device, rounds=rounds)
    numbers = sum(matrix.numel() for matrix in decoder.matrices)
    size = sum(matrix.nbytes for matrix in decoder.matrices)
    bandwidth, rate = size / times["bytes"].median, 2 * numbers * largest / times["work"].median
    return {
        "bytes_per_second": bandwidth,
        "operations_per_second": rate,
        "crossing_batch": size / bandwidth / (2 * numbers / rate),
        "many": ratio(times["eight"], times["8"]),
        "doubled": ratio(times[str(largest)], times[str(batches[-2])]),
        "half_batch": batches[-2],
        "batches": tuple(
            Batch(batch, times[str(batch)].median, size / bandwidth, 2 * numbers * batch / rate) for batch in batches
        ),
    }


def eight_alone(decoder: decoding.Decoder, model: Any, seed: int) -> Callable[[], object]:
    """Eight steps, one sequence each."""
    step = one_step(decoder, model, 1, seed)
    return lambda: [step() for _ in range(8)]


def in_a_fast_format(r: Result, found: Finding) -> Finding:
    """`found`, but not judged where the processor works in a format that it has no fast instructions for."""
    emulated = r.device == "cpu" and r.dtype in ("bfloat16", "float16")
    return Finding(None, found.measured, "slow-format") if emulated else found


def same_tokens(r: Result) -> Finding:
    equal, all_of_them = sum(size.equal for size in r.sizes), sum(len(size.tokens) for size in r.sizes)
    return exactly(r.dtype, equal == all_of_them, f"{equal}/{all_of_them}")


def near_the_limit(r: Result) -> Finding:
    found = next(size for size in r.sizes if size.parameters >= LARGE)
    if r.device != "cpu":
        return Finding(None, f"{found.near} ({big(found.parameters)})", "start-bound")
    return in_a_fast_format(r, reaching(found.near, NEAR))


def beats_generate(r: Result) -> Finding:
    return reaching(next(size for size in r.sizes if size.d_model == SMALL).gain, 1.3)


def never_slower(r: Result) -> Finding:
    """Slower would be: in every round of a size."""
    holds = all(max(size.gain.rounds) >= 1 for size in r.sizes)
    return Finding(holds, ", ".join(f"d={size.d_model} {size.gain}" for size in r.sizes))


def bound_by_bytes(r: Result) -> Finding:
    one = r.batches[0]
    holds = one.bytes_seconds > 2 * one.work_seconds
    shown = f"{duration(one.bytes_seconds)} > {duration(one.work_seconds)}; B* = {r.crossing_batch:.3g}"
    return in_a_fast_format(r, Finding(holds, shown))


def batch_shares_reading(r: Result) -> Finding:
    return in_a_fast_format(r, reaching(r.many, 2))


def bound_by_work(r: Result) -> Finding:
    if r.crossing_batch > r.half_batch:
        return Finding(None, f"B* = {r.crossing_batch:.3g} > {r.half_batch}", "too-small")
    return in_a_fast_format(r, reaching(r.doubled, 1.4))


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "same-tokens": same_tokens,
    "near-the-limit": near_the_limit,
    "beats-generate": beats_generate,
    "never-slower": never_slower,
    "bound-by-bytes": bound_by_bytes,
    "batch-shares-reading": batch_shares_reading,
    "bound-by-work": bound_by_work,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """The sizes against their limit, then the step against the batch."""
    labels = {key: text[lang] for key, text in words.words.items()}
    header = [labels[key] for key in ("parameters", "read", "generate", "loop", "limit", "reached")]
    rows = [
        [
            f"{big(size.parameters)} (d={size.d_model})",
            byte_size(size.matrix_bytes),
            duration(size.generate_seconds),
            duration(size.seconds),
            duration(size.product_seconds),
            f"{size.near.value:.0%}",
        ]
        for size in result.sizes
    ]
    rates = (
        f"{labels['bandwidth']}: {result.bytes_per_second / 1e9:.3g} GB/s\n"
        f"{labels['rate']}: {result.operations_per_second / 1e9:.3g} GFLOP/s\nB* = {result.crossing_batch:.3g}"
    )
    plot = terminal.curves(
        roofline(result, labels), x_label=labels["batch"], y_label=labels["step"], log_x=True, log_y=True
    )
    return Group(terminal.table(header, rows), "", result.model, rates, "", plot)


def roofline(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Milliseconds a step over the batch: measured, and the two bounds."""
    batches = [one.batch for one in result.batches]
    return [
        terminal.Series(labels["measured"], batches, [1e3 * one.seconds for one in result.batches]),
        terminal.Series(labels["bytes"], batches, [1e3 * one.bytes_seconds for one in result.batches]),
        terminal.Series(labels["work"], batches, [1e3 * one.work_seconds for one in result.batches]),
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Share of the limit by size, and the roofline."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (near, roof) = plots.blank(words.title[lang], panels=2)
    names = [big(size.parameters) for size in result.sizes]
    near.bar(names, [size.product_seconds / size.seconds for size in result.sizes], label=labels["loop"], width=0.6)
    near.plot(
        names, [size.product_seconds / size.generate_seconds for size in result.sizes], "ko--", label=labels["generate"]
    )
    near.set_xlabel(labels["parameters"])
    near.set_ylabel(labels["reached"])
    near.set_ylim(0, 1.05)
    near.legend(frameon=False)
    plots.draw(roof, roofline(result, labels), x_label=labels["batch"], y_label=labels["step"], log_x=True, log_y=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
