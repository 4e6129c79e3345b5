"""A query of the user's own among the sentences of the index."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.retrieval import language, sentence_vectors
from llmquiz.demos.retrieval.claims import Hit, Search
from llmquiz.demos.retrieval.ranking import Index
from llmquiz.errors import DemoError

SHOWN = 5


def nearest(query: str, model: str, scores: Tensor, candidates: list[str]) -> Search:
    """The best by `scores` (N,), one of each candidate."""
    best = scores.float().cpu().topk(min(SHOWN, len(candidates)))  # (SHOWN,)
    hits = tuple(
        Hit(candidates[i], score) for score, i in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    )
    return Search(query, model, len(candidates), hits)


@torch.inference_mode()
def among_facts(text: str, name: str, model: Any, index: Index, seed: int) -> Search:
    """The user's sentence among those of the index, by the demo's own model.

    Its fact and the neighbours of it, in other words, are put into the index first.

    Raises: DemoError where it has words that the model never saw.
    """
    ids = language.ids_of(text)  # (1, T)
    if ids is None or ids.shape[1] >= model.config.max_position_embeddings:
        strange = ", ".join(language.unknown_words(text)[:5]) or text[:40]
        example = language.text_of(index.candidates[0])
        raise DemoError("retrieval.text-needs-model", strange=strange, example=example)
    candidates, fact = index.candidates, language.fact_of(ids)  # (N, T), (1, 6)
    if fact is not None:
        generator = torch.Generator().manual_seed(seed)
        own = language.sentences(language.with_neighbours(fact, generator), generator)  # (5, T)
        candidates = torch.cat((candidates, own))
    query = sentence_vectors.vectors(name, model, ids)[0]  # (d,)
    scores = sentence_vectors.vectors(name, model, candidates) @ query  # (N,)
    return nearest(text, tiny.describe(model), scores, [language.text_of(sentence) for sentence in candidates])
