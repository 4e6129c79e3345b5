"""A claim: the verdict stands in the first line, the reason is graded beside it."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.grading import grade
from llmquiz.schema.questions import Claim
from tests.grading.samples import GLOSSARY, state, text


def claim(verdict: str, **more: Any) -> Claim:
    """A claim to judge."""
    return Claim.model_validate(
        {"id": "c", "text": text("c"), "verdict": verdict, "right": text("r"), "why": text("w")} | more
    )


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        *((line, "sound") for line in ("sound", "true", "1", "成立", "正确", "s")),
        *((line, "imprecise") for line in ("imprecise", "imp", "2", "不准确", "不严谨。")),
        *((line, "contested") for line in ("contested", "有争议", "3", "It is disputed.")),
        *((line, "wrong") for line in ("wrong", "False!", "错", "不成立", "4", "w")),
        *((line, "unverifiable") for line in ("unverifiable", "无法核实", "5", "undisclosed")),
    ],
)
def test_the_first_line_is_the_verdict(line: str, verdict: str) -> None:
    assert state(claim(verdict), line) == "met"


@pytest.mark.parametrize("line", ["6", "12", "➒", "maybe", "not wrong", "sound or wrong", "un", "说不好"])
def test_a_line_that_names_no_single_verdict_is_undecided(line: str) -> None:
    assert state(claim("sound"), line) == "undecided"


def test_the_verdict_earns_the_credit_and_the_reason_is_graded_beside_it() -> None:
    reason = {"id": "why", "text": text("The size is secret.")}
    score = grade(claim("wrong", points=[reason]), "wrong\nbecause the size is undisclosed", "en", glossary=GLOSSARY)
    assert [(point.id, str(point.state)) for point in score.points] == [("", "met"), ("why", "met")]
    missed = grade(claim("wrong", points=[reason]), "sound\nbecause the size is undisclosed", "en", glossary=GLOSSARY)
    assert missed.value == 0.0
