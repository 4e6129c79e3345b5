"""In-context learning by decoder, encoder and encoder–decoder: is it the mask, the loss on every token, or neither?

The mapping of `icl/language` is new in every text, so that a label can only be known from the examples in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from llmquiz.demos.icl import answers as _icl_found
from llmquiz.demos.icl import induction, language, prompt
from llmquiz.demos.icl.answers import Copier, Runs, Trained
from llmquiz.demos.icl.architectures import Answer
from llmquiz.demos.icl.draw import figure, percent, reached, render
from llmquiz.demos.icl.language import SHOTS
from llmquiz.demos.icl.train import INDUCTION, JOINED, SPLIT, TRAINING
from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.run import Progress, part

NEAR = 0.95
"""Share of the best possible that counts as reached."""
SOON, LATE = 1000, 2500
"""Steps of a training of 4,000."""


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
        return next(one for one in self.trained if one.arm == arm)

    def copier(self, arm: str) -> Copier:
        """The model of repeated tokens of an arm."""
        return next(one for one in self.copiers if one.arm == arm)

    def seeds(self, arm: str) -> Runs:
        """The runs of an arm."""
        return next(one for one in self.runs if one.arm == arm)


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    text: str | None = None,
    live: bool = False,
) -> Result:
    """Every shipped model on fresh texts of its task; the other seeds and the models beside them from the cards."""
    read = prompt.parsed(text) if text else prompt.drawn(seed)
    count, share = (1000 if quick else 2000), (0.9 if live else 0.1)
    load = partial(training.models, TRAINING, device=device, dtype=dtype)
    joined = load(*JOINED, seed=seed, live=live, progress=part(progress, 0.0, share))
    trained = []
    for name, model in (joined | load(*SPLIT)).items():
        right = tuple(language.right(name, model, k, seed=2 + seed, count=count) for k in range(1, SHOTS + 1))
        trained.append(Trained(name, tiny.describe(model), tiny.parameters(model), right))
    progress(share + 0.3 * (1 - share))
    copying = load(*INDUCTION)
    copiers = _icl_found.copiers(copying, seed=seed, count=count // 4)
    progress(1.0)
    fresh = language.untrained("decoder", seed).to(device)
    repeated, guesses = induction.guesses(copying, seed=seed)
    return Result(
        device=device,
        dtype=dtype,
        best=tuple(language.best(k) for k in range(1, SHOTS + 1)),
        copying=language.copying(SHOTS),
        trained=tuple(trained),
        untrained=language.right("decoder", fresh, SHOTS, seed=2 + seed, count=count),
        encoder_percent=100 * next(one for one in trained if one.arm == "encoder").right[-1],
        runs=tuple(_icl_found.runs()),
        read=prompt.written(read),
        answers=tuple(prompt.answer(name, model, read) for name, model in joined.items()),
        copiers=tuple(copiers),
        along=tuple(induction.along(copying["induction-decoder"], induction.LONGEST, seed=seed, count=count // 4)),
        repeated=repeated,
        guesses=tuple(guesses),
    )


def equal_size(r: Result) -> Finding:
    sizes = [*(one.parameters for one in r.trained), *(one.parameters for one in r.copiers)]
    return Finding(max(sizes) <= 1.05 * min(sizes), f"{min(sizes):,} – {max(sizes):,}")


def all_reach(r: Result) -> Finding:
    """Here and with every seed."""
    least = NEAR * r.best[-1]
    shown, holds = [], True
    for name in JOINED:
        found = (r.of(name).right[-1], *r.seeds(name).right)
        holds = holds and min(found) >= least
        shown.append(f"{min(found):.0%}")
    return Finding(holds, f"{', '.join(shown)} ≥ {least:.0%}")


def with_examples(r: Result) -> Finding:
    gaps = [max(abs(a - b) for a, b in zip(r.of(name).right, r.best, strict=True)) for name in JOINED]
    return Finding(max(gaps) <= 0.07, f"k=1…{SHOTS}: max|Δ| {', '.join(f'{gap:.1%}' for gap in gaps)} ≤ 7%")


def bert_cannot(r: Result) -> Finding:
    """It could, if it got beyond halfway from copying any label to the best."""
    halfway = (r.copying + r.best[-1]) / 2
    found = [min(r.of(name).right[-1], *r.seeds(name).right) for name in ("encoder", "encoder-slot")]
    return Finding(max(found) < halfway, f"{found[0]:.0%}, {found[1]:.0%} (≠ < {halfway:.0%})")


def by_nature(r: Result) -> Finding:
    halfway = (r.copying + r.best[-1]) / 2
    return Finding(r.untrained >= halfway, f"{r.untrained:.0%} (≠ ≥ {halfway:.0%}) → {r.of('decoder').right[-1]:.0%}")


def one_loss(r: Result) -> Finding:
    least = NEAR * r.best[-1]
    found = [r.seeds(name).right for name in ("decoder-last", "encoder-slot")]
    return Finding(min(map(min, found)) >= least, f"{percent(found[0])}; {percent(found[1])} ≥ {least:.0%}")


def without_mask(r: Result) -> Finding:
    """Reached, and not later than after one and a half times the decoder's steps."""
    twin, decoder = r.seeds("bidirectional"), r.seeds("decoder")
    holds = min(twin.right) >= NEAR * r.best[-1] and 0 < max(twin.learned_at) <= 1.5 * max(decoder.learned_at)
    figures = f"{reached(twin)} ≤ 1.5 × {reached(decoder)}"
    return Finding(holds and min(twin.learned_at) > 0, f"{percent(twin.right)}; {figures}")


