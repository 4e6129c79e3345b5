"""The most probable tokens under each method, the texts that were written, and entropy over temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.sampling.claims import SHOWN, Result, signed
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEW = 5
"""So many tokens stand in the plot that a minute's reading shows."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The first tokens under each method, and how the greedy, a searched and a sampled text go on."""
    labels = words.labels(lang)
    texts = _texts(result, labels)
    margin = max(cell_len(label) for label, _, _ in texts) + 1
    lines = [
        Text.assemble((terminal.pad(label, margin), "cyan"), _cut(text, terminal.WIDTH - margin), no_wrap=True)
        for label, _, text in texts
    ]
    # the end of the prompt: what is written continues it
    room = terminal.WIDTH - cell_len(labels["prompt"]) - 2
    end = terminal.cut(" ".join(result.prompt_text.split())[::-1], room)[::-1]
    prompt = Text.assemble((f"{labels['prompt']}  ", "bold"), end, no_wrap=True)
    return Group(prompt, _tokens(result, labels, FEW), "", *lines)


def _tokens(result: Result, labels: Mapping[str, str], count: int) -> Table:
    """So many of the most probable tokens under each method, and how many tokens it keeps."""
    rows = [
        [token, *(f"{p[i]:.3f}" if p[i] else "·" for p in (method.probabilities for method in result.methods))]
        for i, token in enumerate(result.tokens[:count])
    ]
    rows.append([labels["kept"], *(f"{method.kept:,}" for method in result.methods)])
    return terminal.table([labels["token"], *(method.name for method in result.methods)], rows)


def _texts(result: Result, labels: Mapping[str, str]) -> list[tuple[str, float, str]]:
    """What each way wrote behind the prompt: its name, ln p and the text."""
    return [
        (labels["greedy"], result.greedy_logs[0], result.greedy_text),
        (labels["beam"].format(beams=result.beams), result.beam_logs[0], result.beam_text),
        (labels["sampled"], result.sampled_logs[0], result.sampled_text),
    ]


def _cut(text: str, cells: int) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if cell_len(line) <= cells else terminal.cut(line, cells - 4) + " ..."


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """More tokens, entropy over temperature, and the whole texts."""
    labels = words.labels(lang)
    rows = [(method.name, f"{method.entropy:.2f}") for method in result.methods]
    curve = terminal.curves(
        [terminal.Series(labels["entropy"], result.temperatures, result.entropies)],
        x_label=labels["temperature"],
        y_label=labels["entropy"],
        height=8,
    )
    logs = [*((name, signed(value)) for name, value, _ in _texts(result, labels))]
    logs.append((labels["mean"].format(texts=len(result.sampled_logs)), signed(fmean(result.sampled_logs))))
    whole = [Text.assemble((f"{name}  ", "bold"), (text, "dim")) for name, _, text in _texts(result, labels)]
    return (
        _tokens(result, labels, SHOWN),
        "",
        terminal.table(("", labels["entropy"]), rows),
        "",
        curve,
        "",
        terminal.table((labels["texts"], "ln p"), logs),
        "",
        Text.assemble((f"{labels['prompt']}  ", "bold"), (result.prompt_text, "dim")),
        *whole,
        "",
        Text(result.model),
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
    by_temperature.get_legend().remove()  # the axis says what it is
    by_temperature.set_xlim(left=0)
    return drawn
