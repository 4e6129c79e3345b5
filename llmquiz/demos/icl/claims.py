"""What is measured of in-context learning, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmquiz.demos.icl.arms import JOINED, PERIODS, SHOTS
from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

NEAR = 0.95
"""Share of the best possible that counts as reached."""
SOON, LATE = 1000, 2500
"""Steps of a training of 4,000."""
GUESSING = sum(1 / period for period in PERIODS) / len(PERIODS)
"""Share that any token of a repeating text reaches as a guess."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model of the mapping, asked here."""

    arm: str
    model: str
    parameters: int
    right: tuple[float, ...]
    """Share of right labels after 1 to 8 examples."""


@dataclass(frozen=True, slots=True)
class Head:
    """One attention head, and where it looks as the last token is asked; shares of its attention."""

    kind: str
    """self, or cross."""
    layer: int
    head: int
    """Both from 0."""
    places: tuple[float, ...]
    """On the places where that token stood before, one place before those, two before."""
    previous: float
    """On the token before it."""
    without: float
    """Share of last tokens right when this head alone says nothing."""

    @property
    def back(self) -> int:
        """So many places before the answer it looks most: 0 to 2."""
        return self.places.index(max(self.places))

    @property
    def share(self) -> float:
        """Of its attention, on those places."""
        return max(self.places)


@dataclass(frozen=True, slots=True)
class Copier:
    """A model trained on repeating tokens and asked here."""

    arm: str
    parameters: int
    right: float
    """Share of last tokens, or of questions."""
    heads: tuple[Head, ...]
    """Empty for the model of questions."""
    fresh: float
    """The largest share of attention that any head has for one of its three places before the training."""
    without: float
    """Share of last tokens right without the finders."""

    @property
    def finder(self) -> Head:
        """The head with most attention in one place as seen from the answer."""
        return max(self.heads, key=lambda head: head.share)

    @property
    def finders(self) -> tuple[Head, ...]:
        """All heads of its kind with at least half of theirs in the same place."""
        best = self.finder
        return tuple(head for head in self.heads if head.kind == best.kind and head.places[best.back] >= 0.5)


@dataclass(frozen=True, slots=True)
class Runs:
    """The three seeds of an arm, as its card has them; of the mapping after 8 examples."""

    arm: str
    rate: float
    steps: int
    right: tuple[float, ...]
    """At the end of the training, of each seed."""
    learned_at: tuple[int, ...]
    """The first noted step with at least `cards.LEARNED` right, of each seed; 0: none."""
    course: tuple[tuple[float, ...], ...]
    """Along the training of each seed, at equal distances from the first step on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model puts in the place that is asked."""

    arm: str
    token: str
    probability: float


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
    """What each model of one-token examples writes."""
    copiers: tuple[Copier, ...]
    along: tuple[float, ...]
    """Share of tokens that the decoder gets right in texts of the longest period, from the second token on."""
    repeated: str
    """A text of repeated tokens."""
    guesses: tuple[Answer, ...]
    """What each model puts in its last place."""

    def of(self, arm: str) -> Trained:
        """The trained model of an arm."""
        return next(model for model in self.trained if model.arm == arm)

    def copier(self, arm: str) -> Copier:
        """The model of repeated tokens of an arm."""
        return next(copier for copier in self.copiers if copier.arm == arm)

    def seeds(self, arm: str) -> Runs:
        """The runs of an arm."""
        return next(runs for runs in self.runs if runs.arm == arm)

    @property
    def halfway(self) -> float:
        """From copying any label to the best: beyond it a model learns from its examples."""
        return (self.copying + self.best[-1]) / 2


def equal_size(r: Result) -> Finding:
    sizes = [*(model.parameters for model in r.trained), *(copier.parameters for copier in r.copiers)]
    return Finding(max(sizes) <= 1.05 * min(sizes), f"{min(sizes):,} – {max(sizes):,}")


def all_reach(r: Result) -> Finding:
    """Here and with every seed."""
    least = NEAR * r.best[-1]
    lowest = [min(r.of(name).right[-1], *r.seeds(name).right) for name in JOINED]
    return Finding(min(lowest) >= least, f"{', '.join(f'{share:.0%}' for share in lowest)} ≥ {least:.0%}")


def with_examples(r: Result) -> Finding:
    gaps = [max(abs(a - b) for a, b in zip(r.of(name).right, r.best, strict=True)) for name in JOINED]
    return Finding(max(gaps) <= 0.07, f"k=1…{SHOTS}: max|Δ| {', '.join(f'{gap:.1%}' for gap in gaps)} ≤ 7%")


def bert_cannot(r: Result) -> Finding:
    """It could, if it got beyond halfway from copying any label to the best."""
    lowest = [min(r.of(name).right[-1], *r.seeds(name).right) for name in ("encoder", "encoder-slot")]
    return Finding(max(lowest) < r.halfway, f"{lowest[0]:.0%}, {lowest[1]:.0%} (≠ < {r.halfway:.0%})")


