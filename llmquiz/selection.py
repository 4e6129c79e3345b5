"""Which questions a sitting asks, and in which order. Pure: no clock, no database."""

from __future__ import annotations

import random
from collections.abc import Collection as Several
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmquiz.collection import Item
    from llmquiz.scheduling import Memory

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that could be asked, with the items that it reviews at the learner's level."""

    question: str
    topic: str
    kind: str
    items: tuple[str, ...]
    position: int
    demo: str = ""

    @property
    def entry(self) -> str:
        """What its siblings share: the table of a cell, else the question itself."""
        return self.question.split(".")[0]


@dataclass(frozen=True, slots=True)
class Wish:
    """What the learner asked for."""

    names: tuple[str, ...] = ()
    """Topics, questions or items; empty for all."""
    kinds: tuple[str, ...] = ()
    level: int | None = None
    """Highest level; None for the lowest that still has something new."""
    limit: int = 20
    new: int = 10
    cram: bool = False
    seed: int | None = None
    without: tuple[str, ...] = ()
    """Kinds that cannot be asked here: predictions where torch is missing."""


def candidates(items: Iterable[Item], wish: Wish, level: int, seen: Several[str] = ()) -> list[Candidate]:
    """The questions that fit the wish; an item above the level takes part once it has been seen."""
    grouped: dict[str, list[Item]] = {}
    for item in items:
        if item.kind in wish.without or (wish.kinds and item.kind not in wish.kinds):
            continue
        if wish.names and not any(_named(item, name) for name in wish.names):
            continue
        grouped.setdefault(item.question, []).append(item)
    found = []
    for name, group in grouped.items():
        fit = [item for item in group if item.level <= level or item.id in seen]
        if not fit and wish.names:  # asked for by name: at the lowest level that it has
            lowest = min(item.level for item in group)
            fit = [item for item in group if item.level == lowest]
        if fit:
            first = fit[0]
            found.append(Candidate(name, first.topic, first.kind, tuple(i.id for i in fit), first.position, first.demo))
    return found


def _named(item: Item, name: str) -> bool:
    return name in (item.topic, item.question, item.id) or item.question.startswith(f"{name}.")


def level_for(items: Sequence[Item], memories: Several[str], wish: Wish) -> int:
    """The level asked for, else the lowest at which something is still new: core for a new learner."""
    if wish.level is not None:
        return wish.level
    unseen = [item.level for item in items if item.id not in memories and item.kind not in wish.without]
    return min(unseen, default=2)


def queue(items: Sequence[Item], memories: Mapping[str, Memory], wish: Wish, *, until: datetime) -> list[Candidate]:
    """The questions of one sitting: what is due, weakest first, mixed with a few new ones in the order of learning."""
    level = level_for(items, memories, wish)
    found = candidates(items, wish, level, memories)
    if wish.cram:
        return spread(_crammed(found, memories, wish))[: wish.limit]
    due = sorted((c for c in found if _due(c, memories) < until), key=lambda c: (_due(c, memories), c.position))
    fresh = [c for c in found if _due(c, memories) >= until and any(item not in memories for item in c.items)]
    fresh.sort(key=lambda c: c.position)
    if any(wish.names) and not due and not fresh:
        due = sorted(found, key=lambda c: c.position)  # named outright: asked even when it is not due
    if wish.seed is not None:
        random.Random(wish.seed).shuffle(fresh)
    new = fresh[: min(wish.new, max(wish.limit - len(due), 0) or (1 if wish.limit > 1 else 0))]
    return spread(_mixed(due[: max(wish.limit - len(new), 0)], new))[: wish.limit]


def _due(candidate: Candidate, memories: Mapping[str, Memory]) -> datetime:
    dates = [memories[item].due for item in candidate.items if item in memories]
    return min(dates, default=_NEVER)


def _crammed(found: list[Candidate], memories: Mapping[str, Memory], wish: Wish) -> list[Candidate]:
    """Weakest first; with a seed, drawn."""
    if wish.seed is not None:
        return random.Random(wish.seed).sample(found, len(found))

    def strength(candidate: Candidate) -> float:
        return min((memories[item].stability for item in candidate.items if item in memories), default=0.0)

    return sorted(found, key=lambda c: (strength(c), c.position))


def _mixed(due: list[Candidate], new: list[Candidate]) -> list[Candidate]:
    """Both in their own order, the new ones evenly between."""
    places = [((number + 0.5) / len(due), c) for number, c in enumerate(due)]
    places += [((number + 0.5) / len(new), c) for number, c in enumerate(new)]
    return [c for _, c in sorted(places, key=lambda place: place[0])]


def spread(chosen: list[Candidate]) -> list[Candidate]:
    """The same questions with siblings apart: none follows another of its table while something else is left."""
    left, result = list(chosen), list[Candidate]()
    while left:
        recent = {c.entry for c in result[-2:]}
        pick = next((n for n, c in enumerate(left) if c.entry not in recent), 0)
        result.append(left.pop(pick))
    return result
