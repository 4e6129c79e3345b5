"""Which questions a sitting asks, and in which order. Pure: no clock, no database.

`dues` is what the store knows of each item seen: when it is due, as the store writes times, and its stability in days.
Ten thousand items pass through here before the first question is shown, so rows stay rows until they are chosen.
"""

from __future__ import annotations

import random
from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from llmquiz.ids import Id

if TYPE_CHECKING:
    from llmquiz.collection.collection import Item

Dues = Mapping[str, tuple[str, float]]
_NEVER = "9999"  # sorts after every date as the store writes it


class Candidate(NamedTuple):
    """A question that could be asked, with the items that it reviews at the learner's level."""

    question: str
    kind: str
    level: int
    """Lowest of its items."""
    position: int
    """Place in the order of learning."""
    items: tuple[str, ...]
    due: str
    """Earliest of its items; `_NEVER` where none was seen."""
    fresh: bool
    """Some item was never seen."""

    @property
    def entry(self) -> str:
        """What its siblings share: the table of a cell, else the question itself."""
        return Id(self.question).entry


@dataclass(frozen=True, slots=True)
class DrillOptions:
    """What the learner asked for."""

    names: tuple[str, ...] = ()
    """Topics, questions or items; empty for all."""
    kinds: tuple[str, ...] = ()
    level: int | None = None
    """Highest level; None for the lowest that still has something new."""
    limit: int = 20
    new: int = 10
    cram: bool = False
    seen: bool = False
    """Only what was asked before, the weakest first."""
    seed: int | None = None
    topics: tuple[str, ...] = ()
    """Those that the learner chose; empty for all."""
    without: tuple[str, ...] = ()
    """Kinds that cannot be asked here: predictions where torch is missing."""


def candidates(items: Iterable[Item], options: DrillOptions, level: int, dues: Dues) -> list[Candidate]:
    """The questions that fit the options; an item above the level takes part once it has been seen."""
    fitting = (
        (item for item in items if wanted(item, options))
        if options.names or options.kinds or options.without or options.topics
        else items
    )
    grouped: dict[str, list[Item]] = {}
    above: dict[str, list[Item]] = {}
    for item in fitting:
        # By place, as in `_candidate`: with ten thousand items a look-up by name would be felt.
        name, question, _, _, rank, _, _ = item
        group = grouped if rank <= level or name in dues else above
        if question in group:
            group[question].append(item)
        else:
            group[question] = [item]
    if options.names:  # asked for by name: at the lowest level that it has
        for name in above.keys() - grouped.keys():
            lowest = min(item.level for item in above[name])
            grouped[name] = [item for item in above[name] if item.level == lowest]
    return [_candidate(name, group, dues) for name, group in grouped.items()]


def _candidate(name: str, group: Sequence[Item], dues: Dues) -> Candidate:
    first = group[0]
    names = tuple([item[0] for item in group])
    seen = [dues[item][0] for item in names if item in dues]
    due, fresh = min(seen) if seen else _NEVER, len(seen) < len(names)
    return Candidate(name, first.kind, first.level, first.position, names, due, fresh)


def wanted(item: Item, options: DrillOptions) -> bool:
    """Whether an item fits what was asked for, whatever its level."""
    if item.kind in options.without or (options.kinds and item.kind not in options.kinds):
        return False
    if options.topics and item.topic not in options.topics:
        return False
    return not options.names or any(_named(item, name) for name in options.names)


def _named(item: Item, name: str) -> bool:
    # the cheap comparisons first: there may be ten thousand items
    return name in (item.topic, item.question, item.id) or Id(item.question).within(name)


def level_for(items: Iterable[Item], seen: Several[str], options: DrillOptions) -> int:
    """The level asked for, else the lowest at which something is still new: core for a new learner."""
    if options.level is not None:
        return options.level
    lowest = 2  # expert, where nothing is new below
    for item in items:
        if options.topics and item.topic not in options.topics:
            continue
        if item.level < lowest and item.id not in seen and item.kind not in options.without:
            lowest = item.level
            if not lowest:
                break
    return lowest


def queue(items: Sequence[Item], dues: Dues, options: DrillOptions, *, until: str) -> list[Candidate]:
    """The questions of one sitting: what is due before `until`, longest overdue first, and a few new ones."""
    possible = candidates(items, options, level_for(items, dues, options), dues)
    if options.seen:
        possible = [candidate for candidate in possible if candidate.due != _NEVER]
    if options.cram:
        return spread(_crammed(possible, dues, options), options.limit)
    due = sorted((c for c in possible if c.due < until), key=lambda c: (c.due, c.position))
    # What has something due and something new comes once, among the due.
    fresh = sorted((c for c in possible if c.fresh and c.due >= until), key=lambda c: c.position)
    if options.names and not due and not fresh:
        due = sorted(possible, key=lambda c: c.position)  # named outright: asked even when it is not due
    if options.seed is not None:
        random.Random(options.seed).shuffle(fresh)
    elif not dues:
        # The first question ever is what the topic is about, and not a cell of a table.
        first = next((candidate for candidate in fresh if candidate.kind == "open"), None)
        fresh.sort(key=lambda candidate: candidate is not first)
    # However much is due, one new question gets in, or whoever is behind would never see another.
    new = fresh[: min(options.new, max(options.limit - len(due), int(options.limit > 1)))]
    return spread(_mixed(due[: options.limit - len(new)], new), options.limit)


def _crammed(possible: list[Candidate], dues: Dues, options: DrillOptions) -> list[Candidate]:
    """Weakest first; with a seed, drawn."""
    if options.seed is not None:
        return random.Random(options.seed).sample(possible, len(possible))

    def strength(candidate: Candidate) -> float:
        return min((dues[item][1] for item in candidate.items if item in dues), default=0.0)

    return sorted(possible, key=lambda c: (strength(c), c.position))


def _mixed(due: list[Candidate], new: list[Candidate]) -> list[Candidate]:
    """Both in their own order, the new ones evenly between."""
    # Each at the middle of its stretch of the sitting, from 0 to 1.
    places = [((number + 0.5) / len(due), c) for number, c in enumerate(due)]
    places += [((number + 0.5) / len(new), c) for number, c in enumerate(new)]
    return [c for _, c in sorted(places, key=lambda place: place[0])]


def spread(chosen: Sequence[Candidate], most: int) -> list[Candidate]:
    """The first `most` with siblings apart: none follows another of its table while something else is left."""
    return list(_apart(chosen, most))


def _apart(chosen: Sequence[Candidate], most: int) -> Iterator[Candidate]:
    left, recent = list(chosen), ["", ""]
    while left and most:
        # Two others between siblings; where only siblings are left, the first of them.
        pick = next((n for n, c in enumerate(left) if c.entry not in recent), 0)
        candidate = left.pop(pick)
        recent, most = [recent[1], candidate.entry], most - 1
        yield candidate
