"""Pictures of the demo `rlhf`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from llmquiz.demos.lab import plots, terminal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from llmquiz.demos.rlhf.measure import Result

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


def drawn(r: Result, labels: Mapping[str, str]) -> RenderableType:
    """All of it, for the terminal."""
    texts = [Text(f"{NAMES[one.name]}: {one.text}", overflow="fold") for one in r.policies]
    return Group(
        figures(r, labels),
        Text(labels["legend"], style="dim"),
        "",
        *texts,
        "",
        terminal.curves(by_kl(r, labels), x_label=labels["kl"], y_label=labels["reward"], height=11),
        "",
        terminal.curves(along(r, labels), x_label=labels["kl-free"], y_label=labels["reward"], height=9),
        "",
        process(r, labels),
        "",
        sums(r, labels),
    )


def figures(r: Result, labels: Mapping[str, str]) -> RenderableType:
    """A row for every policy; in brackets the three seeds of the training."""
    rows = []
    for one in r.policies:
        found, seeds = one.found, "/".join(f"{seed.reward:.1f}" for seed in one.seeds)
        shown = (f"{found.reward:.2f} ({seeds})", f"{found.kl:.2f}", f"{found.fluency:.2f}")
        rows.append((NAMES[one.name], *shown, f"{found.ungrammatical:.0%}", f"{found.kept:.2f}"))
    rows += [
        (f"best-of-{one.n}", f"{one.reward:.2f}", f"{one.kl:.2f}", "", f"{one.ungrammatical:.0%}", "")
        for one in r.best_of
    ]
    keys = ("policy", "reward-seeds", "kl-short", "fluency", "ungrammatical", "kept")
    return terminal.table([labels[key] for key in keys], rows)


def by_kl(r: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Reward over KL: the largest possible, best-of-n, and each method with every seed."""
    best = [one for one in r.optima if one.kl <= 8]
    made = [terminal.Series("best-of-n", [one.kl for one in r.best_of], [one.reward for one in r.best_of])]
    for name in ("ppo", "grpo", "dpo"):
        policy = next(one for one in r.policies if one.name == name)
        points = sorted((one.kl, one.reward) for one in (policy.found, *policy.seeds))
        made.append(terminal.Series(NAMES[name], [x for x, _ in points], [y for _, y in points]))
    return [*made, terminal.Series(labels["possible"], [one.kl for one in best], [one.reward for one in best])]


def along(r: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """The run without a penalty: reward, and what of it is earned with grammatical texts."""
    course = r.courses[0]
    return [
        terminal.Series(labels["reward-seen"], course.kl, course.reward),
        terminal.Series(labels["reward-kept"], course.kl, course.kept),
    ]


def process(r: Result, labels: Mapping[str, str]) -> RenderableType:
    """One text, a decision a row."""
    rows = [
        (
            str(i),
            one.action,
            f"{one.probability:.3f}",
            f"{one.reference:.3f}",
            f"{one.reward:g}",
            f"{one.penalty:+.2f}",
            f"{one.to_come:.2f}",
            f"{one.advantage:+.2f}",
        )
        for i, one in enumerate(r.steps, 1)
    ]
    keys = ("state", "action", "p", "p-reference", "r", "penalty", "to-come", "advantage")
    return terminal.table([labels[key] for key in keys], rows, title=f"{labels['process']}: {r.steps[0].state}")


def sums(r: Result, labels: Mapping[str, str]) -> RenderableType:
    """What two models say of all texts of four letters."""
    found = r.letters
    rows = [
        (labels["causal"], f"{found.causal_sum:.6f}", "1"),
        (labels["pseudo"], f"{found.pseudo_sum:.2f}", str(found.passes)),
        (labels["in-order"], f"{found.order_sums[0]:.6f}–{found.order_sums[1]:.6f}", str(found.passes)),
    ]
    return terminal.table([labels["letters"], "Σ", labels["passes"]], rows)


def figure(r: Result, title: str, labels: Mapping[str, str]) -> Figure:
    """Reward over KL, and the run without a penalty."""
    made, (methods, free) = plots.blank(title, panels=2)
    plots.draw(methods, by_kl(r, labels), x_label=labels["kl"], y_label=labels["reward"])
    plots.draw(free, along(r, labels), x_label=labels["kl-free"], y_label=labels["reward"])
    return made
