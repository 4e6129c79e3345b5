"""What the demo `unified-objective` found, and what it says of each claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.unified_objective import language
from llmquiz.demos.unified_objective import objectives as _unified
from llmquiz.demos.unified_objective.language import FIXED, LENGTHS, TASKS
from llmquiz.errors import DemoError

LEARNT = 0.9
"""Share of exact answers from which a task is called learnt."""


MOSTLY = 0.85
"""A lower bar, for the task that the encoder finds hardest."""
LOW = 0.1
"""Nats a letter of the answers."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A model."""

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


def outputs_used(name: str, model: Any, seed: int) -> tuple[tuple[int, ...], ...]:
    """For each task, which of the model's outputs its loss moves; the model is as it was afterwards."""
    layer = model.score if name == "encoder-heads" else model.get_output_embeddings()
    text = language.testing_texts(32, LENGTHS[-1], torch.Generator().manual_seed(seed))
    used, kept = [], list[Tensor]()

    def keep(_module: Any, _inputs: Any, logits: Tensor) -> Tensor:
        kept.append(logits.detach().float().requires_grad_(True))
        return kept[-1]

    hook = layer.register_forward_hook(keep)
    try:
        for number in range(len(TASKS)):
            with torch.enable_grad():
                loss = _unified.batch_loss(name, model, text, torch.full((len(text),), number))
            (gradient,) = torch.autograd.grad(loss, kept.pop())
            used.append(tuple(gradient.abs().sum((0, 1)).nonzero()[:, 0].tolist()))
    finally:
        hook.remove()
    return tuple(used)


def passes(name: str, model: Any) -> int:
    """Of the whole model or its decoder for one answer as long as the longest text."""
    layer = model.score if name == "encoder-heads" else model.get_output_embeddings()
    with caching.counting(layer) as calls:
        _unified.written(name, model, torch.zeros(1, LENGTHS[-1], dtype=torch.long), torch.tensor([0]))
    return len(calls)