def by_nature(r: Result) -> Finding:
    trained = r.of("decoder").right[-1]
    return Finding(r.untrained >= r.halfway, f"{r.untrained:.0%} (≠ ≥ {r.halfway:.0%}) → {trained:.0%}")


def one_loss(r: Result) -> Finding:
    least = NEAR * r.best[-1]
    decoder, encoder = (r.seeds(name).right for name in ("decoder-last", "encoder-slot"))
    holds = min(*decoder, *encoder) >= least
    return Finding(holds, f"{percent(decoder)}; {percent(encoder)} ≥ {least:.0%}")


def without_mask(r: Result) -> Finding:
    """Reached, and not later than after one and a half times the decoder's steps."""
    twin, decoder = r.seeds("bidirectional"), r.seeds("decoder")
    holds = min(twin.right) >= NEAR * r.best[-1] and 0 < max(twin.learned_at) <= 1.5 * max(decoder.learned_at)
    shown = f"{reached(twin)} ≤ 1.5 × {reached(decoder)}"
    return Finding(holds and min(twin.learned_at) > 0, f"{percent(twin.right)}; {shown}")


def loss_matters(r: Result) -> Finding:
    """Every seed of the dense loss is right more often than every seed of the other, by a tenth."""
    dense, last = r.seeds("split-decoder").right, r.seeds("split-decoder-last").right
    return Finding(min(dense) >= max(last) + 0.1, f"{percent(dense)} > {percent(last)}")


def copies(r: Result) -> Finding:
    """Here and with every seed."""
    lowest = [min(copier.right, *r.seeds(copier.arm).right) for copier in r.copiers]
    shown = ", ".join(f"{share:.0%}" for share in lowest)
    return Finding(min(lowest) >= NEAR, f"{shown} ≥ {NEAR:.0%} (≫ {GUESSING:.0%})")


def only_repeats(r: Result) -> Finding:
    """The second period's first token follows one that was seen without what came next, and is not counted."""
    longest = PERIODS[-1]
    new, seen = r.along[: longest - 1], r.along[longest:]
    return Finding(max(new) <= 0.15 and min(seen) >= NEAR, f"{max(new):.0%} ≤ 15%; {min(seen):.0%} ≥ {NEAR:.0%}")


def copying_head(r: Result) -> Finding:
    """Where the answer stood; of the encoder–decoder there or up to two places before."""
    copiers = [copier for copier in r.copiers if copier.heads]
    there = not any(copier.finder.back for copier in copiers if copier.arm != "induction-encoder-decoder")
    holds = there and all(copier.fresh < 1 / 3 and copier.finder.share >= 0.5 for copier in copiers)
    return Finding(holds, ", ".join(f"{copier.fresh:.0%} → {copier.finder.share:.0%}" for copier in copiers))


def two_layers(r: Result) -> Finding:
    """The head of the first layer that looks a place back, the finders in the second; then the first's other head."""
    decoder = r.copier("induction-decoder")
    back, *idle = sorted((head for head in decoder.heads if head.layer == 0), key=lambda head: -head.previous)
    holds = back.previous >= 0.25 and all(head.layer == 1 for head in decoder.finders)
    holds = holds and max(back.without, decoder.without) < decoder.right / 2
    holds = holds and min(head.without for head in idle) >= 0.9 * decoder.right
    shown = ", ".join(f"{share:.0%}" for share in (back.without, decoder.without, *(head.without for head in idle)))
    return Finding(holds, f"{decoder.right:.0%} → {shown}")


def mask_or_not(r: Result) -> Finding:
    """The same first weights, texts and loss."""
    causal, opened = r.seeds("induction-causal"), r.seeds("induction-bidirectional")
    holds = min(*causal.right, *opened.right) >= NEAR
    return Finding(holds, f"{percent(causal.right)} ({reached(causal)}); {percent(opened.right)} ({reached(opened)})")


def dense_sooner(r: Result) -> Finding:
    dense, last = r.seeds("induction-decoder"), r.seeds("induction-decoder-last")
    late = all(step == 0 or step > LATE for step in last.learned_at)
    return Finding(_soon(dense) and late, f"{reached(dense)} ≤ {SOON:,}; {reached(last)} > {LATE:,}")


def slot_as_soon(r: Result) -> Finding:
    slot = r.seeds("induction-encoder-slot")
    return Finding(_soon(slot), f"{reached(slot)} ≤ {SOON:,}")


def _soon(runs: Runs) -> bool:
    """Whether every seed learned it within `SOON` steps."""
    return all(0 < step <= SOON for step in runs.learned_at)


def percent(shares: Sequence[float]) -> str:
    """Of each seed."""
    return "/".join(f"{100 * share:.0f}" for share in shares) + "%"


def reached(runs: Runs) -> str:
    """The steps of each seed."""
    return " ".join(str(step) if step else "–" for step in runs.learned_at)


CLAIMS = findings.claims(
    equal_size,
    all_reach,
    with_examples,
    bert_cannot,
    by_nature,
    one_loss,
    without_mask,
    loss_matters,
    copies,
    only_repeats,
    copying_head,
    two_layers,
    mask_or_not,
    dense_sooner,
    slot_as_soon,
)
