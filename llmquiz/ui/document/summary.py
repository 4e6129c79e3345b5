"""An entry in short, for a page that gathers a topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, assert_never

from llmquiz.schema.plain import heading, right_answer

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.ui.document.front import AnyEntry


@dataclass(frozen=True, slots=True)
class Summary:
    """What a page that gathers a topic says of an entry."""

    part: Literal["answers", "tables", "facts"]
    heading: str
    text: str = ""
    points: tuple[str, ...] = ()
    """Of the level core."""


def summary(entry: AnyEntry, lang: Lang) -> Summary | None:
    """An entry in short: core answers, tables and numbers; None for what one does not learn from a page."""
    name = heading(entry, lang)
    match entry.type:
        case "open":
            core = tuple(p.text[lang] for p in entry.points if (p.level or entry.level) == "core")
            short = Summary("answers", name, entry.answers.one_line.text[lang], core)
            return short if entry.level == "core" else None
        case "table":
            return Summary("tables", name)
        case "number":
            return Summary("facts", name, right_answer(entry, lang))
        case "choice" | "code" | "order" | "prediction" | "term" | "claim" | "cell":
            return None
        case "reference" | "interview" | "technique":
            return None
        case other:
            assert_never(other)
