"""From a blueprint to the plan of one interview: which questions, how deep, until when."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmquiz.errors import LlmquizError
from llmquiz.interview import calibration
from llmquiz.interview.plan.pace import Pace, fitting
from llmquiz.interview.turns import Depth
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import Branch, Interview, InterviewSection

if TYPE_CHECKING:
    from llmquiz.collection.collection import Collection, QuestionRef
    from llmquiz.language import Lang

ALONE = 10
"""Minutes of an interview about one question."""
SPOKEN_OF = ("open", "choice", "code", "order", "number", "term", "claim", "cell")
"""Kinds that can be asked here; a prediction needs its demo."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the candidate chose; kept with the interview."""

    interviewer: str
    """Full id of the blueprint."""
    lang: Lang
    minutes: float
    seed: int
    rate: int
    """Words (Chinese: characters) a minute."""
    strict: bool = False
    practice: bool = False
    scheduled: bool = True
    question: str = ""
    """Full id of the one question that it is about."""


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section as it will be held."""

    id: str
    title: str
    until: float
    """Seconds after the beginning at which it should be over."""
    depth: Depth
    questions: tuple[str, ...]
    most: int
    branches: tuple[Branch, ...]
    say: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One interview, before the first word."""

    setting: Setting
    blueprint: Interview
    topic: str
    pace: Pace
    sections: tuple[PlannedSection, ...]

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.setting.minutes * 60

    def section(self, name: str) -> PlannedSection | None:
        """The section called `name`."""
        return next((section for section in self.sections if section.id == name), None)


def minutes_of(blueprint: Interview) -> int:
    """How long the sections of a blueprint take together."""
    return sum(section.minutes for section in blueprint.sections)


def plan(setting: Setting, collection: Collection) -> Plan:
    """The plan of an interview; the same setting and content make the same plan."""
    chosen = collection.get(setting.interviewer)
    blueprint = chosen.entry
    assert isinstance(blueprint, Interview)
    pace = Pace(setting.lang, setting.rate)
    drafted = _about(blueprint, setting, chosen, collection) if setting.question else tuple(blueprint.sections)
    # Another length than the blueprint's stretches every section alike.
    scale = setting.minutes / sum(section.minutes for section in drafted)
    sections, until, (least, most) = [], 0.0, calibration.SCALED
    for section in drafted:
        seconds = section.minutes * 60 * scale
        until += seconds
        names = _drawn(section, setting.seed, [_full(name, chosen.topic, collection) for name in section.ask])
        # A section's own words ask its first question: drawn in another order, they would ask something else.
        first = bool(names) and names[0] == _full(section.ask[0], chosen.topic, collection)
        sections.append(
            PlannedSection(
                id=section.id,
                title=section.title[setting.lang],
                until=until,
                depth=fitting(section.depth, calibration.DEPTH_FITS * seconds, pace),
                questions=tuple(names),
                most=max(1, round(section.most * min(max(scale, least), most))),
                branches=tuple(section.branches),
                say=section.say[setting.lang] if section.say else "",
                prompt=section.prompt[setting.lang] if section.prompt and first else "",
            )
        )
    return Plan(setting, blueprint, chosen.topic, pace, tuple(sections))


def _about(
    blueprint: Interview, setting: Setting, interviewer: QuestionRef, collection: Collection
) -> tuple[InterviewSection, ...]:
    """The one section of an interview about one question, as deep as the interviewer asks it."""
    question = collection.get(setting.question)
    kind = question.kind
    if kind not in SPOKEN_OF:
        raise LlmquizError("mock.cannot-ask", question=setting.question, kind=kind)
    for section in blueprint.sections:
        names = [_full(name, interviewer.topic, collection) for name in section.ask]
        if question.id in names:
            own = section.model_copy(update={"ask": [question.id], "most": 1, "minutes": ALONE, "draw": False})
            # Its words and its opening are about its first question.
            return (own if names[0] == question.id else own.model_copy(update={"prompt": None, "say": None}),)
    depth: Depth = blueprint.sections[0].depth
    title = Text(en="One question", zh="一道题")
    return (InterviewSection(id="question", title=title, minutes=ALONE, depth=depth, ask=[question.id]),)


def _full(name: str, topic: str, collection: Collection) -> str:
    return collection.resolve(name, topic)


def _drawn(section: InterviewSection, seed: int, names: Sequence[str]) -> list[str]:
    """The questions in the order in which they will be tried."""
    if not section.draw:
        return list(names)
    # By section, so that a change of one leaves the draw of the others alone.
    return random.Random(f"{seed} {section.id}").sample(list(names), len(names))
