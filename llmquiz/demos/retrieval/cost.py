"""What a query costs against an index of vectors: positions counted, and times side by side."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.retrieval import sentence_vectors
from llmquiz.demos.retrieval.claims import QueryCost
from llmquiz.demos.retrieval.ranking import Index

BATCH = 64
"""Queries at a time where a small model's time is held against a large one's."""


@torch.inference_mode()
def query_cost(
    encoder: Any, decoder: Any, index: Index, *, device: str, dtype: str, rounds: int, progress: Progress
) -> QueryCost:
    """Of one query with either model, of reading it beside every candidate, and of a larger model."""
    query, batch = index.queries[:1].to(device), index.queries[:BATCH].to(device)  # (1, T), (BATCH, T)
    pairs = torch.cat((query.expand(len(index.candidates), -1), index.candidates.to(device)), 1)  # (N, 2 T)
    large = tiny.llama(device=device, dtype=dtype)
    vectors = {  # each (N, d)
        name: sentence_vectors.vectors(name, model, index.candidates)
        for name, model in (("encoder", encoder), ("decoder", decoder))
    }

    def ask(name: str, model: Any) -> Tensor:
        return (vectors[name] @ sentence_vectors.vectors(name, model, query)[0]).topk(10).indices  # (10,)

    some_vector = vectors["encoder"][0]  # (d,)
    progress(0.2)
    times = timed(
        {
            "encoder": lambda: ask("encoder", encoder),
            "decoder": lambda: ask("decoder", decoder),
            "search": lambda: (vectors["encoder"] @ some_vector).topk(10),
            "small": lambda: decoder.model(batch, use_cache=False),
            "large": lambda: large.model(batch, use_cache=False),
        },
        device=device,
        rounds=rounds,
        warmup=2,
    )
    progress(1.0)
    return QueryCost(
        candidates=len(index.candidates),
        encoder=passes(encoder, lambda: ask("encoder", encoder)),
        decoder=passes(decoder, lambda: ask("decoder", decoder)),
        pairs=passes(encoder, lambda: sentence_vectors.states("encoder", encoder, pairs)),
        small=tiny.describe(decoder),
        large=tiny.describe(large),
        parameters=tiny.parameters(large) / tiny.parameters(decoder),
        encoder_times=times["encoder"],
        decoder_times=times["decoder"],
        search_times=times["search"],
        small_times=times["small"],
        large_times=times["large"],
    )
