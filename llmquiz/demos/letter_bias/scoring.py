"""How likely texts are to go on in several ways: many readings in one pass, as a tree of their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import masks
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import Progress, silent
from llmquiz.errors import DemoError

AT_ONCE = 320
"""Tokens from which on no further text joins a pass."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A text and the endings of which it may have any."""

    prompt: str
    endings: tuple[str, ...]
    special: bool = True
    """Whether the tokenizer adds what it puts before a text: a chat template has done so itself."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What the model thinks of the endings of one text."""

    sums: Tensor
    """Log-probability of each ending in nats (E,)."""
    counts: Tensor
    """Its tokens (E,)."""


@dataclass(slots=True)
class Tree:
    """Token sequences that share what they begin with: each token sees its own beginning only."""

    ids: list[int]
    parents: list[int]
    """By token, −1 where a sequence begins."""
    depths: list[int]
    places: dict[tuple[int, int], int]
    """Where the token stands that follows a parent."""

    def add(self, row: Sequence[int]) -> list[int]:
        """The places of the tokens of a sequence, of which only those that are new are put in."""
        path: list[int] = []
        for depth, token in enumerate(row):
            parent = path[-1] if path else -1
            if (parent, token) not in self.places:
                self.places[parent, token] = len(self.ids)
                self.ids.append(token)
                self.parents.append(parent)
                self.depths.append(depth)
            path.append(self.places[parent, token])
        return path

    def seen(self) -> Tensor:
        """Which tokens each one sees: itself, and those that it follows. (T, T)"""
        seen = torch.eye(len(self.ids), dtype=torch.bool)
        for i, parent in enumerate(self.parents):
            if parent >= 0:
                seen[i] |= seen[parent]
        return seen


Ending = tuple[list[int], list[int]]
"""Where the tokens before those of an ending stand in the tree, and the tokens of the ending."""


def score(own: Checkpoint, asked: Sequence[Asked], progress: Progress = silent) -> list[Scored]:
    """The endings of each text; neighbours are read together."""
    scored: list[Scored] = []
    while len(scored) < len(asked):
        tree = Tree([], [], [], {})
        rows: list[list[Ending]] = []
        while len(scored) + len(rows) < len(asked) and len(tree.ids) < AT_ONCE:
            rows.append(_grown(own, tree, asked[len(scored) + len(rows)]))
        scored += _read(own.model, tree, rows)
        progress(len(scored) / len(asked))
    return scored


def _grown(own: Checkpoint, tree: Tree, asked: Asked) -> list[Ending]:
    """Put a text with its endings into the tree; the last token of an ending is never read, only predicted."""
    if own.tokenizer is None:
        raise DemoError("demo.no-tokenizer", title=own.title)

    def ids(text: str) -> list[int]:
        return list(own.tokenizer(text, add_special_tokens=asked.special)["input_ids"])

    prompt, rows = ids(asked.prompt), [ids(asked.prompt + ending) for ending in asked.endings]
    # a tokenizer may join the end of the text and the start of an ending
    shared = next((i for i, column in enumerate(zip(prompt, *rows, strict=False)) if len(set(column)) > 1), len(prompt))
    shared = max(1, min(shared, *(len(row) - 1 for row in rows)))
    return [(tree.add(row[:-1])[shared - 1 :], row[shared:]) for row in rows]


@torch.inference_mode()
def _read(model: Any, tree: Tree, rows: Sequence[Sequence[Ending]]) -> list[Scored]:
    """One pass over the tree, and the endings of each text in it."""
    device = model.device
    mask = masks.hiding(tree.seen(), model.dtype).to(device)  # (T, T)
    needed = sorted({place for endings in rows for places, _ in endings for place in places})
    logits = model(
        torch.tensor([tree.ids], device=device),  # (1, T)
        attention_mask=mask[None, None],
        position_ids=torch.tensor([tree.depths], device=device),
        use_cache=False,
        logits_to_keep=torch.tensor(needed, device=device),
    ).logits[0]  # (needed, V)
    logs = logits.float().log_softmax(-1).cpu()
    at = {place: i for i, place in enumerate(needed)}
    scored = []
    for endings in rows:
        sums = [float(sum(logs[at[p], token] for p, token in zip(*ending, strict=True))) for ending in endings]
        counts = [len(tokens) for _, tokens in endings]
        scored.append(Scored(torch.tensor(sums), torch.tensor(counts)))
    return scored
