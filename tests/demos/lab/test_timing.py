"""Times that can be compared."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

pytest.importorskip("torch")
from llmquiz.demos.lab import timing
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