def loss_matters(r: Result) -> Finding:
    """Every seed of one is right more often than every seed of the other, by a tenth."""
    dense, last = r.seeds("split-decoder").right, r.seeds("split-decoder-last").right
    return Finding(min(dense) >= max(last) + 0.1, f"{percent(dense)} > {percent(last)}")


def copies(r: Result) -> Finding:
    """Here and with every seed."""
    found = [(one.right, *r.seeds(one.arm).right) for one in r.copiers]
    shown = ", ".join(f"{min(one):.0%}" for one in found)
    return Finding(min(map(min, found)) >= NEAR, f"{shown} ≥ {NEAR:.0%} (≫ {induction.guessing():.0%})")


def only_repeats(r: Result) -> Finding:
    """The second period's first token follows one that was seen without what came next, and is not counted."""
    new, seen = r.along[: induction.LONGEST - 1], r.along[induction.LONGEST :]
    return Finding(max(new) <= 0.15 and min(seen) >= NEAR, f"{max(new):.0%} ≤ 15%; {min(seen):.0%} ≥ {NEAR:.0%}")


def copying_head(r: Result) -> Finding:
    """Where the answer stood; of the encoder–decoder there or up to two places before."""
    found = [one for one in r.copiers if one.heads]
    there = not any(one.finder.back for one in found if one.arm != "induction-encoder-decoder")
    holds = there and all(one.fresh < 1 / 3 and one.finder.share >= 0.5 for one in found)
    return Finding(holds, ", ".join(f"{one.fresh:.0%} → {one.finder.share:.0%}" for one in found))


def two_layers(r: Result) -> Finding:
    """The head of the first layer that looks a place back, the finders in the second; then the first's other head."""
    decoder = r.copier("induction-decoder")
    back, *others = sorted((head for head in decoder.heads if head.layer == 0), key=lambda head: -head.previous)
    holds = back.previous >= 0.25 and all(head.layer == 1 for head in decoder.finders)
    holds = holds and max(back.without, decoder.without) < decoder.right / 2
    holds = holds and min(head.without for head in others) >= 0.9 * decoder.right
    shown = ", ".join(f"{one:.0%}" for one in (back.without, decoder.without, *(head.without for head in others)))
    return Finding(holds, f"{decoder.right:.0%} → {shown}")


def dense_sooner(r: Result) -> Finding:
    dense, last = r.seeds("induction-decoder"), r.seeds("induction-decoder-last")
    late = all(step == 0 or step > LATE for step in last.learned_at)
    return Finding(soon(dense) and late, f"{reached(dense)} ≤ {SOON:,}; {reached(last)} > {LATE:,}")


def soon(found: Runs) -> bool:
    """Whether every seed learned it within `SOON` steps."""
    return all(0 < step <= SOON for step in found.learned_at)


def slot_as_soon(r: Result) -> Finding:
    slot = r.seeds("induction-encoder-slot")
    return Finding(soon(slot), f"{reached(slot)} ≤ {SOON:,}")


def mask_or_not(r: Result) -> Finding:
    """The same first weights, texts and loss."""
    causal, opened = r.seeds("induction-causal"), r.seeds("induction-bidirectional")
    holds = min(*causal.right, *opened.right) >= NEAR
    return Finding(holds, f"{percent(causal.right)} ({reached(causal)}); {percent(opened.right)} ({reached(opened)})")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "equal-size": equal_size,
    "all-reach": all_reach,
    "with-examples": with_examples,
    "bert-cannot": bert_cannot,
    "by-nature": by_nature,
    "one-loss": one_loss,
    "without-mask": without_mask,
    "loss-matters": loss_matters,
    "copies": copies,
    "only-repeats": only_repeats,
    "copying-head": copying_head,
    "two-layers": two_layers,
    "mask-or-not": mask_or_not,
    "dense-sooner": dense_sooner,
    "slot-as-soon": slot_as_soon,
}


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
