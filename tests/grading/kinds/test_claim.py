"""A claim: the verdict stands at the beginning, the reason is graded beside it."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.grading import grade
from llmquiz.grading.kinds.claim import read_judgement
from llmquiz.schema.questions import Claim
from tests.grading.samples import GLOSSARY, state, text


def claim(verdict: str, **more: Any) -> Claim:
    """A claim to judge."""
    return Claim.model_validate(
        {"id": "c", "text": text("c"), "verdict": verdict, "right": text("r"), "why": text("w")} | more
    )


VERDICTS = {
    "sound": [
        "sound",
        "true",
        "1",
        "成立",
        "正确",
        "s",
        "✅",
        "对",
        "对的，因为",
        "没错",
        "是的",
        "Yes, it holds",
        "真",
    ],
    "imprecise": [
        *(
            "imprecise",
            "imp",
            "2",
            "不准确",
            "不严谨。",
            "partially true",
            "mostly true",
            "partially wrong",
            "half true",
        ),
        *(
            "基本正确",
            "大部分正确",
            "不完全对",
            "说得太绝对了",
            "过于绝对",
            "部分对",
            "对一半",
            "不太准确",
            "overstated",
        ),
        *(
            "这话太绝对了，T5也能做",
            "不够准确，T5和GPT-3的对比不公平",
            "It's too strong, T5 did that too",
            "not quite: BERT too",
        ),
        *("No, that is an oversimplification", "Half right, since masking", "这个说法不够严谨，因为"),
    ],
    "contested": ["contested", "有争议", "3", "It is disputed.", "有争议，对齐之后…", "我觉得有争议", "still debated"],
    "wrong": [
        *("wrong", "False!", "错", "不成立", "4", "w", "❌", "假", "n", "no, T5 did", "4) too many", "这是错的"),
        *(
            "错误，没有对照实验",
            "错，相对位置编码才行",
            "错误，因为正确的是GQA",
            "错的，T5也是text-to-text啊",
            "It does not hold",
        ),
        *("wrong, T5 did text-to-text before GPT-3", "I think it's wrong because"),
    ],
    "unverifiable": [
        *("unverifiable", "无法核实", "5", "undisclosed", "没法核实", "no one knows", "无法核实，官方没有对外公布"),
        *("nobody knows, OpenAI never said", "官方没公布，所以没法核实"),
    ],
}


@pytest.mark.parametrize(
    ("verdict", "line"), [(verdict, line) for verdict, lines in VERDICTS.items() for line in lines]
)
def test_a_verdict_is_read_at_the_beginning_in_the_words_that_people_use(verdict: str, line: str) -> None:
    assert read_judgement(line).verdict == verdict
    assert state(claim(verdict), line) == "met"


NO_VERDICT = [
    *(
        "6",
        "12",
        "➒",
        "maybe",
        "not wrong",
        "sound or wrong",
        "对还是错",
        "un",
        "说不好",
        "no idea",
        "right now I cannot say",
    ),
    *("正确的是GQA", "准确率更高", "对照实验里没有这个结论", "对比一下就知道", "绝不是", "half of them use a mask"),
]


@pytest.mark.parametrize("line", NO_VERDICT)
def test_a_line_that_names_no_single_verdict_is_undecided(line: str) -> None:
    assert state(claim("sound"), line) == "undecided"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("wrong, T5 did it before", "T5 did it before"),
        ("错的，T5 也是 text-to-text", "T5 也是 text-to-text"),
        ("太绝对了，T5 也能做", "T5 也能做"),
        ("4) too many\nand a second line", "too many\nand a second line"),
        ("w\nT5 did it", "T5 did it"),
        ("(Wrong). T5 did it.", "T5 did it."),
        ("无法核实", ""),
    ],
)
def test_what_stands_behind_the_verdict_is_the_reason(typed: str, reason: str) -> None:
    assert read_judgement(typed).reason.strip() == reason


REASON = {"id": "why", "text": text("The size is secret.")}
OTHER = {"id": "how", "text": text("Large scores saturate the softmax.")}


@pytest.mark.parametrize(
    ("right", "typed", "state"),
    [
        ("imprecise", "wrong, the size is undisclosed", "partly"),
        ("wrong", "太绝对了，the size is undisclosed", "partly"),
        ("contested", "nobody knows, the size is secret", "partly"),
        ("imprecise", "wrong, I have seen it", "missing"),  # without a right reason it is not nearly right
        ("imprecise", "wrong", "missing"),
        ("imprecise", "wrong, the size is secret, and scores never saturate the softmax", "missing"),  # one is wrong
        ("sound", "imprecise, the size is secret", "missing"),  # no neighbours
        ("contested", "wrong, the size is secret", "missing"),
    ],
)
def test_a_neighbouring_verdict_with_a_right_reason_is_nearly_right(right: str, typed: str, state: str) -> None:
    score = grade(claim(right, points=[REASON, OTHER]), typed, "en", glossary=GLOSSARY)
    assert (score.points[0].state, score.value) == (state, 0.5 if state == "partly" else 0.0)


def test_a_reason_on_the_line_of_the_verdict_is_graded() -> None:
    score = grade(claim("wrong", points=[REASON]), "wrong, the size is undisclosed", "en", glossary=GLOSSARY)
    assert [(point.id, str(point.state)) for point in score.points] == [("", "met"), ("why", "met")]


def test_the_verdict_earns_the_credit_and_the_reason_is_graded_beside_it() -> None:
    reason = {"id": "why", "text": text("The size is secret.")}
    score = grade(claim("wrong", points=[reason]), "wrong\nbecause the size is undisclosed", "en", glossary=GLOSSARY)
    assert [(point.id, str(point.state)) for point in score.points] == [("", "met"), ("why", "met")]
    missed = grade(claim("wrong", points=[reason]), "sound\nbecause the size is undisclosed", "en", glossary=GLOSSARY)
    assert missed.value == 0.0
