"""Entries whose parts do not fit together: ids inside a question, cells of a table, time budgets, circles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmquiz.collection.load import LoadedEntry
from llmquiz.schema.questions import ChoiceQuestion, CodeQuestion, NumberFact, OpenQuestion, Option, Table

if TYPE_CHECKING:
    from llmquiz.collection.audit.findings import Audit


def check(work: Audit, filed: LoadedEntry) -> None:
    """Faults inside one entry."""
    match filed.entry:
        case OpenQuestion():
            _open(work, filed, filed.entry)
        case ChoiceQuestion():
            _options(work, filed, filed.entry.options)
        case CodeQuestion():
            _code(work, filed, filed.entry)
        case Table():
            _table(work, filed, filed.entry)
        case NumberFact():
            if not filed.entry.sources and not filed.entry.demo:
                work.error(filed, ("sources",), "a number needs a source or a demo", "数字需要来源或演示")
        case _:
            pass


def _open(work: Audit, filed: LoadedEntry, question: OpenQuestion) -> None:
    points = [point.id for point in question.points]
    _unique(work, filed, ("points",), points)
    _unique(work, filed, ("misconceptions",), [one.id for one in question.misconceptions])
    named: list[tuple[tuple[str | int, ...], str]] = []
    for number, wrong in enumerate(question.misconceptions):
        named += [(("misconceptions", number, "contradicts", n), name) for n, name in enumerate(wrong.contradicts)]
    for number, hint in enumerate(question.hints):
        named += [(("hints", number, "names", n), name) for n, name in enumerate(hint.names)]
    for number, partial in enumerate(question.partial):
        named += [(("partial", number, "meets", n), name) for n, name in enumerate(partial.meets)]
    for number, follow in enumerate(question.follow_ups):
        named += [(("follow-ups", number, "point"), follow.point)] if follow.point else []
        if not follow.ask and not follow.say:
            work.error(filed, ("follow-ups", number), "a follow-up needs `ask` or `say`", "追问需要 `ask` 或 `say`")
    for loc, name in named:
        if name not in points:
            work.error(filed, loc, f"this question has no point {name!r}; its points: {', '.join(points)}",
                       f"本题没有要点“{name}”；要点有：{'、'.join(points)}")  # fmt: skip
    full = question.answers.full
    if full and sum(section.seconds for section in full.sections) != full.seconds:
        total = sum(section.seconds for section in full.sections)
        work.error(filed, ("answers", "full", "seconds"), f"the sections take {total} s, not {full.seconds} s",
                   f"各部分合计 {total} 秒，不是 {full.seconds} 秒")  # fmt: skip


def _unique(work: Audit, filed: LoadedEntry, loc: tuple[str | int, ...], names: Iterable[str]) -> None:
    for number, name in enumerate(names):
        if name in list(names)[:number]:
            work.error(filed, (*loc, number, "id"), f"the id {name!r} is used twice in this question; rename one",
                       f"id“{name}”在本题里用了两次，请改掉一个")  # fmt: skip


def _options(work: Audit, filed: LoadedEntry, options: list[Option]) -> None:
    right = sum(option.right for option in options)
    if right != 1:
        work.error(filed, ("options",), f"{right} options are `right: true`; exactly one must be",
                   f"有 {right} 个选项标了 `right: true`，必须恰好一个")  # fmt: skip


def _code(work: Audit, filed: LoadedEntry, question: CodeQuestion) -> None:
    if bool(question.options) == bool(question.accept):
        work.error(filed, (), "a code question needs `options` or `accept`", "代码题要给 `options` 或 `accept` 之一")
    elif question.options:
        _options(work, filed, question.options)
    if not question.demo:
        work.error(filed, ("demo",), "name the demo that holds the right code", "请注明含有正确代码的演示")


def _table(work: Audit, filed: LoadedEntry, table: Table) -> None:
    columns = [column.id for column in table.columns]
    _unique(work, filed, ("columns",), columns)
    _unique(work, filed, ("rows",), [row.id for row in table.rows])
    for number, row in enumerate(table.rows):
        for column in columns:
            if column not in row.cells:
                work.error(filed, ("rows", number, "cells", column), f"the cell {column!r} is empty; fill it",
                           f"“{column}”这一格是空的，请填上")  # fmt: skip
        for column in (name for name in row.cells if name not in columns):
            work.error(filed, ("rows", number, "cells", column), f"no column {column!r} in this table",
                       f"本表没有“{column}”这一列")  # fmt: skip


def cycles(work: Audit) -> None:
    """Follow-ups that lead back to where they began."""
    edges: dict[str, list[tuple[int, str]]] = {}
    for filed in work.loaded.entries.values():
        if isinstance(filed.entry, OpenQuestion):
            edges[filed.id] = [
                (number, follow.ask if "/" in follow.ask else f"{filed.topic}/{follow.ask}")
                for number, follow in enumerate(filed.entry.follow_ups)
                if follow.ask
            ]
    for start, follows in edges.items():
        for number, first in follows:
            if start in _reached(first, edges):
                work.error(work.loaded.entries[start], ("follow-ups", number, "ask"),
                           f"this leads back to {start.split('/')[1]!r}; follow-ups must not run in a circle",
                           f"追问绕了一圈又回到“{start.split('/')[1]}”，不能成环")  # fmt: skip


def _reached(start: str, edges: dict[str, list[tuple[int, str]]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for _, name in edges.get(todo.pop(), []):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen
