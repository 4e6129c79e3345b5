"""What the trained models of the demo `retrieval` find, and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from torch import Tensor

from llmquiz.demos.lab import shipped, terminal, training
from llmquiz.demos.lab.quantities import duration
from llmquiz.demos.retrieval import contrastive, language, searching
from llmquiz.demos.retrieval.contrastive import TRAINING, Index
from llmquiz.demos.retrieval.early_tokens import Early
from llmquiz.demos.retrieval.searching import Cost, Search

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trained:
    """One model as an index: how often the paraphrase comes first among all sentences, or among the first ten."""

    name: str
    recall_1: float
    recall_10: float
    roles: float
    """Share of facts whose paraphrase is nearer than the sentence with giver and taker exchanged."""
    sense: float
    """The same for the sentence about the other thing of that name."""
    seeds: tuple[float, ...]
    """`recall_1` of every seed that was trained for the card."""
    steps: int
    losses: tuple[float, ...]
    """Over the training, the mean of these seeds."""
    learned_at: tuple[int, ...]
    """Of each seed, the step from which on the loss stays below `LEARNED`; all steps where it does not."""


LEARNED = 0.3
"""A model that tells all apart but giver and taker stays near 0.7, the logarithm of 2."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One query, the sentence that belongs to it, and what came first."""

    query: str
    right: str
    by_words: str
    by_model: tuple[str, ...]
    """Of each of the models."""


def trained(name: str, scores: Tensor) -> Trained:
    """Scores of the model at hand; seeds and losses are those of the card."""
    runs = shipped.card(TRAINING.demo, name)["runs"]
    return Trained(
        name=name,
        recall_1=contrastive.found(scores, 1),
        recall_10=contrastive.found(scores, 10),
        roles=contrastive.told_from(scores, "roles"),
        sense=contrastive.told_from(scores, "sense"),
        seeds=tuple(run["figures"]["recall@1"] for run in runs),
        steps=runs[0]["steps"],
        losses=tuple(fmean(at) for at in zip(*(run["losses"] for run in runs), strict=True)),
        learned_at=tuple(learned_at(run["losses"], run["steps"]) for run in runs),
    )


def learned_at(losses: Sequence[float], steps: int) -> int:
    """The step from which on the loss, given as means of equal stretches, stays below `LEARNED`."""
    return training.settled(losses, steps, LEARNED)


def sample(asked: Index, overlap: Tensor, scores: Sequence[Tensor]) -> Sample:
    """The first query for which shared words mislead."""
    i = int((contrastive.ranks(overlap) >= 1).double().argmax())

    def first(one: Tensor) -> str:
        return language.read(asked.candidates[one[i].argmax()])

    return Sample(
        query=language.read(asked.queries[i]),
        right=language.read(asked.candidates[i]),
        by_words=first(overlap),
        by_model=tuple(first(one) for one in scores),
    )


def recalls(models: Sequence[Trained], overlap: tuple[float, float], labels: Labels) -> Table:
    """Of the models here, and of every seed on the cards."""
    rows = [(labels["overlap"], *(f"{one:.0%}" for one in overlap), "", "", "", "")]
    for one in models:
        shares = (f"{share:.0%}" for share in (one.recall_1, one.recall_10, one.roles, one.sense))
        seeds = " ".join(f"{100 * x:.0f}" for x in one.seeds)
        steps = " ".join(str(step) if step < one.steps else "–" for step in one.learned_at)
        rows.append((labels[one.name], *shares, seeds, steps if one.name in contrastive.TRAINED else ""))
    header = ("vector", "first", "ten", "roles", "sense", "seeds", "learned")
    return terminal.table([labels[key] for key in header], rows)


def losses(models: Sequence[Trained], labels: Labels) -> list[terminal.Series]:
    """Of the four that were trained by the same loss."""
    return [
        terminal.Series(
            labels[one.name], [one.steps * (i + 0.5) / len(one.losses) for i in range(len(one.losses))], one.losses
        )
        for one in models
        if one.name in contrastive.TRAINED
    ]


def by_token(early: Sequence[Early], tokens: Sequence[str], labels: Labels) -> Table:
    """What each token knows of the meaning that the last word gives."""
    rows = [(f"{i + 1:>2} {token}", *(f"{100 * one.told[i]:.1f}" for one in early)) for i, token in enumerate(tokens)]
    return terminal.table((labels["told"], *(labels[one.name] for one in early)), rows)


def samples(one: Sample, models: Sequence[Trained], labels: Labels) -> Table:
    """The query, and what came first by each."""
    firsts = [(labels["overlap"], one.by_words)]
    firsts += [(labels[model.name], text) for model, text in zip(models, one.by_model, strict=True)]
    rows = [("", labels["right"], one.right)]
    rows += [("=" if text == one.right else "≠", name, text) for name, text in firsts]
    return _lines(("", labels["query"], one.query), *rows)


def costs(c: Cost, tokens: int, labels: Labels) -> Table:
    """Positions and times of a query."""
    rows = [
        (labels["encoder"], f"{c.encoder.positions:,}", duration(c.encoder_times.median)),
        (labels["decoder"], f"{c.decoder.positions:,}", duration(c.decoder_times.median)),
        (labels["search-alone"], "0", duration(c.search_times.median)),
        (labels["pairs"], f"{c.pairs.positions:,}", ""),
    ]
    rows += [
        (f"{labels['batch']} {size}", f"{searching.TOGETHER * tokens:,}", duration(times.median))
        for size, times in (("×1", c.small_times), (f"×{c.parameters:.0f}", c.large_times))
    ]
    return terminal.table((labels["cost"], labels["positions"], labels["time"]), rows)


def found(search: Search, labels: Labels) -> list[RenderableType]:
    """The user's query and the nearest texts."""
    under = f"{search.model}, {labels['searched']}: {search.searched:,}"
    rows = [(f"{hit.score:.3f}", hit.text) for hit in search.hits]
    return [Text(f"{labels['yours']}: {search.query}"), Text(under), _lines(*rows)]


def _lines(*rows: Sequence[str]) -> Table:
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        made.add_row(*map(Text, row))
    return made
