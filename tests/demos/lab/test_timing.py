"""Times that can be compared."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

pytest.importorskip("torch")
from llmquiz.demos.lab import timing
from llmquiz.demos.lab.findings import reaching
from llmquiz.demos.lab.quantities import Ratio, Times, big, byte_size, duration, ratio
from llmquiz.demos.lab.timing import timed

pytestmark = pytest.mark.demo


def test_cases_take_turns_and_every_round_begins_with_another() -> None:
    calls: list[str] = []
    cases = {name: lambda name=name: calls.append(name) for name in "abc"}
    times = timed(cases, device="cpu", rounds=3, warmup=1)
    assert "".join(calls) == "abc" + "abc" + "bca" + "cab"
    assert {name: len(case.seconds) for name, case in times.items()} == {"a": 3, "b": 3, "c": 3}


def test_the_device_is_idle_before_each_reading_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    monkeypatch.setattr(timing, "synchronise", lambda device: events.append(f"wait {device}"))
    monkeypatch.setattr(timing.time, "perf_counter", lambda: events.append("clock") or 0.0)
    timing.stopwatch(lambda: events.append("work"), "cuda")
    assert events == ["wait cuda", "clock", "work", "wait cuda", "clock"]


def test_one_thread_on_the_cpu_is_timed_by_its_own_clock_where_that_is_a_fine_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Waiting is not working: other work on the machine does not count."""
    from llmquiz.demos.lab import devices

    chosen = []
    for resolution in (1e-9, 1e-2):
        monkeypatch.setattr(time, "get_clock_info", lambda _, fine=resolution: SimpleNamespace(resolution=fine))
        for threads, device in ((1, "cpu"), (1, "cuda"), (2, "cpu")):
            with devices.prepared(seed=0, threads=threads):
                chosen.append(timing.clock_for(device))
    assert chosen == [time.thread_time, *[time.perf_counter] * 5]


def test_a_ratio_is_that_of_the_medians() -> None:
    slower = ratio(Times((4.0, 6.0, 100.0)), Times((2.0, 2.0, 2.0)))
    assert slower == Ratio(3.0, (2.0, 3.0, 50.0))
    assert str(slower) == "×3 (n=3, 2–50)"


@pytest.mark.parametrize(
    ("rounds", "holds"),
    [
        ((2.0, 2.1, 2.2, 2.3, 2.4), True),
        ((1.4, 2.1, 2.2, 2.3, 2.4), True),  # one round in five may disagree
        ((1.4, 1.4, 2.2, 2.3, 2.4), None),
        ((1.1, 1.2, 1.3, 1.3, 1.6), False),
        ((1.1, 1.2, 1.3, 1.6, 1.6), None),
    ],
)
def test_rounds_that_disagree_decide_nothing(rounds: tuple[float, ...], holds: bool | None) -> None:
    slower = Ratio(sorted(rounds)[2], rounds)
    assert slower.reaches(1.5) is holds
    assert reaching(slower, 1.5).why == ("too-noisy" if holds is None else "")


@pytest.mark.parametrize(
    ("seconds", "text"), [(1.5, "1.5 s"), (0.0123, "12.3 ms"), (4.56e-5, "45.6 µs"), (7.8e-8, "78 ns")]
)
def test_durations_have_three_figures_and_a_unit(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_sizes_and_counts_are_short() -> None:
    assert [byte_size(n) for n in (0, 1023, 1024, 3 * 2**20, 2**31)] == ["0 B", "1023 B", "1 KiB", "3 MiB", "2 GiB"]
    assert [big(n) for n in (12, 3_295_488, 174_604_259_328)] == ["12", "3.3M", "175B"]
    assert str(Times((0.002, 0.001, 0.003))) == "2 ms (n=3, 1 ms–3 ms)"
