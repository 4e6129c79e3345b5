"""A server's memory for keys and values, step by step, under different ways of handing it out. Counted in tokens.

Requests wait in a queue that never ends; those that have room write one token a step. What is counted is the middle of
the run: neither the filling at its beginning nor an emptying at its end.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Protocol

from llmquiz.demos.paged_attention.blocks import Pool

LONGEST = 2048
"""A request's prompt and answer together have at most so many tokens."""
WARM_UP, STEPS = 1000, 1000
"""Steps before and while something is counted."""
SPREAD = 0.9
"""Standard deviation of the logarithm of a length."""


@dataclass(slots=True, eq=False)
class Job:
    """One request; `answer` tokens will follow its `prompt`, of which the first `common` all requests share."""

    prompt: int
    answer: int
    common: int = 0
    written: int = 0

    @property
    def length(self) -> int:
        """Tokens with keys and values so far."""
        return self.prompt + self.written

    @property
    def end(self) -> int:
        return self.prompt + self.answer


def chats(seed: int, common: int = 0) -> Iterator[Job]:
    """Requests of very different lengths: medians of 110 and 230 tokens, after a `common` beginning."""
    drawn = random.Random(seed)
    while True:
        prompt, answer = (max(4, round(drawn.lognormvariate(mean, SPREAD))) for mean in (4.7, 5.45))
        if common + prompt + answer <= LONGEST:
            yield Job(common + prompt, answer, common)


def full_length(seed: int) -> Iterator[Job]:
    """Requests that fill the largest reservation almost from the start: long prompts, short answers."""
    drawn = random.Random(seed)
    while True:
        answer = drawn.randint(16, 64)
        yield Job(LONGEST - answer, answer)


class Policy(Protocol):
    """How memory is handed out; everything in tokens."""

    @property
    def reserved(self) -> int:
        """What is taken."""

    @property
    def repeated(self) -> int:
        """What the live texts have in common and is kept once, counted for every text but the first."""

    def admit(self, job: Job) -> bool:
        """Room for the prompt, and for whatever else is set aside; False where there is none."""

    def grow(self, job: Job) -> bool:
        """Room for one more token."""

    def room(self, job: Job) -> int:
        """What the job holds."""

    def leave(self, job: Job) -> None:
        """Nothing any more."""


class Contiguous:
    """One stretch of memory a request, set aside when it is admitted: the first gap that is long enough."""

    repeated = 0

    def __init__(self, tokens: int, stretch: Callable[[Job], int]) -> None:
        self.tokens, self.stretch, self.reserved = tokens, stretch, 0
        self.places: dict[Job, tuple[int, int]] = {}

    def admit(self, job: Job) -> bool:
        need = self.stretch(job)
        taken = [(0, 0), *sorted(self.places.values()), (self.tokens, self.tokens)]
        start = next((end for (_, end), (start, _) in pairwise(taken) if start - end >= need), None)
        if start is None:
            return False
        self.places[job] = (start, start + need)
        self.reserved += need
        return True

    def grow(self, job: Job) -> bool:
        return True

    def room(self, job: Job) -> int:
        start, end = self.places[job]
        return end - start

    def leave(self, job: Job) -> None:
        start, end = self.places.pop(job)
        self.reserved -= end - start


