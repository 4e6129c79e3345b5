"""What the cards say of the arms, what a model answers, and how both are written; without torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from llmquiz.demos.lab.curves import Series
from llmquiz.demos.lab.icl.arms import PERIODS

NEAR = 0.95
"""Share of the best possible that counts as reached."""
GUESSING = sum(1 / period for period in PERIODS) / len(PERIODS)
"""Share that any token of a repeating text reaches as a guess."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The three seeds of an arm, as its card has them; of the mapping after 8 examples."""

    arm: str
    rate: float
    steps: int
    right: tuple[float, ...]
    """At the end of the training, of each seed."""
    learned_at: tuple[int, ...]
    """The first noted step with at least `cards.LEARNED` right, of each seed; 0: none."""
    course: tuple[tuple[float, ...], ...]
    """Along the training of each seed, at equal distances from the first step on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model puts in the place that is asked."""

    arm: str
    token: str
    probability: float


def percent(shares: Sequence[float]) -> str:
    """Of each seed."""
    return "/".join(f"{100 * share:.0f}" for share in shares) + "%"


def reached(runs: Runs) -> str:
    """The steps of each seed."""
    return " ".join(str(step) if step else "–" for step in runs.learned_at)


def span(shares: Iterable[float]) -> str:
    """From the lowest to the highest, in percent."""
    low, *_, high = sorted(f"{100 * share:3.0f}" for share in shares)
    return f"{low.strip()}%" if low == high else f"{low.strip()}–{high.strip()}%"


def row(runs: Runs, labels: Mapping[str, str]) -> tuple[str, ...]:
    """An arm in a table: steps, learning rate, what each seed reached, and when."""
    return labels[runs.arm], f"{runs.steps:,}", f"{runs.rate:g}", percent(runs.right), reached(runs)


def course(runs: Runs, name: str) -> Series:
    """Percent right over the steps of the training, the mean of the seeds."""
    means = [100 * fmean(point) for point in zip(*runs.course, strict=True)]
    return Series(name, [i * runs.steps / len(means) for i in range(len(means))], means)


def answered(answers: Sequence[Answer], labels: Mapping[str, str]) -> str:
    """What each model writes, a line each."""
    return "\n".join(f"{labels[answer.arm]}: {answer.token} ({answer.probability:.0%})" for answer in answers)
