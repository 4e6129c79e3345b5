"""How the models of sentence vectors are trained.

Four with one contrastive loss, in which every other sentence of the batch is a wrong answer: InfoNCE (van den Oord et
al., 2018, arXiv 1807.03748), both ways, as for sentences in SimCSE (Gao et al., 2021, arXiv 2104.08821). The fifth is
trained to fill in masked words, as BERT is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab.training import Training
from llmquiz.demos.retrieval import language, ranking
from llmquiz.demos.retrieval.language import KINDS
from llmquiz.demos.retrieval.sentence_vectors import READERS, states, untrained, vectors
from llmquiz.demos.retrieval.vocabulary import MASK

FACTS, TEMPERATURE, NEIGHBOURS = 12, 0.1, ("same", "roles")
"""In a batch: so many facts, each with these neighbours, as each other's wrong answers."""
SENTENCES, MASKED = 2 * FACTS * len(NEIGHBOURS), 0.3
"""In a batch of the masked model: as many sentences, and the share of words that is filled in."""


def loss(name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Of a batch: each sentence has to find its paraphrase among those of the others, and the reverse."""
    if not READERS[name].contrastive:
        return _fill_in(name, model, generator)
    groups = language.with_neighbours(language.random_facts(FACTS, generator), generator).view(FACTS, len(KINDS), -1)
    facts = groups[:, [KINDS.index(kind) for kind in NEIGHBOURS]].flatten(0, 1)  # (B, 6)
    # every fact in two tellings
    ids = torch.cat((language.sentences(facts, generator), language.sentences(facts, generator)))  # (2 B, T)
    queries, answers = vectors(name, model, ids).chunk(2)  # each (B, d)
    scores = queries @ answers.T / TEMPERATURE  # (B, B), the right ones on the diagonal
    right = torch.arange(len(scores), device=scores.device)  # (B,)
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


def _fill_in(name: str, model: Any, generator: torch.Generator) -> Tensor:
    ids = language.sentences(language.random_facts(SENTENCES, generator), generator)  # (B, T)
    masked = torch.rand(ids.shape, generator=generator) < MASKED  # (B, T)
    masked[0, 0] = True  # at least one
    hidden = states(name, model, ids.masked_fill(masked, MASK))  # (B, T, d)
    return F.cross_entropy(model.lm_head(hidden[masked]), ids[masked].to(model.device))


def figures(name: str, model: Any) -> Mapping[str, float]:
    """Recall among 1,000 sentences, and which neighbours are told apart."""
    scores = ranking.similarities(name, model, ranking.build_index(0))
    recall = {"recall@1": ranking.recall(scores, 1), "recall@10": ranking.recall(scores, 10)}
    return recall | {kind: ranking.told_apart(scores, kind) for kind in KINDS[1:]}


TRAINING = Training(
    demo="retrieval",
    data="facts (who handed what to whom, how, when, where) in 24 orders of words and in synonyms, 13 tokens each",
    steps=dict.fromkeys(READERS, 800),
    rates={name: 3e-3 if reader.contrastive else 1e-2 for name, reader in READERS.items()},
    build=untrained,
    loss=loss,
    figures=figures,
    best="loss",
    further={
        "facts in a batch": FACTS,
        "neighbours": NEIGHBOURS,
        "temperature": TEMPERATURE,
        "masked share (encoder-raw)": MASKED,
    },
)
