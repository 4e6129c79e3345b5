"""The right answers on a terminal."""

from __future__ import annotations

import typing

import pytest

from llmquiz.messages.ui import Words
from llmquiz.schema.questions import Claim, Table
from llmquiz.ui.document.answers import answer, reasons, table, verdict
from tests.entries import KINDS, SAMPLES, both, ref
from tests.ui.drawn import coloured, drawn

EN, ZH = Words("en"), Words("zh")
CLAIM, TABLE = typing.cast("Claim", SAMPLES["claim"]), typing.cast("Table", SAMPLES["table"])
NAMES = {"reference": "A paper", "technique": "Answer first  15 s", "interview": "Dr. Lin"}
"""How what is not asked is headed; a table bears its own title."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_asked_bears_its_name_and_what_is_asked_does_not(kind: str) -> None:
    lines = [line.strip() for line in drawn(*answer(ref(kind), EN, "one-minute"))]
    assert [name for name in NAMES.values() if name in lines] == ([NAMES[kind]] if kind in NAMES else [])
    assert len(lines) > 1


@pytest.mark.parametrize("depth", ["one-line", "one-minute", "full"])
def test_an_open_question_is_answered_at_the_depth_that_was_asked(depth: str) -> None:
    lines = "\n".join(drawn(*answer(ref("open"), EN, depth)))
    texts = {"one-line": "For the variance.", "one-minute": "It would grow with d.", "full": "It keeps it at one."}
    assert [name for name, text in texts.items() if text in lines] == [depth]


def test_the_remark_of_an_entry_stands_last() -> None:
    assert drawn(*answer(ref("open"), EN, "one-line"))[-3:] == ["", "Note", "  Since 2017."]
    assert drawn(*answer(ref("open"), ZH, "one-line"))[-2:] == ["说明", f"  {both('Since 2017.')['zh']}"]
    assert "Note" not in drawn(*answer(ref("choice"), EN, "one-line"))


def test_the_evidence_of_a_verdict_is_left_out_where_it_should_be_short() -> None:
    short, whole = drawn(*verdict(CLAIM, EN, short=True)), drawn(*verdict(CLAIM, EN))
    assert short == [
        "",
        "Verdict: wrong  (said by the interview sheet, as of 2026-06)",
        "",
        "What holds",
        "  It takes memory.",
    ]
    assert whole == [*short, "", "Why", "  Two vectors a token."]


def test_the_cell_that_was_asked_stands_out() -> None:
    without = coloured(table(TABLE, EN))
    sees, makes = coloured(table(TABLE, EN, "encoder.sees")), coloured(table(TABLE, EN, "encoder.makes"))
    assert len({without, sees, makes}) == 3
    assert coloured(table(TABLE, EN, "decoder.sees")) == without


def test_the_reason_of_each_cell_that_has_one_is_given_under_its_name() -> None:
    assert drawn(*reasons(TABLE, "en")) == ["", "  encoder · sees  x.encoder.sees", "  No mask."]
    assert drawn(*reasons(TABLE, "zh"))[-1] == f"  {both('No mask.')['zh']}"
