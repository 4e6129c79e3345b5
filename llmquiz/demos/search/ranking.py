"""Scores of queries against texts, by shared words and by vectors of fewer bits, and the recall that they give."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log

import torch
import torch.nn.functional as F
from torch import Tensor

K1, B = 1.2, 0.75
"""Of BM25: how soon a repeated word counts no more, and how much a long text is held back."""
RRF = 60
"""Of reciprocal rank fusion: how little the first places stand out (Cormack et al., 2009)."""


def words_of(text: str) -> list[str]:
    """Its words in small letters."""
    return re.findall(r"[^\W_]+", text.lower())


def bm25(queries: Sequence[str], texts: Sequence[str]) -> Tensor:
    """Shared words, rare ones weighing more: (Q, N)."""
    bags = [Counter(words_of(text)) for text in texts]
    lengths = [bag.total() for bag in bags]
    usual = sum(lengths) / len(bags)
    containing = Counter(word for bag in bags for word in bag)
    rarity = {word: log(1 + (len(bags) - n + 0.5) / (n + 0.5)) for word, n in containing.items()}

    def score(words: set[str], bag: Counter[str], length: int) -> float:
        damping = K1 * (1 - B + B * length / usual)
        return sum(rarity[word] * bag[word] * (K1 + 1) / (bag[word] + damping) for word in words & bag.keys())

    asked = [set(words_of(query)) for query in queries]
    return torch.tensor(
        [[score(words, bag, n) for bag, n in zip(bags, lengths, strict=True)] for words in asked], dtype=torch.float64
    )


def cosines(queries: Tensor, texts: Tensor) -> Tensor:
    """Of every query (Q, d) with every text (N, d): (Q, N)."""
    return F.normalize(queries.double(), dim=-1) @ F.normalize(texts.double(), dim=-1).T


def int8(vectors: Tensor) -> Tensor:
    """Each number of (N, d) in a byte, from −127 to 127, by the largest of its vector."""
    return (127 * vectors / vectors.abs().amax(-1, keepdim=True)).round()


def one_bit(vectors: Tensor) -> Tensor:
    """The sign of each number of (N, d): 1 or −1."""
    return torch.where(vectors > 0, 1.0, -1.0)


def ranks(scores: Tensor) -> Tensor:
    """How many texts come before the right one, a tie counting half: (N, N) -> (N,)."""
    right = scores.diagonal()[:, None]  # (N, 1)
    near = 1e-9 + 1e-9 * right.abs()  # what rounding may make of equal scores
    # the right one is a tie with itself
    return (scores > right + near).sum(1) + ((scores - right).abs() <= near).sum(1).sub(1) / 2


def recall(scores: Tensor, within: int) -> float:
    """Share of queries whose right text is among the first `within`; scores (N, N)."""
    return float((ranks(scores) < within).double().mean())


def fused(*scores: Tensor) -> Tensor:
    """Rankings joined by the places alone (reciprocal rank fusion): each (Q, N) -> (Q, N)."""
    places = [
        of_way.argsort(dim=1, descending=True, stable=True).argsort(dim=1) for of_way in scores
    ]  # each (Q, N), from 0
    return torch.stack([1 / (RRF + 1 + place.double()) for place in places]).sum(0)
