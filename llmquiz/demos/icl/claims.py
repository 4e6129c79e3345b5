"""What is measured of architecture and mask in learning from a text, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.icl.arms import JOINED, SHOTS
from llmquiz.demos.lab.icl.results import GUESSING, NEAR, Answer, Runs, percent, reached, span


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model of the mapping, asked here."""

    arm: str
    model: str
    parameters: int
    right: tuple[float, ...]
    """Share of right labels after 1 to 8 examples."""


@dataclass(frozen=True, slots=True)
class Copier:
    """A model trained on repeating tokens and asked here."""

    arm: str
    parameters: int
    right: float
    """Share of last tokens, or of questions."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; accuracies as shares."""

    device: str
    dtype: str
    best: tuple[float, ...]
    """What can be reached after 1 to 8 examples."""
    copying: float
    """What copying the label of any example reaches."""
    trained: tuple[Trained, ...]
    untrained: float
    """The decoder after 8 examples before its training."""
    encoder_percent: float
    """Of the masked encoder after 8 examples."""
    runs: tuple[Runs, ...]
    read: str
    """A text."""
    answers: tuple[Answer, ...]
    """What each model of the mapping writes."""
    copiers: tuple[Copier, ...]

    def of(self, arm: str) -> Trained:
        """The trained model of an arm."""
        return next(model for model in self.trained if model.arm == arm)

    def seeds(self, arm: str) -> Runs:
        """The runs of an arm."""
        return next(runs for runs in self.runs if runs.arm == arm)

    def lowest(self, arm: str) -> float:
        """What a model of the mapping reaches after 8 examples, here or with the worst of its seeds."""
        return min(self.of(arm).right[-1], *self.seeds(arm).right)

    @property
    def halfway(self) -> float:
        """From copying any label to the best: beyond it a model learns from its examples."""
        return (self.copying + self.best[-1]) / 2


def equal_size(r: Result) -> Finding:
    sizes = [*(model.parameters for model in r.trained), *(copier.parameters for copier in r.copiers)]
    low, high = f"{min(sizes):,}", f"{max(sizes):,}"
    return Finding(max(sizes) <= 1.05 * min(sizes), f"{low} – {high}", figures={"low": low, "high": high})


def all_reach(r: Result) -> Finding:
    """Here and with every seed."""
    least = NEAR * r.best[-1]
    lowest = [r.lowest(name) for name in JOINED]
    return Finding(
        min(lowest) >= least,
        f"{', '.join(f'{share:.0%}' for share in lowest)} ≥ {least:.0%}",
        figures={"lowest": f"{min(lowest):.0%}", "best": f"{r.best[-1]:.0%}"},
    )


def with_examples(r: Result) -> Finding:
    gaps = [max(abs(a - b) for a, b in zip(r.of(name).right, r.best, strict=True)) for name in JOINED]
    return Finding(
        max(gaps) <= 0.07,
        f"k=1…{SHOTS}: max|Δ| {', '.join(f'{gap:.1%}' for gap in gaps)} ≤ 7%",
        figures={"gap": f"{100 * max(gaps):.1f}", "first": f"{r.best[0]:.0%}", "last": f"{r.best[-1]:.0%}"},
    )


def bert_cannot(r: Result) -> Finding:
    """It could, if it got beyond halfway from copying any label to the best."""
    lowest = [r.lowest(name) for name in ("encoder", "encoder-slot")]
    return Finding(
        max(lowest) < r.halfway,
        f"{lowest[0]:.0%}, {lowest[1]:.0%} (≠ < {r.halfway:.0%})",
        figures={
            "encoder": f"{r.of('encoder').right[-1]:.0%}",
            "decoder": f"{r.of('decoder').right[-1]:.0%}",
            "best": f"{r.best[-1]:.0%}",
        },
    )


def by_nature(r: Result) -> Finding:
    trained = r.of("decoder").right[-1]
    return Finding(
        r.untrained >= r.halfway,
        f"{r.untrained:.0%} (≠ ≥ {r.halfway:.0%}) → {trained:.0%}",
        figures={"untrained": f"{r.untrained:.0%}", "trained": f"{trained:.0%}"},
    )


def without_mask(r: Result) -> Finding:
    """Reached, and not later than after one and a half times the decoder's steps."""
    twin, decoder = r.seeds("bidirectional"), r.seeds("decoder")
    holds = min(twin.right) >= NEAR * r.best[-1] and 0 < max(twin.learned_at) <= 1.5 * max(decoder.learned_at)
    return Finding(
        holds and min(twin.learned_at) > 0,
        f"{percent(twin.right)}; {reached(twin)} ≤ 1.5 × {reached(decoder)}",
        figures={
            "right": span(twin.right),
            "with": span(decoder.right),
            "latest": str(max(twin.learned_at)),
            "decoder": str(max(decoder.learned_at)),
        },
    )


def copies(r: Result) -> Finding:
    """Here and with every seed."""
    lowest = [min(copier.right, *r.seeds(copier.arm).right) for copier in r.copiers]
    shown = ", ".join(f"{share:.0%}" for share in lowest)
    return Finding(
        min(lowest) >= NEAR,
        f"{shown} ≥ {NEAR:.0%} (≫ {GUESSING:.0%})",
        figures={"lowest": f"{min(lowest):.0%}", "guessing": f"{GUESSING:.0%}"},
    )


def mask_or_not(r: Result) -> Finding:
    """The same first weights, texts and loss."""
    causal, opened = r.seeds("induction-causal"), r.seeds("induction-bidirectional")
    return Finding(
        min(*causal.right, *opened.right) >= NEAR,
        f"{percent(causal.right)} ({reached(causal)}); {percent(opened.right)} ({reached(opened)})",
        figures={"causal": span(causal.right), "opened": span(opened.right)},
    )


CLAIMS = findings.claims(
    equal_size, all_reach, with_examples, bert_cannot, by_nature, without_mask, copies, mask_or_not
)
