"""Questions with one answer, each with its near misses."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.grading import grade, grade_cell, grade_prediction
from llmquiz.schema.questions import (
    Cell,
    ChoiceQuestion,
    Claim,
    CodeQuestion,
    NumberFact,
    OrderQuestion,
    PredictionQuestion,
    Term,
)
from tests.grading.samples import GLOSSARY, text


def number(value: float, unit: str, tolerance: float = 0.05) -> NumberFact:
    """A number to know."""
    written = {
        "id": "n",
        "prompt": text("?"),
        "value": value,
        "unit": text(unit),
        "tolerance": tolerance,
        "why": text("w"),
    }
    return NumberFact.model_validate(written)


def state(question: Any, response: str) -> str:
    """The state of a question with one answer."""
    return str(grade(question, response, "en", glossary=GLOSSARY).points[0].state)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("175B", "met"),
        ("1750 亿", "met"),
        ("一千七百五十亿", "met"),
        ("1.75e11", "met"),
        ("1.75×10^11", "met"),
        ("175 billion", "met"),
        ("１７５Ｂ", "met"),
        ("175,000,000,000", "met"),
        ("about 170 billion parameters", "met"),
        ("GPT-3 has 175B", "met"),  # the 3 belongs to a name
        ("160B", "missing"),
        ("175M", "missing"),
        ("175", "missing"),
        ("1750B", "missing"),
        ("-175B", "missing"),
        ("175B seconds", "missing"),
        ("175B or 13B", "undecided"),
        ("28 + 147 = 175B", "undecided"),  # the last number is not the answer
        ("many", "undecided"),
        ("", "missing"),
    ],
)
def test_a_count_of_parameters(response: str, expected: str) -> None:
    assert state(number(175_000_000_000, "parameters"), response) == expected


@pytest.mark.parametrize(
    ("value", "unit", "response", "expected"),
    [
        (524_288, "bytes", "512 KiB", "met"),
        (524_288, "bytes", "512 KB", "met"),  # KB is used for both
        (524_288, "bytes", "0.5 MiB", "met"),
        (524_288, "bytes", "512", "missing"),
        (524_288, "bytes", "512 ms", "missing"),
        (512, "KiB", "524288 bytes", "met"),
        (15, "%", "15%", "met"),
        (15, "%", "15", "met"),
        (15, "%", "0.15", "met"),
        (15, "%", "15 percent", "met"),
        (15, "%", "百分之十五", "met"),
        (15, "%", "0.15%", "missing"),
        (15, "%", "1.5%", "missing"),
        (15, "%", "15-20%", "undecided"),
        (20, "tokens", "twenty", "met"),
        (20, "tokens", "二十个 token", "met"),
        (20, "tokens", "two", "missing"),
        (20, "tokens", "120", "missing"),  # no substring
        (20, "tokens", "20%", "missing"),
        (90, "seconds", "1.5 min", "met"),
    ],
)
def test_numbers_with_units(value: float, unit: str, response: str, expected: str) -> None:
    assert state(number(value, unit, 0.02), response) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("2", "met"),
        (" ２ ", "met"),
        ("1", "missing"),
        ("3", "undecided"),
        ("1 2", "undecided"),
        ("x", "undecided"),
    ],
)
def test_a_choice_is_the_number_of_an_option(response: str, expected: str) -> None:
    options = [{"text": text("a")}, {"text": text("b"), "right": True}]
    asked = ChoiceQuestion.model_validate({"type": "choice", "id": "c", "prompt": text("?"), "options": options})
    assert state(asked, response) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("1 2 3", "met"),
        ("1，2，3", "met"),
        ("2 1 3", "missing"),
        ("1 2", "undecided"),
        ("1 2 2", "undecided"),
        ("", "undecided"),
    ],
)
def test_an_order_is_right_as_its_author_wrote_it(response: str, expected: str) -> None:
    asked = OrderQuestion.model_validate(
        {"type": "order", "id": "o", "prompt": text("?"), "steps": [text("a"), text("b"), text("c")]}
    )
    assert state(asked, response) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("torch.tril(x, diagonal=0)", "met"),
        ("torch.tril( x,diagonal = 0 )  # lower", "met"),
        ("torch.triu(x, diagonal=0)", "missing"),
        ("torch.tril(x, diagonal=1)", "missing"),
        ("torch.tril(x", "missing"),
        ("", "missing"),
    ],
)
def test_code_is_compared_by_its_tokens(response: str, expected: str) -> None:
    asked = CodeQuestion.model_validate(
        {
            "type": "code",
            "id": "k",
            "prompt": text("?"),
            "code": "mask = ...",
            "right": "mask = torch.tril(x, diagonal=0)",
            "why": text("w"),
            "accept": ["torch.tril(x, diagonal=0)"],
        }
    )
    assert state(asked, response) == expected


def test_the_kind_of_quote_does_not_count_in_code() -> None:
    asked = CodeQuestion.model_validate(
        {"type": "code", "id": "k", "prompt": text("?"), "code": "x", "right": "f('a')", "why": text("w")}
    )
    assert (state(asked, 'f("a")'), state(asked, "f('b')")) == ("met", "missing")


TERM = Term.model_validate(
    {"id": "t", "prompt": text("?"), "wrong": {"en": ["GPT architecture"], "zh": ["GPT 架构"]},
     "right": {"en": ["decoder-only", "causal decoder"], "zh": ["仅解码器"]}, "why": text("w")}
)  # fmt: skip


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("decoder-only", "met"),
        ("Decoder only", "met"),
        ("decoderonly", "met"),
        ("a causal decoder", "met"),
        ("仅解码器", "met"),
        ("ＤＥＣＯＤＥＲ－ＯＮＬＹ", "met"),
        ("GPT architecture", "contradicted"),
        ("GPT架构", "contradicted"),
        ("encoder-only", "missing"),
        ("decoder", "missing"),
        ("not decoder-only", "missing"),
        ("", "missing"),
    ],
)
def test_a_term_is_any_of_its_right_forms(response: str, expected: str) -> None:
    assert state(TERM, response) == expected


def claim(verdict: str, **more: Any) -> Claim:
    """A claim to judge."""
    return Claim.model_validate(
        {"id": "c", "text": text("c"), "verdict": verdict, "right": text("r"), "why": text("w")} | more
    )


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        *((said, "sound") for said in ("sound", "true", "1", "成立", "正确", "s")),
        *((said, "imprecise") for said in ("imprecise", "imp", "2", "不准确", "不严谨。")),
        *((said, "contested") for said in ("contested", "有争议", "3", "It is disputed.")),
        *((said, "wrong") for said in ("wrong", "False!", "错", "不成立", "4", "w")),
        *((said, "unverifiable") for said in ("unverifiable", "无法核实", "5", "undisclosed")),
    ],
)
def test_the_first_line_is_the_verdict(line: str, verdict: str) -> None:
    assert state(claim(verdict), line) == "met"


@pytest.mark.parametrize("line", ["6", "12", "➒", "maybe", "not wrong", "sound or wrong", "un", "说不好"])
def test_a_line_that_names_no_single_verdict_is_undecided(line: str) -> None:
    assert state(claim("sound"), line) == "undecided"


def test_the_verdict_earns_the_credit_and_the_reason_is_graded_beside_it() -> None:
    reason = {"id": "why", "text": text("The size is secret."), "cues": {"en": ["size + secret/undisclosed"]}}
    score = grade(claim("wrong", points=[reason]), "wrong\nbecause the size is undisclosed", "en", glossary=GLOSSARY)
    assert [(point.id, str(point.state)) for point in score.points] == [("", "met"), ("why", "met")]
    missed = grade(claim("wrong", points=[reason]), "sound\nbecause the size is undisclosed", "en", glossary=GLOSSARY)
    assert missed.value == 0.0


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("left to right", "met"),
        ("it reads from left to right only", "met"),
        ("单向", "met"),
        ("not left to right", "contradicted"),
        ("right to left", "missing"),
        ("both ways", "missing"),
        ("", "missing"),
    ],
)
def test_a_cell_is_met_by_what_it_accepts(response: str, expected: str) -> None:
    cell = Cell.model_validate(
        {"text": text("causal", "因果"), "accept": {"en": ["left to right", "one-way"], "zh": ["单向"]}}
    )
    assert str(grade_cell(cell, response, "en", glossary=GLOSSARY).points[0].state) == expected


@pytest.mark.parametrize(
    ("guess", "expected"),
    [
        ("10", "met"),
        ("5.1", "met"),
        ("19.9x", "met"),
        ("4.9", "missing"),
        ("21", "missing"),
        ("0", "missing"),
        ("-10", "missing"),
        ("5 to 10", "undecided"),
        ("", "missing"),
    ],
)
def test_a_guess_is_right_within_its_factor(guess: str, expected: str) -> None:
    asked = PredictionQuestion.model_validate(
        {"type": "prediction", "id": "p", "prompt": text("?"), "measures": "ratio", "factor": 2.0, "why": text("w")}
    )
    assert str(grade_prediction(asked, guess, 10.0).points[0].state) == expected
