"""What every process of the demo `parallelism` does: the same model alone, cut by heads, by layers and by tokens."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from llmquiz.demos.lab.devices import DTYPES, seeded, synchronise
from llmquiz.demos.lab.quantities import Times, big, ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.parallelism.comm import Wire
from llmquiz.demos.parallelism.joined import Cost, Equal, Found, Pipeline, Sequence, Tensors
from llmquiz.demos.parallelism.ring import Ring, use
from llmquiz.demos.parallelism.splits import Stage, loss_of, share, tensor_parallel

WIDTH, FEED_FORWARD, LAYERS, HEADS, VOCAB = 128, 344, 4, 4, 256
BATCH, LENGTH = 8, 64
MICRO_BATCHES = (1, 2, 4, 8)


class Job:
    """One process's view: the text, the whole model, and what one process alone makes of them."""

    def __init__(self, wire: Wire, device: str, dtype: str, seed: int) -> None:
        self.wire, self.device, self.whole = wire, device, tiny(seed, device, dtype)
        drawn = torch.Generator().manual_seed(seed)
        self.ids = torch.randint(1, VOCAB, (BATCH, LENGTH), generator=drawn).to(device)  # (B, T)
        self.logits = self.alone(self.whole)  # (B, T, V); gradients stay in the parameters

    def alone(self, model: Any, mask: Tensor | None = None) -> Tensor:
        """One step of training, not cut."""
        logits: Tensor = model(self.ids, attention_mask=mask, use_cache=False).logits
        loss_of(logits, self.ids).backward()  # type: ignore[no-untyped-call]
        return logits.detach()

    def fresh(self) -> Any:
        """A copy without gradients."""
        own = deepcopy(self.whole)
        own.zero_grad()
        return own

    def equal(
        self, logits: Tensor, expected: Tensor, own: dict[str, Any], reference: Any, *, cut: bool = False
    ) -> Equal:
        """The worst of all processes; `own` are parameters by their names in the reference, shares where `cut`."""
        whole = {name: p.grad for name, p in reference.named_parameters()}
        gaps = [gap(p.grad, share(name, whole[name], self.wire) if cut else whole[name]) for name, p in own.items()]
        found = self.wire.gathered((gap(logits, expected), max(gaps)))
        return Equal(max(one for one, _ in found), max(one for _, one in found))


def gap(a: Tensor, b: Tensor) -> float:
    """Largest difference, relative to the largest of `b`."""
    return float((a - b).abs().max() / b.abs().max())


def tiny(seed: int, device: str, dtype: str) -> Any:
    """The same weights in every process."""
    config = LlamaConfig(
        vocab_size=VOCAB,
        hidden_size=WIDTH,
        intermediate_size=FEED_FORWARD,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=LENGTH,
    )
    with seeded(seed):
        model: Any = LlamaForCausalLM(config)
    return model.to(device=device, dtype=DTYPES[dtype])


