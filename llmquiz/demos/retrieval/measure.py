"""Retrieval by sentence vectors: what a causal mask, the way of pooling and the loss have to do with it.

Contrastive training after Sentence-BERT (Reimers and Gurevych, 2019) and SimCSE (Gao et al., 2021), in miniature.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from torch import Tensor

from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.quantities import ratio
from llmquiz.demos.lab.run import Run
from llmquiz.demos.retrieval import early_tokens, language, ranking, search
from llmquiz.demos.retrieval.claims import Result, SampleQuery, Search, TrainedModel
from llmquiz.demos.retrieval.cost import query_cost
from llmquiz.demos.retrieval.ranking import Index
from llmquiz.demos.retrieval.train import TRAINING

LEARNED = 0.3
"""A loss: a model that tells all apart but giver and taker stays near 0.7, the logarithm of 2."""


def measure(run: Run) -> Result:
    """Recall on facts that no training saw, then what early states know, then what a query costs."""
    index = ranking.build_index(run.seed)
    models = training.models(TRAINING, **run.place, seed=run.seed, live=run.live, progress=run.part(0, 0.5))
    users_search = _search(run, models["encoder"], index)

    # every query against every candidate: by the vectors of each model, and by the words they share
    scores = {name: ranking.similarities(name, model, index) for name, model in models.items()}  # each (N, N)
    overlap = ranking.word_overlap(index.queries, index.candidates)  # (N, N)
    run.progress(0.6)

    # sentences that differ in the last word only: what an early state knows of it
    early = tuple(
        early_tokens.early_states(name, models[name], run.seed) for name in ("encoder", "decoder", "decoder-mean")
    )
    sentence = early_tokens.paired_sentences(run.seed, held_out=True)[0][0]  # (T,)
    run.progress(0.7)

    # the same query by either model, beside every candidate, and in a batch through a larger model
    cost = query_cost(
        models["encoder"],
        models["decoder"],
        index,
        **run.place,
        rounds=7 if run.quick else 15,
        progress=run.part(0.7, 1.0),
    )
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(models["encoder"]),
        candidates=len(index.candidates),
        overlap_1=ranking.recall(overlap, 1),
        overlap_10=ranking.recall(overlap, 10),
        models=tuple(trained_model(name, of_model) for name, of_model in scores.items()),
        early=early,
        tokens=tuple(language.text_of(sentence).split()),
        sample=_sample(index, overlap, tuple(scores.values())),
        cost=cost,
        same_size=ratio(cost.encoder_times, cost.decoder_times),
        large_over_small=ratio(cost.large_times, cost.small_times),
        overlap_percent=100 * ranking.recall(overlap, 1),
        early_percent=100 * early[1].at_the_word,
        pair_positions=cost.pairs.positions,
        search=users_search,
    )


def _search(run: Run, encoder: Any, index: Index) -> Search | None:
    return None if run.text is None else search.among_facts(run.text, "encoder", encoder, index, run.seed)


def trained_model(name: str, scores: Tensor) -> TrainedModel:
    """Scores (N, N) of the model at hand; seeds and losses are those of the card."""
    runs = shipped.card(TRAINING.demo, name)["runs"]
    return TrainedModel(
        name=name,
        recall_1=ranking.recall(scores, 1),
        recall_10=ranking.recall(scores, 10),
        roles=ranking.told_apart(scores, "roles"),
        sense=ranking.told_apart(scores, "sense"),
        seeds=tuple(run["figures"]["recall@1"] for run in runs),
        steps=runs[0]["steps"],
        losses=tuple(fmean(at) for at in zip(*(run["losses"] for run in runs), strict=True)),
        learned_at=tuple(learned_at(run["losses"], run["steps"]) for run in runs),
    )


def learned_at(losses: Sequence[float], steps: int) -> int:
    """The step from which on the loss, given as means of equal stretches, stays below `LEARNED`."""
    return training.settled(losses, steps, LEARNED)


def _sample(index: Index, overlap: Tensor, scores: Sequence[Tensor]) -> SampleQuery:
    """The first query for which shared words mislead; all scores (N, N)."""
    i = int((ranking.ranks(overlap) >= 1).double().argmax())

    def first(similarities: Tensor) -> str:
        return language.text_of(index.candidates[similarities[i].argmax()])

    return SampleQuery(
        query=language.text_of(index.queries[i]),
        right=language.text_of(index.candidates[i]),
        by_words=first(overlap),
        by_model=tuple(first(of_model) for of_model in scores),
    )
