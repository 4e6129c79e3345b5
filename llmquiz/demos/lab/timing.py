"""Times that can be compared: interleaved rounds, medians, and the spread beside them.

On the CPU, with one thread, the clock is that of the processor's time spent on this thread: on an idle machine it says
what a wall clock says, and beside other work it leaves out the moments in which this thread did not run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping

import torch

from llmquiz.demos.lab.devices import synchronise
from llmquiz.demos.lab.quantities import Times


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
