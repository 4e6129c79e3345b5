"""What is measured of few-shot prompts, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding


@dataclass(frozen=True, slots=True)
class Task:
    """The share of the queries of one task that greedy decoding answers exactly."""

    name: str
    right: tuple[float, ...]
    """By the number of examples, as in `Result.counts`."""
    shuffled: float
    """With most examples, each with the answer of another."""
    other: float
    """With as many examples of another task."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The share of words of two kinds that get the label of their kind; chance is a half. Means over all draws."""

    known: float
    """Labels that mean the kinds."""
    random: float
    """The same labels, wrong on half of the examples."""
    invented: float
    """Names that mean nothing."""
    swapped: float
    """Each kind has the other's label, and that is the right one."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    counts: tuple[int, ...]
    """Numbers of examples, the largest last."""
    queries: int
    """Of each task."""
    tasks: tuple[Task, ...]
    labels: Labels
    label_counts: tuple[int, ...]
    """Numbers of examples over which the labels' accuracy is averaged."""
    label_queries: int
    """Words for each of these numbers, in all draws together."""
    prompts: tuple[str, ...]
    """As they were read: right answers, shuffled ones, swapped labels."""

    @property
    def right(self) -> tuple[float, ...]:
        """The mean over the tasks, by the number of examples."""
        return tuple(map(fmean, zip(*(task.right for task in self.tasks), strict=True)))

    @property
    def shuffled(self) -> float:
        """The mean over the tasks where the answers are shuffled."""
        return fmean(task.shuffled for task in self.tasks)

    @property
    def other(self) -> float:
        """The mean over the tasks where the examples are those of another."""
        return fmean(task.other for task in self.tasks)

    @property
    def shuffled_percent(self) -> float:
        """The same in percent."""
        return 100 * self.shuffled

    @property
    def swapped_percent(self) -> float:
        """How often the swapped label is followed, in percent."""
        return 100 * self.labels.swapped


def examples_help(r: Result) -> Finding:
    return Finding(
        r.right[-1] - r.right[0] >= 0.5,
        f"{r.right[0]:.0%} (k=0) → {r.right[-1]:.0%} (k={r.counts[-1]})",
        figures={"none": f"{r.right[0]:.0%}", "most": f"{r.right[-1]:.0%}", "count": str(r.counts[-1])},
    )


def one_is_enough(r: Result) -> Finding:
    return Finding(
        r.right[1] >= r.right[-1] / 2,
        f"{r.right[1]:.0%} (k=1) / {r.right[-1]:.0%} (k={r.counts[-1]})",
        figures={"one": f"{r.right[1]:.0%}", "most": f"{r.right[-1]:.0%}", "count": str(r.counts[-1])},
    )


def answers_hardly_matter(r: Result) -> Finding:
    return Finding(
        r.right[-1] - r.shuffled < 0.1,
        f"{r.right[-1]:.0%} → {r.shuffled:.0%}",
        figures={"right": f"{r.right[-1]:.0%}", "shuffled": f"{r.shuffled:.0%}", "count": str(r.counts[-1])},
    )


def format_alone_is_nothing(r: Result) -> Finding:
    return Finding(
        r.other <= 0.2,
        f"{r.other:.0%} / {r.right[-1]:.0%} (k={r.counts[-1]})",
        figures={"other": f"{r.other:.0%}", "right": f"{r.right[-1]:.0%}", "count": str(r.counts[-1])},
    )


def known_labels_stand_noise(r: Result) -> Finding:
    known, random = r.labels.known, r.labels.random
    return Finding(
        known - random <= 0.3,
        f"{known:.0%} → {random:.0%}",
        figures={"known": f"{known:.0%}", "random": f"{random:.0%}"},
    )


def invented_as_well(r: Result) -> Finding:
    known, invented = r.labels.known, r.labels.invented
    return Finding(
        known - invented < 0.1,
        f"{known:.0%} → {invented:.0%}",
        figures={"known": f"{known:.0%}", "invented": f"{invented:.0%}"},
    )


def follows_swapped(r: Result) -> Finding:
    return Finding(
        r.labels.swapped >= 0.75,
        f"{r.labels.swapped:.0%}",
        figures={"swapped": f"{r.labels.swapped:.0%}", "known": f"{r.labels.known:.0%}"},
    )


CLAIMS = findings.claims(
    examples_help,
    one_is_enough,
    answers_hardly_matter,
    format_alone_is_nothing,
    known_labels_stand_noise,
    invented_as_well,
    follows_swapped,
)
