"""From options to a sitting to its summary; shared by `llmquiz` alone and `llmquiz drill`."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from llmquiz import clock
from llmquiz.app.chosen import resolved
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Leave
from llmquiz.app.drill_session import DrillSession
from llmquiz.collection.collection import Item
from llmquiz.errors import LlmquizError, Unwritable
from llmquiz.ids import Id
from llmquiz.schedule import selection, stats
from llmquiz.schedule.due_dates import Memory
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schedule.share import recalled
from llmquiz.schema.questions import KeyPoint
from llmquiz.schema.texts import Level
from llmquiz.store.values import stamp


def queue(context: AppContext, options: DrillOptions) -> tuple[list[selection.Candidate], int]:
    """The questions of a sitting and the learner's level."""
    options = resolved(context, options)
    # Of a single topic no other items need to be read.
    topic = next(iter(options.names), None) if len(options.names) == 1 and not Id(options.names[0]).topic else None
    items = context.collection.items(topic)
    dues = context.past.dues()
    level = selection.level_for(items, dues, options)
    chosen = replace(options, level=level)
    return selection.queue(items, dues, chosen, until=stamp(clock.end_of_day(clock.now()))), level


def drill(context: AppContext, options: DrillOptions, depth: str = "one-minute") -> int:
    """Run a sitting and tell what it came to; the exit code."""
    if depth not in ("one-line", "one-minute", "full"):
        raise LlmquizError("drill.no-depth", depth=depth)
    if not options.cram:
        _must_be_kept(context)
    candidates, level = queue(context, options)
    if not candidates:
        nothing_to_ask(context, options, level)
        return 0
    # Only the layout of options is drawn without a seed; which questions come is not.
    seed = options.seed if options.seed is not None else random.randrange(1_000_000)
    sitting = DrillSession(context, candidates, level, cram=options.cram, seed=seed, depth=depth)
    code = 0
    try:
        sitting.run()
    except Leave as leave:
        code = 130 if leave.interrupted else 0
    except KeyboardInterrupt:  # while no answer was being typed
        code = 130
    summary(context, sitting)
    return code


def _must_be_kept(context: AppContext) -> None:
    """Refuse before the first question what could not be kept after the first answer."""
    try:
        context.must_keep()
    except Unwritable as error:
        raise Unwritable("drill.unsaved", error=error) from error


def nothing_to_ask(context: AppContext, options: DrillOptions, level: int) -> None:
    """Say at which level there is something of what was asked for, or when the next items come back."""
    from rich.text import Text

    from llmquiz.ui.document.prose import Styled
    from llmquiz.ui.when import when

    asked, seen = resolved(context, options), context.past.dues()
    deeper = {
        item.level for item in context.collection.items() if selection.wanted(item, asked) and item.id not in seen
    }
    if (options.kinds or options.names) and (above := [rank for rank in deeper if rank > level]):
        names = list(Level)
        text = context.words("due.deeper", level=context.words(f"level.{names[level]}"), deeper=names[min(above)].value)
        context.show(Styled(Text(text)))
        return
    dates = [memory.due for memory in context.past.memories().values()]
    later = [date for date in dates if date >= clock.end_of_day(clock.now())]
    text = (
        context.words("due.nothing", when=when(min(later), clock.now(), context.words))
        if later
        else context.words("due.done")
    )
    context.show(Styled(Text(text)))


def summary(context: AppContext, sitting: DrillSession) -> None:
    """What was asked, gained and missed, what comes back when, and what is weakest over all sittings."""
    from llmquiz.ui.tables import summary as view

    if not sitting.recorder.tally.answers:
        context.show(view.nothing(context.words))
        return
    reviewed = {review.item for reviews in sitting.recorder.tally.answers.values() for review in reviews}
    memories = context.past.memories()
    up = [text for _, text, _ in told(context, [memories[item] for item in sitting.risen if item in memories])]
    context.show(
        *view.sitting(
            sitting.recorder.tally,
            [m for i, m in memories.items() if i in reviewed],
            weakest(context, memories),
            clock.now(),
            context.words,
            up=up,
            again=sitting.recalled,
            gained=recalled(stats.daily(context.past.activity()), clock.day(clock.now())),
        )
    )


def weakest(context: AppContext, memories: dict[str, Memory], most: int = 5) -> list[tuple[str, str, Memory]]:
    """(id, what it says, memory) of the items missed most."""
    known = {item.id for item in context.collection.items()}
    missed = [m for m in memories.values() if m.item in known and m.misses]
    missed.sort(key=lambda m: (-m.lapses, m.stability, m.item))
    return told(context, missed[:most])


def told(context: AppContext, memories: Iterable[Memory]) -> list[tuple[str, str, Memory]]:
    """(id, what it says, memory) of items that are still asked."""
    from llmquiz.ui.document.show import prompt

    known: dict[str, Item] = {item.id: item for item in context.collection.items()}
    rows = []
    for memory in memories:
        if memory.item not in known:
            continue
        question = context.collection.get(known[memory.item].question)
        points: dict[str, KeyPoint] = {question.id.part(p.id): p for p in getattr(question.entry, "points", [])}
        point = points.get(memory.item)
        rows.append((memory.item, point.text[context.lang] if point else prompt(question, context.words), memory))
    return rows
