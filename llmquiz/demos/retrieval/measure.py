"""Retrieval by sentence vectors: what a causal mask, the way of pooling and the loss have to do with it.

Contrastive training after Sentence-BERT (Reimers and Gurevych, 2019) and SimCSE (Gao et al., 2021), in miniature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal, tiny, training
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly
from llmquiz.demos.lab.quantities import Ratio, ratio
from llmquiz.demos.lab.results import Passes
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.retrieval import contrastive, early_tokens, language, ranking, searching
from llmquiz.demos.retrieval.contrastive import TRAINING, Index
from llmquiz.demos.retrieval.early_tokens import Early
from llmquiz.demos.retrieval.ranking import Sample, Trained
from llmquiz.demos.retrieval.searching import Cost, Search
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KEEPS_UP, BEHIND = 0.1, 0.02
"""Of a share: ten points of a hundred, and two."""
TOLD = 0.7


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; shares of 1."""

    device: str
    dtype: str
    model: str
    """All five are of this shape and size."""
    candidates: int
    overlap_1: float
    """By shared words, rare ones weighing more."""
    overlap_10: float
    models: tuple[Trained, ...]
    """In the order of `_contrastive.READERS`."""
    early: tuple[Early, ...]
    """The encoder, the decoder, the decoder whose vector is a mean."""
    tokens: tuple[str, ...]
    """Of the sentences in which `early` looks."""
    sample: Sample
    cost: Varies[Cost]
    same_size: Varies[Ratio]
    """Seconds of a query with the encoder over those with the decoder."""
    large_over_small: Varies[Ratio]
    overlap_percent: float
    early_percent: float
    """Meanings that a probe tells from the decoder's state of the early word."""
    pair_positions: int
    search: Search | None
    """Of the user's own query."""


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    model: str | None = None,
    text: str | None = None,
    live: bool = False,
) -> Result:
    """Recall on facts that no training saw, then what early states know, then what a query costs."""
    asked = contrastive.index(seed)
    trained = training.models(
        TRAINING, device=device, dtype=dtype, seed=seed, live=live, progress=part(progress, 0, 0.5)
    )
    search = _search(text, model, trained["encoder"], asked, device, dtype, seed)
    scores = {name: contrastive.similarities(name, one, asked) for name, one in trained.items()}
    overlap = language.shared(asked.queries, asked.candidates)
    progress(0.6)
    early = tuple(early_tokens.early(name, trained[name], seed) for name in ("encoder", "decoder", "decoder-mean"))
    progress(0.7)
    cost = searching.cost(
        trained["encoder"],
        trained["decoder"],
        asked,
        device=device,
        dtype=dtype,
        rounds=7 if quick else 15,
        progress=part(progress, 0.7, 1.0),
    )
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(trained["encoder"]),
        candidates=len(asked.candidates),
        overlap_1=contrastive.found(overlap, 1),
        overlap_10=contrastive.found(overlap, 10),
        models=tuple(ranking.trained(name, one) for name, one in scores.items()),
        early=early,
        tokens=tuple(language.read(early_tokens.texts(seed, held_out=True)[0][0]).split()),
        sample=ranking.sample(asked, overlap, tuple(scores.values())),
        cost=cost,
        same_size=ratio(cost.encoder_times, cost.decoder_times),
        large_over_small=ratio(cost.large_times, cost.small_times),
        overlap_percent=100 * contrastive.found(overlap, 1),
        early_percent=100 * early[1].at_the_word,
        pair_positions=cost.pairs.positions,
        search=search,
    )


def _search(
    text: str | None, name_or_path: str | None, encoder: Any, asked: Index, device: str, dtype: str, seed: int
) -> Search | None:
    if name_or_path:
        return searching.among_questions(
            searching.QUERY if text is None else text, name_or_path, device=device, dtype=dtype
        )
    return None if text is None else searching.among_facts(text, "encoder", encoder, asked, seed)


def _of(r: Result, name: str) -> Trained:
    return next(one for one in r.models if one.name == name)


def found_first(r: Result) -> Finding:
    encoder = _of(r, "encoder").recall_1
    holds = encoder >= 0.75 and r.overlap_1 <= encoder / 2
    return Finding(holds, f"{encoder:.1%} ≥ 75%, {r.overlap_1:.1%} (N={r.candidates:,})")


