"""What the processes do in the tests of `parallelism`: the demo's measurements with one thing broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from torch import Tensor

from llmquiz.demos.parallelism import pipeline, tensor_parallel, worker
from llmquiz.demos.parallelism.claims import Pipeline, Sequence, Tensors
from llmquiz.demos.parallelism.comm import Wire
from llmquiz.demos.parallelism.ring_attention import Ring, RingAttention
from llmquiz.demos.parallelism.worker import Reference

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Broken:
    """The same measurements as in the demo, each with one thing broken."""

    tensor: dict[str, Tensors]
    pipeline: dict[str, Pipeline]
    sequence: dict[str, Sequence]


def everything(*, progress: Progress, **_: Any) -> Broken:
    """In every process, one breakage after the other."""
    reference = Reference(Wire(), "cpu", "float32", 0)
    broken = Broken(
        tensor=_each(
            lambda: worker.tensors(reference),
            {
                "not-summed": patch.object(
                    tensor_parallel.Leave, "forward", staticmethod(lambda ctx, x, wire: x.clone())
                ),
                "gradients-not-summed": patch.object(
                    tensor_parallel.Enter, "backward", staticmethod(lambda ctx, gradient: (gradient, None))
                ),
                "doubled": in_double(),
            },
        ),
        pipeline=_each(
            lambda: worker.pipeline(reference, 4),
            {
                "wrong-loss": patch.object(pipeline, "loss_of", lambda logits, ids: 2 * loss_of(logits, ids)),
                "one-by-one": patch.object(pipeline.Stage, "run", one_after_the_other),
                "doubled": in_double(),
            },
        ),
        sequence=_each(
            lambda: worker.sequence(reference, "stretches", striped=False, causal=True),
            {
                "mask": patch.object(Ring, "seen", off_by_one),
                "stuck": patch.object(RingAttention, "backward", staticmethod(gradients_that_stay)),
                "kept": patch.object(RingAttention, "forward", staticmethod(keeping_what_passes)),
                "doubled": in_double(),
            },
        ),
    )
    progress(1.0)
    return broken


def _each(measure: Callable[[], Any], breakages: dict[str, AbstractContextManager[Any]]) -> dict[str, Any]:
    """The measurement under each breakage."""
    measured = {}
    for name, breakage in breakages.items():
        with breakage:
            measured[name] = measure()
    return measured


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


stage_run, loss_of = pipeline.Stage.run, pipeline.loss_of


def one_after_the_other(stage: Any, ids: Tensor, micro_batches: int) -> Tensor:
    """No pipeline: a micro-batch starts when the one before it has come back."""
    import torch

    logits = []
    for part in ids.chunk(micro_batches):
        logits.append(stage_run(stage, part, 1))
        stage.wire.clock = max(stage.wire.gathered(stage.wire.clock))
    for p in stage.parameters().values():
        p.grad /= micro_batches
    return torch.cat(logits)


seen, forward, backward, shift = Ring.seen, RingAttention.forward, RingAttention.backward, Wire.shift


def off_by_one(ring: Ring, step: int, device: Any) -> Tensor:
    """The mask of the keys that were here a step ago."""
    return seen(ring, max(0, step - 1), device)


def gradients_that_stay(ctx: Any, gradient: Tensor) -> Any:
    """The gradients of keys and values stay where they are; the keys and values themselves still go round."""
    calls = iter(range(99))

    def every_second(wire: Wire, tensor: Tensor) -> Tensor:
        """Keys and values, then their gradients, in turn."""
        return shift(wire, tensor) if next(calls) % 2 == 0 else tensor

    with patch.object(Wire, "shift", every_second):
        return backward(ctx, gradient)


def keeping_what_passes(ctx: Any, q: Tensor, k: Tensor, v: Tensor, scale: float, ring: Ring) -> Tensor:
    """Every process keeps the keys and values of the others, as if it were to need them again."""

    def keep(wire: Wire, tensor: Tensor) -> Tensor:
        received = shift(wire, tensor)
        ring.held_bytes += received.nbytes
        return received

    with patch.object(Wire, "shift", keep):
        return forward(ctx, q, k, v, scale, ring)
