"""Entries whose parts do not fit together: ids inside a question, cells of a table, time budgets, circles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmquiz.collection.loaded import LoadedEntry
from llmquiz.ids import Id
from llmquiz.schema.questions import ChoiceQuestion, CodeQuestion, NumberFact, OpenQuestion, Option, Table

if TYPE_CHECKING:
    from llmquiz.collection.audit.findings import Findings


def check(findings: Findings, loaded: LoadedEntry) -> None:
    """Faults inside one entry."""
    match loaded.entry:
        case OpenQuestion():
            _open(findings, loaded, loaded.entry)
        case ChoiceQuestion():
            _options(findings, loaded, loaded.entry.options)
        case CodeQuestion():
            _code(findings, loaded, loaded.entry)
        case Table():
            _table(findings, loaded, loaded.entry)
        case NumberFact():
            if not loaded.entry.sources and not loaded.entry.demo:
                findings.error(loaded, ("sources",), "a number needs a source or a demo", "数字需要来源或演示")
        case _:
            pass


def _open(findings: Findings, loaded: LoadedEntry, question: OpenQuestion) -> None:
    points = [point.id for point in question.points]
    _unique(findings, loaded, ("points",), points)
    _unique(findings, loaded, ("misconceptions",), [belief.id for belief in question.misconceptions])
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
            findings.error(
                loaded, ("follow-ups", number), "a follow-up needs `ask` or `say`", "追问需要 `ask` 或 `say`"
            )
    for loc, name in named:
        if name not in points:
            findings.error(loaded, loc, f"this question has no point {name!r}; its points: {', '.join(points)}",
                           f"本题没有要点“{name}”；要点有：{'、'.join(points)}")  # fmt: skip
    full = question.answers.full
    if full and sum(section.seconds for section in full.sections) != full.seconds:
        total = sum(section.seconds for section in full.sections)
        findings.error(loaded, ("answers", "full", "seconds"), f"the sections take {total} s, not {full.seconds} s",
                       f"各部分合计 {total} 秒，不是 {full.seconds} 秒")  # fmt: skip


def _unique(findings: Findings, loaded: LoadedEntry, loc: tuple[str | int, ...], names: Iterable[str]) -> None:
    for number, name in enumerate(names):
        if name in list(names)[:number]:
            findings.error(loaded, (*loc, number, "id"), f"the id {name!r} is used twice in this question; rename one",
                           f"id“{name}”在本题里用了两次，请改掉一个")  # fmt: skip


def _options(findings: Findings, loaded: LoadedEntry, options: list[Option]) -> None:
    right = sum(option.right for option in options)
    if right != 1:
        findings.error(loaded, ("options",), f"{right} options are `right: true`; exactly one must be",
                       f"有 {right} 个选项标了 `right: true`，必须恰好一个")  # fmt: skip


def _code(findings: Findings, loaded: LoadedEntry, question: CodeQuestion) -> None:
    # Both would leave open whether the learner chooses or types.
    if bool(question.options) == bool(question.accept):
        findings.error(
            loaded, (), "a code question needs `options` or `accept`", "代码题要给 `options` 或 `accept` 之一"
        )
    elif question.options:
        _options(findings, loaded, question.options)
    if not question.demo:
        findings.error(loaded, ("demo",), "name the demo that holds the right code", "请注明含有正确代码的演示")


def _table(findings: Findings, loaded: LoadedEntry, table: Table) -> None:
    columns = [column.id for column in table.columns]
    _unique(findings, loaded, ("columns",), columns)
    _unique(findings, loaded, ("rows",), [row.id for row in table.rows])
    for number, row in enumerate(table.rows):
        for column in columns:
            if column not in row.cells:
                findings.error(loaded, ("rows", number, "cells", column), f"the cell {column!r} is empty; fill it",
                               f"“{column}”这一格是空的，请填上")  # fmt: skip
        for column in (name for name in row.cells if name not in columns):
            findings.error(loaded, ("rows", number, "cells", column), f"no column {column!r} in this table",
                           f"本表没有“{column}”这一列")  # fmt: skip


def cycles(findings: Findings) -> None:
    """Follow-ups that lead back to where they began."""
    edges: dict[Id, list[tuple[int, Id]]] = {}
    for loaded in findings.result.entries.values():
        if isinstance(loaded.entry, OpenQuestion):
            edges[loaded.id] = [
                (number, Id(follow.ask).in_topic(loaded.topic))
                for number, follow in enumerate(loaded.entry.follow_ups)
                if follow.ask
            ]
    for start, follows in edges.items():
        for number, first in follows:
            if start in _reached(first, edges):
                findings.error(findings.result.entries[start], ("follow-ups", number, "ask"),
                               f"this leads back to {start.name!r}; follow-ups must not run in a circle",
                               f"追问绕了一圈又回到“{start.name}”，不能成环")  # fmt: skip


def _reached(start: Id, edges: dict[Id, list[tuple[int, Id]]]) -> set[Id]:
    seen, todo = {start}, [start]
    while todo:
        for _, name in edges.get(todo.pop(), []):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen
