"""What is measured of a model cut over p processes, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly
from llmquiz.demos.lab.quantities import Ratio, byte_size

BATCH, LENGTH = 8, 64
"""B and T of the text."""
WIDTH, LAYERS = 128, 4
"""d and L of the model."""
ROUNDING = 1e-4
"""Relative to the largest value of a tensor: far above what another order of additions changes in float32."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Largest differences from one process, each relative to the largest value of the same tensor."""

    logits: float
    gradients: float


@dataclass(frozen=True, slots=True)
class Tensors:
    """Heads and feed-forward width cut in p."""

    equal: Gaps
    layer_forward_bytes: int
    """Sent by each process for each layer."""
    layer_backward_bytes: int
    total_bytes: int
    """By all processes, for all layers, forwards and backwards."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Layers cut in p stages."""

    micro_batches: int
    equal: Gaps
    units: int
    """Of work from the first to the last, one micro-batch through one stage each: the longest chain of waiting."""
    busy: int
    """Units that every stage works."""
    total_bytes: int

    @property
    def idle(self) -> float:
        """Share of the time in which a stage waits, if all units take equally long."""
        return 1 - self.busy / self.units


@dataclass(frozen=True, slots=True)
class Sequence:
    """The text cut in p, attention over a ring."""

    name: str
    equal: Gaps
    layer_forward_bytes: int
    """Sent by each process for each layer."""
    layer_backward_bytes: int
    held_bytes: tuple[int, ...]
    """Keys and values of all layers that each process holds."""
    pairs: tuple[int, ...]
    """Of query and key that each process computes in a layer, for every head."""
    span: int
    """Pairs one after the other: in every step of the ring all wait for the one that has most."""

    @property
    def imbalance(self) -> float:
        """How many times as long as with equal shares."""
        return self.span / (sum(self.pairs) / len(self.pairs))


@dataclass(frozen=True, slots=True)
class Cost:
    """A step of training, cut in one way, against one process with one thread."""

    name: str
    work: Varies[Ratio]
    """Processor time of all processes together over that of the one."""
    wait: Varies[Ratio]
    """Time until the last one is done, over that of the one."""


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
    """Keys and values of the whole text, in one process."""
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
    """Of the one process, until it is done."""


def state_bytes(r: Result) -> int:
    """Of the states of all tokens between two layers: B · T · d · b."""
    return BATCH * LENGTH * WIDTH * r.number_bytes


def tensor_equal(r: Result) -> Finding:
    return _within_rounding(r, (r.tensor.equal,))


def tensor_bytes(r: Result) -> Finding:
    each = 2 * 2 * (r.processes - 1) * state_bytes(r) // r.processes
    counted = (r.tensor.layer_forward_bytes, r.tensor.layer_backward_bytes)
    figures = f"{counted[0]:,} + {counted[1]:,} B = 2 × 2·2(p−1)/p·BTd·b = 2 × {each:,} B"
    named = {"forward": f"{counted[0]:,} B", "backward": f"{counted[1]:,} B", "formula": f"{each:,} B"}
    return Finding(counted == (each, each), figures, figures=named)


def pipeline_equal(r: Result) -> Finding:
    finding = _within_rounding(r, tuple(pipeline.equal for pipeline in r.pipelines))
    return finding._replace(figures={**finding.figures, "micro": _counts(r)})


def pipeline_little(r: Result) -> Finding:
    """Everything sent in a step of training, by all processes."""
    sent = {pipeline.total_bytes for pipeline in r.pipelines}
    expected = 2 * (r.processes - 1) * state_bytes(r)
    figures = f"{max(sent):,} B = 2(p−1)·BTd·b < {r.tensor.total_bytes:,} B (×{r.tensor.total_bytes / max(sent):g})"
    named = {
        "sent": byte_size(max(sent)),
        "tensor": byte_size(r.tensor.total_bytes),
        "times": f"{r.tensor.total_bytes / max(sent):.3g}",
    }
    return Finding(sent == {expected} and expected * 4 <= r.tensor.total_bytes, figures, figures=named)


def bubble(r: Result) -> Finding:
    holds = all(pipe.units == 2 * (pipe.micro_batches + r.processes - 1) for pipe in r.pipelines)
    shares = (f"m={pipe.micro_batches}: {pipe.busy}/{pipe.units} → {pipe.idle:.1%}" for pipe in r.pipelines)
    idle = " / ".join(f"{pipe.idle:.0%}" for pipe in r.pipelines)
    named = {"stages": f"{r.processes}", "micro": _counts(r), "idle": idle}
    return Finding(holds, ", ".join(shares), figures=named)