def seen(count: int, seed: int) -> int:
    """How many of the tested texts occur among so many training texts."""
    generator, found = torch.Generator().manual_seed(seed), 0
    for length in LENGTHS:
        trained = language.training_texts(count // len(LENGTHS), length, generator)
        tested = language.testing_texts(_unified.TESTED, length, torch.Generator().manual_seed(10_000 + seed))
        digits = language.LETTERS ** torch.arange(length)
        found += int(torch.isin((tested * digits).sum(1), (trained * digits).sum(1)).sum())
    return found


def read(text: str) -> Tensor:
    """A user's text as ids (1, n).

    Raises: DemoError where it is not of the length and the letters that the models know.
    """
    letters = text.replace(" ", "")
    known = language.NAMES[: language.LETTERS]
    if set(letters) - set(known) or len(letters) not in LENGTHS:
        raise DemoError(
            f"--text takes {LENGTHS[0]} to {LENGTHS[-1]} of the letters {known[0]} to {known[-1]}: d a c a b",
            f"--text 接受 {LENGTHS[0]} 到 {LENGTHS[-1]} 个字母（{known[0]} 到 {known[-1]}）：d a c a b",
        )
    return torch.tensor([[known.index(one) for one in letters]])


def telling(seed: int) -> Tensor:
    """A held-out text (1, n) in which at least two letters are repetitions."""
    texts = language.testing_texts(200, LENGTHS[-1], torch.Generator().manual_seed(seed))
    kept = language.answers(texts, torch.full((len(texts),), list(TASKS).index("deduplicate")))
    return texts[(kept == language.END).sum(1) >= 2][:1]


def answered(models: Mapping[str, Any], text: Tensor) -> tuple[Answered, ...]:
    """All tasks on a text (1, n)."""
    found = []
    for number, task in enumerate(TASKS):
        chosen = torch.tensor([number])
        written = [
            (name, language.spelled(_unified.written(name, model, text, chosen)[0].tolist()))
            for name, model in models.items()
        ]
        true = language.spelled(language.answers(text, chosen)[0].tolist())
        found.append(Answered(language.spelled(text[0].tolist()), task, true, tuple(written)))
    return tuple(found)


def slip(name: str, model: Any, seed: int) -> Answered | None:
    """The first wrong answer to the tested texts, on the task with the most of them; None where all are right."""
    text = language.testing_texts(_unified.TESTED, LENGTHS[-1], torch.Generator().manual_seed(10_000 + seed))
    worst: tuple[int, Answered] | None = None
    for number, task in enumerate(TASKS):
        tasks = torch.full((len(text),), number)
        written, true = _unified.written(name, model, text, tasks), language.answers(text, tasks)
        wrong = (written != true).any(1).nonzero()[:, 0].tolist()
        if wrong and (worst is None or len(wrong) > worst[0]):
            asked, right, answer = (language.spelled(one[wrong[0]].tolist()) for one in (text, true, written))
            worst = len(wrong), Answered(asked, task, right, ((name, answer),))
    return worst[1] if worst else None


def of(r: Result, model: str, *tasks: str) -> dict[str, list[float]]:
    """Shares of exact answers, measured here and by every seed, of these tasks or all."""
    return {
        one.task: [one.right, *one.seeds] for one in r.scores if one.model == model and (not tasks or one.task in tasks)
    }


def _shown(scores: Mapping[str, list[float]]) -> str:
    return ", ".join(f"{task} {min(values):.0%}…{max(values):.0%}" for task, values in scores.items())


def _kind(r: Result, name: str) -> Kind:
    return next(kind for kind in r.kinds if kind.name == name)


def equal_size(r: Result) -> Finding:
    sizes = [kind.parameters for kind in r.kinds]
    return Finding(max(sizes) <= 1.05 * min(sizes), " ≈ ".join(f"{size:,}" for size in sizes))


def unseen_texts(r: Result) -> Finding:
    return Finding(r.seen == 0, f"{r.seen}/{r.tested}")


def decoder_all(r: Result) -> Finding:
    return _learnt(of(r, "decoder"))


def _learnt(scores: Mapping[str, list[float]]) -> Finding:
    """Every task, every seed."""
    least = min(min(values) for values in scores.values())
    return Finding(least >= LEARNT, f"{_shown(scores)} ≥ {LEARNT:.0%}")


def understanding_by_answering(r: Result) -> Finding:
    return _learnt(of(r, "decoder", "classify"))


def decoder_alone(r: Result) -> Finding:
    """The sheet's sentence holds where the encoder–decoder needs another objective or leaves out a task."""
    other = _kind(r, "encoder-decoder")
    learnt = _learnt(of(r, other.name))
    return Finding(other.objectives > 1 or not learnt.holds, f"{other.objectives}; {learnt.measured}")


def heads(r: Result) -> Finding:
    """Outputs that no other task touches."""
    apart = _kind(r, "encoder-heads").outputs
    disjoint = len(set().union(*apart)) == sum(map(len, apart))
    counts = [kind.objectives for kind in r.kinds]
    return Finding(counts == [1, 1, len(TASKS)] and disjoint, ", ".join(map(str, counts)))


def encoder_fixed(r: Result) -> Finding:
    """All seeds; on reversal, where a training can fail, most of them."""
    scores = of(r, "encoder-heads", *FIXED)
    reverse = scores.pop("reverse")
    learnt = sum(value >= LEARNT for value in reverse[1:])
    found = _learnt(scores)
    shown = " ".join(f"{value:.0%}" for value in reverse[1:])
    return Finding(bool(found.holds) and 2 * learnt > len(reverse) - 1, f"{found.measured}; reverse {shown}")


def encoder_deduplicates(r: Result) -> Finding:
    """The decoder's beside it."""
    encoder, decoder = (of(r, name, "deduplicate")["deduplicate"] for name in ("encoder-heads", "decoder"))
    shown = f"{min(encoder):.0%}…{max(encoder):.0%} ≥ {MOSTLY:.0%}; decoder {min(decoder):.0%}…{max(decoder):.0%}"
    return Finding(min(encoder) >= MOSTLY, shown)


def sooner(r: Result) -> Finding:
    """The first stretch of the training whose loss is low, with every seed, of decoder and encoder–decoder."""
    decoder, both = (
        [_low_after(one, r.steps) for one in losses]
        for name, losses in r.losses
        if name in ("decoder", "encoder-decoder")
    )
    return Finding(max(both) < min(decoder), f"{min(both)}…{max(both)} < {min(decoder)}…{max(decoder)}")


def _low_after(losses: tuple[float, ...], steps: int) -> int:
    """Steps until the loss is below `LOW`; all of them where it never is."""
    below = [i for i, loss in enumerate(losses) if loss < LOW]
    return round(steps * (below[0] + 1) / len(losses)) if below else steps


def one_pass(r: Result) -> Finding:
    counts = {kind.name: kind.passes for kind in r.kinds}
    holds = counts["encoder-heads"] == 1 and counts["decoder"] == counts["encoder-decoder"] == LENGTHS[-1]
    return Finding(holds, ", ".join(f"{name} {count}" for name, count in counts.items()))
