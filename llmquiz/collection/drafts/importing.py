"""A Markdown interview sheet, a CSV or a TSV -> a draft topic.

What the structure tells is used: a heading that asks becomes an open question with its paragraphs as the answer and its
bullets as key points; a table becomes a table; bullets and paragraphs elsewhere become claims to judge. What a person
must decide says TODO. What is not understood is kept word for word in `leftover`; nothing is dropped.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from llmquiz.collection.drafts.scaffold import TODO

# A question ends in its mark or begins with a label: `Q3:`, `问题 3：`, `追问：`.
_ASKS = re.compile(r"[?？]\s*$|^\s*(?:Q\d*|问题?|追问)\s*\d*\s*[:：.、]", re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:Q\d*|问题?|追问)\s*\d*\s*[:：.、]\s*", re.IGNORECASE)
_ANSWER = re.compile(r"^\s*(?:A\d*|答|回答|Answer)\s*[:：]\s*", re.IGNORECASE)


@dataclass
class Draft:
    """A topic as far as it could be understood."""

    title: str = TODO
    lang: str = "en"
    questions: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    leftover: list[str] = field(default_factory=list)

    def deck(self) -> dict[str, Any]:
        """deck.yaml."""
        return {"title": self.text(self.title), "summary": self.text(TODO), "langs": [self.lang]}

    def lists(self) -> dict[str, list[Any]]:
        """What stands in lists, by its key in a file; empty lists are left out."""
        lists: dict[str, list[Any]] = {"tables": self.tables, "claims": self.claims, "leftover": self.leftover}
        return {key: entries for key, entries in lists.items() if entries}

    def text(self, words: str) -> dict[str, str]:
        """A text in the sheet's language."""
        return {self.lang: words.strip() or TODO}


def language(text: str) -> str:
    """zh where a good part of the letters are Han characters, else en."""
    han = len(re.findall(r"[\u4e00-\u9fff]", text))
    return "zh" if han * 4 > len(re.findall(r"[A-Za-z]+", text)) else "en"


def from_markdown(text: str) -> Draft:
    """A draft from a Markdown sheet."""
    draft = Draft(lang=language(text))
    blocks = list(_blocks(MarkdownIt("commonmark").enable("table").parse(text)))
    if blocks and blocks[0].kind == "heading":
        draft.title = blocks.pop(0).text
    place = 0
    while place < len(blocks):
        block = blocks[place]
        asks = block.kind in ("heading", "paragraph") and _ASKS.search(block.text)
        end = place + 1
        if asks:
            while end < len(blocks) and not _begins(blocks[end], block):
                end += 1
            _question(draft, block, blocks[place + 1 : end])
        else:
            _statement(draft, block)
        place = end
    return draft


def from_rows(text: str, delimiter: str) -> Draft:
    """A draft from a table with a question and an answer in each row; a header may name more columns."""
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    draft = Draft(lang=language(text))
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    known = {"question": ("question", "q", "问题", "题目", "front"), "answer": ("answer", "a", "答案", "回答", "back")}
    # The names that other programs give them: `front` and `back` are Anki's.
    columns = {key: next((n for n, name in enumerate(names) if name in words), None) for key, words in known.items()}
    if columns["question"] is None:
        # No header: the first row is a question like the others.
        columns = {"question": 0, "answer": 1}
    else:
        rows = rows[1:]
    for row in rows:
        prompt, answer = (_at(row, columns[key]) for key in ("question", "answer"))
        if prompt:
            _add_question(draft, prompt, [answer] if answer else [], _sentences(answer))
        rest = [cell for n, cell in enumerate(row) if n not in columns.values() and cell.strip()]
        draft.leftover += rest if prompt else [delimiter.join(row)]
    return draft