def tensors(job: Job) -> Tensors:
    """Logits are whole in every process, gradients each its share."""
    wire, own, start = job.wire, tensor_parallel(job.fresh(), job.wire), job.wire.sent
    logits = own(job.ids, use_cache=False).logits
    forward = wire.sent - start
    loss_of(logits, job.ids).backward()  # type: ignore[no-untyped-call]
    backward = wire.sent - start - forward
    equal = job.equal(logits.detach(), job.logits, dict(own.named_parameters()), job.whole, cut=True)
    return Tensors(equal, forward // LAYERS, backward // LAYERS, sum(wire.gathered(forward + backward)))


def pipeline(job: Job, micro_batches: int) -> Pipeline:
    """Logits are in the last process; each has the gradients of its layers."""
    wire, stage, start = job.wire, Stage(job.fresh(), job.wire), job.wire.sent
    wire.clock = 0
    logits = stage.run(job.ids, micro_batches)
    sent, units = wire.sent - start, max(wire.gathered(wire.clock))
    expected = job.logits if stage.last else logits
    equal = job.equal(logits, expected, stage.parameters(), job.whole)
    return Pipeline(micro_batches, equal, units, 2 * micro_batches, sum(wire.gathered(sent)))


def sequence(job: Job, name: str, *, striped: bool, causal: bool) -> Sequence:
    """Logits and losses are those of the own tokens, gradients are added up."""
    wire, ring = job.wire, Ring(job.wire, LENGTH, striped=striped, causal=causal)
    own, places = use(job.fresh(), ring), ring.positions(job.wire.rank).to(job.device)  # (n,)
    logits = train_part(job, own, places)
    add_up(wire, [p.grad for p in own.parameters()])
    reference, expected = job.whole, job.logits
    if not causal:
        reference = job.fresh()
        expected = job.alone(reference, torch.zeros(1, 1, LENGTH, LENGTH, device=job.device, dtype=own.dtype))
    equal = job.equal(logits, expected[:, places], dict(own.named_parameters()), reference)
    pairs = wire.gathered(ring.pairs[0])  # p times, for every step
    return Sequence(
        name=name,
        equal=equal,
        layer_forward_bytes=ring.forward_bytes // LAYERS,
        layer_backward_bytes=ring.backward_bytes // LAYERS,
        held_bytes=tuple(wire.gathered(ring.held_bytes)),
        pairs=tuple(sum(steps) for steps in pairs),
        span=sum(max(step) for step in zip(*pairs, strict=True)),
    )


def add_up(wire: Wire, gradients: list[Tensor]) -> None:
    """The sums over all processes, in one message."""
    sums = wire.all_reduce(torch.cat([one.flatten() for one in gradients]))
    for gradient, part in zip(gradients, torch.split(sums, [one.numel() for one in gradients]), strict=True):
        gradient.copy_(part.view_as(gradient))


def train_part(job: Job, model: Any, places: Tensor) -> Tensor:
    """One step of training on the tokens at these places: their logits (B, n, V)."""
    logits: Tensor = model(job.ids[:, places], position_ids=places[None], use_cache=False).logits
    has_next = places + 1 < LENGTH
    following = job.ids[:, places[has_next] + 1]  # (B, n or n - 1)
    loss = F.cross_entropy(logits[:, has_next].flatten(0, 1), following.flatten(), reduction="sum")
    (loss / (BATCH * (LENGTH - 1))).backward()  # type: ignore[no-untyped-call]
    return logits.detach()


def costs(job: Job, rounds: int) -> tuple[tuple[Cost, ...], float]:
    """A step of training in turn by one process alone and by all of them, cut in each way; seconds of the one."""
    wire = job.wire
    cut, stage, ring = tensor_parallel(job.fresh(), wire), Stage(job.fresh(), wire), Ring(wire, LENGTH)
    whole, parts, places = job.fresh(), use(job.fresh(), ring), ring.positions(wire.rank).to(job.device)
    cases: dict[str, Callable[[], object]] = {
        "alone": lambda: job.alone(whole) if wire.rank == 0 else None,
        "tensor": lambda: loss_of(cut(job.ids, use_cache=False).logits, job.ids).backward(),  # type: ignore[no-untyped-call]
        "pipeline": lambda: stage.run(job.ids, 4),
        "sequence": lambda: train_part(job, parts, places),
    }
    works: dict[str, list[float]] = {name: [] for name in cases}
    waits: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds + 1):
        for name, case in cases.items():
            work, wait = together(case, job.device)
            if turn:  # the first round warms up
                works[name].append(sum(wire.gathered(work)))
                waits[name].append(wait)
    work_times, wait_times = ({name: Times(tuple(one)) for name, one in many.items()} for many in (works, waits))
    found = tuple(
        Cost(name, ratio(work_times[name], work_times["alone"]), ratio(wait_times[name], wait_times["alone"]))
        for name in cases
        if name != "alone"
    )
    return found, wait_times["alone"].median


def together(case: Callable[[], object], device: str) -> tuple[float, float]:
    """Processor time of this process for it, and seconds until the last process has done its part."""
    dist.barrier()
    start, before = time.perf_counter(), time.process_time()
    case()
    synchronise(device)
    work = time.process_time() - before
    dist.barrier()
    return work, time.perf_counter() - start


def everything(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Found:
    """All that the demo measures; the same in every process, and each returns all of it."""
    wire = Wire()
    job = Job(wire, device, dtype, seed)
    progress(0.2)
    cut = tensors(job)
    progress(0.4)
    pipelines = tuple(pipeline(job, count) for count in MICRO_BATCHES)
    progress(0.6)
    sequences = (
        sequence(job, "stretches", striped=False, causal=True),
        sequence(job, "striped", striped=True, causal=True),
        sequence(job, "unmasked", striped=False, causal=False),
    )
    progress(0.8)
    compared, alone = costs(job, 3 if quick else 7)
    progress(1.0)
    size = sum(p.numel() for p in job.whole.parameters())
    return Found(
        processes=wire.size,
        backend=dist.get_backend(),
        model=f"LlamaForCausalLM {big(size)} (L={LAYERS}, d={WIDTH}, V={VOCAB})",
        cache_bytes=BATCH * LENGTH * 2 * LAYERS * WIDTH * job.logits.element_size(),
        tensor=cut,
        pipelines=pipelines,
        sequences=sequences,
        costs=compared,
        alone_seconds=alone,
    )
