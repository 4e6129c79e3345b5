"""Prompts of examples, and which of their answers a model gets right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import torch
from torch import Tensor

from llmquiz.demos.few_shot.tasks import Pair
from llmquiz.demos.lab import caching, kv
from llmquiz.demos.lab.own_model import Checkpoint


def prompt(examples: Sequence[Pair], word: str) -> str:
    """One example a line, then the word whose answer is asked for."""
    return "".join(f"{question} -> {answer}\n" for question, answer in examples) + f"{word} ->"


def common(rows: Sequence[Sequence[int]]) -> int:
    """How many tokens all rows begin with."""
    return len(list(takewhile(lambda column: len(set(column)) == 1, zip(*rows, strict=False))))


@torch.inference_mode()
def logits(own: Checkpoint, rows: Sequence[Sequence[int]]) -> tuple[int, Tensor]:
    """What a model predicts in each of the rows, which begin alike: the examples are read once for all of them.

    The number of tokens that were read once, and the logits behind each of the others (B, T, V). Rows are filled up
    on the right, where no token before sees it.
    """
    shared = min(common(rows), min(map(len, rows)) - 1)
    cache = caching.empty_cache(own.model)
    if shared:
        caching.step(own.model, torch.tensor([rows[0][:shared]], device=own.model.device), cache)
        cache.batch_repeat_interleave(len(rows))
    longest = max(map(len, rows))
    rest = [[*row[shared:], *[row[-1]] * (longest - len(row))] for row in rows]
    ids = torch.tensor(rest, device=own.model.device)  # (B, T)
    return shared, kv.call(own.model, ids, cache=cache).logits


def exact(own: Checkpoint, examples: Sequence[Pair], queries: Sequence[Pair]) -> float:
    """Share of the queries that greedy decoding answers exactly, token by token."""
    rows, starts = [], []
    for word, answer in queries:
        asked, row = (own.tokens(text)[0].tolist() for text in _both(examples, word, answer))
        rows.append(row)
        starts.append(common((asked, row)))
    shared, predicted = logits(own, rows)
    best = predicted.argmax(-1).tolist()  # (B, T)
    right: list[bool] = [
        line[start - 1 - shared : len(row) - 1 - shared] == row[start:]
        for line, row, start in zip(best, rows, starts, strict=True)
    ]
    return sum(right) / len(right)


def chosen(own: Checkpoint, examples: Sequence[Pair], words: Sequence[str], labels: Pair) -> list[int]:
    """For each word, which of the two labels is the likelier one: 0 or 1."""
    rows, rivals = [], []
    for word in words:
        first, second = (own.tokens(_both(examples, word, label)[1])[0].tolist() for label in labels)
        differ = common((first, second))
        rows.append(first[:differ])
        rivals.append((first[differ], second[differ]))
    shared, predicted = logits(own, rows)
    last = [line[len(row) - 1 - shared] for line, row in zip(predicted, rows, strict=True)]
    return [int(line[b] > line[a]) for line, (a, b) in zip(last, rivals, strict=True)]


def _both(examples: Sequence[Pair], word: str, answer: str) -> Pair:
    """The prompt without its answer and with it."""
    asked = prompt(examples, word)
    return asked, f"{asked} {answer}"