def _counts(r: Result) -> str:
    """The numbers of micro-batches."""
    return " / ".join(f"{pipe.micro_batches}" for pipe in r.pipelines)


def ring_equal(r: Result) -> Finding:
    return _within_rounding(r, tuple(sequence.equal for sequence in r.sequences))


def _within_rounding(r: Result, gaps: tuple[Gaps, ...]) -> Finding:
    logits, gradients = max(gap.logits for gap in gaps), max(gap.gradients for gap in gaps)
    figures = f"p={r.processes}: logits max|Δ| {logits:.1e}, ∇ max|Δ| {gradients:.1e} ≤ {ROUNDING:g}"
    named = {"processes": f"{r.processes}", "logits": f"{logits:.1g}", "gradients": f"{gradients:.1g}"}
    return exactly(r.dtype, max(logits, gradients) <= ROUNDING, figures)._replace(figures=named)


def ring_bytes(r: Result) -> Finding:
    """Keys and values p - 1 times; backwards again, and their gradients all the way round."""
    part = 2 * state_bytes(r) // r.processes
    expected = ((r.processes - 1) * part, (2 * r.processes - 1) * part)
    counted = {(sequence.layer_forward_bytes, sequence.layer_backward_bytes) for sequence in r.sequences}
    shown = " / ".join(f"{forward:,} + {backward:,}" for forward, backward in sorted(counted))
    named = {
        "forward": " / ".join(f"{forward:,}" for forward in sorted({forward for forward, _ in counted})) + " B",
        "backward": " / ".join(f"{backward:,}" for backward in sorted({backward for _, backward in counted})) + " B",
        "formula": f"{expected[0]:,} + {expected[1]:,} B",
    }
    return Finding(counted == {expected}, f"{shown} B = {expected[0]:,} + {expected[1]:,} B", figures=named)


def splits_cache(r: Result) -> Finding:
    held = r.sequences[0].held_bytes
    holds = sum(held) == r.cache_bytes and max(held) * r.processes == r.cache_bytes
    return Finding(
        holds,
        f"{r.processes} × {max(held):,} B = {sum(held):,} B = {r.cache_bytes:,} B",
        figures={"processes": f"{r.processes}", "part": byte_size(max(held)), "whole": byte_size(r.cache_bytes)},
    )


def mask_helps(r: Result) -> Finding:
    stretches, _, unmasked = r.sequences
    shares = ":".join(f"{pairs / stretches.pairs[0]:.1f}" for pairs in stretches.pairs)
    figures = f"×{stretches.imbalance:.3g} > ×{unmasked.imbalance:.3g} ({shares})"
    named = {
        "masked": f"{stretches.imbalance:.3g}",
        "unmasked": f"{unmasked.imbalance:.3g}",
        "last": f"{stretches.pairs[-1] / stretches.pairs[0]:.2g}",
    }
    return Finding(stretches.imbalance <= unmasked.imbalance, figures, figures=named)


def striped_balances(r: Result) -> Finding:
    stretches, striped, _ = r.sequences
    holds = striped.imbalance <= 1.1 < stretches.imbalance and sum(striped.pairs) == sum(stretches.pairs)
    return Finding(
        holds,
        f"×{striped.imbalance:.3g} ≤ 1.1 < ×{stretches.imbalance:.3g}",
        figures={"striped": f"{striped.imbalance:.3g}", "stretches": f"{stretches.imbalance:.3g}"},
    )


def no_faster(r: Result) -> Finding:
    figures = ", ".join(f"{cost.work}" for cost in r.costs) + " ≥ 0.9"
    named = {cost.name: f"{cost.work.value:.2g}" for cost in r.costs}
    if r.device != "cpu":
        return Finding(None, figures, "own-devices", named)
    verdicts = [cost.work.reaches(0.9) for cost in r.costs]
    return (
        Finding(None, figures, "too-noisy", named) if None in verdicts else Finding(all(verdicts), figures, "", named)
    )


CLAIMS = findings.claims(
    tensor_equal,
    tensor_bytes,
    pipeline_equal,
    pipeline_little,
    bubble,
    ring_equal,
    ring_bytes,
    splits_cache,
    mask_helps,
    striped_balances,
    no_faster,
)
