"""A topic as one Markdown document to read from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmquiz.ui.document.from_entry import citations, document
from llmquiz.ui.document.markdown import entry, lines

if TYPE_CHECKING:
    from llmquiz.export.topic import ExportedTopic

SECTIONS = (
    "open",
    "table",
    "claim",
    "number",
    "term",
    "choice",
    "order",
    "code",
    "prediction",
    "technique",
    "interview",
    "reference",
)
"""Every kind of entry, in the order in which the document takes them."""


def markdown(topic: ExportedTopic) -> Iterator[str]:
    """The whole topic in the user's language, a section a kind, its sources last."""
    words, deck = topic.context.words, topic.deck
    yield f"# {deck.title[words.lang]}"
    yield ""
    yield deck.summary[words.lang]
    entries = topic.to_learn()
    for kind in SECTIONS:
        section = [ref.entry for ref in entries if ref.kind == kind]
        if section:
            yield from ("", f"## {words(f'section.{kind}')}")
        for content in section:
            yield from ("", *entry(document(content, words)))
    yield from ("", f"## {words('back.sources')}")
    yield from lines(citations(topic.cited()))
