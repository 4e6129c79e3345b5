"""The distance to the optimum along three trainings, the implicit rewards, and PPO from within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal
from llmquiz.demos.policy_losses.claims import Result
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoText

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _names(result: Result, labels: Mapping[str, str]) -> list[str]:
    """Of the policies."""
    few = labels["few"].format(pairs=f"{result.pairs:,}")
    return [labels["objective"], labels["dpo"], few]


def _series(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """KL to the optimum over steps."""
    steps = [result.every * i for i in range(len(result.dpo.gaps))]
    names = _names(result, labels)
    return [terminal.Series(name, steps, policy.gaps) for name, policy in zip(names, result.learned, strict=True)]


def plot(result: Result, words: DemoText, lang: Lang) -> RenderableType:
    """The distance to the optimum."""
    labels = words.labels(lang)
    return terminal.curves(
        _series(result, labels), x_label=labels["steps"], y_label=labels["gap"], height=8, log_y=True
    )


def tables(result: Result, words: DemoText, lang: Lang) -> Sequence[RenderableType]:
    """What every policy comes to, its implicit rewards, the clip, and one text as a decision process."""
    labels = words.labels(lang)
    rows = [(labels["reference"], f"{result.start_reward:.2f}", "0.00", f"{result.dpo.gaps[0]:.4f}", "")]
    rows += [
        (name, f"{policy.reward:.2f}", f"{policy.kl:.2f}", f"{policy.gaps[-1]:.4f}", f"{policy.correlation:.4f}")
        for name, policy in zip(_names(result, labels), result.learned, strict=True)
    ]
    rows.append((labels["formula"], f"{result.reward:.2f}", f"{result.kl:.2f}", "0", "1"))
    ends = terminal.table([labels[key] for key in ("policy", "reward", "kl", "left", "correlation")], rows)
    implicit = terminal.table(
        (labels["level"], *(f"{reward:+d}" for reward in result.rewards)),
        [
            (name, *(f"{value:+.1f}" for value in policy.by_reward))
            for name, policy in zip(_names(result, labels), result.learned, strict=True)
        ],
        title=labels["implicit"],
    )
    shares = result.clipping.outside
    clip = terminal.table(
        (labels["on-batch"], *(str(i) for i in range(1, len(shares) + 1))),
        [(labels["outside"], *(f"{share:.1%}" for share in shares))],
    )
    read = Text(labels["world"].format(texts=result.texts, beta=result.beta), style="dim")
    return (read, "", ends, "", implicit, "", clip, "", _process(result, labels))


def _process(result: Result, labels: Mapping[str, str]) -> RenderableType:
    """One text, a decision a row."""
    rows = [
        (
            step.state or "–",
            step.action,
            f"{step.probability:.3f}",
            f"{step.reference:.3f}",
            f"{step.reward:g}",
            f"{step.penalty:+.2f}",
            f"{step.to_come:.2f}",
            f"{round(step.advantage, 2) + 0.0:+.2f}",
        )
        for step in result.steps
    ]
    keys = ("state", "action", "p", "p-reference", "now", "penalty", "to-come", "advantage")
    return terminal.table([labels[key] for key in keys], rows, title=labels["process"])


def figure(result: Result, words: DemoText, lang: Lang) -> Figure:
    """The distance to the optimum, and the implicit reward by the reward."""
    labels = words.labels(lang)
    drawn, (gaps, implicit) = plots.blank(words.title[lang], panels=2)
    plots.draw(gaps, _series(result, labels), x_label=labels["steps"], y_label=labels["gap"], log_y=True)
    gaps.set_xlim(left=0)
    gaps.legend(frameon=False, loc="center right", bbox_to_anchor=(1, 0.75))  # between the curves
    rewards = [
        terminal.Series(name, result.rewards, policy.by_reward)
        for name, policy in zip(_names(result, labels)[1:], result.learned[1:], strict=True)
    ]
    plots.draw(implicit, rewards, x_label=labels["level"], y_label=labels["implicit-short"])
    return drawn
