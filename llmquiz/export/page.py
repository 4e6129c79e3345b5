"""A topic on one printable page: the core answers, the tables, the numbers."""

from __future__ import annotations

import html
from collections.abc import Sequence

from markdown_it import MarkdownIt

from llmquiz.app.context import AppContext
from llmquiz.collection.collection import QuestionRef
from llmquiz.export.documents import entry_lines, title
from llmquiz.schema.questions import NumberFact, OpenQuestion, Table


def page(context: AppContext, topic: str) -> str:
    """The page as self-contained HTML in the user's language; printed, it has two columns."""
    deck = next(found.deck for found in context.collection.topics() if found.name == topic)
    places = {name.removeprefix(f"{topic}/"): place for place, name in enumerate(deck.order)}
    entries = list(context.collection.entries(topic=topic))
    entries.sort(key=lambda asked: places.get(asked.id.split("/")[1], len(places)))
    heading, summary = html.escape(deck.title[context.lang]), html.escape(deck.summary[context.lang])
    parts = [
        f"<h1>{heading}</h1><p>{summary}</p>",
        *_answers(context, entries),
        *_tables(context, entries),
        _numbers(context, entries),
    ]
    return _PAGE.format(lang=context.lang, title=heading, body="\n".join(parts))


def _answers(context: AppContext, entries: Sequence[QuestionRef]) -> list[str]:
    lang, parts = context.lang, []
    for entry in (asked.entry for asked in entries):
        if isinstance(entry, OpenQuestion) and entry.level == "core":
            core = [point for point in entry.points if (point.level or entry.level) == "core"]
            points = "".join(f"<li>{_inline(point.text[lang])}</li>" for point in core)
            answer = _inline(entry.answers.one_line.text[lang])
            parts.append(f"<section><h2>{_inline(entry.prompt[lang])}</h2><p>{answer}</p><ul>{points}</ul></section>")
    return parts


def _tables(context: AppContext, entries: Sequence[QuestionRef], most: int = 5) -> list[str]:
    tables = [asked for asked in entries if isinstance(asked.entry, Table)][:most]
    shown = [(_inline(title(a.entry, context.words)), _block(entry_lines(context, a)[2:])) for a in tables]
    return [f"<section><h2>{name}</h2>{body}</section>" for name, body in shown]


def _numbers(context: AppContext, entries: Sequence[QuestionRef]) -> str:
    from llmquiz.ui.document.answers import number

    lang, facts = context.lang, [asked.entry for asked in entries if isinstance(asked.entry, NumberFact)]
    cells = [(_inline(fact.prompt[lang]), f"{number(fact.value)} {_inline(fact.unit[lang])}") for fact in facts]
    rows = "".join(f"<tr><td>{asks}</td><td>{answer}</td></tr>" for asks, answer in cells)
    return f"<section><h2>{context.words('section.number')}</h2><table>{rows}</table></section>" if rows else ""


def _inline(text: str) -> str:
    return str(MarkdownIt("commonmark", {"html": False}).renderInline(text))


def _block(lines: list[str]) -> str:
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render("\n".join(lines)))


_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 14px/1.45 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 60rem;
  margin: 1rem auto; padding: 0 1rem }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.05rem; margin: .8rem 0 .2rem }}
table {{ border-collapse: collapse; width: 100%; font-size: .9em }}
td, th {{ border: 1px solid #ccc; padding: .2rem .4rem; text-align: left; vertical-align: top }}
@media print {{
  body {{ font-size: 8.5pt; columns: 2; max-width: none; margin: 0 }}
  section {{ break-inside: avoid }} h1 {{ column-span: all }}
}}
</style></head><body>
{body}
</body></html>
"""
