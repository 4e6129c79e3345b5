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
from llmquiz.ui.document.prose import Indent, Styled, heading, inline, quoted

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.messages.ui import Words
    from llmquiz.store.measurements import Measurement

MEASURED = 3
"""Claims of the last measurement that are shown; the demo shows all."""


def belongings(
    context: AppContext, question: QuestionRef, *, everything: bool = False, keys: bool = False
) -> Iterator[RenderableType]:
    """After an answer: the first table or claim that belongs, sources and demo; all of them, in full, on demand.

    `keys`: whether the demo can be started by one.
    """
    if isinstance(question.entry, CellQuestion):
        place = ".".join(question.id.parts)
        yield Indent(answers.table(question.entry.table, context.words, highlight=place), 0, top=1)
        if everything:
            yield from answers.reasons(question.entry.table, context.lang)
    names = list(getattr(question.entry, "see", []))
    for name in names if everything else names[:1]:
        yield from _related(context, question, name, everything)
    yield from show.sources(sources(context, question), context.words, None if everything else 3)
    yield from _demo(context, question, keys)


def _related(context: AppContext, question: QuestionRef, name: str, everything: bool) -> Iterator[RenderableType]:
    try:
        related = context.collection.get(context.collection.resolve(name, question.topic))
    except LlmquizError:
        return  # `check` reports a link that leads nowhere; a drill goes on
    yield heading(f"{context.words('back.see')} · {related.id}")
    match related.entry:
        case Table():
            yield answers.table(related.entry, context.words)
            if everything:
                yield from answers.reasons(related.entry, context.lang)
        case Claim():
            yield Indent(Styled(inline(quoted(related.entry.text[context.lang].strip()))), 2)
            yield from answers.verdict(related.entry, context.words, short=not everything)
        case _:
            yield Indent(Styled(Text(show.prompt(related, context.words))), 2)


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


def _demo(context: AppContext, question: QuestionRef, keys: bool) -> Iterator[RenderableType]:
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
