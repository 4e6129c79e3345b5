"""What the learner chose once and finds again: topics, level, an interview's day; and what options become by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app.demos import torch_found
from llmquiz.collection.collection import ITEM_KINDS
from llmquiz.errors import LlmquizError, UnknownId, Unwritable
from llmquiz.ids import Id
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schedule.share import Goal
from llmquiz.schema.texts import Level

if TYPE_CHECKING:
    from llmquiz.app.context import AppContext


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices that stand."""

    topics: tuple[str, ...] = ()
    """Empty for all."""
    level: int | None = None
    goal: Goal | None = None
    """None where no interview is planned, or it is over."""


def chosen(context: AppContext) -> Chosen:
    """What was chosen, without topics that are gone since."""
    past = context.past
    known = context.collection.topic_names()
    topics = tuple(name for name in (past.choice("topics") or "").split() if name in known)
    level = past.choice("level")
    goal = _goal(past.choice("plan"))
    # A plan keeps its level: it never leads on to the next one by itself.
    rank = Level(level).rank if level else goal.level if goal else None
    return Chosen(topics, rank, goal)


def _goal(text: str | None) -> Goal | None:
    if not text:
        return None
    day, level = text.split()
    goal = Goal(date.fromisoformat(day), Level(level).rank)
    return goal if goal.day >= clock.day(clock.now()) else None


def choose(context: AppContext, name: str, value: str | None) -> None:
    """Keep a choice; where nothing can be kept, say so."""
    try:
        context.store.choose(name, value)
    except Unwritable as error:
        context.warn_unwritable(error.text(context.lang))


def resolved(context: AppContext, options: DrillOptions) -> DrillOptions:
    """The options with full ids and known kinds; predictions left out where torch is missing."""
    for kind in options.kinds:
        if kind not in ITEM_KINDS:
            raise LlmquizError("drill.no-kind", kind=kind, known=ITEM_KINDS)
    topics = context.collection.topic_names()
    names = tuple(name if name in topics else context.collection.resolve(name) for name in options.names)
    ids = [Id(name) for name in names if name not in topics]
    # An id may be known and yet never asked, such as that of a reference.
    asked = {Id(name).entry for name in {item.question for item in context.collection.items()}} if ids else set()
    for name in ids:
        if name.entry not in asked:
            raise UnknownId(name, asked)
    own = chosen(context)
    return replace(
        options,
        names=names,
        # Who names what to ask is asked that, whatever topics were chosen for every day.
        topics=() if names else own.topics,
        level=own.level if options.level is None else options.level,
        without=() if torch_found() else ("prediction",),
    )