def _at(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, paragraph, list item, table, quote or code."""

    kind: str
    text: str
    depth: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def _blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    """The sheet as a flat run of blocks."""
    items, quotes, place = 0, 0, 0
    while place < len(tokens):
        token = tokens[place]
        # markdown-it's tokens are flat, so what is open is counted.
        items += (token.type == "list_item_open") - (token.type == "list_item_close")
        quotes += (token.type == "blockquote_open") - (token.type == "blockquote_close")
        if token.type == "table_open":
            end = next(n for n in range(place, len(tokens)) if tokens[n].type == "table_close")
            yield _Block("table", "", rows=tuple(_rows(tokens[place:end])))
            place = end
        elif token.type == "inline":
            # A heading's words are the token after the one that opens it.
            before = tokens[place - 1]
            if before.type == "heading_open":
                yield _Block("heading", _plain(token), depth=int(before.tag[1]))
            else:
                yield _Block("item" if items else "quote" if quotes else "paragraph", _plain(token))
        elif token.type in ("fence", "code_block", "html_block"):
            yield _Block("code", token.content.rstrip("\n"))
        place += 1


def _rows(tokens: Sequence[Token]) -> Iterator[tuple[str, ...]]:
    row: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(_plain(token))
        elif token.type == "tr_close":
            yield tuple(row)


def _plain(token: Token) -> str:
    """The text of a run without emphasis that spans all of it; code and links stay Markdown."""
    text = re.sub(r"<br\s*/?>", "\n", token.content)
    return re.sub(r"^\*\*(.+)\*\*$", r"\1", text.strip()).strip()


def _begins(block: _Block, question: _Block) -> bool:
    """Whether a block begins something after `question`."""
    if block.kind == "heading":
        return question.kind == "paragraph" or block.depth <= question.depth or bool(_ASKS.search(block.text))
    return question.kind == "paragraph" and block.kind == "paragraph" and bool(_ASKS.search(block.text))


def _question(draft: Draft, head: _Block, body: Sequence[_Block]) -> None:
    paragraphs = [_ANSWER.sub("", b.text) for b in body if b.kind in ("paragraph", "quote", "heading")]
    items = [b.text for b in body if b.kind == "item"]
    _add_question(draft, _LABEL.sub("", head.text), paragraphs, items or _sentences(" ".join(paragraphs)))
    for block in body:
        if block.kind == "table":
            _table(draft, block)
        elif block.kind == "code":
            draft.leftover.append(block.text)


def _add_question(draft: Draft, prompt: str, paragraphs: Sequence[str], points: Sequence[str]) -> None:
    whole = "\n\n".join(text for text in paragraphs if text.strip()) or "\n".join(f"- {point}" for point in points)
    first = next(iter(_sentences(whole)), TODO)
    draft.questions.append(
        {
            "id": _name(prompt, "question", [q["id"] for q in draft.questions]),
            "type": "open",
            "level": "deep",
            "prompt": draft.text(prompt),
            "answers": {
                "one-line": {"text": draft.text(first), "seconds": 15},
                "one-minute": {"text": draft.text(whole), "seconds": 60},
            },
            "points": [{"id": f"point-{n}", "text": draft.text(p)} for n, p in enumerate(points[:20] or [TODO], 1)],
        }
    )
    # The schema takes 20 points.
    draft.leftover += points[20:]


def _sentences(text: str) -> list[str]:
    # A full stop ends a sentence only before a space: 3.5 and model.generate are one word.
    return [part.strip() for part in re.split(r"(?<=[。！？!?])|(?<=\.)\s+|\n+", text) if part and part.strip()]


def _statement(draft: Draft, block: _Block) -> None:
    """What stands outside a question: a table, a claim, or something for a person to place."""
    if block.kind == "table":
        _table(draft, block)
    elif block.kind in ("item", "paragraph", "quote") and len(block.text) > 8:
        draft.claims.append(
            {
                "id": _name(block.text, "claim", [claim["id"] for claim in draft.claims]),
                "level": "deep",
                "text": draft.text(block.text),
                # Until a person has judged it.
                "verdict": "contested",
                "right": draft.text(TODO),
                "why": draft.text(TODO),
                "says": "field",
            }
        )
    elif block.text:
        draft.leftover.append(block.text)


def _table(draft: Draft, block: _Block) -> None:
    head, *rows = block.rows
    if len(head) < 2 or not rows:
        draft.leftover += [" | ".join(row) for row in block.rows]
        return
    columns = [{"id": f"column-{n}", "text": draft.text(name)} for n, name in enumerate(head[1:], 1)]
    draft.tables.append(
        {
            "id": f"table-{len(draft.tables) + 1}",
            "level": "deep",
            "title": draft.text(head[0]),
            "columns": columns,
            "rows": [
                {
                    "id": f"row-{n}",
                    "text": draft.text(row[0] if row else ""),
                    "cells": {c["id"]: {"text": draft.text(_at(row, m))} for m, c in enumerate(columns, 1)},
                }
                for n, row in enumerate(rows, 1)
            ],
        }
    )


def _name(text: str, kind: str, taken: Sequence[str]) -> str:
    """An id from the Latin words of a text, else from its number."""
    words = re.findall(r"[a-z0-9]+", text.lower())[:6]
    # A few Latin letters in a Chinese sentence name nothing.
    name = "-".join(words) if sum(map(len, words)) > 3 and language(text) == "en" else f"{kind}-{len(taken) + 1}"
    return name if name not in taken else f"{name}-{len(taken) + 1}"
