"""An entry looked up: its answer, what belongs to it, and how the learner has done on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.paging import shown
from llmquiz.app.related import belongings, sources
from llmquiz.errors import LlmquizError
from llmquiz.ids import Id
from llmquiz.ui.document import answers, from_entry, show
from llmquiz.ui.document.front import front
from llmquiz.ui.document.prose import Indent, Prose, Styled, heading
from llmquiz.ui.document.screen import renderables
from llmquiz.ui.when import when

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef

GROUPS = {"references": "reference", "technique": "technique", "interviews": "interview", "tables": "table"}
"""Names for all entries of a kind."""


def look_up(context: AppContext, name: str, depth: str, json: bool) -> None:
    """Print the entry called `name`, or a group of them, with the model answer at `depth`.

    Raises: LlmquizError for a depth that there is not, UnknownId.
    """
    if depth not in from_entry.DEPTHS:
        raise LlmquizError("show.no-depth", depth=depth)
    collection = context.collection
    entries = list(collection.entries(GROUPS[name])) if name in GROUPS else [collection.get(name)]
    if json:
        from llmquiz.schema.texts import dump

        context.json([{**dump(ref.entry), "id": ref.id, "kind": ref.kind} for ref in entries])
        return
    parts: list[RenderableType] = []
    for ref in entries:
        parts += _entry(context, ref, depth)
        parts += _alone(context, ref) if len(entries) == 1 else show.sources(sources(context, ref), context.words)
    shown(context, *parts)


def _entry(context: AppContext, ref: QuestionRef, depth: str) -> Iterator[RenderableType]:
    """What is asked, and the answer."""
    words = context.words
    yield ""
    yield Text(f"{ref.id}  {words(f'kind.{ref.kind}')}", style="dim")
    asked = front(ref.entry, words)
    yield from [Prose(asked.prompt, "bold")] if asked else []
    yield from answers.answer(ref, words, depth)


def _alone(context: AppContext, ref: QuestionRef) -> Iterator[RenderableType]:
    """What there is room for when one entry is shown."""
    yield from renderables(from_entry.details(ref.entry, context.words))
    yield from belongings(context, ref, everything=True)
    yield from _record(context, ref)


def _record(context: AppContext, ref: QuestionRef) -> Iterator[RenderableType]:
    """How the learner has done on it."""
    words = context.words
    memories = [memory for memory in context.past.memories().values() if Id(memory.item).within(ref.id)]
    yield heading(words("show.status"))
    if not memories:
        yield Indent(Styled(Text(words("show.never"), style="dim")), 2)
    for memory in memories:
        due = when(memory.due, clock.now(), words)
        line = words("show.seen", reviews=memory.reviews, lapses=memory.lapses, when=due)
        yield Indent(Styled(Text(f"{memory.item.removeprefix(f'{ref.id}.')}: {line}")), 2)