def raw_vectors(r: Result) -> Finding:
    """They would do if they found nine in ten of what the trained ones find."""
    encoder, raw = _of(r, "encoder").recall_1, _of(r, "encoder-raw").recall_1
    return Finding(raw >= 0.9 * encoder, f"{raw:.1%} < {encoder:.1%}")


def mask_keeps_up(r: Result) -> Finding:
    encoder, decoder = _of(r, "encoder").recall_1, _of(r, "decoder-mean").recall_1
    return Finding(decoder >= encoder - KEEPS_UP, f"{decoder:.1%} ≥ {encoder:.1%} − {KEEPS_UP:.0%}")


def last_state(r: Result) -> Finding:
    last, mean, open_ = (_of(r, name).recall_1 for name in ("decoder", "decoder-mean", "encoder-last"))
    figures = f"{last:.1%} ≤ {mean:.1%} − {BEHIND:.0%}; {last:.1%} ≤ {open_:.1%} − {BEHIND:.0%}"
    return Finding(last <= min(mean, open_) - BEHIND, figures)


def same_state(r: Result) -> Finding:
    encoder, *decoders = r.early
    holds = all(one.moved == 0 and one.gap == 0 for one in decoders) and encoder.moved == encoder.pairs
    shown = " / ".join(f"{one.moved} ({one.gap:.2g})" for one in (*decoders, encoder))
    return exactly(r.dtype, holds, f"{shown}, N={encoder.pairs}")


def early_guess(r: Result) -> Finding:
    encoder, *decoders = (one.at_the_word for one in r.early)
    holds = encoder >= TOLD and all(one == 0.5 for one in decoders)
    return exactly(r.dtype, holds, f"{' / '.join(f'{one:.1%}' for one in decoders)}; {encoder:.1%} ≥ {TOLD:.0%}")


def one_pass(r: Result) -> Finding:
    c, T = r.cost, len(r.tokens)
    holds = c.encoder == c.decoder == Passes(1, T) and c.pairs.positions == 2 * T * c.candidates
    return Finding(holds, f"{c.encoder.positions} = {c.decoder.positions}; {c.pairs.positions:,}")


def size_costs(r: Result) -> Finding:
    """Not the mask: neither of the two of one size takes half as long again as the other."""
    large = r.large_over_small.reaches(5)
    figures = f"{r.same_size} < 1.5; {r.large_over_small} ≥ 5 (×{r.cost.parameters:.0f})"
    slower = (r.same_size.reaches(1.5), r.same_size.reaches(1 / 1.5))
    if large is None or None in slower:
        return Finding(None, figures, "too-noisy")
    if r.device != "cpu" and not large:
        return Finding(None, figures, "start-bound")
    return Finding(large and slower == (False, True), figures)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "found-first": found_first,
    "raw-vectors": raw_vectors,
    "mask-keeps-up": mask_keeps_up,
    "last-state": last_state,
    "same-state": same_state,
    "early-guess": early_guess,
    "one-pass": one_pass,
    "size-costs": size_costs,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Recall, the losses, what each token knows, one query, the cost, and the user's own query."""
    labels = {key: text[lang] for key, text in words.words.items()}
    losses = ranking.losses(result.models, labels)
    parts: list[RenderableType] = [
        Text(result.model),
        ranking.recalls(result.models, (result.overlap_1, result.overlap_10), labels),
        "",
        terminal.curves(losses, x_label=labels["steps"], y_label=labels["loss"], height=10),
        "",
        ranking.by_token(result.early, result.tokens, labels),
        "",
        ranking.samples(result.sample, result.models, labels),
        "",
        ranking.costs(result.cost, len(result.tokens), labels),
    ]
    if result.search:
        parts += ["", *ranking.found(result.search, labels)]
    return Group(*parts)


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The losses, and what is known of the last word at each token."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (loss, told) = plots.blank(words.title[lang], panels=2)
    plots.draw(loss, ranking.losses(result.models, labels), x_label=labels["steps"], y_label=labels["loss"])
    known = [
        terminal.Series(labels[one.name], range(1, len(one.told) + 1), [100 * x for x in one.told])
        for one in result.early
    ]
    plots.draw(told, known, x_label=labels["token"], y_label=labels["told"])
    told.set_xticks(range(1, len(result.tokens) + 1), result.tokens, rotation=60)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
