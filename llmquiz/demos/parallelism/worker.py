"""What every process does: the same model alone, then cut by heads, by layers and by tokens."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.caching import gap
from llmquiz.demos.lab.devices import synchronise
from llmquiz.demos.lab.quantities import Times, ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.parallelism.claims import (
    BATCH,
    LAYERS,
    LENGTH,
    WIDTH,
    Cost,
    Gaps,
    Pipeline,
    Result,
    Sequence,
    Tensors,
)
from llmquiz.demos.parallelism.comm import Wire
from llmquiz.demos.parallelism.model import build, loss_of
from llmquiz.demos.parallelism.pipeline import Stage
from llmquiz.demos.parallelism.ring_attention import Ring, use
from llmquiz.demos.parallelism.tensor_parallel import share, tensor_parallel

MICRO_BATCHES = (1, 2, 4, 8)


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """All that the demo measures; the same in every process, and each returns all of it."""
    # the model and the text are small enough for every process to have them whole, as what the cut ones must equal
    wire = Wire()
    reference = Reference(wire, device, dtype, seed)
    progress(0.2)

    # a step of training cut in each way: the same logits and gradients? how many bytes were sent?
    tensor = tensors(reference)
    progress(0.4)
    pipelines = tuple(pipeline(reference, count) for count in MICRO_BATCHES)
    progress(0.6)
    sequences = (
        sequence(reference, "stretches", striped=False, causal=True),
        sequence(reference, "striped", striped=True, causal=True),
        sequence(reference, "unmasked", striped=False, causal=False),
    )
    progress(0.8)

    # the same steps against the clock
    compared, alone_seconds = costs(reference, 3 if quick else 7)
    progress(1.0)
    number_bytes = reference.logits.element_size()
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(reference.model),
        processes=wire.size,
        backend=dist.get_backend(),
        number_bytes=number_bytes,
        cache_bytes=BATCH * LENGTH * 2 * LAYERS * WIDTH * number_bytes,
        tensor=tensor,
        tensor_layer_bytes=tensor.layer_forward_bytes + tensor.layer_backward_bytes,
        pipelines=pipelines,
        idle_percent=100 * pipelines[MICRO_BATCHES.index(4)].idle,
        sequences=sequences,
        imbalance=sequences[0].imbalance,
        costs=compared,
        alone_seconds=alone_seconds,
    )


class Reference:
    """What every process has before anything is cut: the text, the whole model, its logits and its gradients."""

    def __init__(self, wire: Wire, device: str, dtype: str, seed: int) -> None:
        self.wire, self.device, self.model = wire, device, build(seed, device, dtype)
        self.ids = tiny.random_tokens(self.model, BATCH, LENGTH, seed=seed)  # (B, T)
        self.logits = self.train(self.model)  # (B, T, V); gradients stay in the parameters

    def train(self, model: Any, mask: Tensor | None = None) -> Tensor:
        """Logits (B, T, V) of one step of training, not cut; `mask` (1, 1, T, T) in the place of the causal one."""
        logits: Tensor = model(self.ids, attention_mask=mask, use_cache=False).logits
        loss_of(logits, self.ids).backward()  # type: ignore[no-untyped-call]
        return logits.detach()

    def copy(self) -> Any:
        """The model without its gradients."""
        model = deepcopy(self.model)
        model.zero_grad()
        return model

    def gaps(
        self, logits: Tensor, expected: Tensor, parameters: dict[str, Any], whole: Any, *, cut: bool = False
    ) -> Gaps:
        """The worst of all processes; `parameters` by their names in the model `whole`, shares of them where `cut`."""
        gradients = {name: p.grad for name, p in whole.named_parameters()}
        if cut:
            gradients = {name: share(name, gradient, self.wire) for name, gradient in gradients.items()}
        worst = max(gap(p.grad, gradients[name]) for name, p in parameters.items())
        everywhere = self.wire.gathered((gap(logits, expected), worst))
        return Gaps(*(max(gaps) for gaps in zip(*everywhere, strict=True)))


def tensors(reference: Reference) -> Tensors:
    """Logits are whole in every process, gradients each its share."""
    wire, start = reference.wire, reference.wire.sent
    cut = tensor_parallel(reference.copy(), wire)
    logits = cut(reference.ids, use_cache=False).logits  # (B, T, V)
    forward = wire.sent - start
    loss_of(logits, reference.ids).backward()  # type: ignore[no-untyped-call]
    backward = wire.sent - start - forward
    parameters = dict(cut.named_parameters())
    equal = reference.gaps(logits.detach(), reference.logits, parameters, reference.model, cut=True)
    return Tensors(equal, forward // LAYERS, backward // LAYERS, sum(wire.gathered(forward + backward)))


def pipeline(reference: Reference, micro_batches: int) -> Pipeline:
    """Logits are in the last process; each has the gradients of its layers."""
    wire, stage, start = reference.wire, Stage(reference.copy(), reference.wire), reference.wire.sent
    wire.clock = 0
    logits = stage.run(reference.ids, micro_batches)  # (B, T, V) in the last stage
    sent, units = wire.sent - start, max(wire.gathered(wire.clock))
    expected = reference.logits if stage.last else logits  # the other stages have none to compare
    equal = reference.gaps(logits, expected, stage.parameters(), reference.model)
    # a stage is busy for one unit a micro-batch forwards and one backwards
    return Pipeline(micro_batches, equal, units, 2 * micro_batches, sum(wire.gathered(sent)))


def sequence(reference: Reference, name: str, *, striped: bool, causal: bool) -> Sequence:
    """Logits and losses are those of the own tokens, gradients are added up."""
    wire, ring = reference.wire, Ring(reference.wire, LENGTH, striped=striped, causal=causal)
    model, places = use(reference.copy(), ring), ring.positions(wire.rank).to(reference.device)  # (n,)
    logits = train_part(reference, model, places)  # (B, n, V)
    add_up(wire, [p.grad for p in model.parameters()])

    # without a causal mask it is another function: the whole model is run once more, with all positions open
    whole, expected = reference.model, reference.logits
    if not causal:
        whole = reference.copy()
        mask = torch.zeros(1, 1, LENGTH, LENGTH, device=reference.device, dtype=model.dtype)  # added to the scores
        expected = reference.train(whole, mask)  # (B, T, V)
    equal = reference.gaps(logits, expected[:, places], dict(model.named_parameters()), whole)

    pairs = wire.gathered(ring.pairs[0])  # of p processes, for each of p steps; every layer has the same
    return Sequence(
        name=name,
        equal=equal,
        layer_forward_bytes=ring.forward_bytes // LAYERS,
        layer_backward_bytes=ring.backward_bytes // LAYERS,
        held_bytes=tuple(wire.gathered(ring.held_bytes)),
        pairs=tuple(sum(steps) for steps in pairs),
        span=sum(max(step) for step in zip(*pairs, strict=True)),
    )


def train_part(reference: Reference, model: Any, places: Tensor) -> Tensor:
    """One step of training on the tokens at these places (n,) of the text: their logits (B, n, V)."""
    logits: Tensor = model(reference.ids[:, places], position_ids=places[None], use_cache=False).logits
    # the next token may be with another process, so it is looked up in the whole text
    has_next = places + 1 < LENGTH  # (n,)
    following = reference.ids[:, places[has_next] + 1]  # (B, n or n - 1)
    loss = F.cross_entropy(logits[:, has_next].flatten(0, 1), following.flatten(), reduction="sum")
    # divided by the tokens of the whole text: the losses of all processes add up to its mean
    (loss / (BATCH * (LENGTH - 1))).backward()  # type: ignore[no-untyped-call]
    return logits.detach()


def add_up(wire: Wire, gradients: list[Tensor]) -> None:
    """The sums over all processes, in one message, in the place of this process's gradients."""
    sums = wire.all_reduce(torch.cat([gradient.flatten() for gradient in gradients]))  # (parameters,)
    for gradient, part in zip(gradients, torch.split(sums, [g.numel() for g in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def costs(reference: Reference, rounds: int) -> tuple[tuple[Cost, ...], float]:
    """A step of training in turn by one process alone and by all of them, cut in each way; seconds of the one."""
    wire, ids = reference.wire, reference.ids
    whole, cut, stage = reference.copy(), tensor_parallel(reference.copy(), wire), Stage(reference.copy(), wire)
    ring = Ring(wire, LENGTH)
    on_ring, places = use(reference.copy(), ring), ring.positions(wire.rank).to(reference.device)  # (n,)
    cases: dict[str, Callable[[], object]] = {
        "alone": lambda: reference.train(whole) if wire.rank == 0 else None,
        "tensor": lambda: loss_of(cut(ids, use_cache=False).logits, ids).backward(),  # type: ignore[no-untyped-call]
        "pipeline": lambda: stage.run(ids, 4),
        "sequence": lambda: train_part(reference, on_ring, places),
    }
    works: dict[str, list[float]] = {name: [] for name in cases}
    waits: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, case in cases.items():
            work, wait = timed_together(case, reference.device)
            if turn:  # the first round warms up
                works[name].append(sum(wire.gathered(work)))
                waits[name].append(wait)
    work_times = {name: Times(tuple(seconds)) for name, seconds in works.items()}
    wait_times = {name: Times(tuple(seconds)) for name, seconds in waits.items()}
    compared = tuple(
        Cost(name, ratio(work_times[name], work_times["alone"]), ratio(wait_times[name], wait_times["alone"]))
        for name in cases
        if name != "alone"
    )
    return compared, wait_times["alone"].median


def timed_together(case: Callable[[], object], device: str) -> tuple[float, float]:
    """Processor time of this process for its part, and seconds until the last process has done its own."""
    dist.barrier()
    start, before = time.perf_counter(), time.process_time()
    case()
    synchronise(device)
    work = time.process_time() - before
    dist.barrier()
    return work, time.perf_counter() - start
