"""Times that can be compared: interleaved rounds, medians, and the spread beside them.

On the CPU, with one thread, the clock is that of the processor's time spent on this thread: on an idle machine it says
what a wall clock says, and beside other work it leaves out the moments in which this thread did not run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

import torch

from llmquiz.demos._devices import synchronise


@dataclass(frozen=True, slots=True)
class Times:
    """The seconds that one case took, round by round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        return f"{duration(self.median)} (n={len(self.seconds)}, {duration(low)}–{duration(high)})"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long one case took as another: the ratio of the medians, and that of every round."""

    value: float
    rounds: tuple[float, ...]

    def __str__(self) -> str:
        return f"×{self.value:.3g} (n={len(self.rounds)}, {min(self.rounds):.3g}–{max(self.rounds):.3g})"

    def reaches(self, least: float) -> bool | None:
        """Whether it is at least `least`; None where fewer than four rounds in five agree with the medians."""
        agree = sum((one >= least) is (self.value >= least) for one in self.rounds)
        return self.value >= least if agree >= 0.8 * len(self.rounds) else None


def ratio(slow: Times, fast: Times) -> Ratio:
    """`slow` over `fast`, both from one call of `timed`: round i of the one ran beside round i of the other."""
    rounds = tuple(a / b for a, b in zip(slow.seconds, fast.seconds, strict=True))
    return Ratio(slow.median / fast.median, rounds)


def timed(
    cases: Mapping[str, Callable[[], object]], *, device: str, rounds: int = 5, warmup: int = 1
) -> dict[str, Times]:
    """Seconds of every case, the cases taking turns, each round beginning with another one."""
    order = list(cases)
    for _ in range(warmup):
        for name in order:
            cases[name]()
    seconds: dict[str, list[float]] = {name: [] for name in order}
    for turn in range(rounds):
        shift = turn % len(order)
        for name in order[shift:] + order[:shift]:
            seconds[name].append(stopwatch(cases[name], device))
    return {name: Times(tuple(values)) for name, values in seconds.items()}


def stopwatch(case: Callable[[], object], device: str) -> float:
    """Seconds of one call, the device idle before and after."""
    clock = clock_for(device)
    synchronise(device)
    start = clock()
    case()
    synchronise(device)
    return clock() - start


def clock_for(device: str) -> Callable[[], float]:
    """The thread's own clock where all the work is done by this thread and that clock is a fine one."""
    alone = device == "cpu" and torch.get_num_threads() == 1
    return time.thread_time if alone and _is_fine() else time.perf_counter


def _is_fine() -> bool:
    """Whether the thread's own clock can time a step of a model; Windows' ticks every 16 ms, whatever it says."""
    if sys.platform == "win32" or not hasattr(time, "thread_time"):
        return False
    return time.get_clock_info("thread_time").resolution <= 1e-6


def duration(seconds: float) -> str:
    """Three figures and the unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def byte_size(count: float) -> str:
    """Bytes in powers of 1024, three figures."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count:.0f} B"


def big(count: float) -> str:
    """A large count in short: 3.30M, 175B."""
    for unit, size in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if count >= size:
            return f"{count / size:.3g}{unit}"
    return f"{count:.0f}"
