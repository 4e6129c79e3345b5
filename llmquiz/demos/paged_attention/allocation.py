"""Ways of handing out a server's memory for keys and values: in stretches, or in blocks. Counted in tokens."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

from llmquiz.demos.paged_attention.arrivals import Request
from llmquiz.demos.paged_attention.pool import Pool


class Allocator(Protocol):
    """How memory is handed out; everything in tokens."""

    @property
    def reserved(self) -> int:
        """What is taken."""

    @property
    def repeated(self) -> int:
        """What the live texts have in common and is kept once, counted for every text but the first."""

    def admit(self, request: Request) -> bool:
        """Room for the prompt, and for whatever else is set aside; False where there is none."""

    def grow(self, request: Request) -> bool:
        """Room for one more token."""

    def room(self, request: Request) -> int:
        """What the request holds."""

    def leave(self, request: Request) -> None:
        """Nothing any more."""


class Contiguous:
    """One stretch of memory a request, set aside when it is admitted: the first gap that is long enough."""

    repeated = 0

    def __init__(self, tokens: int, stretch: Callable[[Request], int]) -> None:
        self.tokens, self.stretch, self.reserved = tokens, stretch, 0
        self.places: dict[Request, tuple[int, int]] = {}

    def admit(self, request: Request) -> bool:
        need = self.stretch(request)
        # between two ends of memory, the gaps from where one stretch ends to where the next one starts
        taken = [(0, 0), *sorted(self.places.values()), (self.tokens, self.tokens)]
        start = next((end for (_, end), (start, _) in pairwise(taken) if start - end >= need), None)
        if start is None:
            return False
        self.places[request] = (start, start + need)
        self.reserved += need
        return True

    def grow(self, request: Request) -> bool:
        return True

    def room(self, request: Request) -> int:
        start, end = self.places[request]
        return end - start

    def leave(self, request: Request) -> None:
        start, end = self.places.pop(request)
        self.reserved -= end - start


class Blocks:
    """Blocks on demand, each from anywhere; with `sharing`, the full blocks of the common beginning are kept once."""

    def __init__(self, tokens: int, size: int, *, sharing: bool = False) -> None:
        self.size, self.sharing, self.pool = size, sharing, Pool(tokens // size)
        self.tables: dict[Request, list[int]] = {}
        self.common: list[int] = []

    @property
    def reserved(self) -> int:
        return self.pool.taken * self.size

    @property
    def repeated(self) -> int:
        return len(self.common) * self.size * max(0, len(self.tables) - 1)

    def admit(self, request: Request) -> bool:
        shared = request.common // self.size if self.sharing else 0
        own = -(-request.length // self.size) - shared
        spare = len(self.pool.holders) // 100  # as vLLM keeps some back, so that what was admitted can grow
        if len(self.pool.free) < own + spare + (shared - len(self.common)):
            return False
        if len(self.common) < shared:
            self.common = [self.pool.take() for _ in range(shared)]  # held on to, also between requests
        for block in self.common:
            self.pool.share(block)
        self.tables[request] = self.common + [self.pool.take() for _ in range(own)]
        return True

    def grow(self, request: Request) -> bool:
        if len(self.tables[request]) * self.size > request.length:
            return True
        if not self.pool.free:
            return False
        self.tables[request].append(self.pool.take())
        return True

    def room(self, request: Request) -> int:
        return len(self.tables[request]) * self.size

    def leave(self, request: Request) -> None:
        for block in self.tables.pop(request):
            self.pool.give_back(block)
