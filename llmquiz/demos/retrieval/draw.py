"""What each model finds, what each token knows, and what a query costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.quantities import duration
from llmquiz.demos.retrieval.claims import Result, Search
from llmquiz.demos.retrieval.cost import BATCH
from llmquiz.demos.retrieval.sentence_vectors import CONTRASTIVE
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Labels = Mapping[str, str]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """How often the paraphrase comes first, by each vector; where the user asks, what comes first for that."""
    labels = words.labels(lang)
    return _hits(result.search, labels) if result.search else _firsts(result, labels)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """All recalls, what each token knows, the losses, one query, and the cost."""
    labels = words.labels(lang)
    parts: list[RenderableType] = [_firsts(result, labels), ""] if result.search else []
    return [
        *parts,
        Text(result.model, style="dim"),
        _recalls(result, labels),
        "",
        _by_token(result, labels),
        "",
        terminal.curves(_losses(result, labels), x_label=labels["steps"], y_label=labels["loss"], height=8),
        "",
        _sample(result, labels),
        "",
        _costs(result, labels),
    ]


def _firsts(result: Result, labels: Labels) -> Text:
    """Recall at the first place."""
    shares = [(labels["overlap"], result.overlap_1)]
    shares += [(labels[model.name], model.recall_1) for model in result.models]
    bars = [(name, share, f"{share:.0%}") for name, share in shares]
    return terminal.titled(labels["paraphrase"].format(n=f"{result.candidates:,}"), terminal.bars(bars))


def _recalls(result: Result, labels: Labels) -> Table:
    """Of the models here, and of every seed on the cards."""
    rows: list[tuple[str, ...]] = [
        (labels["overlap"], f"{result.overlap_1:.0%}", f"{result.overlap_10:.0%}", "", "", "", "")
    ]
    for model in result.models:
        shares = (f"{share:.0%}" for share in (model.recall_1, model.recall_10, model.roles, model.sense))
        seeds = " ".join(f"{100 * recall:.0f}" for recall in model.seeds)
        steps = " ".join(str(step) if step < model.steps else "–" for step in model.learned_at)
        rows.append((labels[model.name], *shares, seeds, steps if model.name in CONTRASTIVE else ""))
    header = ("vector", "first", "ten", "roles", "sense", "seeds", "learned")
    return terminal.table([labels[key] for key in header], rows)


def _losses(result: Result, labels: Labels) -> list[terminal.Series]:
    """Of the four that were trained by the same loss; each value stands in the middle of its stretch of steps."""
    return [
        terminal.Series(
            labels[model.name],
            [model.steps * (i + 0.5) / len(model.losses) for i in range(len(model.losses))],
            model.losses,
        )
        for model in result.models
        if model.name in CONTRASTIVE
    ]


def _by_token(result: Result, labels: Labels) -> Table:
    """What each token knows of the meaning that the last word gives."""
    rows = [
        (f"{i + 1:>2} {token}", *(f"{100 * states.told[i]:.1f}" for states in result.early))
        for i, token in enumerate(result.tokens)
    ]
    return terminal.table((labels["told"], *(labels[states.name] for states in result.early)), rows)


def _sample(result: Result, labels: Labels) -> Table:
    """The query, and what came first by each."""
    sample = result.sample
    firsts = [(labels["overlap"], sample.by_words)]
    firsts += [(labels[model.name], text) for model, text in zip(result.models, sample.by_model, strict=True)]
    rows = [("", labels["right"], sample.right)]
    rows += [("=" if text == sample.right else "≠", name, text) for name, text in firsts]
    return _lines(("", labels["query"], sample.query), *rows)


def _costs(result: Result, labels: Labels) -> Table:
    """Positions and times of a query."""
    cost = result.cost
    rows = [
        (labels["encoder"], f"{cost.encoder.positions:,}", duration(cost.encoder_times.median)),
        (labels["decoder"], f"{cost.decoder.positions:,}", duration(cost.decoder_times.median)),
        (labels["search-alone"], "0", duration(cost.search_times.median)),
        (labels["pairs"], f"{cost.pairs.positions:,}", ""),
    ]
    rows += [
        (f"{labels['batch']} {size}", f"{BATCH * len(result.tokens):,}", duration(times.median))
        for size, times in (("×1", cost.small_times), (f"×{cost.parameters:.0f}", cost.large_times))
    ]
    return terminal.table((labels["cost"], labels["positions"], labels["time"]), rows)


def _hits(search: Search, labels: Labels) -> RenderableType:
    """The user's query and the nearest texts."""
    under = f"{search.model}, {labels['searched']}: {search.searched:,}"
    rows = [(f"{hit.score:.3f}", hit.text) for hit in search.hits]
    return Group(Text(f"{labels['yours']}: {search.query}", style="bold"), Text(under, style="dim"), _lines(*rows))


def _lines(*rows: Sequence[str]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The losses, and what is known of the last word at each token."""
    labels = words.labels(lang)
    drawn, (loss, meanings) = plots.blank(words.title[lang], panels=2)
    plots.draw(loss, _losses(result, labels), x_label=labels["steps"], y_label=labels["loss"])
    known = [
        terminal.Series(labels[states.name], range(1, len(states.told) + 1), [100 * share for share in states.told])
        for states in result.early
    ]
    plots.draw(meanings, known, x_label=labels["token"], y_label=labels["told"])
    meanings.set_xticks(range(1, len(result.tokens) + 1), result.tokens, rotation=60)
    return drawn
