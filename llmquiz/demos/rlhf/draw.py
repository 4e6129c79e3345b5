"""Reward over KL, and what every policy writes, earns and pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.rlhf.claims import PENALIZED, Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {
    "sft": "SFT",
    "ppo": "PPO + KL",
    "grpo": "GRPO + KL",
    "dpo": "DPO",
    "ppo-free": "PPO β=0",
    "sft-t5": "SFT (T5)",
    "ppo-t5": "PPO + KL (T5)",
}
"""As they are written everywhere."""


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The run without a penalty: reward, and what of it is earned with grammatical texts, over KL."""
    labels = words.labels(lang)
    return terminal.curves(_along(result, labels), x_label=labels["kl-free"], y_label=labels["reward"], height=8)


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """Reward over KL of every method, and figures and a text of every policy."""
    labels = words.labels(lang)
    by_kl = terminal.curves(_by_kl(result, labels), x_label=labels["kl"], y_label=labels["reward"], height=11)
    texts = [Text(f"{NAMES[policy.name]}: {policy.text}", overflow="fold") for policy in result.policies]
    return (by_kl, "", _figures(result, labels), Text(labels["legend"], style="dim"), "", *texts)


def _figures(result: Result, labels: Mapping[str, str]) -> RenderableType:
    """A row for every policy; in brackets the three seeds of the training."""
    rows = []
    for policy in result.policies:
        figures, seeds = policy.found, "/".join(f"{seed.reward:.1f}" for seed in policy.seeds)
        shown = (f"{figures.reward:.2f} ({seeds})", f"{figures.kl:.2f}", f"{figures.fluency:.2f}")
        rows.append((NAMES[policy.name], *shown, f"{figures.ungrammatical:.0%}", f"{figures.kept:.2f}"))
    rows += [
        (f"best-of-{best.n}", f"{best.reward:.2f}", f"{best.kl:.2f}", "", f"{best.ungrammatical:.0%}", "")
        for best in result.best_of
    ]
    keys = ("policy", "reward-seeds", "kl-short", "fluency", "ungrammatical", "kept")
    return terminal.table([labels[key] for key in keys], rows)


def _by_kl(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Reward over KL: best-of-n, each method with every seed, and the largest possible."""
    series = [
        terminal.Series("best-of-n", [best.kl for best in result.best_of], [best.reward for best in result.best_of])
    ]
    for name in PENALIZED:
        points = sorted((figures.kl, figures.reward) for figures in result.every_seed(name))
        series.append(terminal.Series(NAMES[name], [x for x, _ in points], [y for _, y in points]))
    near = [optimum for optimum in result.optima if optimum.kl <= 8]
    xs, ys = [optimum.kl for optimum in near], [optimum.reward for optimum in near]
    return [*series, terminal.Series(labels["possible"], xs, ys)]


def _along(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """The run without a penalty: reward, and what of it is earned with grammatical texts."""
    course = result.courses[0]
    return [
        terminal.Series(labels["reward-seen"], course.kl, course.reward),
        terminal.Series(labels["reward-kept"], course.kl, course.kept),
    ]


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """Reward over KL, and the run without a penalty."""
    labels = words.labels(lang)
    drawn, (methods, free) = plots.blank(words.title[lang], panels=2)
    plots.draw(methods, _by_kl(result, labels), x_label=labels["kl"], y_label=labels["reward"])
    plots.draw(free, _along(result, labels), x_label=labels["kl-free"], y_label=labels["reward"])
    for axes in (methods, free):
        axes.set_xlim(left=0)
    return drawn
