"""The most probable tokens under each method, entropy over temperature, and how probable whole texts are."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.sampling.claims import SHOWN, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The most probable tokens under each method, then entropy over temperature, then whole texts."""
    labels = words.labels(lang)
    rows = [
        [token, *(f"{p[i]:.3f}" if p[i] else "·" for p in (method.probabilities for method in result.methods))]
        for i, token in enumerate(result.tokens)
    ]
    rows.append([labels["kept"], *(str(method.kept) for method in result.methods)])
    rows.append([labels["entropy"], *(f"{method.entropy:.2f}" for method in result.methods)])
    plot = terminal.curves(
        [terminal.Series(labels["entropy"], result.temperatures, result.entropies)],
        x_label=labels["temperature"],
        y_label=labels["entropy"],
        height=8,
    )
    logs = [
        (labels["beam"], result.beam_logs[0]),
        (labels["greedy"], result.greedy_logs[0]),
        (labels["sampled"], fmean(result.sampled_logs)),
    ]
    texts = terminal.table([labels["texts"], "ln p"], [(name, f"{value:.1f}") for name, value in logs])
    return Group(
        terminal.table([labels["token"], *(method.name for method in result.methods)], rows),
        "",
        plot,
        "",
        result.model,
        texts,
    )


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Probabilities by rank under each method, and entropy over temperature."""
    labels = words.labels(lang)
    drawn, (by_rank, by_temperature) = plots.blank(words.title[lang], panels=2)
    ranks = list(range(1, SHOWN + 1))
    lines = [terminal.Series(method.name, ranks, method.probabilities) for method in result.methods]
    plots.draw(by_rank, lines, x_label=labels["rank"], y_label=labels["probability"])
    curve = terminal.Series(labels["entropy"], result.temperatures, result.entropies)
    plots.draw(by_temperature, [curve], x_label=labels["temperature"], y_label=labels["entropy"])
    return drawn
