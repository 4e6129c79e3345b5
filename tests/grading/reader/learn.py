"""One run of training: lower layers once over every text, then the upper ones over batches of examples."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import torch
from tokenizers import Tokenizer
from torch import Tensor

from llmquiz.grading.reader.pieces import ANSWER, FIRST_STATEMENT, PAD, Pieces, answered, stated
from tests.grading.reader.examples import Example
from tests.grading.reader.model import STATES, Reader, Verdicts

TOGETHER = 16_000
"""Pieces that the lower layers read at a time."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run goes."""

    steps: int
    rate: float = 1e-4
    rate_of_judge: float = 1e-3
    budget: int = 3000
    """Pieces a batch."""
    dropout: float = 0.1
    pointing: float = 0.2
    """What the words that decided weigh beside the states."""
    joined: float = 0.6
    """Joined texts for each answer."""
    silent: float = 0.6
    """Share of the silent statements that are read."""
    weights: tuple[float, ...] = (1.0, 1.0, 1.5, 1.0)
    """What each state weighs in the loss."""
    half: bool = False
    """Whether to compute in bfloat16 where that is as good."""
    habits: float = 1.0
    """Share of a statement's habit that is taken for granted."""
    seed: int = 0


T = TypeVar("T")


class Text(NamedTuple):
    """A text by itself, and the states of its pieces after the lower layers."""

    pieces: list[int]
    segments: list[int]
    offsets: list[tuple[int, int]]
    states: Tensor


class Shelf:
    """Every text's states after the lower layers, which do not change in training."""

    def __init__(self, reader: Reader, tokenizer: Tokenizer, half: bool = False) -> None:
        self._reader, self._tokenizer, self._half = reader, tokenizer, half
        self._texts: dict[tuple[str, ...], Text] = {}

    def answer(self, example: Example) -> Text:
        """An example's prompt and answer."""
        return self._texts[example.prompt, example.text]

    def statement(self, text: str) -> Text:
        """A statement."""
        return self._texts[(text,)]

    def add(self, examples: Iterable[Example]) -> None:
        """Reads all texts of the examples that are not here yet."""
        keys = dict.fromkeys(
            key for e in examples for key in ((e.prompt, e.text), *((stated.text,) for stated in e.statements))
        )
        packed = {key: self._packed(key) for key in keys if key not in self._texts}
        for group in batches(
            sorted(packed, key=lambda key: len(packed[key][0])), lambda k: len(packed[k][0]), TOGETHER
        ):
            longest = max(len(packed[key][0]) for key in group)
            pieces = torch.full((len(group), longest), self._tokenizer.token_to_id(PAD))
            segments = torch.full((len(group), longest), -1)
            for row, key in enumerate(group):
                size = len(packed[key][0])
                pieces[row, :size], segments[row, :size] = torch.tensor(packed[key][0]), torch.tensor(packed[key][1])
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self._half):
                states = self._reader.read_alone(pieces, torch.arange(longest).expand_as(pieces), segments).half()
            for row, key in enumerate(group):
                self._texts[key] = Text(*packed[key], states[row, : len(packed[key][0])].clone())

    def _packed(self, key: tuple[str, ...]) -> Pieces:
        """The first part of an answer, or a statement."""
        return stated(self._tokenizer, *key) if len(key) == 1 else next(answered(self._tokenizer, *key))

    def size(self, example: Example) -> int:
        """Pieces of an example, all of its texts."""
        return len(self.answer(example).pieces) + sum(len(self.statement(s.text).pieces) for s in example.statements)


class Batch(NamedTuple):
    """Examples as tensors: states, pieces, segments, numbers of the statements, what is right, where it is shown."""

    alone: Tensor
    pieces: Tensor
    segments: Tensor
    statements: Tensor
    chances: Tensor
    shown: Tensor
    habits: Tensor


def batches(listed: Sequence[T], size: Callable[[T], int], budget: int) -> Iterator[list[T]]:
    """Neighbours together, as many as fit the budget when each is padded to the longest."""
    group: list[T] = []
    longest = 0
    for item in listed:
        if group and (len(group) + 1) * max(longest, size(item)) > budget:
            yield group
            group, longest = [], 0
        group.append(item)
        longest = max(longest, size(item))
    if group:
        yield group


def collate(examples: Sequence[Example], shelf: Shelf) -> Batch:
    """Examples of about the same size as one batch."""
    rows, longest = len(examples), max(shelf.size(example) for example in examples)
    most = max(len(example.statements) for example in examples)
    width = shelf.answer(examples[0]).states.shape[1]
    alone = torch.zeros(rows, longest, width)
    pieces, segments = torch.ones(rows, longest, dtype=torch.long), torch.full((rows, longest), -1)
    chances, shown = torch.zeros(rows, most, STATES), torch.zeros(rows, most, longest)
    habits = torch.zeros(rows, most, STATES)
    for row, example in enumerate(examples):
        answer, at = shelf.answer(example), 0
        for number, text in enumerate([answer, *(shelf.statement(s.text) for s in example.statements)]):
            to = at + len(text.pieces)
            alone[row, at:to], pieces[row, at:to] = text.states, torch.tensor(text.pieces)
            segments[row, at:to] = torch.tensor(text.segments) if not number else FIRST_STATEMENT + number - 1
            at = to
        for number, statement in enumerate(example.statements):
            chances[row, number] = torch.tensor(statement.chances)
            if statement.habit:
                habits[row, number] = torch.tensor(statement.habit)
            places = _places(example.text, statement.words, answer)
            shown[row, number, places] = 1 / max(1, len(places))
    return Batch(alone, pieces, segments, FIRST_STATEMENT + torch.arange(most), chances, shown, habits)


