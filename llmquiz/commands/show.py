"""`llmquiz show`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.related import belongings, sources
from llmquiz.collection.collection import QuestionRef
from llmquiz.commands import options
from llmquiz.errors import LlmquizError
from llmquiz.schema.questions import CellQuestion, OpenQuestion, Question
from llmquiz.ui.document import answers, show
from llmquiz.ui.document.prose import Indent, Prose, Styled, inline

EPILOG = "Example: llmquiz show why-decoder-only --depth full"
GROUPS = {"references": "reference", "technique": "technique", "interviews": "interview", "tables": "table"}


def command(
    name: Annotated[
        str,
        typer.Argument(metavar="ID", help="A question, item, claim, table; or `references`, `technique`, `tables`."),
    ],
    depth: Annotated[str, typer.Option("--depth", help="one-line, one-minute or full.")] = "full",
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """One question, claim, table or reference with its answer, sources, demo and your record."""
    context = AppContext(lang, content)
    if depth not in ("one-line", "one-minute", "full"):
        raise LlmquizError(
            f"No depth {depth!r}: one-line, one-minute or full.", f"没有“{depth}”：one-line、one-minute 或 full。"
        )
    found = context.collection
    entries = list(found.entries(GROUPS[name])) if name in GROUPS else [found.get(name)]
    if json:
        from llmquiz.schema.texts import dump

        context.json([{**dump(asked.entry), "id": asked.id, "kind": asked.kind} for asked in entries])
        return
    for asked in entries:
        _one(context, asked, depth, alone=len(entries) == 1)


def _one(context: AppContext, asked: QuestionRef, depth: str, alone: bool) -> None:
    words, entry = context.words, asked.entry
    context.show("", Text(f"{asked.id}  {words(f'kind.{asked.kind}')}", style="dim"))
    if isinstance(entry, Question | CellQuestion) or asked.kind == "claim":
        context.show(Prose(show.prompt(asked, words), "bold"))
    context.show(*answers.answer(asked, words, depth))
    if not alone:
        context.show(*show.sources(sources(context, asked), words))
        return
    if isinstance(entry, OpenQuestion):
        context.show(*points(entry, context))
    if asked.kind == "table":
        context.show(*answers.reasons(entry, context.lang))  # type: ignore[arg-type]
    context.show(*belongings(context, asked, everything=True), *record(context, asked))


def points(entry: OpenQuestion, context: AppContext) -> list[RenderableType]:
    """Key points, misconceptions, hints and follow-ups of an open question."""
    words, lang = context.words, context.lang
    parts: list[RenderableType] = [show.heading(words("back.points"))]
    for number, point in enumerate(entry.points, 1):
        level = words(f"level.{point.level or entry.level}")
        parts.append(Styled(inline(point.text[lang]).append(f"  {level}", "dim"), f"{number:>3}. "))
        if point.why:
            parts.append(Indent(Prose(point.why[lang], "dim"), 5))
    if entry.misconceptions:
        parts.append(show.heading(words("back.misconceptions")))
    for wrong in entry.misconceptions:
        parts.append(Indent(Styled(inline(wrong.text[lang], "red"), "✗ "), 2))
        parts.append(Indent(Styled(inline(wrong.right[lang]), "→ "), 2))
    return parts


def record(context: AppContext, asked: QuestionRef) -> list[RenderableType]:
    """How the learner has done on this."""
    from llmquiz.ui.when import when

    words = context.words
    found = [m for m in context.past.memories().values() if m.item == asked.id or m.item.startswith(f"{asked.id}.")]
    parts: list[RenderableType] = [show.heading(words("show.status"))]
    if not found:
        parts.append(Indent(Styled(Text(words("show.never"), style="dim")), 2))
    for memory in found:
        line = words(
            "show.seen", reviews=memory.reviews, lapses=memory.lapses, when=when(memory.due, clock.now(), words)
        )
        name = memory.item.removeprefix(f"{asked.id}.")
        parts.append(Indent(Styled(Text(f"{name}: {line}")), 2))
    return parts
