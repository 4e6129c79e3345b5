"""What is measured of three models on six tasks, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

TASKS = ("copy", "reverse", "sort", "cipher", "classify", "deduplicate")
FIXED = ("copy", "reverse", "sort", "cipher", "classify")
"""Tasks in which the length of the answer depends on the length of the text alone."""
LENGTHS = (4, 5, 6)
"""Letters of a text."""
LEARNT = 0.9
"""Share of exact answers from which a task is called learnt."""
MOSTLY = 0.85
"""A lower bar, for the task that the encoder finds hardest."""
LOW = 0.1
"""Nats a letter of the answers."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the three kinds of model."""

    name: str
    model: str
    parameters: int
    outputs: tuple[tuple[int, ...], ...]
    """Of each task: the outputs that receive a gradient from its loss."""
    passes: int
    """For an answer of as many letters as the longest text."""

    @property
    def objectives(self) -> int:
        """Groups of tasks that share outputs."""
        return len(set(self.outputs))


@dataclass(frozen=True, slots=True)
class Score:
    """A model on a task: shares of exact answers to texts that no training contained."""

    model: str
    task: str
    right: float
    seeds: tuple[float, ...]
    """Of the trainings in the card."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A text, a task, and what each model answers."""

    text: str
    task: str
    true: str
    written: tuple[tuple[str, str], ...]
    """Model and answer."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    kinds: tuple[Kind, ...]
    scores: tuple[Score, ...]
    objectives_decoder: int
    objectives_encoder: int
    dedup_encoder_percent: float
    """Right, by the encoder with heads."""
    tested: int
    """Texts for each task."""
    seen: int
    """Of them, in a sample of training texts as large as the training of one model."""
    answered: tuple[Answered, ...]
    slips: tuple[Answered, ...]
    """A wrong answer of each model that gave one."""
    losses: tuple[tuple[str, tuple[tuple[float, ...], ...]], ...]
    """From the cards: of each model and each seed, over the training."""
    steps: int


def exact_shares(r: Result, model: str, *tasks: str) -> dict[str, list[float]]:
    """Shares of exact answers, measured here and by every seed, of these tasks or all."""
    return {
        score.task: [score.right, *score.seeds]
        for score in r.scores
        if score.model == model and (not tasks or score.task in tasks)
    }


def equal_size(r: Result) -> Finding:
    sizes = [kind.parameters for kind in r.kinds]
    figures = {"sizes": " / ".join(f"{size:,}" for size in sizes)}
    return Finding(max(sizes) <= 1.05 * min(sizes), " ≈ ".join(f"{size:,}" for size in sizes), figures=figures)


def unseen_texts(r: Result) -> Finding:
    return Finding(r.seen == 0, f"{r.seen}/{r.tested}", figures={"seen": str(r.seen), "tested": str(r.tested)})


def decoder_all(r: Result) -> Finding:
    return _learnt(exact_shares(r, "decoder"))


def _learnt(shares: Mapping[str, list[float]]) -> Finding:
    """Every task, every seed."""
    least = min(min(of_task) for of_task in shares.values())
    shown = ", ".join(f"{task} {min(of_task):.0%}…{max(of_task):.0%}" for task, of_task in shares.items())
    return Finding(least >= LEARNT, f"{shown} ≥ {LEARNT:.0%}", figures={"least": _percent(least)})


def _percent(share: float) -> str:
    return f"{100 * share:.3g}"


def understanding_by_answering(r: Result) -> Finding:
    return _learnt(exact_shares(r, "decoder", "classify"))


def decoder_alone(r: Result) -> Finding:
    """The sheet's sentence holds where the encoder–decoder needs a second objective or leaves out a task."""
    encoder_decoder = next(kind for kind in r.kinds if kind.name == "encoder-decoder")
    learnt = _learnt(exact_shares(r, encoder_decoder.name))
    holds = encoder_decoder.objectives > 1 or not learnt.holds
    figures = {"objectives": str(encoder_decoder.objectives), **learnt.figures}
    return Finding(holds, f"{encoder_decoder.objectives}; {learnt.measured}", figures=figures)


def sooner(r: Result) -> Finding:
    """The first stretch of the training whose loss is low, with every seed, of decoder and encoder–decoder."""
    curves = dict(r.losses)
    decoder, encoder_decoder = (
        [_low_after(losses, r.steps) for losses in curves[name]] for name in ("decoder", "encoder-decoder")
    )
    shown = " < ".join(f"{min(steps)}…{max(steps)}" for steps in (encoder_decoder, decoder))
    pair, alone = (f"{min(steps)}–{max(steps)}" for steps in (encoder_decoder, decoder))
    return Finding(max(encoder_decoder) < min(decoder), shown, figures={"pair": pair, "decoder": alone})


def _low_after(losses: tuple[float, ...], steps: int) -> int:
    """Steps until the loss is below `LOW`; all of them where it never is."""
    below = [i for i, loss in enumerate(losses) if loss < LOW]
    return round(steps * (below[0] + 1) / len(losses)) if below else steps


def heads(r: Result) -> Finding:
    """Outputs that no second task touches."""
    outputs = next(kind.outputs for kind in r.kinds if kind.name == "encoder-heads")
    disjoint = len(set().union(*outputs)) == sum(map(len, outputs))
    counts = [kind.objectives for kind in r.kinds]
    figures = dict(zip(("decoder", "pair", "encoder"), map(str, counts), strict=True))
    return Finding(counts == [1, 1, len(TASKS)] and disjoint, ", ".join(map(str, counts)), figures=figures)


def encoder_fixed(r: Result) -> Finding:
    """All seeds; on reversal, where a training can fail, most of them."""
    shares = exact_shares(r, "encoder-heads", *FIXED)
    reversals = shares.pop("reverse")[1:]  # the cards' seeds; the first share is the shipped model's once more
    rest = _learnt(shares)
    mostly = 2 * sum(share >= LEARNT for share in reversals) > len(reversals)
    shown = " ".join(f"{share:.0%}" for share in reversals)
    figures = {**rest.figures, "reversals": " / ".join(map(_percent, reversals))}
    return Finding(bool(rest.holds) and mostly, f"{rest.measured}; reverse {shown}", figures=figures)


def encoder_deduplicates(r: Result) -> Finding:
    """The decoder's beside it."""
    encoder, decoder = (exact_shares(r, name, "deduplicate")["deduplicate"] for name in ("encoder-heads", "decoder"))
    shown = f"{min(encoder):.0%}…{max(encoder):.0%} ≥ {MOSTLY:.0%}; decoder {min(decoder):.0%}…{max(decoder):.0%}"
    spans = (f"{_percent(min(shares))}–{_percent(max(shares))}" for shares in (encoder, decoder))
    figures = dict(zip(("encoder", "decoder"), spans, strict=True))
    return Finding(min(encoder) >= MOSTLY, shown, figures=figures)


def one_pass(r: Result) -> Finding:
    counts = {kind.name: kind.passes for kind in r.kinds}
    holds = counts["encoder-heads"] == 1 and counts["decoder"] == counts["encoder-decoder"] == LENGTHS[-1]
    figures = {"letters": str(LENGTHS[-1])} | {name: str(count) for name, count in counts.items()}
    return Finding(holds, ", ".join(f"{name} {count}" for name, count in counts.items()), figures=figures)


CLAIMS = findings.claims(
    equal_size,
    unseen_texts,
    decoder_all,
    understanding_by_answering,
    decoder_alone,
    sooner,
    heads,
    encoder_fixed,
    encoder_deduplicates,
    one_pass,
)