def _places(text: str, words: str, answer: Text) -> list[int]:
    """The pieces of an answer that hold these words of it."""
    start = text.find(words) if words else -1
    if start < 0:
        return []
    inside = zip(answer.segments, answer.offsets, strict=True)
    return [
        at
        for at, (segment, (first, last)) in enumerate(inside)
        if segment == ANSWER and last > start and first < start + len(words)
    ]


def learn(
    reader: Reader,
    shelf: Shelf,
    examples: Callable[[random.Random], list[Example]],
    settings: Settings,
    look: Callable[[int, float], None] = lambda step, loss: None,
) -> None:
    """Trains the upper layers for as many steps; `examples` makes a round of them, `look` sees each step's loss."""
    chance = random.Random(settings.seed)
    torch.manual_seed(settings.seed)
    layers = list(reader.together.parameters())
    known = {id(parameter) for parameter in layers}
    judge = [p for p in reader.parameters() if p.requires_grad and id(p) not in known]
    rates = (settings.rate, settings.rate_of_judge)
    groups = [{"params": params, "lr": rate} for params, rate in zip((layers, judge), rates, strict=True)]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))
    weights = torch.tensor(settings.weights)
    reader.train()
    step = 0
    while True:
        for group in _shuffled(examples(chance), shelf, settings, chance):
            if step == settings.steps:
                reader.eval()
                return
            slope = min(1.0, (step + 1) / 40) * max(0.03, (1 + math.cos(math.pi * step / settings.steps)) / 2)
            for params, rate in zip(optimizer.param_groups, rates, strict=True):
                params["lr"] = rate * slope
            loss = _loss(reader, collate(group, shelf), weights, settings)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*layers, *judge], 1.0)
            optimizer.step()
            step += 1
            look(step, loss.item())


def _shuffled(
    examples: Sequence[Example], shelf: Shelf, settings: Settings, chance: random.Random
) -> Iterator[list[Example]]:
    """Batches in random order, examples of a size together."""
    mixed = chance.sample(examples, len(examples))
    for at in range(0, len(mixed), 240):
        sized = sorted(mixed[at : at + 240], key=shelf.size)
        groups = list(batches(sized, shelf.size, settings.budget))
        yield from chance.sample(groups, len(groups))


def _loss(reader: Reader, batch: Batch, weights: Tensor, settings: Settings) -> Tensor:
    alone, pieces, segments, statements, chances, shown, habits = batch
    with torch.autocast("cpu", torch.bfloat16, enabled=settings.half):
        verdicts = Verdicts(*map(Tensor.float, reader.judged(alone, pieces, segments, statements, settings.dropout)))
    there = chances.sum(-1) > 0
    # What a statement's habit explains the reader need not learn: it would know the statement, and not what says it.
    logits = verdicts.states + settings.habits * habits
    loss = -(chances * weights * logits.log_softmax(-1)).sum(-1)[there].mean()
    known = shown.sum(-1) > 0
    if settings.pointing and known.any():
        loss = loss - settings.pointing * (shown * verdicts.pieces.log_softmax(-1)).sum(-1)[known].mean()
    return loss


@torch.no_grad()
def center(reader: Reader, batch: Batch) -> None:
    """Sets the means that are taken away from the states, before training."""
    reader.eval()
    real = batch.segments >= 0
    reader.center_alone.copy_(batch.alone[real].mean(0))
    states: list[Tensor] = []
    hook = reader.together[-1].register_forward_hook(lambda module, args, out: states.append(out))
    reader.judged(*batch[:4])
    hook.remove()
    reader.center.copy_(states[0][real].mean(0))


@torch.no_grad()
def chances(reader: Reader, shelf: Shelf, examples: Sequence[Example]) -> list[list[tuple[float, ...]]]:
    """For each example, in its order, the chances of the four states of each statement."""
    reader.eval()
    order = sorted(range(len(examples)), key=lambda at: shelf.size(examples[at]))
    judged: dict[int, list[tuple[float, ...]]] = {}
    for group in batches(order, lambda at: shelf.size(examples[at]), 6000):
        batch = collate([examples[at] for at in group], shelf)
        states = reader.judged(*batch[:4]).states.softmax(-1)
        for row, at in enumerate(group):
            judged[at] = [tuple(state.tolist()) for state in states[row, : len(examples[at].statements)]]
    return [judged[at] for at in range(len(examples))]
