"""What the processes do in the tests of `parallelism`: the demo's work with something broken, and ways to go wrong."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from torch import Tensor

from llmquiz.demos.parallelism import ring as _ring
from llmquiz.demos.parallelism import splits, worker
from llmquiz.demos.parallelism.comm import Wire
from llmquiz.demos.parallelism.joined import Pipeline, Sequence, Tensors
from llmquiz.demos.parallelism.worker import Job

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """The same measurements as in the demo, each with one thing broken."""

    tensor: dict[str, Tensors]
    pipeline: dict[str, Pipeline]
    sequence: dict[str, Sequence]


@contextmanager
def in_double() -> Iterator[None]:
    """Every message takes twice the bytes."""
    exchange, send, receive = Wire.exchange, Wire.send, Wire.receive

    def exchanged(wire: Wire, out: Tensor, to: int, source: int, like: Tensor | None = None) -> Tensor:
        return exchange(wire, out.double(), to, source).to(out.dtype)

    with (
        patch.object(Wire, "exchange", exchanged),
        patch.object(Wire, "send", lambda wire, tensor, to: send(wire, tensor.double(), to)),
        patch.object(Wire, "receive", lambda wire, like, source: receive(wire, like.double(), source).to(like.dtype)),
    ):
        yield


def one_after_the_other(stage: Any, ids: Tensor, micro_batches: int) -> Tensor:
    """No pipeline: a micro-batch starts when the one before it has come back."""
    import torch

    run = stage_run
    logits = []
    for part in ids.chunk(micro_batches):
        logits.append(run(stage, part, 1))
        stage.wire.clock = max(stage.wire.gathered(stage.wire.clock))
    for p in stage.parameters().values():
        p.grad /= micro_batches
    return torch.cat(logits)


stage_run, loss_of = splits.Stage.run, splits.loss_of


def off_by_one(ring: Any, step: int, device: Any) -> Tensor:
    """The mask of the keys that were here a step ago."""
    return seen(ring, max(0, step - 1), device)


seen = _ring.Ring.seen


def everything(*, progress: Progress, **_: Any) -> Broken:
    """In every process, one breakage after the other."""
    job = Job(Wire(), "cpu", "float32", 0)
    summed = patch.object(splits.Leave, "forward", staticmethod(lambda ctx, x, wire: x.clone()))
    gradients = patch.object(splits.Enter, "backward", staticmethod(lambda ctx, gradient: (gradient, None)))
    mean = patch.object(splits, "loss_of", lambda logits, ids: 2 * loss_of(logits, ids))
    sequential = patch.object(splits.Stage, "run", one_after_the_other)
    mask = patch.object(_ring.Ring, "seen", off_by_one)
    shift = Wire.shift
    # the gradients of keys and values stay where they are; forwards, the pair of keys and values still goes round
    stuck = patch.object(_ring.RingAttention, "backward", staticmethod(lambda ctx, g: _stuck(ctx, g, shift)))
    found: dict[str, dict[str, Any]] = {"tensor": {}, "pipeline": {}, "sequence": {}}
    breakages: list[tuple[str, str, AbstractContextManager[Any]]] = [
        ("tensor", "not-summed", summed),
        ("tensor", "gradients-not-summed", gradients),
        ("tensor", "doubled", in_double()),
        ("pipeline", "wrong-loss", mean),
        ("pipeline", "one-by-one", sequential),
        ("pipeline", "doubled", in_double()),
        ("sequence", "mask", mask),
        ("sequence", "stuck", stuck),
        ("sequence", "doubled", in_double()),
    ]
    measure: dict[str, Callable[[], Any]] = {
        "tensor": lambda: worker.tensors(job),
        "pipeline": lambda: worker.pipeline(job, 4),
        "sequence": lambda: worker.sequence(job, "stretches", striped=False, causal=True),
    }
    for kind, name, broken in breakages:
        with broken:
            found[kind][name] = measure[kind]()
    progress(1.0)
    return Broken(**found)


backward = _ring.RingAttention.backward


def _stuck(ctx: Any, gradient: Tensor, shift: Any) -> Any:
    calls = iter(range(99))

    def every_second(wire: Wire, tensor: Tensor) -> Tensor:
        """Keys and values, then their gradients, in turn."""
        return shift(wire, tensor) if next(calls) % 2 == 0 else tensor

    with patch.object(Wire, "shift", every_second):
        return backward(ctx, gradient)


@dataclass(frozen=True, slots=True)
class Sockets:
    """The local addresses of all sockets of all processes, as the kernel writes them."""

    addresses: list[str]


def sockets(*, progress: Progress, **_: Any) -> Sockets:
    """After some messages have been sent."""
    import torch

    wire = Wire()
    wire.all_reduce(torch.ones(8))
    mine = {os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.exists() or link.is_symlink()}
    found = []
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6", "/proc/self/net/udp", "/proc/self/net/udp6"):
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" in mine:
                found.append(fields[1].split(":")[0])
    return Sockets([address for part in wire.gathered(found) for address in part])


def fails(*, folder: str, progress: Progress, **_: Any) -> None:
    """Process 1 fails while the others wait for it."""
    wire = Wire()
    (Path(folder) / str(os.getpid())).touch()
    wire.gathered(0)
    if wire.rank == 1:
        raise ValueError("a fault on purpose")
    wire.gathered(0)


def hangs(*, folder: str, progress: Progress, **_: Any) -> None:
    """Says that it has begun, and never ends."""
    (Path(folder) / str(os.getpid())).touch()
    Wire().gathered(0)
    progress(0.5)
    time.sleep(600)
