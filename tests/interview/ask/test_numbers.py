"""Numbers that a long answer names: right, wrong, and none of its business."""

from __future__ import annotations

import pytest

from llmquiz.collection.collection import QuestionRef
from llmquiz.interview.ask.numbers import names, wrong
from llmquiz.schema.questions import NumberFact
from tests.entries import ref
from tests.interview.candidates import LANGS, content


def fact(name: str, en: str, zh: str, value: float, unit: str, unit_zh: str) -> QuestionRef:
    """A number to know, without a topic around it."""
    entry = NumberFact.model_validate(
        {"id": name, "prompt": {"en": en, "zh": zh}, "value": value, "unit": {"en": unit, "zh": unit_zh},
         "why": {"en": "w", "zh": "w"}}
    )  # fmt: skip
    return ref("number", entry, f"t/{name}")


GPT3 = fact("gpt3", "How many parameters has GPT-3?", "GPT-3 有多少参数？", 175e9, "parameters", "个参数")
BERT = fact("bert", "How many parameters has BERT-large?", "BERT-large 有多少参数？", 340e6, "parameters", "个参数")
RATIO = fact(
    "ratio",
    "How many tokens per parameter are optimal after Chinchilla?",
    "按 Chinchilla，每个参数配多少 token 最优？",
    20,
    "tokens per parameter",
    "token/参数",
)
NAMELESS = fact("heads", "How many heads are usual?", "一般有多少个头？", 32, "heads", "个头")


@pytest.mark.parametrize(
    ("text", "ids", "right"),
    [
        ("GPT-3 has 175 billion parameters.", [], True),
        ("GPT-3 has 175B parameters, they say.", [], True),
        ("GPT-3 有 1750 亿参数。", [], True),
        ("GPT-3 has 17 billion parameters.", ["t/gpt3"], False),
        ("GPT-3 有 175 亿参数。", ["t/gpt3"], False),
        ("GPT-3 has 17 billion layers.", [], False),  # another unit
        ("GPT-3 came in 2020.", [], False),
        ("A model has 17 billion parameters.", [], False),  # no name
        ("GPT-3 is large. It has 17 billion parameters.", [], False),  # not in one clause
        ("GPT-3 has 17 or 18 billion parameters of 200 billion parameters.", [], False),  # several amounts
        ("GPT-3 has 17 billion parameters per expert.", [], False),  # a rate where a count is asked for
        ("GPT-3 has 17 billion parameters, no: GPT-3 has 175 billion parameters.", [], True),  # taken back
        ("", [], False),
    ],
)
def test_a_number_is_read_where_its_name_and_its_unit_stand_together(text: str, ids: list[str], right: bool) -> None:
    assert [number.id for number, _ in wrong(text, [GPT3])] == ids
    assert names(text, GPT3) is right


def test_a_wrong_number_comes_with_its_clause() -> None:
    text = "It is dense, and GPT-3 has 17 billion parameters; that is much."
    assert [(number.id, words) for number, words in wrong(text, [GPT3, BERT])] == [
        ("t/gpt3", "and GPT-3 has 17 billion parameters")
    ]


def test_a_clause_that_has_one_number_right_is_wrong_about_no_other() -> None:
    text = "GPT-3 and BERT-large differ: GPT-3 beside BERT-large has 175 billion parameters."
    assert names(text, GPT3)
    assert [number.id for number, _ in wrong(text, [GPT3, BERT])] == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("After Chinchilla about 20 tokens per parameter are optimal.", []),
        ("After Chinchilla 5 tokens per parameter are optimal.", ["t/ratio"]),
    ],
)
def test_a_rate_is_compared_with_a_rate(text: str, ids: list[str]) -> None:
    assert [number.id for number, _ in wrong(text, [RATIO])] == ids


def test_a_number_whose_prompts_share_no_name_is_never_looked_for() -> None:
    assert list(wrong("Usually there are 5 heads.", [NAMELESS])) == []
    assert not names("Usually there are 32 heads.", NAMELESS)


# The shipped content


@pytest.mark.parametrize(
    "answer",
    [
        "GPT-3 has 175 billion parameters.",
        "GPT-3 有 1750 亿参数。",
        "Wang compared models of five billion parameters, and people used GPT-3 that way.",  # another model's number
        "T5-11B against GPT-3 175B compares more than architecture.",
        "Chinchilla's optimum is about 20 tokens per parameter.",
    ],
)
def test_right_and_unrelated_numbers_are_let_pass(answer: str) -> None:
    facts = list(content()[0].entries("number"))
    assert [number.id for number, _ in wrong(answer, facts)] == []


def test_no_number_of_the_shipped_answers_is_taken_for_wrong() -> None:
    facts = list(content()[0].entries("number"))
    mistaken = []
    for asked in content()[0].entries("open"):
        for lang in LANGS:
            answers = asked.entry.answers  # type: ignore[union-attr]
            full = [section.text[lang] for section in answers.full.sections] if answers.full else []
            for text in (answers.one_minute.text[lang], *asked.entry.accept[lang], *full):  # type: ignore[union-attr]
                mistaken += [(asked.id, number.id, words) for number, words in wrong(text, facts)]
    assert mistaken == []
