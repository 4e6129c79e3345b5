"""The parts of an entry fit together: each kind's own rules, and follow-ups that come to an end."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.collection.audit import structure
from llmquiz.collection.audit.findings import Findings
from llmquiz.collection.loaded import LoadResult
from tests.collection.audit.conftest import Topic, entry, noted
from tests.entries import DATA, POINTS, both

Noted = tuple[str, tuple[str, str]]

NAMES = [str(point["id"]) for point in POINTS]
WRONG = {"id": "speed", "text": both("It is faster."), "right": both("It costs the same.")}
TABLE: dict[str, Any] = DATA["table"]
CHOICE: dict[str, Any] = DATA["choice"]
OPTIONS: list[dict[str, Any]] = CHOICE["options"]
COLUMNS, ROWS = TABLE["columns"], TABLE["rows"]
FULL: dict[str, Any] = {"title": both("A"), "text": both("It is so."), "seconds": 30}


def faults(result: LoadResult) -> list[Noted]:
    """What is noted of the parts of x, all of it an error."""
    findings = Findings(result)
    structure.check(findings, result.entries["t/x"])
    assert {fault.level for fault in findings.faults} <= {"error"}
    return [(fault.field, (fault.message, fault.zh)) for fault in findings.faults]


def answers(seconds: int, *parts: int) -> dict[str, object]:
    """Model answers whose full one takes so long, and its sections so long."""
    short = {"text": both("It is so."), "seconds": 15}
    sections = [{**FULL, "seconds": part} for part in parts]
    return {"one-line": short, "one-minute": short, "full": {"seconds": seconds, "sections": sections}}


def fitting(**changes: object) -> dict[str, object]:
    """An open question whose parts fit together, but for some changes."""
    return entry("open", **{"answers": answers(90, 60, 30), **changes})


@pytest.mark.parametrize(
    "data",
    [
        fitting(),
        entry("choice"),
        entry("code", demo="kv-cache"),
        entry("code", demo="kv-cache", options=[], accept=["tril"]),
        entry("table", rows=[{**ROWS[0], "id": name} for name in ("first", "second")]),
        entry("number", demo="kv-cache"),
        entry("number", sources=["x-2020-y"]),
        entry("claim"),
    ],
    ids=range(8),
)
def test_what_fits_together_has_no_fault(topic: Topic, data: dict[str, object]) -> None:
    assert faults(topic(data)) == []


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (fitting(points=[*POINTS, POINTS[0]]), noted("points.2.id", "question.id-twice", name=NAMES[0])),
        (
            fitting(misconceptions=[WRONG, WRONG]),
            noted("misconceptions.1.id", "question.id-twice", name="speed"),
        ),
        (entry("table", columns=[*COLUMNS, COLUMNS[1]]), noted("columns.2.id", "question.id-twice", name="makes")),
        (entry("table", rows=ROWS * 2), noted("rows.1.id", "question.id-twice", name="encoder")),
    ],
    ids=["points", "misconceptions", "columns", "rows"],
)
def test_an_id_stands_once_in_an_entry(topic: Topic, data: dict[str, object], fault: Noted) -> None:
    assert faults(topic(data)) == [fault]


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("misconceptions.0.contradicts.1", {"misconceptions": [{**WRONG, "contradicts": [NAMES[0], "gone"]}]}),
        ("hints.1.names.0", {"hints": [{"text": both("Think.")}, {"text": both("Look."), "names": ["gone"]}]}),
        ("partial.0.meets.1", {"partial": [{"lang": "en", "text": "It grows.", "meets": [NAMES[1], "gone"]}]}),
        ("follow-ups.0.point", {"follow_ups": [{"when": "missed", "point": "gone", "say": both("And?")}]}),
    ],
)
def test_what_names_a_point_names_one_of_the_question(topic: Topic, field: str, data: dict[str, object]) -> None:
    assert faults(topic(fitting(**data))) == [noted(field, "question.no-point", name="gone", points=NAMES)]


def test_a_follow_up_asks_or_says_something(topic: Topic) -> None:
    follows = [{"when": "always", "ask": "y"}, {"when": "always", "say": both("And?")}, {"when": "always"}]
    assert faults(topic(fitting(follow_ups=follows))) == [noted("follow-ups.2", "follow-up.empty")]


def test_the_sections_of_the_full_answer_take_its_time(topic: Topic) -> None:
    fault = noted("answers.full.seconds", "answer.seconds-differ", total=80, seconds=90)
    assert faults(topic(fitting(answers=answers(90, 50, 30)))) == [fault]


@pytest.mark.parametrize("right", [0, 2])
@pytest.mark.parametrize("kind", ["choice", "code"])
def test_exactly_one_option_is_right(topic: Topic, kind: str, right: int) -> None:
    options = [{**option, "right": number < right} for number, option in enumerate(OPTIONS)]
    fault = noted("options", "options.one-right", right=right)
    assert faults(topic(entry(kind, options=options, demo="kv-cache"))) == [fault]


@pytest.mark.parametrize("both_ways", [True, False])
def test_a_gap_in_code_is_either_chosen_or_typed(topic: Topic, both_ways: bool) -> None:
    data = entry("code", options=OPTIONS * both_ways, accept=["tril"] * both_ways, demo="kv-cache")
    assert faults(topic(data)) == [noted("", "code.options-or-accept")]


def test_code_names_the_demo_that_holds_it(topic: Topic) -> None:
    assert faults(topic(entry("code"))) == [noted("demo", "code.no-demo")]


def test_a_table_has_a_cell_for_each_column_and_no_other(topic: Topic) -> None:
    cells = {"sees": {"text": both("both sides")}, "costs": {"text": both("much")}}
    assert faults(topic(entry("table", rows=[ROWS[0], {**ROWS[0], "id": "decoder", "cells": cells}]))) == [
        noted("rows.1.cells.makes", "table.empty-cell", column="makes"),
        noted("rows.1.cells.costs", "table.no-column", column="costs"),
    ]


def test_a_number_comes_from_somewhere(topic: Topic) -> None:
    assert faults(topic(entry("number"))) == [noted("sources", "number.no-source")]


def asks(name: str, *questions: str) -> dict[str, object]:
    """An open question that goes on with others."""
    return entry("open", id=name, follow_ups=[{"when": "always", "ask": other} for other in questions])


def circles(result: LoadResult) -> list[tuple[str, str, tuple[str, str]]]:
    """Where follow-ups lead back: file, field and what is noted."""
    findings = Findings(result)
    structure.cycles(findings)
    return [(fault.path, fault.field, (fault.message, fault.zh)) for fault in findings.faults]


@pytest.mark.parametrize("back", ["a", "t/a"])
def test_each_question_of_a_circle_is_told_where_it_goes_on(topic: Topic, back: str) -> None:
    result = topic(asks("start", "a"), asks("a", "end", "b"), asks("b", "c"), asks("c", back), asks("end"))
    assert circles(result) == [
        (f"content/t/{name}.yaml", *noted(f"follow-ups.{number}.ask", "follow-up.circle", name=name))
        for name, number in (("a", 1), ("b", 0), ("c", 0))
    ]


def test_two_ways_to_one_question_are_no_circle(topic: Topic) -> None:
    assert circles(topic(asks("a", "b", "c"), asks("b", "c"), asks("c", "gone"))) == []
