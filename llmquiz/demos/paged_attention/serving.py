"""A server's memory for keys and values, step by step, under different ways of handing it out. Counted in tokens.

Requests wait in a queue that never ends; those that have room write one token a step. What is counted is the middle of
the run: neither the filling at its beginning nor an emptying at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from llmquiz.demos.paged_attention.allocation import Allocator
from llmquiz.demos.paged_attention.arrivals import Request
from llmquiz.demos.paged_attention.result import ServerRun

WARM_UP, STEPS = 1000, 1000
"""Steps before and while something is counted."""


class Server:
    """Answers requests in the memory that an allocator hands out."""

    def __init__(self, requests: Iterator[Request], allocator: Allocator) -> None:
        self.requests, self.allocator = requests, allocator
        self.live: list[Request] = []
        self.waiting: list[Request] = []
        self.finished = self.preempted = self.recomputed = 0

    def step(self) -> None:
        """Admit in order of arrival, write a token each, let go of what has ended."""
        while self.allocator.admit(request := self.waiting.pop() if self.waiting else next(self.requests)):
            self.recomputed += request.written
            self.live.append(request)
        self.waiting.append(request)
        self._write()
        for request in [request for request in self.live if request.length >= request.end]:
            self.allocator.leave(request)
            self.live.remove(request)
            self.finished += 1

    def _write(self) -> None:
        """A token for every request; where there is no room the newest request gives way."""
        i = 0
        while i < len(self.live):
            while not self.allocator.grow(request := self.live[i]):
                self._send_back(self.live.pop())
                if i == len(self.live):
                    return
            request.written += 1
            i += 1

    def _send_back(self, request: Request) -> None:
        """Its memory goes, its text stays."""
        self.allocator.leave(request)
        self.waiting.append(request)
        self.preempted += 1


def serve(
    requests: Callable[[int], Iterator[Request]], allocator: Callable[[], Allocator], seeds: Sequence[int]
) -> ServerRun:
    """A run a seed, each with a fresh memory."""
    runs = [_run(Server(requests(seed), allocator())) for seed in seeds]
    lives = tuple(run.live for run in runs)
    return ServerRun(
        live=fmean(lives),
        lives=lives,
        used=fmean(run.used for run in runs),
        reserved=fmean(run.reserved for run in runs),
        finished=sum(run.finished for run in runs),
        preempted=sum(run.preempted for run in runs),
        recomputed=sum(run.recomputed for run in runs),
        worst=max(run.worst for run in runs),
    )


def _run(server: Server) -> ServerRun:
    """One run."""
    for _ in range(WARM_UP):
        server.step()
    allocator, live, used, reserved, worst = server.allocator, 0, 0, 0, 0
    before = (server.finished, server.preempted, server.recomputed)
    for _ in range(STEPS):
        server.step()
        live += len(server.live)
        used += sum(request.length for request in server.live) - allocator.repeated
        reserved += allocator.reserved
        worst = max(worst, *(allocator.room(request) - request.length for request in server.live))
    after = (server.finished, server.preempted, server.recomputed)
    finished, preempted, recomputed = (now - then for now, then in zip(after, before, strict=True))
    means = (live / STEPS, (live / STEPS,), used / STEPS, reserved / STEPS)
    return ServerRun(*means, finished, preempted, recomputed, worst)
