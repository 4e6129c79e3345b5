"""How the demo `icl` is drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.icl import induction, language
from llmquiz.demos.icl.answers import Runs
from llmquiz.demos.icl.architectures import Answer
from llmquiz.demos.icl.language import SHOTS
from llmquiz.demos.icl.train import JOINED
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from llmquiz.demos.icl.measure import Result

SHOWN = (1, 2, 4, 8)
"""Examples, in the table."""
HEADS = ("model", "heads", "place", "before", "after", "with", "without")
COMPARED = ("decoder", "encoder-decoder", "encoder")
"""In the first picture of the training."""
COPIED = ("induction-decoder", "induction-decoder-last", "induction-encoder-slot")
"""In the second."""


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """The mapping: accuracy over examples, then over training. Then the same for repeated tokens, and their heads."""
    labels = {key: text[lang] for key, text in words.words.items()}
    right = [
        (labels[one.arm], *(f"{100 * one.right[k - 1]:.0f}" for k in SHOWN), percent(result.seeds(one.arm).right))
        for one in result.trained
        if one.arm in JOINED
    ]
    right.append((labels["possible"], *(f"{100 * result.best[k - 1]:.0f}" for k in SHOWN), ""))
    columns = [labels[key] for key in ("steps", "rate", "seeds", "learned")]

    def arms(title: str, names: Collection[str]) -> RenderableType:
        rows = [
            (labels[r.arm], f"{r.steps:,}", f"{r.rate:g}", percent(r.right), reached(r))
            for r in result.runs
            if r.arm in names
        ]
        return terminal.table((title, *columns), rows)

    def told(answers: Sequence[Answer]) -> Text:
        return Text("\n".join(f"{labels[one.arm]}: {one.token} ({one.probability:.0%})" for one in answers))

    return Group(
        terminal.table((labels["right"], *(f"k={k}" for k in SHOWN), labels["seeds"]), right),
        "",
        Text(f"{labels['reads']}: {result.read}"),
        told(result.answers),
        "",
        arms(labels["arm"], language.ARMS),
        "",
        terminal.curves(courses(result, labels, COMPARED), x_label=labels["step"], y_label=labels["percent"], height=9),
        "",
        Text(f"{labels['repeats']}: {result.repeated}"),
        told(result.guesses),
        "",
        arms(labels["copied"], induction.ARMS),
        "",
        terminal.curves(
            courses(result, labels, COPIED), x_label=labels["copying"], y_label=labels["percent"], height=9
        ),
        "",
        terminal.table([labels[key] for key in HEADS], _heads(result, labels), title=labels["attention"]),
    )


def _heads(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Of each model the head that looks most at one place: before and after the training; then without such heads."""
    rows = []
    for one in result.copiers:
        if one.heads:
            numbers = " ".join(f"{head.layer + 1}.{head.head + 1}" for head in one.finders)
            figures = (one.fresh, one.finder.share, one.right, one.without)
            rows.append((labels[one.arm], numbers, f"{-one.finder.back}", *(f"{100 * x:.0f}" for x in figures)))
    return rows


def percent(shares: Sequence[float]) -> str:
    """Of each seed."""
    return "/".join(f"{100 * share:.0f}" for share in shares) + "%"


def reached(found: Runs) -> str:
    """The steps of each seed."""
    return " ".join(str(step) if step else "–" for step in found.learned_at)


def courses(result: Result, labels: Mapping[str, str], arms: Sequence[str]) -> list[terminal.Series]:
    """Percent right over the steps of the training, the mean of the seeds; of the mapping after eight examples."""
    made = []
    for found in map(result.seeds, arms):
        means = [100 * sum(point) / len(point) for point in zip(*found.course, strict=True)]
        xs = [i * found.steps / len(means) for i in range(len(means))]
        made.append(terminal.Series(labels[found.arm], xs, means))
    return made


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Accuracy over examples, and over training."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (shots, training, copying) = plots.blank(words.title[lang], panels=3)
    ks = range(1, SHOTS + 1)
    series = [
        terminal.Series(labels[one.arm], ks, [100 * share for share in one.right])
        for one in result.trained
        if one.arm in JOINED
    ]
    series.append(terminal.Series(labels["possible"], ks, [100 * share for share in result.best]))
    plots.draw(shots, series, x_label=labels["examples"], y_label=labels["percent"])
    plots.draw(training, courses(result, labels, COMPARED), x_label=labels["step"], y_label=labels["percent"])
    plots.draw(copying, courses(result, labels, COPIED), x_label=labels["copying"], y_label=labels["percent"])
    return made
