"""Exact answers by task, what each model writes, and the loss over the training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.unified_objective.claims import LEARNT, LENGTHS, TASKS, Kind, Result, Score, exact_shares
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The three models side by side: objectives, passes, tasks learnt."""
    labels = words.labels(lang)
    rows = [
        (labels["parameters"], *(f"{kind.parameters:,}" for kind in result.kinds)),
        (labels["objectives"], *(str(kind.objectives) for kind in result.kinds)),
        (labels["passes"].format(letters=LENGTHS[-1]), *(str(kind.passes) for kind in result.kinds)),
        (labels["learnt"], *(f"{_learnt(result, kind)} / {len(TASKS)}" for kind in result.kinds)),
        (labels["least"], *(f"{100 * min(_shares(result, kind)):.3g} %" for kind in result.kinds)),
    ]
    return terminal.table(("", *(labels[kind.name] for kind in result.kinds)), rows)


def _shares(result: Result, kind: Kind) -> list[float]:
    """Of exact answers, over all tasks and seeds."""
    return [share for shares in exact_shares(result, kind.name).values() for share in shares]


def _learnt(result: Result, kind: Kind) -> int:
    """Tasks that every seed has learnt."""
    return sum(min(shares) >= LEARNT for shares in exact_shares(result, kind.name).values())


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Exact answers by task with all seeds, what each model writes, and the loss over the training."""
    labels = words.labels(lang)
    names = [kind.name for kind in result.kinds]
    by_task = {(score.model, score.task): score for score in result.scores}
    scores = [(labels[task], *(_of_seeds(by_task[name, task]) for name in names)) for task in TASKS]
    header = (labels["task"], *(labels[name] for name in names))
    return (
        terminal.table((labels["model"], ""), [(labels[kind.name], kind.model) for kind in result.kinds]),
        "",
        terminal.table(header, scores, title=labels["right"]),
        "",
        terminal.table((labels["task"], labels["true"], *header[1:]), _written(result, labels), title=labels["writes"]),
        "",
        terminal.table((labels["slip"], labels["task"], labels["true"], ""), _slips(result, labels)),
        "",
        terminal.curves(_curves(result, labels), x_label=labels["step"], y_label=labels["loss"], log_y=True, height=9),
    )


def _of_seeds(score: Score) -> str:
    """The model that is shipped is the first of the seeds."""
    return " ".join(f"{100 * share:.0f}" for share in score.seeds)


def _written(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Answers of every model, a wrong one marked."""
    return [
        (
            f"{labels[asked.task]} {asked.text}",
            asked.true,
            *(answer if answer == asked.true else f"{answer} ✗" for _, answer in asked.written),
        )
        for asked in result.answered
    ]


def _slips(result: Result, labels: Mapping[str, str]) -> list[tuple[str, ...]]:
    """A mistake of each model."""
    return [
        (labels[name], f"{labels[slip.task]} {slip.text}", slip.true, f"{answer} ✗")
        for slip in result.slips
        for name, answer in slip.written
    ]


def _curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """The loss of a letter of the answers over the steps, of the first seed."""
    series = []
    for name, (losses, *_) in result.losses:
        steps = [result.steps * (i + 0.5) / len(losses) for i in range(len(losses))]
        series.append(terminal.Series(labels[name], steps, losses))
    return series


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Exact answers by task, every seed a mark, and the loss over the training."""
    labels = words.labels(lang)
    drawn, (tasks, training) = plots.blank(words.title[lang], panels=2)
    for i, kind in enumerate(result.kinds):
        points = [(j, 100 * v) for j, task in enumerate(TASKS) for v in exact_shares(result, kind.name, task)[task]]
        places = [j + 0.2 * (i - 1) for j, _ in points]
        tasks.plot(places, [v for _, v in points], "osD"[i], label=labels[kind.name], markersize=5, alpha=0.7)
    tasks.set_xticks(range(len(TASKS)), [labels[task] for task in TASKS], rotation=30, ha="right")
    tasks.set_ylabel(labels["right"])
    tasks.set_ylim(0, 105)
    plots.draw(training, _curves(result, labels), x_label=labels["step"], y_label=labels["loss"], log_y=True)
    training.set_xlim(left=0)
    for axes in (tasks, training):
        axes.legend(frameon=False, loc="lower left")
    return drawn
