"""Loss above the entropy over parameters and over tokens; the models, the fits, and the formulas at GPT-3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType

from llmquiz.demos.lab import ladder, plots, terminal
from llmquiz.demos.lab.results import Rung
from llmquiz.demos.scaling_law.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOGS: dict[str, Any] = {"log_x": True, "log_y": True}


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Loss over parameters, what the fit says, and the entropy below them."""
    labels, entropy = words.labels(lang), result.entropy
    measured, fitted = _by_size(result, labels)
    lines = [terminal.Series(line.name, line.x, [excess + entropy for excess in line.y]) for line in (measured, fitted)]
    floor = terminal.Series(labels["floor"], measured.x, [entropy] * len(measured.x))
    return terminal.curves(
        [*lines, floor], x_label=_sizes(result, labels), y_label=labels["nats"], log_x=True, height=8
    )


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """The excess over the entropy against data, every model, the fits, and the formulas at the size of GPT-3."""
    labels = words.labels(lang)
    models = [
        (
            f"{rung.parameters:,}",
            f"{rung.tokens:,}",
            f"{rung.mean_loss:.3f} ({min(_losses(rung)):.3f}–{max(_losses(rung)):.3f})",
            f"{rung.mean_loss - result.entropy:.3f}",
            f"{fit:.3f}",
        )
        for rung, fit in zip(result.rungs, result.fitted, strict=True)
    ]
    p, floor = result.published, result.floor
    fits = [
        (labels["alpha"], f"{result.alpha}", _range(result.alpha.without, 2)),
        (labels["beta"], f"{result.beta}", _range(result.beta.without, 2)),
        (labels["free"], f"{floor.found:.3f} ({_range(floor.seeds, 3)})", _range(floor.without, 3)),
    ]
    fits += [(f"{forecast.form}: {labels['forecast']}", f"{forecast.missed:+.4f}", "") for forecast in floor.forecasts]
    gpt3 = [
        (labels["sheet"], f"{p.sheet:.2f}"),
        ("Kaplan, Eq. 1.5", f"{p.kaplan:.2f}"),
        ("Chinchilla", f"{p.chinchilla:.2f}"),
        (labels["trend"], f"{p.gpt3:.2f}"),
    ]
    data = _by_data(result, labels)
    header = (labels["parameters"], labels["tokens"], labels["loss"], labels["excess"], labels["fit"])
    return (
        terminal.curves(data, x_label=_amounts(result, labels), y_label=labels["above"], **LOGS, height=8),
        terminal.table(header, models),
        "",
        terminal.table((f"{labels['floor']}: {result.entropy:.4f}", labels["interval"], labels["without"]), fits),
        "",
        terminal.table(("GPT-3", "nats"), gpt3),
    )


def _sizes(result: Result, labels: Mapping[str, str]) -> str:
    return labels["sizes"].format(tokens=f"{result.rungs[0].tokens:,}")


def _amounts(result: Result, labels: Mapping[str, str]) -> str:
    middle = next(rung for rung in result.rungs if rung.name == ladder.BY_DATA[-1])
    return labels["amounts"].format(parameters=f"{middle.parameters:,}")


def _losses(rung: Rung) -> list[float]:
    return [score.loss for score in rung.scores]


def _range(values: Sequence[float], digits: int) -> str:
    return f"{min(values):.{digits}f}–{max(values):.{digits}f}"


def _series(
    result: Result, labels: Mapping[str, str], names: Sequence[str], x: Callable[[Rung], float]
) -> list[terminal.Series]:
    """What was measured of these models above the entropy, and what the fit says, over x."""
    points = [
        (x(rung), rung.mean_loss - result.entropy, fit)
        for rung, fit in zip(result.rungs, result.fitted, strict=True)
        if rung.name in names
    ]
    xs, measured, fitted = zip(*sorted(points), strict=True)
    return [terminal.Series(labels["measured"], xs, measured), terminal.Series(labels["fit"], xs, fitted)]


def _by_size(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Loss above the entropy over parameters."""
    return _series(result, labels, ladder.LADDER, lambda rung: rung.parameters)


def _by_data(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Loss above the entropy over tokens."""
    return _series(result, labels, ladder.BY_DATA, lambda rung: rung.tokens)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Both laws on logarithmic axes."""
    labels = words.labels(lang)
    drawn, (by_n, by_d) = plots.blank(words.title[lang], panels=2)
    plots.draw(by_n, _by_size(result, labels), x_label=_sizes(result, labels), y_label=labels["above"], **LOGS)
    plots.draw(by_d, _by_data(result, labels), x_label=_amounts(result, labels), y_label=labels["above"], **LOGS)
    return drawn
