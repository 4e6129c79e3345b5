"""A decoding step of one model at growing batches, against the roofline of this machine.

A batch reads the weights once for all its sequences: time a step >= max(bytes / bandwidth, 2 * parameters * batch /
rate), the roofline of Williams, Waterman and Patterson (2009).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llmquiz.demos.decode_speed.claims import Batch
from llmquiz.demos.decode_speed.step_times import one_step
from llmquiz.demos.lab import decoding
from llmquiz.demos.lab.quantities import Ratio, ratio
from llmquiz.demos.lab.timing import timed


@dataclass(frozen=True, slots=True)
class Roofline:
    """The two rates of this machine, and the steps that they bound; the fields are those of the Result."""

    bytes_per_second: float
    operations_per_second: float
    crossing_batch: float
    many: Ratio
    doubled: Ratio
    half_batch: int
    batches: tuple[Batch, ...]


def roofline(model: Any, batches: tuple[int, ...], rounds: int, device: str, seed: int) -> Roofline:
    """A step at every batch size, and the two rates: bytes at batch 1, arithmetic at the largest batch.

    `batches` are growing, begin with 1 and hold 8.
    """
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
    # the products alone: with one sequence reading takes the time, with many the arithmetic does,
    # a product and a sum for each number of a matrix and each sequence
    bandwidth, rate = size / times["bytes"].median, 2 * numbers * largest / times["work"].median
    return Roofline(
        bytes_per_second=bandwidth,
        operations_per_second=rate,
        crossing_batch=size / bandwidth / (2 * numbers / rate),
        many=ratio(times["eight"], times["8"]),
        doubled=ratio(times[str(largest)], times[str(batches[-2])]),
        half_batch=batches[-2],
        batches=tuple(
            Batch(batch, times[str(batch)].median, size / bandwidth, 2 * numbers * batch / rate) for batch in batches
        ),
    )


def eight_alone(decoder: decoding.Decoder, model: Any, seed: int) -> Callable[[], object]:
    """Eight steps, one sequence each."""
    step = one_step(decoder, model, 1, seed)
    return lambda: [step() for _ in range(8)]
