"""Sentence vectors from one block with and without the causal mask, and how they are trained.

Four models of the same shape and the same number of weights are trained with the same contrastive loss (van den Oord
et al., 2018; Gao et al., 2021): reading to both sides or only to the left, the vector being the mean of all states or
the last one. A fifth is trained to fill in masked words, as BERT is, and gives its mean as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.training import Training
from llmquiz.demos.retrieval import language
from llmquiz.demos.retrieval.language import KINDS


class Reader(NamedTuple):
    """How a model reads, and what of it is the sentence's vector."""

    both_sides: bool
    mean: bool
    """Of all states; else the last one."""
    contrastive: bool = True


READERS = {
    "encoder": Reader(both_sides=True, mean=True),
    "decoder": Reader(both_sides=False, mean=False),
    "encoder-last": Reader(both_sides=True, mean=False),
    "decoder-mean": Reader(both_sides=False, mean=True),
    "encoder-raw": Reader(both_sides=True, mean=True, contrastive=False),
}
TRAINED = tuple(name for name, reader in READERS.items() if reader.contrastive)
WIDTH, LAYERS = 48, 2
FACTS, TEMPERATURE, NEIGHBOURS = 12, 0.1, ("same", "roles")
"""In a batch: so many facts, each with these neighbours, as each other's wrong answers."""
SENTENCES, MASKED = 2 * FACTS * len(NEIGHBOURS), 0.3
"""In a batch of the masked model: as many sentences, and the share of words that is filled in."""
GROUPS = 200
"""Facts of the index, each with all its neighbours: 1,000 sentences."""


def untrained(name: str, seed: int) -> Any:
    """The model before its training; of one seed all five are the same."""
    assert name in READERS
    return tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=len(language.WORDS),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=64,
        rope_parameters={"rope_type": "default", "rope_theta": 100.0},
        initializer_range=0.1,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )


def states(name: str, model: Any, ids: Tensor) -> Tensor:
    """The last layer's, (N, T) -> (N, T, d)."""
    n, T = ids.shape
    nothing_hidden = tiny.open_mask(model, n, T)
    mask = nothing_hidden if READERS[name].both_sides else None  # without one, the class masks what is to the right
    found: Tensor = model.model(ids.to(model.device), attention_mask=mask, use_cache=False).last_hidden_state
    return found


def vectors(name: str, model: Any, ids: Tensor) -> Tensor:
    """Of sentences (N, T), of length 1: (N, d)."""
    read = states(name, model, ids)
    return F.normalize(read.mean(1) if READERS[name].mean else read[:, -1], dim=-1)


def loss(name: str, model: Any, drawn: torch.Generator, _done: float) -> Tensor:
    """Of a batch: each sentence has to find its paraphrase among those of the others, and the reverse."""
    if not READERS[name].contrastive:
        return _fill_in(name, model, drawn)
    groups = language.with_neighbours(language.facts(FACTS, drawn), drawn).view(FACTS, len(KINDS), -1)
    facts = groups[:, [KINDS.index(kind) for kind in NEIGHBOURS]].flatten(0, 1)  # (B, 6)
    told = torch.cat((language.told(facts, drawn), language.told(facts, drawn)))  # (2 B, T)
    one, other = vectors(name, model, told).chunk(2)  # each (B, d)
    scores = one @ other.T / TEMPERATURE  # (B, B)
    right = torch.arange(len(scores), device=scores.device)
    return (F.cross_entropy(scores, right) + F.cross_entropy(scores.T, right)) / 2


def _fill_in(name: str, model: Any, drawn: torch.Generator) -> Tensor:
    ids = language.told(language.facts(SENTENCES, drawn), drawn)  # (B, T)
    hidden = torch.rand(ids.shape, generator=drawn) < MASKED
    hidden[0, 0] = True  # at least one
    read = states(name, model, ids.masked_fill(hidden, language.MASK))
    return F.cross_entropy(model.lm_head(read[hidden]), ids[hidden].to(model.device))


class Index(NamedTuple):
    """What is searched, and what is asked: sentence i of both tells the same fact in other words."""

    facts: Tensor
    candidates: Tensor
    queries: Tensor


def index(seed: int, groups: int = GROUPS) -> Index:
    """Of facts that no training saw: its combinations of two people and a thing are kept apart."""
    generator = torch.Generator().manual_seed(10_000 + seed)
    facts = language.distinct(groups, generator)
    return Index(facts, language.told(facts, generator), language.told(facts, generator))


def ranks(scores: Tensor) -> Tensor:
    """How many candidates come before the right one, a tie counting half: (N, N) -> (N)."""
    right = scores.diagonal()[:, None]
    near = 1e-9 + 1e-6 * right.abs()
    return (scores > right + near).sum(1) + ((scores - right).abs() <= near).sum(1).sub(1) / 2


def found(scores: Tensor, within: int) -> float:
    """Share of queries whose right candidate is among the first `within`."""
    return float((ranks(scores) < within).double().mean())


def told_from(scores: Tensor, kind: str) -> float:
    """Share of facts whose paraphrase scores above that of the neighbour which differs in `kind` alone."""
    groups = len(scores) // len(KINDS)
    each = torch.arange(groups)
    own = scores.view(groups, len(KINDS), groups, len(KINDS))[each, 0, each]  # (groups, kinds)
    return float((own[:, 0] > own[:, KINDS.index(kind)]).double().mean())


@torch.inference_mode()
def similarities(name: str, model: Any, asked: Index) -> Tensor:
    """Of every query with every candidate: (N, N)."""
    scores = vectors(name, model, asked.queries) @ vectors(name, model, asked.candidates).T
    return scores.double().cpu()


def figures(name: str, model: Any) -> Mapping[str, float]:
    """Recall among 1,000 sentences, and which neighbours are told apart."""
    scores = similarities(name, model, index(0))
    recall = {"recall@1": found(scores, 1), "recall@10": found(scores, 10)}
    return recall | {kind: told_from(scores, kind) for kind in KINDS[1:]}


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
