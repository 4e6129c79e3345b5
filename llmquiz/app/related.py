"""What belongs to a question beside its answer: its tables, what to see also, its sources, its demo."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError
from llmquiz.schema.questions import CellQuestion, Claim, Table
from llmquiz.schema.topics import Source
from llmquiz.ui.document import answers, show
from llmquiz.ui.document.prose import Indent, Styled, heading, inline, quoted

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.messages.ui import Words
    from llmquiz.store.measurements import Measurement

MEASURED = 3
"""Claims of the last measurement that are shown; the demo shows all."""


def belongings(
    context: AppContext,
    question: QuestionRef,
    *,
    everything: bool = False,
    keys: bool = False,
    hidden: Collection[str] = (),
) -> Iterator[RenderableType]:
    """The first table or claim that belongs to a question, its sources and its demo; all of them, in full, on demand.

    `keys`: whether the demo can be started by one. `hidden`: questions still to be asked, whose answers stay unseen.
    """
    yield from tables(context, question, hidden, everything=everything)
    yield from seen_also(context, question, hidden, everything=everything)
    yield from show.sources(sources(context, question), context.words, None if everything else 3)
    yield from demo(context, question, keys)


def tables_of(context: AppContext, question: QuestionRef) -> list[tuple[Table, str]]:
    """The tables that belong to a question, each with the part that it asked: that of a cell, or those to see also."""
    if isinstance(question.entry, CellQuestion):
        return [(question.entry.table, ".".join(question.id.parts))]
    return [(entry, "") for entry in (also.entry for also in _also(context, question)) if isinstance(entry, Table)]


def tables(
    context: AppContext,
    question: QuestionRef,
    hidden: Collection[str] = (),
    *,
    everything: bool = True,
    reasons: bool = True,
) -> Iterator[RenderableType]:
    """The tables of a question, with `reasons` of cells; of one with `hidden` cells only the row that was asked."""
    for table, asked in tables_of(context, question)[: None if everything else 1]:
        prefix = f"{question.topic}/{table.id}."
        unseen = {name.removeprefix(prefix) for name in hidden if name.startswith(prefix)}
        yield Indent(answers.table(table, context.words, highlight=asked, hidden=unseen), 0, top=1)
        if unseen:
            yield Indent(Styled(Text(context.words("back.rows-hidden"), style="dim")), 2)
        elif everything and reasons:
            yield from answers.reasons(table, context.lang)


def seen_also(
    context: AppContext, question: QuestionRef, hidden: Collection[str] = (), *, everything: bool = True
) -> Iterator[RenderableType]:
    """What else to see, but for tables; the verdict on a claim only where it is not still to be asked."""
    for also in _also(context, question)[: None if everything else 1]:
        if isinstance(also.entry, Table):
            continue
        yield heading(f"{context.words('back.see')} · {also.id}")
        if isinstance(also.entry, Claim):
            yield Indent(Styled(inline(quoted(also.entry.text[context.lang].strip()))), 2)
            if also.id not in hidden:
                yield from answers.verdict(also.entry, context.words, short=not everything)
        else:
            yield Indent(Styled(Text(show.prompt(also, context.words))), 2)


def _also(context: AppContext, question: QuestionRef) -> list[QuestionRef]:
    named = []
    for name in getattr(question.entry, "see", []):
        try:
            named.append(context.collection.get(context.collection.resolve(name, question.topic)))
        except LlmquizError:
            continue  # `check` reports a link that leads nowhere; a drill goes on
    return named


def demo_of(question: QuestionRef) -> str | None:
    """The demo that belongs to a question; a cell has that of its table."""
    entry = question.entry
    return entry.table.demo if isinstance(entry, CellQuestion) else entry.demo


def sources(context: AppContext, question: QuestionRef) -> list[Source]:
    """The citations of an entry, its own and those of its points, once each."""
    entry = question.entry
    if isinstance(entry, CellQuestion):
        names = entry.cell.sources or entry.table.sources
    else:
        names = [*entry.sources, *(name for point in getattr(entry, "points", []) for name in point.sources)]
    cited = (context.collection.source(name) for name in dict.fromkeys(names))
    return [source for source in cited if source]


def demo(context: AppContext, question: QuestionRef, keys: bool = False) -> Iterator[RenderableType]:
    """The demo of a question, and what it measured here last."""
    name = demo_of(question)
    words = context.collection.demo(name) if name else None
    if name and words:
        yield heading(context.words("back.demo"))
        how = context.words("back.demo-how" if keys else "show.demo-how", title=words.title[context.lang], id=name)
        yield Indent(Styled(inline(how), "▸ "), 2)
        last = context.past.last_measurement(name)
        if last:
            yield Indent(Styled(Text(_last(last, context.words), style="dim")), 4)
            texts = {claim.id: claim.text[context.lang] for claim in words.claims}
            for claim in last.claims[:MEASURED]:
                mark = "–" if claim["holds"] is None else "✓" if claim["holds"] else "✗"
                # A claim that was measured then may have gone from the content since.
                line = inline(texts.get(claim["id"], claim["id"]), "dim").append(f" {claim['measured']}", "dim")
                yield Indent(Styled(line, f"{mark} "), 4)


def _last(last: Measurement, words: Words) -> str:
    """When a demo was last run here, and what came of its claims."""
    judged = [claim for claim in last.claims if claim["holds"] is not None]
    fine = sum(claim["holds"] is claim["expected"] for claim in judged)
    date = f"{last.at.astimezone():%Y-%m-%d}"
    return words("show.last-measured", date=date, fine=fine, count=len(judged), unknown=len(last.claims) - len(judged))
