"""An author's examples: each fault says which point went wrong and by which words."""

from __future__ import annotations

from llmquiz.grading import Glossary
from llmquiz.grading.evaluation.examples import faults
from llmquiz.grading.text.read import keys
from llmquiz.messages.faults import wording
from llmquiz.schema.questions import OpenQuestion
from tests.grading.samples import GLOSSARY, question

GOOD = "Past keys and values stay the same. The memory grows with the context length."


def test_sound_examples_have_no_fault() -> None:
    asked = question(
        accept={"en": [GOOD], "zh": []},
        reject={"en": ["The memory does not grow with the length."], "zh": []},
        partial=[{"lang": "en", "text": "The memory grows with the length.", "meets": ["memory"]}],
    )
    assert faults(asked, GLOSSARY) == []


def test_each_fault_names_its_field_and_point() -> None:
    asked = question(
        accept={"en": ["The memory grows with the length."], "zh": []},
        reject={"en": [], "zh": ["显存随长度增长。"]},
        partial=[{"lang": "en", "text": GOOD, "meets": ["memory"]}],
    )
    messages = [
        (fault.field, wording(fault.code, **fault.values)[0].split(":")[0]) for fault in faults(asked, GLOSSARY)
    ]
    assert messages == [
        ("accept.en[0]", "point 'reuse' is not found in the answer"),
        ("reject.zh[0]", "point 'memory' is met by '显存随长度增长。' but should meet no point"),
        ("partial[0]", "point 'reuse' is met by 'Past keys and values stay the same.' but is not among its `meets`"),
    ]


def test_a_glossary_survives_the_cache() -> None:
    again = Glossary.from_json(GLOSSARY.to_json())
    assert again.forms == GLOSSARY.forms
    assert again.canonical(keys("the KV cache of 解码器")) == ("the", "@kv-cache", "of", "@decoder")


def three(*accept: str) -> OpenQuestion:
    """A question of three points with these answers to accept."""
    statements = {"alpha": "Alpha grows.", "beta": "Beta shrinks.", "gamma": "Gamma stays."}
    points = [{"id": name, "text": {"en": text, "zh": text}} for name, text in statements.items()]
    return question(points=points, misconceptions=[], accept={"en": [*accept], "zh": []})


ALL = "Yes, alpha grows. Now beta shrinks. So gamma stays."
MOST, FEW = "Yes, alpha grows. Now beta shrinks.", "Yes, alpha grows."


def test_a_reader_errs_a_miss_among_many_verdicts_is_no_fault_and_among_few_a_warning() -> None:
    assert [(fault.field, fault.warning) for fault in faults(three(ALL, MOST), GLOSSARY)] == [("accept.en[1]", True)]
    assert faults(three(ALL, ALL, ALL, MOST), GLOSSARY) == []


def test_an_example_that_is_misjudged_as_a_whole_is_an_error_among_however_many() -> None:
    misjudged = faults(three(*[ALL] * 20, FEW), GLOSSARY)
    assert [(fault.field, fault.values["name"], fault.warning) for fault in misjudged] == [
        ("accept.en[20]", "beta", False),
        ("accept.en[20]", "gamma", False),
    ]
