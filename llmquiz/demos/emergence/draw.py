"""Both scores over the size, and answers written out token by token."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.emergence.claims import COMPARED, K, Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Both scores over the size."""
    labels = words.labels(lang)
    series = _scores(result, labels)
    return terminal.curves(series, x_label=labels["parameters"], y_label=labels["share"], log_x=True, height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Both scores with the spread of the seeds, and answers written out."""
    labels = words.labels(lang)
    at = result.lengths.index(K)
    rows = [
        (
            _width(rung.name),
            f"{rung.parameters:,}",
            f"{rung.mean_loss - result.entropy:.3f}",
            _spread([score.right for score in rung.scores]),
            _spread([score.in_a_row[at] for score in rung.scores]),
            f"{100 * sum(score.right**K for score in rung.scores) / len(rung.scores):.1f}",
        )
        for rung in result.rungs
    ]
    header = [labels[key] for key in ("width", "parameters", "excess-short", "right")]
    header += [labels[key].format(length=K) for key in ("exact", "power")]
    return (
        Text(labels["spread"]),
        terminal.table(header, rows),
        "",
        Text(labels["choices"]),
        terminal.table(("", ""), _written(result, labels)),
    )


def _width(name: str) -> str:
    """Of the model of that name."""
    return name.removeprefix("d")


def _written(result: Result, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """The first choices of the language, then those of some models, with a star where they differ."""
    rows = [(labels["language"], "".join(f"{token:02x} " for token in result.wanted))]
    for answer in result.answers:
        pairs = zip(answer.tokens, result.wanted, strict=True)
        written = "".join(f"{token:02x}{' ' if token == best else '*'}" for token, best in pairs)
        rows.append((f"{labels['width']} {_width(answer.model)}", written))
    return rows


def _spread(shares: Sequence[float]) -> str:
    mean = 100 * sum(shares) / len(shares)
    return f"{mean:.1f} ({100 * min(shares):.1f}–{100 * max(shares):.1f})"


def _scores(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Percent over parameters: tokens, then answers of growing length."""
    xs = [rung.parameters for rung in result.rungs]
    series = [terminal.Series(labels["tokens"], xs, [100 * rung.mean_right for rung in result.rungs])]
    for length in COMPARED:
        shares = [100 * result.exact(rung, length) for rung in result.rungs]
        series.append(terminal.Series(labels["exact"].format(length=length), xs, shares))
    return series


def _logarithms(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Nats a token over parameters: the loss above the entropy, and −log p, which K multiplies in exact match."""
    xs = [rung.parameters for rung in result.rungs]
    return [
        terminal.Series(labels["excess"], xs, [rung.mean_loss - result.entropy for rung in result.rungs]),
        terminal.Series(labels["minus"], xs, [-math.log(rung.mean_right) for rung in result.rungs]),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The jump, and the same models on logarithmic axes."""
    labels = words.labels(lang)
    drawn, (left, right) = plots.blank(words.title[lang], panels=2)
    plots.draw(left, _scores(result, labels), x_label=labels["parameters"], y_label=labels["share"], log_x=True)
    plots.draw(right, _logarithms(result, labels), x_label=labels["parameters"], y_label="nats", log_x=True, log_y=True)
    return drawn
