"""Claims of llmquiz, found by the sentences that set them right: by shared words, by vectors, and by fewer bits."""

from __future__ import annotations

from statistics import fmean

import torch
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import family_at, load_checkpoint
from llmquiz.demos.lab.run import Run, silent
from llmquiz.demos.search import ranking, vectors
from llmquiz.demos.search.claims import Hit, Result, SampleQuery, Search, Way
from llmquiz.demos.search.pairs import pairs
from llmquiz.errors import DemoError

WITHIN = 10
SHOWN = 5
DRAWS = 100
"""Of random vectors."""
RESAMPLES = 2000
BITS = {"mean": 32, "token": 32, "int8": 8, "bit": 1, "centred": 32, "random": 32}


def measure(run: Run) -> Result:
    """Read every claim and every sentence once, and rank the claims by each way."""
    assert run.model, "a demo that needs a real model is given one"
    run.progress(0.0)
    if run.text is not None and not ranking.words_of(run.text):
        raise DemoError("demo.no-token")
    family = "decoder" if family_at(run.model) == "decoder" else "encoder"
    own = load_checkpoint(run.model, family, **run.place)
    texts, queries = [pair.claim for pair in pairs()], [pair.right for pair in pairs()]
    of_texts = vectors.read(own, family, texts, run.part(0.1, 0.4))
    of_queries = vectors.read(own, family, queries, run.part(0.4, 0.9))

    generator = torch.Generator().manual_seed(run.seed)
    scores = all_scores(ranking.bm25(queries, texts), of_queries, of_texts)  # each (N, N)
    words, mean = scores["words"], scores["mean"]
    low, high = resampled(mean, words, generator)
    random = [
        way("random", ranking.cosines(*torch.randn(2, *of_texts.mean.shape, generator=generator))) for _ in range(DRAWS)
    ]
    missed = ranking.ranks(mean) >= WITHIN  # (N,)
    found_by_words = ranking.ranks(words) < WITHIN  # (N,)
    search = None
    if run.text is not None:
        query = vectors.read(own, family, [run.text], silent)
        search = Search(
            query=run.text,
            by_mean=nearest(ranking.cosines(query.mean, of_texts.mean)[0], texts),
            by_words=nearest(ranking.bm25([run.text], texts)[0], texts, above=0.0),
        )
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        family=family,
        claims=len(texts),
        width=of_texts.mean.shape[1],
        ways=(*(way(name, of_way) for name, of_way in scores.items()), average(random)),
        lead=ranking.recall(mean, WITHIN) - ranking.recall(words, WITHIN),
        lead_low=low,
        lead_high=high,
        missed=int(missed.sum()),
        words_bring=int((missed & found_by_words).sum()),
        sample=sample(words, mean),
        search=search,
    )


def all_scores(words: Tensor, queries: vectors.Vectors, texts: vectors.Vectors) -> dict[str, Tensor]:
    """Every query against every text, by each way: (N, N), given those by shared words."""
    asked, searched = queries.mean, texts.mean  # (N, d)
    centre = searched.mean(0)  # (d,), of what is searched: of the queries it is not known before they come
    mean = ranking.cosines(asked, searched)
    return {
        "words": words,
        "mean": mean,
        "both": ranking.fused(words, mean),
        "token": ranking.cosines(queries.token, texts.token),
        "int8": ranking.cosines(ranking.int8(asked), ranking.int8(searched)),
        "bit": ranking.cosines(ranking.one_bit(asked), ranking.one_bit(searched)),
        "centred": ranking.cosines(asked - centre, searched - centre),
    }


def way(name: str, scores: Tensor) -> Way:
    """What these scores (N, N) find."""
    others = ~torch.eye(len(scores), dtype=torch.bool)
    return Way(
        name=name,
        recall_1=ranking.recall(scores, 1),
        recall_10=ranking.recall(scores, WITHIN),
        unrelated=float(scores[others].mean()),
        bits=BITS.get(name, 0),
    )


def average(draws: list[Way]) -> Way:
    """The mean of several draws of one way."""
    return Way(
        name=draws[0].name,
        recall_1=fmean(draw.recall_1 for draw in draws),
        recall_10=fmean(draw.recall_10 for draw in draws),
        unrelated=fmean(draw.unrelated for draw in draws),
        bits=draws[0].bits,
    )


def resampled(better: Tensor, worse: Tensor, generator: torch.Generator) -> tuple[float, float]:
    """The lead in recall of one way (N, N) over another where N pairs are drawn anew: its 5th and 95th percentile."""
    gains = (ranking.ranks(better) < WITHIN).double() - (ranking.ranks(worse) < WITHIN).double()  # (N,)
    drawn = torch.randint(len(gains), (RESAMPLES, len(gains)), generator=generator)
    low, high = gains[drawn].mean(1).quantile(torch.tensor([0.05, 0.95], dtype=torch.float64)).tolist()
    return low, high


def sample(words: Tensor, mean: Tensor) -> SampleQuery:
    """The first sentence that finds its claim by vectors and not by words; scores (N, N)."""
    i = int(((ranking.ranks(words) >= 1) & (ranking.ranks(mean) < 1)).double().argmax())
    claims = [pair.claim for pair in pairs()]
    return SampleQuery(
        query=pairs()[i].right,
        right=claims[i],
        by_words=claims[int(words[i].argmax())],
        by_mean=claims[int(mean[i].argmax())],
    )


def nearest(scores: Tensor, texts: list[str], above: float = -2.0) -> tuple[Hit, ...]:
    """The best by `scores` (N,), those above a bound."""
    best = scores.topk(min(SHOWN, len(texts)))
    pairs_of_hits = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return tuple(Hit(texts[i], score) for i, score in pairs_of_hits if score > above)
