"""One random number, and what a run was told."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.run import Run


@dataclass(frozen=True, slots=True)
class Inner:
    count: int
    seconds: Varies[float]


@dataclass(frozen=True, slots=True)
class Result:
    number: float
    dtype: str
    clock: Varies[float]
    inner: tuple[Inner, ...]


def measure(run: Run) -> Result:
    import torch

    run.progress(1.0)
    return Result(torch.rand(1).item(), run.dtype, 0.5, (Inner(1, 0.25),))
