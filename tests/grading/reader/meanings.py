"""The first stage: a statement and words that say it come to lie close together, and true words that do not, apart.

All layers of the base are trained, each text by itself, with the loss of van den Oord et al., "Representation Learning
with Contrastive Predictive Coding" (2018); behind it the lower layers stay as they are.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from llmquiz.grading.reader.pieces import ANSWER, PAD
from llmquiz.language import LANGS, Lang
from tests.grading.corpus import Part, contrast, questions
from tests.grading.reader.model import Reader

LONGEST_QUOTE = 200
"""Characters of words quoted from an answer up to which they are taken for a way to say a statement."""
LONGEST = 64
"""Pieces of a text that are read."""
SHARPNESS = 20.0
"""What a cosine is multiplied with."""
SAME_LANGUAGE = 0.7
"""Share of the pairs in which the statement is in the language of the words."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A statement of a question, words that say it, and words of the same subject that do not."""

    question: str
    statement: Mapping[Lang, str]
    ways: tuple[tuple[Lang, str], ...]
    near: tuple[str, ...]


def meanings(*parts: Part) -> list[Meaning]:
    """Those of the questions of these parts: contrast lines, and what labellers quoted from answers."""
    ways: dict[tuple[str, str], list[tuple[Lang, str]]] = defaultdict(list)
    near: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in contrast():
        if line.state == "says":
            ways[line.question, line.statement].append((line.lang, line.text))
        elif line.state == "silent":
            near[line.question, line.statement].append(line.text)
    chosen = [question for question in questions() if question.part in parts]
    for question in chosen:
        for answer in question.answers:
            for statement, label in answer.labels.items():
                if label.state == "says" and 0 < len(label.words) < LONGEST_QUOTE:
                    ways[question.id, statement].append((answer.lang, label.words))
    return [
        Meaning(
            question.id, statement.text, tuple(ways[question.id, statement.id]), tuple(near[question.id, statement.id])
        )
        for question in chosen
        for statement in question.statements
        if ways[question.id, statement.id]
    ]


@dataclass(frozen=True, slots=True)
class Settings:
    """How the first stage goes."""

    steps: int
    rate: float = 3e-5
    statements: int = 44
    """A step."""
    dropout: float = 0.05
    half: bool = False
    """Whether to compute in bfloat16."""
    seed: int = 0


def approach(
    reader: Reader,
    tokenizer: Tokenizer,
    listed: Sequence[Meaning],
    settings: Settings,
    look: Callable[[int, float], None] = lambda step, loss: None,
) -> None:
    """Trains all layers of a reader; `look` sees each step's loss."""
    chance = random.Random(settings.seed)
    torch.manual_seed(settings.seed)
    layers = (reader.first, reader.alone, reader.together)
    weights = [weight for part in layers for weight in part.parameters()]
    for weight in weights:
        weight.requires_grad_(True)
    optimizer = torch.optim.AdamW(weights, weight_decay=0.01)
    reader.train()
    for step in range(settings.steps):
        optimizer.param_groups[0]["lr"] = settings.rate * min(1, (step + 1) / 20) * (1 - step / settings.steps)
        loss = _loss(reader, tokenizer, drawn(listed, step, settings, chance), settings, chance)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        look(step + 1, loss.item())
    for part in (reader.first, reader.alone):
        part.requires_grad_(False)
    reader.eval()


def drawn(listed: Sequence[Meaning], step: int, settings: Settings, chance: random.Random) -> list[Meaning]:
    """Statements of all questions; every other step all those of a few, which are harder to tell apart."""
    mixed = chance.sample(listed, len(listed))
    if step % 2:
        order = {question: at for at, question in enumerate(dict.fromkeys(meaning.question for meaning in mixed))}
        mixed.sort(key=lambda meaning: order[meaning.question])
    return mixed[: settings.statements]


def _loss(
    reader: Reader, tokenizer: Tokenizer, chosen: Sequence[Meaning], settings: Settings, chance: random.Random
) -> Tensor:
    """Each statement has to be told by its words from all others' and from what is near it, and the words likewise."""
    statements, words = [], []
    for meaning in chosen:
        lang, way = chance.choice(meaning.ways)
        other = next(name for name in LANGS if name != lang)
        statements.append(meaning.statement[lang if chance.random() < SAME_LANGUAGE else other])
        words.append(way)
    near = [chance.choice(meaning.near) for meaning in chosen if meaning.near]
    with torch.autocast("cpu", torch.bfloat16, enabled=settings.half):
        asked = vectors(reader, tokenizer, statements, settings.dropout)
        offered = vectors(reader, tokenizer, [*words, *near], settings.dropout)
    alike = SHARPNESS * asked.float() @ offered.float().T
    right = torch.arange(len(chosen))
    return F.cross_entropy(alike, right) + F.cross_entropy(alike[:, : len(chosen)].T, right)


def vectors(reader: Reader, tokenizer: Tokenizer, texts: Sequence[str], dropout: float = 0.0) -> Tensor:
    """The mean of the states of each text after all layers, of length 1 (texts, width)."""
    encoded = [tokenizer.encode(text).ids[:LONGEST] for text in texts]
    longest = max(map(len, encoded))
    pieces = torch.full((len(texts), longest), tokenizer.token_to_id(PAD))
    real = torch.zeros(len(texts), longest)
    for row, ids in enumerate(encoded):
        pieces[row, : len(ids)], real[row, : len(ids)] = torch.tensor(ids), 1
    segments = torch.where(real > 0, ANSWER, -1)
    states = reader.read_through(pieces, torch.arange(longest).expand_as(pieces), segments, dropout)
    return F.normalize((states * real[..., None]).sum(1) / real.sum(1, keepdim=True), dim=-1)
