"""Accuracy along the training by the tokens that carry loss, and what every seed reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.icl_loss.claims import Result
from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.lab.icl.arms import INDUCTION, MAPPING
from llmquiz.demos.lab.icl.results import course, row
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADER = ("steps", "rate", "seeds", "learned", "here")
DRAWN = {
    "induction-decoder": "every-token",
    "induction-decoder-last": "last-token",
    "induction-encoder-15": "some-masked",
    "induction-encoder-slot": "one-slot",
}
"""The arms of the plot, and what each is called there."""


def _courses(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Percent of last tokens right over the training, the mean of three seeds."""
    return [course(result.seeds(arm), labels[name]) for arm, name in DRAWN.items()]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """Accuracy along the training on repeated tokens."""
    labels = words.labels(lang)
    return terminal.curves(_courses(result, labels), x_label=labels["step"], y_label=labels["percent"], height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Every seed of both tasks."""
    labels = words.labels(lang)
    return _arms("mapping", MAPPING, result, labels), "", _arms("repeats", INDUCTION, result, labels)


def _arms(title: str, names: Collection[str], result: Result, labels: Mapping[str, str]) -> RenderableType:
    """What every seed of these arms reached, and when; of the shipped ones what is right here."""
    here = {asked.arm: f"{100 * asked.right:.0f}%" for asked in result.asked}
    rows = [(*row(runs, labels), here.get(runs.arm, "")) for runs in result.runs if runs.arm in names]
    return terminal.table((labels[title], *(labels[key] for key in HEADER)), rows)


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Accuracy along the training on repeated tokens."""
    labels = words.labels(lang)
    drawn, (axes,) = plots.blank(words.title[lang])
    plots.draw(axes, _courses(result, labels), x_label=labels["step"], y_label=labels["percent"])
    return drawn
