"""The parts of a report, as plain values that become JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from llmquiz.interview.judge.best_answer import Best
from llmquiz.interview.judge.structure import Structure
from llmquiz.interview.judge.verdict import Verdict
from llmquiz.interview.report.steps import Advice as Advice

FORMAT = "llmquiz-interview/1"


@dataclass(frozen=True, slots=True)
class PointReport:
    """What became of one key point."""

    id: str
    text: str
    state: str
    where: str
    because: str
    weight: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class WrongReport:
    """A misconception that was found, with its correction."""

    id: str
    text: str
    right: str
    because: str


@dataclass(frozen=True, slots=True)
class FollowReport:
    """A follow-up: why it was asked, and what became of it."""

    number: int
    why: str
    point: str
    """Text of the point that led here."""
    because: str
    say: str
    question: str
    kind: str
    prompt: str
    answer: str
    state: str
    seconds: float
    allowed: float


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """One question of the plan, or one that a follow-up led to."""

    number: int
    section: str
    id: str
    kind: str
    depth: str
    prompt: str
    answer: str
    how: str
    void: bool
    """The answer was not the candidate's own words."""
    seconds: float
    allowed: float
    spoken: float
    budget: int
    coverage: float | None
    points: tuple[PointReport, ...]
    wrong: tuple[WrongReport, ...]
    terms: tuple[tuple[str, str], ...]
    """(what was said, what to say)"""
    absolutes: tuple[str, ...]
    structure: Structure | None
    follow_ups: tuple[FollowReport, ...]
    best: Best | None
    right: str
    """The right answer to a question of a single one."""
    verdict: str = ""
    """The right verdict on a claim."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One answer on the time line."""

    number: int
    start: float
    seconds: float
    allowed: float
    question: str
    why: str
    state: str


@dataclass(frozen=True, slots=True)
class Habits:
    """What to unlearn, counted over the answers to open questions."""

    answers: int
    too_long: int
    absolutes: int
    no_example: int
    no_limits: int
    not_first: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one interview."""

    id: str
    at: str
    lang: str
    interviewer: str
    name: str
    minutes: float
    elapsed: float
    seed: int
    rate: int
    strict: bool
    practice: bool
    finished: bool
    verdict: Verdict
    questions: tuple[QuestionReport, ...]
    unasked: tuple[tuple[str, str, str], ...]
    """(section, id, prompt) of planned questions that were not reached."""
    timeline: tuple[Slot, ...]
    habits: Habits
    next: tuple[Advice, ...]
    closing: str = ""
    """What the candidate said at the end."""
    format: str = FORMAT

    def data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def report_of(data: dict[str, Any]) -> Report:
    """The report that `data` wrote."""
    from llmquiz.interview.report.from_json import typed

    report = typed(Report, data)
    assert isinstance(report, Report)
    return report
