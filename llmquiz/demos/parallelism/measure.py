"""One model over several processes: by heads, by layers, by tokens; equal results, counted bytes, idle stages.

Real processes of torch.distributed, gloo on the CPU and NCCL where there are several GPUs. The same file starts under
`torchrun --standalone --nproc-per-node 4 llmquiz/demos/parallelism/measure.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from rich.console import Console, Group, RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.demos.lab.run import Progress, silent
from llmquiz.demos.parallelism import launch, worker
from llmquiz.demos.parallelism.joined import Cost, Equal, Found, Pipeline, Sequence, Tensors, found_from
from llmquiz.demos.parallelism.worker import BATCH, LAYERS, LENGTH, WIDTH
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-4
"""Relative to the largest value of a tensor: far above what another order of additions changes in float32."""
MOST = 4
"""Processes; the model has as many heads and layers."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured or counted."""

    device: str
    dtype: str
    model: str
    processes: int
    backend: str
    number_bytes: int
    cache_bytes: int
    tensor: Tensors
    tensor_layer_bytes: int
    """Sent by each process for each layer, forwards and backwards."""
    pipelines: tuple[Pipeline, ...]
    idle_percent: float
    """Of the time of a stage, with four micro-batches."""
    sequences: tuple[Sequence, ...]
    """In stretches, striped, and in stretches without a mask."""
    imbalance: float
    """Under the causal mask in stretches: how many times as long as with equal shares."""
    costs: tuple[Cost, ...]
    alone_seconds: Varies[float]


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Start the processes and wait for what they find."""
    gpus = torch.cuda.device_count() if device.startswith("cuda") else 0
    processes = MOST if gpus == 0 or gpus >= MOST else 2
    kind = "cuda" if gpus >= processes else "cpu"
    settings = {"device": kind, "dtype": dtype, "seed": seed, "quick": quick}
    found = found_from(launch.run("llmquiz.demos.parallelism.worker:everything", processes, settings, progress))
    return result_of(found, kind, dtype)


def result_of(found: Found, device: str, dtype: str) -> Result:
    """What the claims are tested on."""
    tensor = found.tensor
    return Result(
        device=device,
        dtype=dtype,
        model=found.model,
        processes=found.processes,
        backend=found.backend,
        number_bytes=found.cache_bytes // (BATCH * LENGTH * 2 * LAYERS * WIDTH),
        cache_bytes=found.cache_bytes,
        tensor=tensor,
        tensor_layer_bytes=tensor.layer_forward_bytes + tensor.layer_backward_bytes,
        pipelines=found.pipelines,
        idle_percent=100 * next(one.idle for one in found.pipelines if one.micro_batches == 4),
        sequences=found.sequences,
        imbalance=found.sequences[0].imbalance,
        costs=found.costs,
        alone_seconds=found.alone_seconds,
    )


def state_bytes(r: Result) -> int:
    """Of the states of all tokens between two layers: B · T · d · b."""
    return BATCH * LENGTH * WIDTH * r.number_bytes


def tensor_equal(r: Result) -> Finding:
    return _equal(r, (r.tensor.equal,))


def pipeline_equal(r: Result) -> Finding:
    return _equal(r, tuple(one.equal for one in r.pipelines))


def ring_equal(r: Result) -> Finding:
    return _equal(r, tuple(one.equal for one in r.sequences))


def _equal(r: Result, found: tuple[Equal, ...]) -> Finding:
    logits, gradients = max(one.logits for one in found), max(one.gradients for one in found)
    figures = f"p={r.processes}: logits max|Δ| {logits:.1e}, ∇ max|Δ| {gradients:.1e} ≤ {ROUNDING:g}"
    return exactly(r.dtype, max(logits, gradients) <= ROUNDING, figures)


def tensor_bytes(r: Result) -> Finding:
    each = 2 * 2 * (r.processes - 1) * state_bytes(r) // r.processes
    counted = (r.tensor.layer_forward_bytes, r.tensor.layer_backward_bytes)
    figures = f"{counted[0]:,} + {counted[1]:,} B = 2 × 2·2(p−1)/p·BTd·b = 2 × {each:,} B"
    return Finding(counted == (each, each), figures)


def pipeline_little(r: Result) -> Finding:
    """Everything sent in a step of training, by all processes."""
    sent = {one.total_bytes for one in r.pipelines}
    expected = 2 * (r.processes - 1) * state_bytes(r)
    figures = f"{max(sent):,} B = 2(p−1)·BTd·b < {r.tensor.total_bytes:,} B (×{r.tensor.total_bytes / max(sent):g})"
    return Finding(sent == {expected} and expected * 4 <= r.tensor.total_bytes, figures)


def bubble(r: Result) -> Finding:
    p = r.processes
    holds = all(one.units == 2 * (one.micro_batches + p - 1) for one in r.pipelines)
    return Finding(
        holds, ", ".join(f"m={one.micro_batches}: {one.busy}/{one.units} → {one.idle:.1%}" for one in r.pipelines)
    )


def ring_bytes(r: Result) -> Finding:
    """Keys and values p - 1 times; backwards again, and their gradients all the way round."""
    part = 2 * state_bytes(r) // r.processes
    expected = ((r.processes - 1) * part, (2 * r.processes - 1) * part)
    counted = {(one.layer_forward_bytes, one.layer_backward_bytes) for one in r.sequences}
    shown = " / ".join(f"{a:,} + {b:,}" for a, b in sorted(counted))
    return Finding(counted == {expected}, f"{shown} B = {expected[0]:,} + {expected[1]:,} B")


def splits_cache(r: Result) -> Finding:
    held = r.sequences[0].held_bytes
    holds = sum(held) == r.cache_bytes and max(held) * r.processes == r.cache_bytes
    return Finding(holds, f"{r.processes} × {max(held):,} B = {sum(held):,} B = {r.cache_bytes:,} B")


def mask_helps(r: Result) -> Finding:
    stretches, _, unmasked = r.sequences
    shares = ":".join(f"{pairs / stretches.pairs[0]:.1f}" for pairs in stretches.pairs)
    figures = f"×{stretches.imbalance:.3g} > ×{unmasked.imbalance:.3g} ({shares})"
    return Finding(stretches.imbalance <= unmasked.imbalance, figures)


def striped_balances(r: Result) -> Finding:
    stretches, striped, _ = r.sequences
    holds = striped.imbalance <= 1.1 < stretches.imbalance and sum(striped.pairs) == sum(stretches.pairs)
    return Finding(holds, f"×{striped.imbalance:.3g} ≤ 1.1 < ×{stretches.imbalance:.3g}")


def no_faster(r: Result) -> Finding:
    figures = ", ".join(f"{cost.work}" for cost in r.costs) + " ≥ 0.9"
    if r.device != "cpu":
        return Finding(None, figures, "own-devices")
    found = [cost.work.reaches(0.9) for cost in r.costs]
    return Finding(None, figures, "too-noisy") if None in found else Finding(all(found), figures)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "tensor-equal": tensor_equal,
    "tensor-bytes": tensor_bytes,
    "pipeline-equal": pipeline_equal,
    "pipeline-little": pipeline_little,
    "bubble": bubble,
    "ring-equal": ring_equal,
    "ring-bytes": ring_bytes,
    "splits-cache": splits_cache,
    "mask-helps": mask_helps,
    "striped-balances": striped_balances,
    "no-faster": no_faster,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Bytes and cost of each way, the stages over time, the shares of the text."""
    labels = {key: text[lang] for key, text in words.words.items()}
    at = f"{result.model}, p={result.processes} ({result.backend}), B={BATCH}, T={LENGTH}"
    ring = result.sequences[0]
    sent = {
        "tensor": result.tensor.total_bytes,
        "pipeline": result.pipelines[0].total_bytes,
        "sequence": result.processes * LAYERS * (ring.layer_forward_bytes + ring.layer_backward_bytes),
    }
    names = {"tensor": labels["tensor"], "pipeline": labels["pipeline"], "sequence": labels["sequence"]}
    costs = [
        (names[cost.name], byte_size(sent[cost.name]), f"×{cost.work.value:.3g}", f"×{cost.wait.value:.3g}")
        for cost in result.costs
    ]
    alone = (labels["alone"], "0 B", "×1", f"×1 ({duration(result.alone_seconds)})")
    idle = [(f"m={one.micro_batches}", 100 * one.idle, f"{one.idle:.1%}") for one in result.pipelines]
    shown = {"stretches": labels["stretches"], "striped": labels["striped"], "unmasked": labels["unmasked"]}
    shares = [
        (shown[one.name], *(f"{pairs:,}" for pairs in one.pairs), f"×{one.imbalance:.2f}") for one in result.sequences
    ]
    ranks = [f"p{rank}" for rank in range(result.processes)]
    return Group(
        at,
        terminal.table(("", labels["sent"], labels["work"], labels["wait"]), [alone, *costs]),
        "",
        labels["idle"],
        terminal.bars(idle),
        "",
        terminal.table((labels["pairs"], *ranks, labels["imbalance"]), shares),
    )


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The idle share over the micro-batches, and the work of each process on the text."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (idle, pairs) = plots.blank(words.title[lang], panels=2)
    counts = [one.micro_batches for one in result.pipelines]
    p = result.processes
    lines = [
        terminal.Series(labels["counted"], counts, [100 * one.idle for one in result.pipelines]),
        terminal.Series("(p−1)/(m+p−1)", counts, [100 * (p - 1) / (m + p - 1) for m in counts]),
    ]
    plots.draw(idle, lines, x_label=labels["micro-batches"], y_label=labels["idle"])
    shown = {"stretches": labels["stretches"], "striped": labels["striped"], "unmasked": labels["unmasked"]}
    for i, one in enumerate(result.sequences):
        places = [rank + 0.27 * (i - 1) for rank in range(p)]
        pairs.bar(places, one.pairs, width=0.25, label=shown[one.name], hatch=("", "//", "..")[i], edgecolor="black")
    pairs.set_xticks(range(p), [f"p{rank}" for rank in range(p)])
    pairs.set_ylabel(labels["pairs"])
    pairs.set_ylim(0, 1.3 * max(max(one.pairs) for one in result.sequences))
    pairs.legend(frameon=False)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure, starts_processes=True)


def main() -> None:
    """Under torchrun: measure with the processes that it started, and print what process 0 finds of every claim."""
    with launch.under_torchrun(MOST) as (rank, device):
        found = worker.everything(device=device, dtype="float32", seed=0, quick="--quick" in sys.argv, progress=silent)
        if rank == 0:
            console, result = Console(), result_of(found, device, "float32")
            console.print(f"{result.model}, p={result.processes} ({result.backend})")
            for name, test in CLAIMS.items():
                finding = test(result)
                console.print(f"{name}: {finding.holds} | {finding.measured}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
