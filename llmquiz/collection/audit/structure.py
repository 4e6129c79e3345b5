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
                findings.error(loaded, ("sources",), "number.no-source")
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
            findings.error(loaded, ("follow-ups", number), "follow-up.empty")
    for loc, name in named:
        if name not in points:
            findings.error(loaded, loc, "question.no-point", name=name, points=points)
    full = question.answers.full
    if full and sum(section.seconds for section in full.sections) != full.seconds:
        total = sum(section.seconds for section in full.sections)
        findings.error(
            loaded, ("answers", "full", "seconds"), "answer.seconds-differ", total=total, seconds=full.seconds
        )


def _unique(findings: Findings, loaded: LoadedEntry, loc: tuple[str | int, ...], names: Iterable[str]) -> None:
    for number, name in enumerate(names):
        if name in list(names)[:number]:
            findings.error(loaded, (*loc, number, "id"), "question.id-twice", name=name)


def _options(findings: Findings, loaded: LoadedEntry, options: list[Option]) -> None:
    right = sum(option.right for option in options)
    if right != 1:
        findings.error(loaded, ("options",), "options.one-right", right=right)


def _code(findings: Findings, loaded: LoadedEntry, question: CodeQuestion) -> None:
    # Both would leave open whether the learner chooses or types.
    if bool(question.options) == bool(question.accept):
        findings.error(loaded, (), "code.options-or-accept")
    elif question.options:
        _options(findings, loaded, question.options)
    if not question.demo:
        findings.error(loaded, ("demo",), "code.no-demo")


def _table(findings: Findings, loaded: LoadedEntry, table: Table) -> None:
    columns = [column.id for column in table.columns]
    _unique(findings, loaded, ("columns",), columns)
    _unique(findings, loaded, ("rows",), [row.id for row in table.rows])
    for number, row in enumerate(table.rows):
        for column in columns:
            if column not in row.cells:
                findings.error(loaded, ("rows", number, "cells", column), "table.empty-cell", column=column)
        for column in (name for name in row.cells if name not in columns):
            findings.error(loaded, ("rows", number, "cells", column), "table.no-column", column=column)


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
                findings.error(
                    findings.result.entries[start], ("follow-ups", number, "ask"), "follow-up.circle", name=start.name
                )


def _reached(start: Id, edges: dict[Id, list[tuple[int, Id]]]) -> set[Id]:
    seen, todo = {start}, [start]
    while todo:
        for _, name in edges.get(todo.pop(), []):
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen
