"""What the states of early words know of what comes later, behind the causal mask and without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.retrieval import contrastive, language
from llmquiz.demos.retrieval.language import AGENT, DEED, NOUN, TAIL, TAKER, TO, WHEN, WHERE, WITH, A

ORDER = language.ORDERS.index((A, NOUN, AGENT, DEED, TO, TAKER, *WHEN, *WHERE, WITH, TAIL, language.STOP))
"""The thing as early as it comes, what it means at the end."""
AT, LATER = (language.ORDERS[ORDER].index(slot) for slot in (NOUN, TAIL))
PAIRS = 300
PENALTY = 1e-2
"""Of the linear probe's weights."""


@dataclass(frozen=True, slots=True)
class Early:
    """One model on sentences that differ in the last word but the stop, which says what an early one means."""

    name: str
    pairs: int
    moved: int
    """Pairs in which the state of the early word is not the same, bit by bit."""
    gap: float
    """Largest difference of these states, relative to the largest number in them."""
    similar: float
    """Mean cosine of the two states of the early word."""
    told: tuple[float, ...]
    """Share of meanings that a linear probe tells from the state of each token; a guess is right in 0.5."""

    @property
    def at_the_word(self) -> float:
        return self.told[AT]


@torch.inference_mode()
def early(name: str, model: Any, seed: int) -> Early:
    """Pairs of sentences that share all words before the one that gives the meaning away."""
    one, other, things = _pairs(name, model, seed, held_out=True)
    a, b = one[:, AT], other[:, AT]
    return Early(
        name=name,
        pairs=len(a),
        moved=int((a != b).any(-1).sum()),
        gap=float((a - b).abs().max() / a.abs().max()),
        similar=float(F.cosine_similarity(a, b).mean()),
        told=_told(_pairs(name, model, seed, held_out=False), (one, other, things)),
    )


def texts(seed: int, *, held_out: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Sentences (N, T), the same with the other meaning at the end, and which thing the first ones mean."""
    facts = language.facts(PAIRS, torch.Generator().manual_seed(20_000 + seed), held_out=held_out)
    turned = facts.clone()
    turned[:, 3] ^= 1
    one, other = (  # the same draw of synonyms for both
        language.told(told, torch.Generator().manual_seed(seed), order=ORDER, ambiguous=True)
        for told in (facts, turned)
    )
    return one, other, facts[:, 3]


def _pairs(name: str, model: Any, seed: int, *, held_out: bool) -> tuple[Tensor, Tensor, Tensor]:
    one, other, things = texts(seed, held_out=held_out)
    both = contrastive.states(name, model, torch.cat((one, other))).double().cpu()  # (2 N, T, d)
    first, second = both.chunk(2)
    return first, second, things


def _told(fitted: tuple[Tensor, Tensor, Tensor], tested: tuple[Tensor, Tensor, Tensor]) -> tuple[float, ...]:
    """Position by position: ridge regression on the things, judged between the two meanings of the name at hand."""
    (x, wanted), (seen, right) = (
        (torch.cat((one, other)), torch.cat((things, things ^ 1))) for one, other, things in (fitted, tested)
    )
    targets = F.one_hot(wanted, 2 * len(language.THINGS)).double()  # (N, things)
    shares = []
    for i in range(x.shape[1]):
        weights = _ridge(x[:, i], targets)  # (d + 1, things)
        scores = _with_one(seen[:, i]) @ weights
        own, turned = (scores.gather(1, which[:, None])[:, 0] for which in (right, right ^ 1))
        shares.append(float(((own > turned).double() + (own == turned).double() / 2).mean()))
    return tuple(shares)


def _ridge(x: Tensor, targets: Tensor) -> Tensor:
    x = _with_one(x)
    penalty = PENALTY * len(x) * torch.eye(x.shape[1], dtype=x.dtype)
    weights: Tensor = torch.linalg.solve(x.T @ x + penalty, x.T @ targets)
    return weights


def _with_one(x: Tensor) -> Tensor:
    return F.pad(x, (0, 1), value=1.0)
