"""A clock that counts work: what tests of times share, so that they say the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from llmquiz.demos.cross_attention import times
from llmquiz.demos.lab import timing

START, NUMBER, FLOP = 5e-6, 4e-10, 2e-11
"""Seconds to begin an operation, to move a number in or out, and to calculate: about those of one core."""


class Work(TorchDispatchMode):
    """The seconds that the operations of torch would take, one after the other, on a machine without surprises."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Counted when it is done; one that is made of others, by these."""
        options = kwargs or {}
        with self:
            parts = operation.decompose(*args, **options)
        if parts is not NotImplemented:
            return parts
        done = operation(*args, **options)
        count = flop_registry.get(operation.overloadpacket)
        flops = count(*args, **options, out_val=done) if count else 0
        self.seconds += START + NUMBER * numbers([args, done, *options.values()]) + FLOP * flops
        return done


def numbers(given: Any) -> int:
    """So many stand in all the tensors of it."""
    if isinstance(given, Tensor):
        return given.numel()
    return sum(map(numbers, given)) if isinstance(given, (list, tuple)) else 0


@contextmanager
def counted() -> Iterator[None]:
    """Whatever a demo times in this process is counted."""
    with Work() as work, pytest.MonkeyPatch.context() as patch:
        for module in (timing, times):
            patch.setattr(module, "clock_for", lambda device: lambda: work.seconds)
        yield
