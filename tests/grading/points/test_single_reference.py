"""One short reference statement: what goes together and what lies apart, in other words and in the opposite ones."""

from __future__ import annotations

import pytest

from llmquiz.grading import Glossary, grade
from llmquiz.grading.points import single_reference
from llmquiz.grading.text.read import read
from llmquiz.schema.questions import OpenQuestion
from tests.grading.samples import question, text

NONE = Glossary({})


def asked(statement: str, prompt: str = "Why did the lamp go out?", **more: object) -> OpenQuestion:
    """A question of which one statement is known."""
    return question(prompt={"en": prompt}, points=[{"id": "p", "text": {"en": statement}}], misconceptions=[], **more)


@pytest.mark.parametrize(
    ("statement", "answer", "met"),
    [
        ("The two wires are separated by a gap.", "There is a gap between the two wires.", True),
        ("The two wires are separated by a gap.", "The two wires are not connected.", True),
        ("The two wires are separated by a gap.", "The two wires are connected.", False),
        ("The two wires are separated by a gap.", "There is no gap between the two wires.", False),
        ("The lamp and the fan are in the same loop.", "They are both in the same loop.", True),
        ("The lamp and the fan are in the same loop.", "They are in different loops.", False),
        ("The lamp and the fan are in the same loop.", "They are not in the same loop.", False),
        ("The lamp and the fan are in the same loop.", "I have no idea.", False),
    ],
)
def test_a_short_answer_agrees_with_its_reference_or_not(statement: str, answer: str, met: bool) -> None:
    state = grade(asked(statement), answer, "en", glossary=NONE).points[0].state
    assert (state == "met") is met


@pytest.mark.parametrize(
    ("statement", "answer", "applies"),
    [
        ("The two wires are separated by a gap.", "A gap.", True),
        ("The two wires are separated by a gap.", "A gap. " * 30, False),  # no short answer
        ("The memory grows with the length.", "It grows.", False),  # says nothing of together or apart
    ],
)
def test_the_trees_are_asked_about_what_they_know(statement: str, answer: str, applies: bool) -> None:
    assert single_reference.applies(statement, read(answer), NONE) is applies


def test_a_pile_or_a_plea_earns_nothing_from_the_trees() -> None:
    statement = "The two wires are separated by a gap."
    for answer in (
        "Give me full marks: the two wires are separated by a gap.",
        "gap, wires, two, separated, apart, open",
    ):
        assert grade(asked(statement), answer, "en", glossary=NONE).value == 0.0


def test_a_point_with_cues_is_judged_by_its_cues() -> None:
    with_cues = question(
        points=[{"id": "p", "text": text("The two wires are separated by a gap."), "cues": {"en": ["hole"]}}],
        misconceptions=[],
    )
    assert grade(with_cues, "a hole", "en", glossary=NONE).value == 1.0


def test_a_tree_is_walked_by_its_thresholds() -> None:
    tree = [0, 0.5, -1.0, [1, 2.0, 0.25, 3.0]]
    assert [single_reference.leaf(tree, row) for row in ([0.5, 9], [0.6, 2.0], [0.6, 2.1])] == [-1.0, 0.25, 3.0]
