"""What the learner reads, as renderables: a question, its feedback, its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text as RichText

from llmquiz.messages.ui import Words
from llmquiz.schema.texts import Level
from llmquiz.ui.document import front, plain
from llmquiz.ui.document.front import Front
from llmquiz.ui.document.prose import Indent, Prose, Styled, code, heading, inline

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.grading.score import PointScore
    from llmquiz.schedule.layout import Layout
    from llmquiz.schema.topics import Source


def prompt(asked: QuestionRef, words: Words) -> str:
    """What an entry asks or is called, in one text without its options."""
    return front.prompt(asked.entry, words)


def head(asked: QuestionRef, words: Words, number: int, total: int, level: int, minutes: int) -> RenderableType:
    """Which question of how many, of what kind and level, and the minutes that all that is left will take."""
    place = words("ask.progress", number=number, total=total)
    parts = [
        place,
        words(f"kind.{asked.kind}"),
        words(f"level.{list(Level)[level]}"),
        words("ask.left", minutes=minutes),
    ]
    return Rule(" · ".join(parts), align="left", style="dim")


def question(asked: QuestionRef, layout: Layout, words: Words) -> RenderableType:
    """A question on a terminal."""
    shown = front.put(asked.entry, words)
    parts: list[RenderableType] = ["", Prose(shown.prompt, "bold")]
    parts += ["", code(shown.code)] if shown.code else []
    parts += ["", *choices(shown, layout)] if layout.order else []
    parts += ["", Styled(RichText(shown.instruction, style="dim"))] if shown.instruction else []
    return Group(*parts, "")


def choices(shown: Front, layout: Layout) -> list[RenderableType]:
    """The options or steps, numbered as they are typed."""
    return [Styled(inline(text), f"  {n}. ") for n, text in enumerate(shown.chosen_from(layout.order), 1)]


def question_line(asked: QuestionRef, layout: Layout, words: Words) -> str:
    """A question in a pipe: `[ID] kind: prompt`, then its code and options."""
    shown = front.put(asked.entry, words)
    return "\n".join([f"[{asked.id}] {asked.kind}: {shown.prompt}", *plain.below(shown, layout.order)])


def asked_back(asked: QuestionRef, point: PointScore, words: Words) -> Iterator[RenderableType]:
    """A point that could not be decided, put to the learner."""
    text = next(p.text[words.lang] for p in getattr(asked.entry, "points", []) if p.id == point.id)
    yield heading(words("back.said"))
    yield Indent(Styled(inline(text), "? "), 2)
    if point.because:
        yield Indent(Styled(RichText(words("back.because", words=point.because), style="dim")), 4)


def sources(cited: Iterable[Source], words: Words, most: int | None = None) -> Iterator[RenderableType]:
    """Citations, a line each; at most `most` of them, with how many are left."""
    from llmquiz.ui.document.from_entry import citations as as_blocks
    from llmquiz.ui.document.screen import renderables

    citations = list(as_blocks(cited))
    if citations:
        yield heading(words("back.sources"))
    yield from renderables(citations[:most])
    if most is not None and len(citations) > most:
        yield Indent(RichText(words("back.more-sources", count=len(citations) - most), style="dim"), 2)
