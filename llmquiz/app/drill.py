"""From a wish to a sitting to its summary; shared by `llmquiz` alone and `llmquiz drill`."""

from __future__ import annotations

import random
from dataclasses import replace

from llmquiz import clock
from llmquiz.app.context import Here
from llmquiz.app.demos import torch_found
from llmquiz.app.drill_session import Leave, Sitting
from llmquiz.collection.collection import ITEM_KINDS, Item
from llmquiz.errors import LlmquizError, UnknownId, Unwritable
from llmquiz.schedule import selection
from llmquiz.schedule.scheduling import Memory
from llmquiz.schedule.selection import Wish
from llmquiz.store.drafts_flags import stamp


def resolved(here: Here, wish: Wish) -> Wish:
    """The wish with full ids and known kinds; predictions left out where torch is missing."""
    for kind in wish.kinds:
        if kind not in ITEM_KINDS:
            known = ", ".join(ITEM_KINDS)
            raise LlmquizError(f"No kind {kind!r}; kinds: {known}.", f"没有“{kind}”这种题型；可用：{known}。")
    topics = {topic.name for topic in here.collection.topics()} if wish.names else set()
    names = tuple(name if name in topics else here.collection.resolve(name) for name in wish.names)
    asked = {item.question.split(".")[0] for item in here.collection.items()} if names else set()
    for name in names:
        if name not in topics and name.split(".")[0] not in asked:
            raise UnknownId(name, asked)
    return replace(wish, names=names, without=() if torch_found() else ("prediction",))


def queue(here: Here, wish: Wish) -> tuple[list[selection.Candidate], int]:
    """The questions of a sitting and the learner's level."""
    wish = resolved(here, wish)
    topic = next(iter(wish.names), None) if len(wish.names) == 1 and "/" not in wish.names[0] else None
    items = here.collection.items(topic)
    dues = here.past.dues()
    level = selection.level_for(items, dues, wish)
    return selection.queue(items, dues, wish, until=stamp(clock.end_of_day(clock.now()))), level


def drill(here: Here, wish: Wish, depth: str = "one-minute") -> int:
    """Run a sitting and tell what it came to; the exit code."""
    if depth not in ("one-line", "one-minute", "full"):
        raise LlmquizError(
            f"No depth {depth!r}: one-line, one-minute or full.", f"没有“{depth}”：one-line、one-minute 或 full。"
        )
    if not wish.cram:
        _must_be_kept(here)
    found, level = queue(here, wish)
    if not found:
        nothing_to_ask(here)
        return 0
    seed = wish.seed if wish.seed is not None else random.randrange(1_000_000)
    sitting = Sitting(here, found, level, wish.cram, seed, depth)
    code = 0
    try:
        sitting.run()
    except Leave as leave:
        code = 130 if leave.interrupted else 0
    except KeyboardInterrupt:
        code = 130
    summary(here, sitting)
    return code


def _must_be_kept(here: Here) -> None:
    """Refuse before the first question what could not be kept after the first answer."""
    try:
        here.must_keep()
    except Unwritable as error:
        raise Unwritable(
            f"{error} To practise without saving: `llmquiz drill --cram`.",
            f"{error.zh}也可以用 `llmquiz drill --cram` 只练习、不记录。",
        ) from error


def nothing_to_ask(here: Here) -> None:
    """Say when the next items come back."""
    from rich.text import Text

    from llmquiz.ui.document.prose import Styled
    from llmquiz.ui.when import when

    dates = [memory.due for memory in here.past.memories().values()]
    later = [date for date in dates if date >= clock.end_of_day(clock.now())]
    text = (
        here.words("due.nothing", when=when(min(later), clock.now(), here.words)) if later else here.words("due.done")
    )
    here.show(Styled(Text(text)))


def summary(here: Here, sitting: Sitting) -> None:
    """What was asked, gained and missed, what comes back when, and what is weakest over all sittings."""
    from llmquiz.ui.tables import summary as view

    if not sitting.judge.tally.answers:
        here.show(view.nothing(here.words))
        return
    reviewed = {review.item for reviews in sitting.judge.tally.answers.values() for review in reviews}
    memories = here.past.memories()
    weak = weakest(here, memories)
    here.show(
        *view.sitting(
            sitting.judge.tally, [m for i, m in memories.items() if i in reviewed], weak, clock.now(), here.words
        )
    )


def weakest(here: Here, memories: dict[str, Memory], most: int = 5) -> list[tuple[str, str, Memory]]:
    """(id, what it says, memory) of the items missed most."""
    from llmquiz.ui.document.show import prompt

    known: dict[str, Item] = {item.id: item for item in here.collection.items()}
    missed = [m for m in memories.values() if m.item in known and (m.lapses or m.stability < 1)]
    missed.sort(key=lambda m: (-m.lapses, m.stability, m.item))
    rows = []
    for memory in missed[:most]:
        asked = here.collection.get(known[memory.item].question)
        points = {f"{asked.id}.{p.id}": p for p in getattr(asked.entry, "points", [])}
        point = points.get(memory.item)
        rows.append((memory.item, point.text[here.lang] if point else prompt(asked, here.words), memory))
    return rows
