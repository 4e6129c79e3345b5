"""`llmquiz show`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from llmquiz import clock
from llmquiz.app.context import ContentOption, Here, JsonOption, LangOption
from llmquiz.app.related import belongings, sources
from llmquiz.collection.collection import Asked
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
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """One question, claim, table or reference with its answer, sources, demo and your record."""
    here = Here(lang, content)
    if depth not in ("one-line", "one-minute", "full"):
        raise LlmquizError(
            f"No depth {depth!r}: one-line, one-minute or full.", f"没有“{depth}”：one-line、one-minute 或 full。"
        )
    found = here.collection
    entries = list(found.entries(GROUPS[name])) if name in GROUPS else [found.get(name)]
    if json:
        from llmquiz.schema.texts import dump

        here.json([{**dump(asked.entry), "id": asked.id, "kind": asked.kind} for asked in entries])
        return
    for asked in entries:
        _one(here, asked, depth, alone=len(entries) == 1)


def _one(here: Here, asked: Asked, depth: str, alone: bool) -> None:
    words, entry = here.words, asked.entry
    here.show("", Text(f"{asked.id}  {words(f'kind.{asked.kind}')}", style="dim"))
    if isinstance(entry, Question | CellQuestion) or asked.kind == "claim":
        here.show(Prose(show.prompt(asked, words), "bold"))
    here.show(*answers.answer(asked, words, depth))
    if not alone:
        here.show(*show.sources(sources(here, asked), words))
        return
    if isinstance(entry, OpenQuestion):
        here.show(*points(entry, here))
    if asked.kind == "table":
        here.show(*answers.reasons(entry, here.lang))  # type: ignore[arg-type]
    here.show(*belongings(here, asked, everything=True), *record(here, asked))


def points(entry: OpenQuestion, here: Here) -> list[RenderableType]:
    """Key points, misconceptions, hints and follow-ups of an open question."""
    words, lang = here.words, here.lang
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


def record(here: Here, asked: Asked) -> list[RenderableType]:
    """How the learner has done on this."""
    from llmquiz.ui.when import when

    words = here.words
    found = [m for m in here.past.memories().values() if m.item == asked.id or m.item.startswith(f"{asked.id}.")]
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
