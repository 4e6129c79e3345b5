"""What the states of early words know of what comes later, behind the causal mask and without it.

A linear probe (Alain and Bengio, 2016, arXiv 1610.01644) is fitted to the state of each token in turn.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab import caching
from llmquiz.demos.retrieval import language, sentence_vectors
from llmquiz.demos.retrieval.claims import EarlyStates
from llmquiz.demos.retrieval.vocabulary import EARLY_ORDER, NAME_AT, THINGS

PAIRS = 300
PENALTY = 1e-2
"""Of the linear probe's weights."""


@torch.inference_mode()
def early_states(name: str, model: Any, seed: int) -> EarlyStates:
    """Pairs of sentences that share all words before the one that gives the meaning away."""
    first, second, things = _states_of_pairs(name, model, seed, held_out=True)  # (N, T, d), (N, T, d), (N,)
    a, b = first[:, NAME_AT], second[:, NAME_AT]  # (N, d)
    return EarlyStates(
        name=name,
        pairs=len(a),
        moved=int((a != b).any(-1).sum()),
        gap=caching.gap(b, a),
        similar=float(F.cosine_similarity(a, b).mean()),
        told=_told(_states_of_pairs(name, model, seed, held_out=False), (first, second, things)),
    )


def paired_sentences(seed: int, *, held_out: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Sentences (N, T), the same with the other meaning at the end, and which thing (N,) the first ones mean."""
    facts = language.random_facts(PAIRS, torch.Generator().manual_seed(20_000 + seed), held_out=held_out)  # (N, 6)
    turned = facts.clone()
    turned[:, 3] ^= 1
    first, second = (  # the same draw of synonyms for both
        language.sentences(meant, torch.Generator().manual_seed(seed), order=EARLY_ORDER, ambiguous=True)
        for meant in (facts, turned)
    )
    return first, second, facts[:, 3]


def _states_of_pairs(name: str, model: Any, seed: int, *, held_out: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The states (N, T, d) of the first and of the second sentences, and the things (N,) that the first ones mean."""
    first, second, things = paired_sentences(seed, held_out=held_out)
    hidden = sentence_vectors.states(name, model, torch.cat((first, second))).double().cpu()  # (2 N, T, d)
    of_first, of_second = hidden.chunk(2)
    return of_first, of_second, things


def _told(fitted: tuple[Tensor, Tensor, Tensor], tested: tuple[Tensor, Tensor, Tensor]) -> tuple[float, ...]:
    """Position by position: ridge regression on the things, judged between the two meanings of the name at hand."""
    # both sentences of a pair count, the second with the other thing of that name: (2 N, T, d) and (2 N,)
    (x, wanted), (seen, right) = (
        (torch.cat((first, second)), torch.cat((things, things ^ 1))) for first, second, things in (fitted, tested)
    )
    targets = F.one_hot(wanted, 2 * len(THINGS)).double()  # (2 N, things)
    shares = []
    for i in range(x.shape[1]):
        weights = _ridge(x[:, i], targets)  # (d + 1, things)
        scores = _with_one(seen[:, i]) @ weights  # (2 N, things)
        own, turned = (scores.gather(1, which[:, None])[:, 0] for which in (right, right ^ 1))  # (2 N,)
        # states that do not differ between the meanings give ties, which count half: exactly 0.5
        shares.append(float(((own > turned).double() + (own == turned).double() / 2).mean()))
    return tuple(shares)


def _ridge(x: Tensor, targets: Tensor) -> Tensor:
    """What maps x (N, d) to the targets (N, things) by least squares with a penalty: (d + 1, things)."""
    x = _with_one(x)  # (N, d + 1)
    penalty = PENALTY * len(x) * torch.eye(x.shape[1], dtype=x.dtype)
    weights: Tensor = torch.linalg.solve(x.T @ x + penalty, x.T @ targets)
    return weights


def _with_one(x: Tensor) -> Tensor:
    """A constant beside the d numbers, for the offset: (N, d) -> (N, d + 1)."""
    return F.pad(x, (0, 1), value=1.0)
