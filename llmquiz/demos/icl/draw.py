"""Accuracy over examples and over the training, and where the heads look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.icl.arms import INDUCTION, JOINED, MAPPING, SHOTS
from llmquiz.demos.icl.claims import Answer, Result, percent, reached
from llmquiz.demos.lab import plots, terminal
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN = (1, 2, 4, 8)
"""Examples, in the table."""
HEADS = ("model", "heads", "place", "before", "after", "with", "without")
COMPARED = ("decoder", "encoder-decoder", "encoder")
"""In the first picture of the training."""
COPIED = ("induction-decoder", "induction-decoder-last", "induction-encoder-slot")
"""In the second."""


def render(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The mapping: accuracy over examples, then over training. Then the same for repeated tokens, and their heads."""
    labels = words.labels(lang)
    right = [
        (labels[model.arm], *(f"{100 * model.right[k - 1]:.0f}" for k in SHOWN), percent(result.seeds(model.arm).right))
        for model in result.trained
        if model.arm in JOINED
    ]
    right.append((labels["possible"], *(f"{100 * result.best[k - 1]:.0f}" for k in SHOWN), ""))
    return Group(
        terminal.table((labels["right"], *(f"k={k}" for k in SHOWN), labels["seeds"]), right),
        "",
        Text(f"{labels['reads']}: {result.read}"),
        _answers(result.answers, labels),
        "",
        _arms(labels["arm"], MAPPING, result, labels),
        "",
        terminal.curves(
            _courses(result, labels, COMPARED), x_label=labels["step"], y_label=labels["percent"], height=9
        ),
        "",
        Text(f"{labels['repeats']}: {result.repeated}"),
        _answers(result.guesses, labels),
        "",
        _arms(labels["copied"], INDUCTION, result, labels),
        "",
        terminal.curves(
            _courses(result, labels, COPIED), x_label=labels["copying"], y_label=labels["percent"], height=9
        ),
        "",
        terminal.table([labels[key] for key in HEADS], _heads(result, labels), title=labels["attention"]),
    )


def _answers(answers: Sequence[Answer], labels: Mapping[str, str]) -> Text:
    return Text("\n".join(f"{labels[answer.arm]}: {answer.token} ({answer.probability:.0%})" for answer in answers))


def _arms(title: str, names: Collection[str], result: Result, labels: Mapping[str, str]) -> RenderableType:
    """What every seed of these arms reached, and when."""
    rows = [
        (labels[runs.arm], f"{runs.steps:,}", f"{runs.rate:g}", percent(runs.right), reached(runs))
        for runs in result.runs
        if runs.arm in names
    ]
    return terminal.table((title, *(labels[key] for key in ("steps", "rate", "seeds", "learned"))), rows)


def _heads(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Of each model the head that looks most at one place: before and after the training; then without such heads."""
    rows = []
    for copier in result.copiers:
        if copier.heads:
            numbers = " ".join(f"{head.layer + 1}.{head.head + 1}" for head in copier.finders)
            shares = (copier.fresh, copier.finder.share, copier.right, copier.without)
            place = f"{-copier.finder.back}"
            rows.append((labels[copier.arm], numbers, place, *(f"{100 * share:.0f}" for share in shares)))
    return rows


def _courses(result: Result, labels: Mapping[str, str], arms: Sequence[str]) -> list[terminal.Series]:
    """Percent right over the steps of the training, the mean of the seeds; of the mapping after eight examples."""
    series = []
    for runs in map(result.seeds, arms):
        means = [100 * sum(point) / len(point) for point in zip(*runs.course, strict=True)]
        xs = [i * runs.steps / len(means) for i in range(len(means))]
        series.append(terminal.Series(labels[runs.arm], xs, means))
    return series


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Accuracy over examples, and over training."""
    labels = words.labels(lang)
    drawn, (shots, training, copying) = plots.blank(words.title[lang], panels=3)
    ks = range(1, SHOTS + 1)
    series = [
        terminal.Series(labels[model.arm], ks, [100 * share for share in model.right])
        for model in result.trained
        if model.arm in JOINED
    ]
    series.append(terminal.Series(labels["possible"], ks, [100 * share for share in result.best]))
    plots.draw(shots, series, x_label=labels["examples"], y_label=labels["percent"])
    plots.draw(training, _courses(result, labels, COMPARED), x_label=labels["step"], y_label=labels["percent"])
    plots.draw(copying, _courses(result, labels, COPIED), x_label=labels["copying"], y_label=labels["percent"])
    return drawn
