"""A topic as one document: Markdown to read from top to bottom, JSON and CSV for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from llmquiz.app.context import AppContext
from llmquiz.app.related import sources
from llmquiz.collection.collection import QuestionRef
from llmquiz.messages.ui import Words
from llmquiz.schema.questions import (
    ChoiceQuestion,
    Claim,
    CodeQuestion,
    NumberFact,
    OpenQuestion,
    OrderQuestion,
    PredictionQuestion,
    Table,
    Term,
)
from llmquiz.schema.texts import dump
from llmquiz.schema.topics import Interview, ReferenceEntry, Technique
from llmquiz.ui.document.answers import number
from llmquiz.ui.document.prose import quoted

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


def as_json(context: AppContext, topic: str) -> Iterator[str]:
    """Every entry as it stands in the files."""
    rows = [{**dump(a.entry), "id": a.id, "kind": a.kind} for a in context.collection.entries(topic=topic)]
    yield json.dumps(rows, ensure_ascii=False, indent=2)


def as_csv(context: AppContext, topic: str) -> Iterator[str]:
    """A line an entry: id, kind, level, question, answer."""
    buffer = io.StringIO()
    table = csv.writer(buffer)
    table.writerow(["id", "kind", "level", "question", "answer"])
    for asked in context.collection.entries(topic=topic):
        entry: Any = asked.entry
        body = " ".join(line for line in entry_lines(context, asked)[1:] if line).strip()
        table.writerow([asked.id, asked.kind, entry.level.value, title(entry, context.words), body])
    yield from buffer.getvalue().splitlines()


def markdown(context: AppContext, topic: str) -> Iterator[str]:
    """The whole topic as a document in the user's language."""
    words, lang = context.words, context.lang
    deck = next(found.deck for found in context.collection.topics() if found.name == topic)
    yield f"# {deck.title[lang]}"
    yield ""
    yield deck.summary[lang]
    places = {name.removeprefix(f"{topic}/"): place for place, name in enumerate(deck.order)}
    for kind in SECTIONS:
        entries = list(context.collection.entries(kind, topic))
        entries.sort(key=lambda asked: places.get(asked.id.split("/")[1], len(places)))
        if entries:
            yield ""
            yield f"## {words(f'section.{kind}')}"
        for asked in entries:
            yield ""
            yield from entry_lines(context, asked)
    yield ""
    yield f"## {words('back.sources')}"
    yield ""
    cited = {
        source.id: source for asked in context.collection.entries(topic=topic) for source in sources(context, asked)
    }
    for source in sorted(cited.values(), key=lambda s: (s.year, s.authors)):
        where = (
            f" [arXiv:{source.arxiv}](https://arxiv.org/abs/{source.arxiv})"
            if source.arxiv
            else f" <{source.url}>"
            if source.url
            else ""
        )
        yield f"- {source.authors} ({source.year}). *{source.title}*.{where}"


def title(entry: Any, words: Words) -> str:
    """The heading of an entry."""
    for name in ("prompt", "title", "name", "text"):
        if hasattr(entry, name):
            return str(getattr(entry, name)[words.lang]).strip()
    return ""


def entry_lines(context: AppContext, asked: QuestionRef) -> list[str]:  # noqa: C901  (a line a kind)
    """One entry as Markdown lines, its heading first."""
    words, lang, entry = context.words, context.lang, asked.entry
    head = f"### {title(entry, words)}"
    match entry:
        case OpenQuestion():
            body = _open(entry, words)
        case Table():
            body = _table(entry, words)
        case Claim():
            head = f"### {quoted(entry.text[lang].strip())}"
            verdict = f"**{words(f'verdict.{entry.verdict}')}**" + (
                f" ({words('back.as-of', date=entry.date)})" if entry.date else ""
            )
            body = [f"{verdict} {entry.right[lang]}", "", entry.why[lang]]
        case NumberFact():
            body = [f"**{number(entry.value)} {entry.unit[lang]}**. {entry.why[lang]}"]
        case Term():
            body = [
                f"**{entry.right[lang][0] if entry.right[lang] else ''}** ({words(f'verdict.{entry.verdict}')})",
                "",
                entry.why[lang],
            ]
        case ChoiceQuestion():
            body = _options(entry, words)
        case CodeQuestion():
            fence = ["", "```python", *entry.code.rstrip().splitlines(), "```", ""]
            right = [
                "",
                f"{words('show.right-code')}:",
                "",
                "```python",
                *entry.right.rstrip().splitlines(),
                "```",
                "",
                entry.why[lang],
            ]
            body = [*fence, *_options(entry, words), *right]
        case OrderQuestion():
            body = [
                *(f"{n}. {step[lang]}" for n, step in enumerate(entry.steps, 1)),
                "",
                entry.why[lang] if entry.why else "",
            ]
        case PredictionQuestion():
            body = [entry.why[lang], "", f"`llmquiz demo {entry.demo}`"]
        case ReferenceEntry():
            caveat = ["", words("show.caveat", text=entry.caveat[lang])] if entry.caveat else []
            body = [entry.what[lang], *caveat]
        case Technique():
            body = [entry.why[lang]]
        case Interview():
            body = [
                entry.manner[lang],
                "",
                entry.cares[lang],
                "",
                entry.irritated[lang],
                "",
                f"> {entry.opening[lang]}",
            ]
    note = getattr(entry, "note", None)
    return [head, "", *body, *(["", f"*{note[lang]}*"] if note else [])]


def _open(entry: OpenQuestion, words: Words) -> list[str]:
    lang, answers = words.lang, entry.answers
    lines = []
    for depth, answer in (("one-line", answers.one_line), ("one-minute", answers.one_minute)):
        lines += [
            f"**{words('back.model', depth=words(f'depth.{depth}'), seconds=answer.seconds)}**",
            "",
            answer.text[lang],
            "",
        ]
    if answers.full:
        lines += [f"**{words('back.model', depth=words('depth.full'), seconds=answers.full.seconds)}**", ""]
        for section in answers.full.sections:
            lines += [f"*{section.title[lang]}* ({section.seconds} s)", "", section.text[lang], ""]
    lines += [f"**{words('back.points')}**", ""]
    for point in entry.points:
        lines.append(f"- {point.text[lang]}" + (f" {point.why[lang]}" if point.why else ""))
    if entry.misconceptions:
        lines += ["", f"**{words('back.misconceptions')}**", ""]
        lines += [f"- {quoted(one.text[lang])} → {one.right[lang]}" for one in entry.misconceptions]
    return lines


def _table(entry: Table, words: Words) -> list[str]:
    lang = words.lang

    def row(cells: list[str]) -> str:
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    lines = [row(["", *(column.text[lang] for column in entry.columns)]), row(["---"] * (len(entry.columns) + 1))]
    for one in entry.rows:
        cells = [one.cells[c.id] for c in entry.columns]
        mark = f" *({words('show.contested')})*"
        lines.append(row([one.text[lang], *(cell.text[lang] + (mark if cell.contested else "") for cell in cells)]))
    return lines


def _options(entry: ChoiceQuestion | CodeQuestion, words: Words) -> list[str]:
    lang = words.lang
    return [
        f"- {'✓' if option.right else '✗'} {option.text[lang]}" + (f" {option.why[lang]}" if option.why else "")
        for option in entry.options
    ]
