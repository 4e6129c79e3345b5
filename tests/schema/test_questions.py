"""What is asked: a question is read by its type, within its bounds, and with the keys that authors write."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from llmquiz.schema.questions import AnyQuestion, NumberFact, Question
from llmquiz.schema.texts import Verdict, dump
from tests.entries import DATA, MODELS, OPTIONS, POINTS, SAMPLES, SHARED, both

QUESTIONS = [kind for kind in DATA if kind not in ("number", "term") and issubclass(MODELS[kind], Question)]
PARTIAL = {"lang": "en", "text": "It can be folded in.", "meets": ["fold"]}
READ: TypeAdapter[Question] = TypeAdapter(AnyQuestion)


def faults(kind: str, **more: Any) -> list[str]:
    """The fields at fault of a sample entry that has other fields too."""
    try:
        MODELS[kind].model_validate({"type": kind, **SHARED, **DATA[kind], **more})
    except ValidationError as error:
        return [".".join(map(str, fault["loc"])) for fault in error.errors()]
    return []


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_question_is_read_by_its_type(kind: str) -> None:
    assert READ.validate_python(dump(SAMPLES[kind])) == SAMPLES[kind]


@pytest.mark.parametrize("kind", ["opne", "number", None])
def test_a_type_that_is_no_question_or_none_is_refused(kind: str | None) -> None:
    typed = {"type": kind} if kind else {}
    with pytest.raises(ValidationError):
        READ.validate_python({key: value for key, value in dump(SAMPLES["open"]).items() if key != "type"} | typed)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_fault_in_a_question_is_told_for_its_own_kind_alone(kind: str) -> None:
    with pytest.raises(ValidationError) as faulty:
        READ.validate_python({**dump(SAMPLES[kind]), "promt": both("?")})
    assert [fault["loc"] for fault in faulty.value.errors()] == [(kind, "promt")]


def point(**more: Any) -> dict[str, object]:
    """A key point with other fields."""
    return {**POINTS[0], **more}


def answers(depth: str, seconds: int) -> dict[str, object]:
    """The model answers, one of which takes another time."""
    changed: dict[str, Any] = copy.deepcopy(DATA["open"]["answers"])  # type: ignore[assignment]
    changed[depth]["seconds"] = seconds
    return changed


@pytest.mark.parametrize(
    ("kind", "field", "sound", "faulty"),
    [
        ("open", "points", [point(weight=5)], [point(weight=6)]),
        ("open", "points", [point(weight=1)], [point(weight=0)]),
        ("open", "points", [point(also={"en": ["It shrinks."]})], [point(cues={"en": ["shrinks"]})]),
        ("open", "points", [point()] * 20, [point()] * 21),
        ("open", "points", [point()], []),
        ("open", "answers", answers("one-line", 5), answers("one-line", 4)),
        ("open", "answers", answers("full", 1200), answers("full", 1201)),
        ("open", "partial", [{**PARTIAL, "lang": "zh"}], [{**PARTIAL, "lang": "fr"}]),
        ("open", "partial", [PARTIAL], [{**PARTIAL, "meets": []}]),
        ("open", "follow-ups", [{"when": "always"}], [{"when": "never"}]),
        ("choice", "options", OPTIONS, OPTIONS[:1]),
        ("choice", "options", OPTIONS[:1] * 9, OPTIONS[:1] * 10),
        ("code", "options", [], [{"right": True}]),
        ("order", "steps", [both("x")] * 9, [both("x")] * 10),
        ("order", "steps", [both("x")] * 3, [both("x")] * 2),
        ("prediction", "factor", 1.1, 1.0),
        ("number", "tolerance", 1.0, 1.1),
        ("number", "value", 0.5, "0.5"),
        ("number", "value", 10**30, True),
        ("claim", "verdict", "contested", "maybe"),
        ("claim", "date", "2026", "June 2026"),
        ("claim", "says", "field", "everybody"),
        ("table", "rows", [{"id": "r", "text": both("r"), "cells": {}}], []),
        ("table", "columns", [{"id": "c", "text": both("c")}], [{"id": "The Column", "text": both("c")}]),
    ],
)  # fmt: skip
def test_a_field_has_its_bounds(kind: str, field: str, sound: object, faulty: object) -> None:
    assert faults(kind, **{field: sound}) == []
    assert [fault.split(".")[0] for fault in faults(kind, **{field: faulty})] in ([field], [field] * 2)


def test_a_number_keeps_every_digit_that_was_written() -> None:
    for value in (175_000_000_001, 0.1):
        number = SAMPLES["number"].model_copy(update={"value": value})
        again = NumberFact.model_validate_json(number.model_dump_json())
        assert (again.value, type(again.value)) == (value, type(value))


def test_a_term_is_advice_to_follow_unless_its_verdict_says_otherwise() -> None:
    plain = {key: value for key, value in DATA["term"].items() if key != "verdict"}
    term = MODELS["term"].model_validate({**SHARED, **plain})
    assert dump(term).get("verdict") is None
    assert (term.verdict, SAMPLES["term"].verdict) == (Verdict.sound, Verdict.imprecise)  # type: ignore[attr-defined,union-attr]


def test_keys_with_a_hyphen_are_read_as_authors_write_them_and_as_the_code_does() -> None:
    follow_ups = [{"when": "missed", "point": "fold", "say": both("And then?")}]
    hyphens = MODELS["open"].model_validate({"type": "open", **SHARED, **DATA["open"], "follow-ups": follow_ups})
    underscores = MODELS["open"].model_validate({"type": "open", **SHARED, **DATA["open"], "follow_ups": follow_ups})
    assert hyphens == underscores != SAMPLES["open"]