class Blocks:
    """Blocks on demand, each from anywhere; with `sharing`, the full blocks of the common beginning are kept once."""

    def __init__(self, tokens: int, size: int, *, sharing: bool = False) -> None:
        self.size, self.sharing, self.pool = size, sharing, Pool(tokens // size)
        self.tables: dict[Job, list[int]] = {}
        self.common: list[int] = []

    @property
    def reserved(self) -> int:
        return self.pool.taken * self.size

    @property
    def repeated(self) -> int:
        return len(self.common) * self.size * max(0, len(self.tables) - 1)

    def admit(self, job: Job) -> bool:
        shared = job.common // self.size if self.sharing else 0
        own = -(-job.length // self.size) - shared
        spare = len(self.pool.holders) // 100  # as vLLM keeps some back, so that what was admitted can grow
        if len(self.pool.free) < own + spare + (shared - len(self.common)):
            return False
        if len(self.common) < shared:
            self.common = [self.pool.take() for _ in range(shared)]  # held on to, also between requests
        for block in self.common:
            self.pool.share(block)
        self.tables[job] = self.common + [self.pool.take() for _ in range(own)]
        return True

    def grow(self, job: Job) -> bool:
        if len(self.tables[job]) * self.size > job.length:
            return True
        if not self.pool.free:
            return False
        self.tables[job].append(self.pool.take())
        return True

    def room(self, job: Job) -> int:
        return len(self.tables[job]) * self.size

    def leave(self, job: Job) -> None:
        for block in self.tables.pop(job):
            self.pool.give_back(block)


class Server:
    """Runs jobs against a policy."""

    def __init__(self, jobs: Iterator[Job], policy: Policy) -> None:
        self.jobs, self.policy = jobs, policy
        self.live: list[Job] = []
        self.waiting: list[Job] = []
        self.finished = self.preempted = self.recomputed = 0

    def step(self) -> None:
        """Admit in order of arrival, write a token each, let go of what has ended."""
        while self.policy.admit(job := self.waiting.pop() if self.waiting else next(self.jobs)):
            self.recomputed += job.written
            self.live.append(job)
        self.waiting.append(job)
        self._write()
        for job in [job for job in self.live if job.length >= job.end]:
            self.policy.leave(job)
            self.live.remove(job)
            self.finished += 1

    def _write(self) -> None:
        """A token for every job; where there is no room the newest job gives way."""
        i = 0
        while i < len(self.live):
            while not self.policy.grow(job := self.live[i]):
                self._send_back(self.live.pop())
                if i == len(self.live):
                    return
            job.written += 1
            i += 1

    def _send_back(self, job: Job) -> None:
        """Its memory goes, its text stays."""
        self.policy.leave(job)
        self.waiting.append(job)
        self.preempted += 1


@dataclass(frozen=True, slots=True)
class Served:
    """What one way of handing out a memory did with it: means over the steps counted, over all drawn workloads."""

    live: float
    """Requests at once."""
    lives: tuple[float, ...]
    """The same, a workload each."""
    used: float
    """Tokens whose keys and values are needed; a beginning that is kept once counts once."""
    reserved: float
    """Tokens' worth that was taken."""
    finished: int
    preempted: int
    """Requests sent back to the queue because memory ran out; what they had written is computed again."""
    recomputed: int
    """So many tokens."""
    worst: int
    """The most that one request held and did not use, at any step."""


def served(jobs: Callable[[int], Iterator[Job]], policy: Callable[[], Policy], seeds: Sequence[int]) -> Served:
    """A run a seed, each with a fresh memory."""
    runs = [_run(Server(jobs(seed), policy())) for seed in seeds]
    lives = tuple(run.live for run in runs)
    return Served(
        live=fmean(lives),
        lives=lives,
        used=fmean(run.used for run in runs),
        reserved=fmean(run.reserved for run in runs),
        finished=sum(run.finished for run in runs),
        preempted=sum(run.preempted for run in runs),
        recomputed=sum(run.recomputed for run in runs),
        worst=max(run.worst for run in runs),
    )


def _run(server: Server) -> Served:
    """One run."""
    for _ in range(WARM_UP):
        server.step()
    policy, live, used, reserved, worst = server.policy, 0, 0, 0, 0
    counted = (server.finished, server.preempted, server.recomputed)
    for _ in range(STEPS):
        server.step()
        live += len(server.live)
        used += sum(job.length for job in server.live) - policy.repeated
        reserved += policy.reserved
        worst = max(worst, *(policy.room(job) - job.length for job in server.live))
    finished, preempted, recomputed = (
        now - then for now, then in zip((server.finished, server.preempted, server.recomputed), counted, strict=True)
    )
    means = (live / STEPS, (live / STEPS,), used / STEPS, reserved / STEPS)
    return Served(*means, finished, preempted, recomputed, worst)
