"""Cosines of sentences with their variants, and what a search for a question finds among these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.sentence_vectors.claims import Hit, Result, Variants
from llmquiz.demos.sentence_vectors.sentences import AGREE, FAMILIES, KINDS

SHUFFLES = 4
"""Random orders of each sentence; one where it must be quick."""


def measure(run: Run) -> Result:
    """Read every sentence and its variants once, and compare the vectors."""
    assert run.model, "a demo that needs a real model is given one"
    run.progress(0.0)
    own = load_checkpoint(run.model, "encoder", **run.place)
    sentences = [family.sentence for family in FAMILIES]
    variants = [getattr(family, kind) for family in FAMILIES for kind in KINDS]  # N · K
    run.progress(0.1)

    base, others = vectors(own, sentences), by_family(vectors(own, variants))  # (N, d), (N, K, d)
    run.progress(0.5)
    bag, bag_others = vectors(own, sentences, bag=True), by_family(vectors(own, variants, bag=True))
    run.progress(0.6)
    times = 1 if run.quick else SHUFFLES
    orders = vectors(own, shuffled(times * sentences, run.seed))  # (times · N, d)
    run.progress(0.8)
    questions = vectors(own, [family.question for family in FAMILIES])  # (N, d)

    cosines, bag_cosines = to_variants(base, others), to_variants(bag, bag_others)  # (N, K)
    topics, bag_topics = base @ others[:, 0].T, bag @ bag_others[:, 0].T  # (N, N), with the paraphrases
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        sample=(sentences[0], *(getattr(FAMILIES[0], kind) for kind in KINDS)),
        variants=tuple(
            Variants(kind, tuple(cosines[:, k].tolist()), tuple(bag_cosines[:, k].tolist()))
            for k, kind in enumerate(KINDS)
        ),
        others=float(off_diagonal(topics).mean()),
        bag_others=float(off_diagonal(bag_topics).mean()),
        topic_auc=auc(topics.diag(), off_diagonal(topics)),
        bag_topic_auc=auc(bag_topics.diag(), off_diagonal(bag_topics)),
        agree_auc=auc(cosines[:, : len(AGREE)], cosines[:, len(AGREE) :]),
        bag_agree_auc=auc(bag_cosines[:, : len(AGREE)], bag_cosines[:, len(AGREE) :]),
        shuffled=float((orders * base.repeat(times, 1)).sum(-1).mean()),
        hits=search(questions, others),
    )


@torch.inference_mode()
def vectors(own: Checkpoint, texts: Sequence[str], *, bag: bool = False) -> Tensor:
    """A vector of length 1 for each text, in float32: (N, d), the mean of the last states of all its tokens.

    With `bag` it is the mean of the input embeddings, before any position is added.
    """
    ids = [own.tokens(text) for text in texts]  # each (1, T)
    alike: dict[int, list[int]] = defaultdict(list)  # by length, so that nothing is padded
    for i, row in enumerate(ids):
        alike[row.shape[1]].append(i)
    means: dict[int, Tensor] = {}
    for places in alike.values():
        batch = torch.cat([ids[i] for i in places])  # (B, T)
        states = own.model.get_input_embeddings()(batch) if bag else own.model(batch).last_hidden_state  # (B, T, d)
        means |= dict(zip(places, states.float().mean(1), strict=True))
    return F.normalize(torch.stack([means[i] for i in range(len(ids))]), dim=-1).cpu()


def by_family(rows: Tensor) -> Tensor:
    """The vectors of all variants (N · K, d) by their sentence: (N, K, d)."""
    return rows.reshape(-1, len(KINDS), rows.shape[-1])


def to_variants(base: Tensor, others: Tensor) -> Tensor:
    """Cosines of the sentences (N, d) with their own variants (N, K, d): (N, K)."""
    return torch.einsum("nd,nkd->nk", base, others)


def off_diagonal(square: Tensor) -> Tensor:
    """All of (N, N) but the diagonal: (N · (N − 1),)."""
    return square[~torch.eye(len(square), dtype=torch.bool)]


def auc(high: Tensor, low: Tensor) -> float:
    """How often a number of `high` is above one of `low`, over all pairs; a tie counts half."""
    gaps = high.flatten()[:, None] - low.flatten()  # (H, L)
    return float(((gaps > 0).double() + 0.5 * (gaps == 0).double()).mean())


def shuffled(sentences: Sequence[str], seed: int) -> list[str]:
    """Each sentence with its words in an order drawn from `seed`, the full stop still at the end."""
    generator = torch.Generator().manual_seed(seed)
    split = [sentence.removesuffix(".").split() for sentence in sentences]
    orders = [torch.randperm(len(words), generator=generator).tolist() for words in split]
    return [" ".join(words[i] for i in order) + "." for words, order in zip(split, orders, strict=True)]


def search(questions: Tensor, others: Tensor) -> tuple[Hit, ...]:
    """For each question (N, d) the nearest of the variants of all sentences (N, K, d)."""
    nearest, places = (questions @ others.flatten(0, 1).T).max(1)  # (N,), (N,) in N · K
    hits = []
    for i, (cosine, place) in enumerate(zip(nearest.tolist(), places.tolist(), strict=True)):
        family, kind = place // len(KINDS), KINDS[place % len(KINDS)]
        hits.append(Hit(FAMILIES[i].question, kind, getattr(FAMILIES[family], kind), cosine, family == i))
    return tuple(hits)
