"""What a model writes after prompts that begin alike, or would: the beginning is read once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import caching, kv
from llmquiz.demos.lab.own_model import Checkpoint


class Reader:
    """A model that has read the examples."""

    def __init__(self, own: Checkpoint, prefix: str) -> None:
        self.own, self.prefix = own, prefix
        self.cache: Any = None
        self.shared: list[int] = []
        """The tokens that the cache holds."""

    @torch.inference_mode()
    def write(self, rests: Sequence[str], most: int) -> list[str]:
        """At most `most` tokens after the prefix and each of `rests`, greedily, to the end of the line and not less."""
        rows = [self.own.tokens(self.prefix + rest)[0].tolist() for rest in rests]
        self._read(rows)
        start, texts = len(self.shared), [""] * len(rows)
        for length in sorted({len(row) for row in rows}):  # rows of equal length need no padding
            places = [i for i, row in enumerate(rows) if len(row) == length]
            ids = torch.tensor([rows[i][start:] for i in places], device=self.own.model.device)  # (B, T)
            for i, text in zip(places, self._continued(ids, most), strict=True):
                texts[i] = text
        return texts

    @torch.inference_mode()
    def writes(self, rests: Sequence[str], numbers: Sequence[int]) -> list[bool]:
        """Whether it writes the number after the prefix and the rest, greedily and with no digit behind it.

        All tokens of the number are read in a pass, which says the same as writing them, in less time.
        """
        asked = [self.own.tokens(self.prefix + rest)[0].tolist() for rest in rests]
        texts = [f"{self.prefix}{rest} {number}" for rest, number in zip(rests, numbers, strict=True)]
        rows = [self.own.tokens(text)[0].tolist() for text in texts]
        self._read(asked)
        starts = [_alike(pair) for pair in zip(asked, rows, strict=True)]
        longest, shared = max(map(len, rows)), len(self.shared)
        # filled up on the right, where no token before sees it
        rest_ids = [[*row[shared:], *[row[-1]] * (longest - len(row))] for row in rows]
        ids = torch.tensor(rest_ids, device=self.own.model.device)  # (B, T)
        first = min(starts) - 1  # the first place whose prediction is looked at
        last_only = {"logits_to_keep": longest - first} if kv.takes(self.own.model, "logits_to_keep") else {}
        logits = kv.call(self.own.model, ids, cache=self._copy(len(rows)), **last_only).logits
        best = logits[:, first - longest :].argmax(-1)  # (B, longest − first)
        return [
            line[start - 1 - first : len(row) - 1 - first].tolist() == row[start:]
            and not self.own.text(line[len(row) - 1 - first, None])[:1].isdigit()
            for line, row, start in zip(best, rows, starts, strict=True)
        ]

    def _read(self, rows: Sequence[list[int]]) -> None:
        """The tokens that all rows begin with go into the cache; those that are there already are not read again."""
        count = min(_alike(rows), min(map(len, rows)) - 1)
        if self.cache is not None and len(self.shared) <= count and self.shared == rows[0][: len(self.shared)]:
            return
        self.shared, self.cache = rows[0][:count], caching.empty_cache(self.own.model)
        if count:
            caching.step(self.own.model, torch.tensor([self.shared], device=self.own.model.device), self.cache)

    def _copy(self, count: int) -> Any:
        """The cache for `count` rows."""
        cache = deepcopy(self.cache)
        if self.shared:
            cache.batch_repeat_interleave(count)
        return cache

    def _continued(self, ids: Tensor, most: int) -> list[str]:
        """What follows each row of `ids` (B, T), which follow the cache; it ends when every row has ended its line."""
        cache = self._copy(len(ids))
        new: list[Tensor] = []  # (B, 1) each
        texts = [""] * len(ids)
        while len(new) < most and not all("\n" in text for text in texts):
            new.append(caching.step(self.own.model, new[-1] if new else ids, cache).argmax(-1, keepdim=True))
            texts = [self.own.text(row) for row in torch.cat(new, 1)]
        return texts


def _alike(rows: Sequence[list[int]]) -> int:
    """How many tokens all rows begin with."""
    return len(list(takewhile(lambda column: len(set(column)) == 1, zip(*rows, strict=False))))
