"""A topic on one printable page: the core answers, the tables, the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmquiz.export.rendered import template
from llmquiz.ui.document.from_entry import document
from llmquiz.ui.document.markdown import body
from llmquiz.ui.document.summary import summary

if TYPE_CHECKING:
    from llmquiz.export.topic import ExportedTopic

TABLES = 5
"""The first of the topic: more would not be read."""


def page(topic: ExportedTopic) -> str:
    """The page as self-contained HTML in the user's language; printed, it has two columns."""
    words, deck = topic.context.words, topic.deck
    lang = words.lang
    parts = [(short, ref.entry) for ref in topic.to_learn() if (short := summary(ref.entry, lang))]
    tables = [(short.heading, entry) for short, entry in parts if short.part == "tables"]
    return template("page.html.jinja").render(
        lang=lang,
        title=deck.title[lang],
        text=deck.summary[lang],
        answers=[short for short, _ in parts if short.part == "answers"],
        tables=[(heading, "\n".join(body(document(entry, words)))) for heading, entry in tables[:TABLES]],
        facts=[short for short, _ in parts if short.part == "facts"],
        facts_title=words("section.number"),
    )
