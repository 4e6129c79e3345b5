"""What belongs to a question beside its answer: its table or claim, its sources, its demo."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError
from llmquiz.schema.questions import CellQuestion, Claim, Table
from llmquiz.schema.topics import Source
from llmquiz.ui.document import answers, show
from llmquiz.ui.document.prose import Indent, Styled, inline, quoted

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.messages.ui import Words
    from llmquiz.store.drafts_flags import Measurement

MEASURED = 3
"""Claims of the last measurement that are shown; the demo shows all."""


def belongings(
    context: AppContext, asked: QuestionRef, *, everything: bool = False, keys: bool = False
) -> Iterator[RenderableType]:
    """After an answer: the first table or claim that belongs, sources and demo; all of them, in full, on demand.

    `keys`: whether the demo can be started by one.
    """
    if isinstance(asked.entry, CellQuestion):
        place = asked.id.split(".", 1)[1]
        yield Indent(answers.table(asked.entry.table, context.words, highlight=place), 0, top=1)
        if everything:
            yield from answers.reasons(asked.entry.table, context.lang)
    names = list(getattr(asked.entry, "see", []))
    for name in names if everything else names[:1]:
        yield from _related(context, asked, name, everything)
    yield from show.sources(sources(context, asked), context.words, None if everything else 3)
    yield from _demo(context, asked, keys)


def _related(context: AppContext, asked: QuestionRef, name: str, everything: bool) -> Iterator[RenderableType]:
    try:
        other = context.collection.get(context.collection.resolve(name, asked.topic))
    except LlmquizError:
        return  # `check` reports a link that leads nowhere; a drill goes on
    yield show.heading(f"{context.words('back.see')} · {other.id}")
    match other.entry:
        case Table():
            yield answers.table(other.entry, context.words)
            if everything:
                yield from answers.reasons(other.entry, context.lang)
        case Claim():
            yield Indent(Styled(inline(quoted(other.entry.text[context.lang].strip()))), 2)
            yield from answers.verdict(other.entry, context.words, short=not everything)
        case _:
            yield Indent(Styled(Text(show.prompt(other, context.words))), 2)


def sources(context: AppContext, asked: QuestionRef) -> list[Source]:
    """The citations of an entry, its own and those of its points, once each."""
    entry = asked.entry
    if isinstance(entry, CellQuestion):
        names = entry.cell.sources or entry.table.sources
    else:
        names = [*entry.sources, *(name for point in getattr(entry, "points", []) for name in point.sources)]
    found = (context.collection.source(name) for name in dict.fromkeys(names))
    return [source for source in found if source]


def _demo(context: AppContext, asked: QuestionRef, keys: bool) -> Iterator[RenderableType]:
    from llmquiz.app.drill_session import asked_demo

    name = asked_demo(asked)
    words = context.collection.demo(name) if name else None
    if name and words:
        yield show.heading(context.words("back.demo"))
        how = context.words("back.demo-how" if keys else "show.demo-how", title=words.title[context.lang], id=name)
        yield Indent(Styled(inline(how), "▸ "), 2)
        last = context.past.last_measurement(name)
        if last:
            yield Indent(Styled(Text(_last(last, context.words), style="dim")), 4)
            told = {claim.id: claim.text[context.lang] for claim in words.claims}
            for claim in last.claims[:MEASURED]:
                mark = "–" if claim["holds"] is None else "✓" if claim["holds"] else "✗"
                line = inline(told.get(claim["id"], claim["id"]), "dim").append(f" {claim['measured']}", "dim")
                yield Indent(Styled(line, f"{mark} "), 4)


def _last(last: Measurement, words: Words) -> str:
    """When a demo was last run here, and what came of its claims."""
    judged = [claim for claim in last.claims if claim["holds"] is not None]
    fine = sum(claim["holds"] is claim["expected"] for claim in judged)
    date = f"{last.at.astimezone():%Y-%m-%d}"
    return words("show.last-measured", date=date, fine=fine, count=len(judged), unknown=len(last.claims) - len(judged))
