"""Loss above the entropy over parameters and over tokens; the models, the fits, and the formulas at GPT-3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType

from llmquiz.demos.lab import ladder, plots, terminal
from llmquiz.demos.lab.results import Rung
from llmquiz.demos.scaling_law.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOGS: dict[str, Any] = {"log_x": True, "log_y": True}


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The excess over the entropy against N and D, every model, the fits, and the formulas at the size of GPT-3."""
    labels = words.labels(lang)
    models = [
        (
            rung.name,
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
        ("α", f"{result.alpha}", _range(result.alpha.without, 2)),
        ("β", f"{result.beta}", _range(result.beta.without, 2)),
        (labels["free"], f"{floor.found:.3f} ({_range(floor.seeds, 3)})", _range(floor.without, 3)),
    ]
    fits += [(f"{forecast.form}: {labels['forecast']}", f"{forecast.missed:+.4f}", "") for forecast in floor.forecasts]
    gpt3 = [
        (labels["sheet"], f"{p.sheet:.2f}"),
        ("Kaplan, Eq. 1.5", f"{p.kaplan:.2f}"),
        ("Chinchilla", f"{p.chinchilla:.2f}"),
        (labels["trend"], f"{p.gpt3:.2f}"),
    ]
    sizes, data = _by_size(result, labels), _by_data(result, labels)
    return Group(
        terminal.curves(sizes, x_label=f"N (D = {result.rungs[0].tokens:,})", y_label="L − E", **LOGS, height=9),
        terminal.curves(data, x_label=f"D (d = {ladder.MIDDLE})", y_label="L − E", **LOGS, height=8),
        terminal.table(("", "N", "D", labels["loss"], "L − E", labels["fit"]), models),
        "",
        terminal.table((f"E = {result.entropy:.4f}", labels["interval"], labels["without"]), fits),
        "",
        terminal.table(("GPT-3", "nats"), gpt3),
    )


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
    tokens = result.rungs[0].tokens
    plots.draw(by_n, _by_size(result, labels), x_label=f"N (D = {tokens:,})", y_label="L − E (nats)", **LOGS)
    plots.draw(by_d, _by_data(result, labels), x_label=f"D (d = {ladder.MIDDLE})", y_label="L − E (nats)", **LOGS)
    return drawn
