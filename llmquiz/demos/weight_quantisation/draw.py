"""Perplexity by bits and group size; all ways of rounding with what they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.weight_quantisation.claims import ROW, Result, Rounded, number
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _group(rounded: Rounded, words: DemoText, lang: Lang) -> str:
    labels = words.labels(lang)
    if rounded.group == ROW:
        return labels["row"]
    return (labels["in-order"] if rounded.in_order else labels["group"]).format(size=rounded.group)


def _by_group(result: Result, words: DemoText, lang: Lang) -> dict[str, dict[int, float]]:
    """For each way of grouping the perplexity by bits."""
    groups: dict[str, dict[int, float]] = {}
    for rounded in result.rounded:
        groups.setdefault(_group(rounded, words, lang), {})[rounded.bits] = rounded.perplexity
    return groups


def _bits(result: Result) -> list[int]:
    """Those that were measured, most first."""
    return sorted({rounded.bits for rounded in result.rounded}, reverse=True)


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Perplexity by group and bits: numbers, since they reach from twenty to a million."""
    labels = words.labels(lang)
    rows = [
        (name, *(number(perplexities[bits]) if bits in perplexities else "" for bits in _bits(result)))
        for name, perplexities in _by_group(result, words, lang).items()
    ]
    header = (labels["grouped"], *(f"{bits} bit" for bits in _bits(result)))
    return terminal.table(header, rows, title=labels["before"].format(full=number(result.full)))


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Every way of rounding with what it takes and costs, and the text that was read."""
    labels = words.labels(lang)
    rows = [
        (
            _group(r, words, lang),
            str(r.bits),
            f"{r.stored:.2f}",
            f"{r.error:.1%}",
            number(r.perplexity),
        )
        for r in result.rounded
    ]
    header = (labels["grouped"], labels["bits"], labels["stored"], labels["error"], labels["ppl"])
    rounded = labels["rounded"].format(weights=f"{result.weights / 1e6:.1f}M", share=f"{result.share:.0%}")
    read = f"{labels['read']} ({result.tokens} tokens)"
    table = terminal.table(header, [(labels["full"], "", "", "", number(result.full)), *rows], title=rounded)
    return (table, "", Text(read, style="bold"), Text(result.text, style="dim"))


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Perplexity by bits, a curve for each way of grouping, and a level line for the weights as they are."""
    labels = words.labels(lang)
    series = [
        terminal.Series(name, list(perplexities), list(perplexities.values()))
        for name, perplexities in _by_group(result, words, lang).items()
    ]
    bits = _bits(result)
    series.append(terminal.Series(labels["full"], bits, [result.full] * len(bits)))
    drawn, (axes,) = plots.blank(words.title[lang])
    plots.draw(axes, series, x_label=labels["bits"], y_label=labels["perplexity"], log_y=True)
    return drawn
