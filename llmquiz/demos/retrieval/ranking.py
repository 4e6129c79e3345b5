"""An index of 1,000 sentences, and how well a similarity ranks them: recall, and neighbours told apart."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from llmquiz.demos.retrieval import language
from llmquiz.demos.retrieval.language import KINDS
from llmquiz.demos.retrieval.sentence_vectors import vectors
from llmquiz.demos.retrieval.vocabulary import WORDS

GROUPS = 200
"""Facts of the index, each with all its neighbours: 1,000 sentences."""


class Index(NamedTuple):
    """What is searched, and what is asked: sentence i of both tells the same fact in other words."""

    facts: Tensor  # (N, 6)
    candidates: Tensor  # (N, T)
    queries: Tensor  # (N, T)


def build_index(seed: int, groups: int = GROUPS) -> Index:
    """Of facts that no training saw: its combinations of two people and a thing are kept apart."""
    generator = torch.Generator().manual_seed(10_000 + seed)
    facts = language.distinct_groups(groups, generator)  # (N, 6)
    return Index(facts, language.sentences(facts, generator), language.sentences(facts, generator))


@torch.inference_mode()
def similarities(name: str, model: Any, index: Index) -> Tensor:
    """The cosine of every query with every candidate: (N, N)."""
    scores = vectors(name, model, index.queries) @ vectors(name, model, index.candidates).T
    return scores.double().cpu()


def word_overlap(queries: Tensor, candidates: Tensor) -> Tensor:
    """Cosine of the bags of words, rare words weighing more: (N, T), (M, T) -> (N, M).

    The weights are inverse document frequencies, log((1 + M) / (1 + sentences with the word)).
    """
    in_candidate = torch.stack([(candidates == i).any(1) for i in range(len(WORDS))], 1).double()  # (M, V)
    in_query = torch.stack([(queries == i).any(1) for i in range(len(WORDS))], 1).double()  # (N, V)
    rarity = torch.log((1 + len(candidates)) / (1 + in_candidate.sum(0)))  # (V,)
    bags = [bag * rarity / (bag * rarity).norm(dim=1, keepdim=True) for bag in (in_query, in_candidate)]
    scores: Tensor = bags[0] @ bags[1].T
    return scores


def ranks(scores: Tensor) -> Tensor:
    """How many candidates come before the right one, a tie counting half: (N, N) -> (N,)."""
    right = scores.diagonal()[:, None]  # (N, 1)
    near = 1e-9 + 1e-6 * right.abs()  # (N, 1), what rounding may make of equal scores
    # the right one is a tie with itself
    return (scores > right + near).sum(1) + ((scores - right).abs() <= near).sum(1).sub(1) / 2


def recall(scores: Tensor, within: int) -> float:
    """Share of queries whose right candidate is among the first `within`; scores (N, N)."""
    return float((ranks(scores) < within).double().mean())


def told_apart(scores: Tensor, kind: str) -> float:
    """Share of facts whose paraphrase scores above that of the neighbour which differs in `kind` alone."""
    groups = len(scores) // len(KINDS)
    each = torch.arange(groups)
    # the query of each fact, the first of its group, against the candidates of its own group
    own = scores.view(groups, len(KINDS), groups, len(KINDS))[each, 0, each]  # (groups, kinds)
    return float((own[:, 0] > own[:, KINDS.index(kind)]).double().mean())
