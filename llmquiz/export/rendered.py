"""Content's Markdown as HTML; markup in it stays text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from llmquiz.ui.document import templates

if TYPE_CHECKING:
    from jinja2 import Template
    from markdown_it import MarkdownIt
    from markupsafe import Markup


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # Commonmark lets HTML through; a topic may come from anybody, so it is shown as text.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def block(text: str) -> Markup:
    """Paragraphs, lists and tables."""
    from markupsafe import Markup

    # The parser has escaped the text already; Markup keeps jinja2 from escaping its tags.
    return Markup(_parser().render(text))


def inline(text: str) -> Markup:
    """What stands in a line."""
    from markupsafe import Markup

    return Markup(_parser().renderInline(text))


def template(name: str) -> Template:
    """A template of this folder, in which `text|block` and `text|inline` are Markdown."""
    environment = templates.environment(Path(__file__).parent)
    environment.filters |= {"block": block, "inline": inline}
    return environment.get_template(name)
