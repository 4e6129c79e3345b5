"""Blocks on a terminal."""

from __future__ import annotations

import pytest

from llmquiz.messages.ui import Words
from llmquiz.ui.document.blocks import Citation, Judgement, Paragraph, Reason
from llmquiz.ui.document.from_entry import details, document
from llmquiz.ui.document.screen import renderables, screen
from tests.entries import KINDS, SAMPLES
from tests.ui.drawn import drawn

EN = Words("en")

ANSWERS = {
    "open": ["", "A good answer (one minute, 60 s)", "  It would grow with d."],
    "choice": ["", "  ✓ a decoder", "    it sees the past", "  ✗ an encoder", "    it sees both sides"],
    "code": [
        *("", "  ✓ a decoder", "    it sees the past", "  ✗ an encoder", "    it sees both sides"),
        *("", "The right code", "    mask = tril(x)", "", "Why", "  The past is below."),
    ],
    "order": ["", "Right answer", "  1. first", "  2. second", "  3. third", "", "Why", "  Each needs the one before."],
    "prediction": ["", "Why", "  Nothing is computed twice."],  # the demo stands below, with what it measured
    "number": ["", "Right answer", "  175 billion parameters", "", "Why", "  As published."],
    "term": [
        *("", "Right answer", "  autoregressive", "  Also accepted: token by token", "  imprecise"),
        *("", "Why", "  It names the dependence."),
    ],
    "claim": [
        *("", "Verdict: wrong  (said by the interview sheet, as of 2026-06)"),
        *("", "What holds", "  It takes memory.", "", "Why", "  Two vectors a token."),
    ],
    "reference": ["  It showed it.", "  But: Once."],
    "technique": ["  They may stop you.", "  For example: It is the mask."],
    "interview": ["  Calm.", "  Evidence.", "  Slogans.", "", "  │ Shall we?", "", "  Start  5 min", "    x, y"],
    "cell": ["", "Right answer", "  both sides", "", "Why", "  No mask."],
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "table"])
def test_every_kind_is_answered_on_a_terminal(kind: str) -> None:
    assert drawn(*renderables(document(SAMPLES[kind], EN, ("one-minute",)).answer)) == ANSWERS[kind]


def test_a_table_is_drawn_under_its_name() -> None:
    lines = drawn(*renderables(document(SAMPLES["table"], EN).answer))
    assert lines[0] == "Kinds"
    assert [line.split() for line in lines if "encoder" in line] == [
        ["encoder", "both", "sides", "vectors", "|", "states"]
    ]


def test_a_section_of_the_full_answer_has_its_time() -> None:
    lines = drawn(*renderables(document(SAMPLES["open"], EN, ("full",)).answer))
    assert lines == ["", "A good answer (in full, 90 s)", "", "  Claim  30 s", "  It keeps it at one."]


def test_the_rubric_numbers_its_points_with_their_level() -> None:
    assert drawn(*renderables(details(SAMPLES["open"], EN))) == [
        *("", "Key points", "  1. The variance grows.  core", "     Each term adds its own."),
        *("  2. It can be folded in.  expert",),
        *("", "Misconceptions", "  ✗ It is faster.", "  → It costs the same."),
    ]


def test_a_sound_term_gets_no_remark() -> None:
    assert drawn(*renderables([Paragraph((Judgement("sound", "good"),))])) == []


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        (Reason("encoder", "sees", "x.y", "No mask."), ["", "  encoder · sees  x.y", "  No mask."]),
        (Citation("A", 2017, "T", "1706.03762"), ["  · A (2017). T. arXiv:1706.03762"]),
        (Citation("A", 2017, "T", url="https://a.org"), ["  · A (2017). T. https://a.org"]),
    ],
)
def test_a_reason_and_a_source_are_a_line_or_two(block: Reason | Citation, lines: list[str]) -> None:
    assert drawn(*renderables([block])) == lines


def test_a_document_of_its_own_ends_with_an_empty_line() -> None:
    assert drawn(*screen([Citation("A", 2017, "T")]))[-1] == ""
