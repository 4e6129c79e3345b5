"""From a blueprint to a plan: which questions, how deep, until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llmquiz.collection.collection import Collection, QuestionRef
from llmquiz.errors import LlmquizError
from llmquiz.interview.plan.planning import ALONE, Plan, minutes_of, plan
from llmquiz.schema.topics import Interview
from tests.interview.small import content, planned


def shape(chosen: Plan) -> list[tuple[str, float, str, tuple[str, ...], int]]:
    """Each section: when it should be over, how deep, what it asks and how much of it."""
    return [
        (s.id, s.until, s.depth, tuple(q.removeprefix("small/") for q in s.questions), s.most) for s in chosen.sections
    ]


class Redrafted:
    """The small topic with its first section changed."""

    def __init__(self, **section: object) -> None:
        self.section = section

    def __getattr__(self, name: str) -> object:
        return getattr(content()[0], name)

    def get(self, name: str) -> QuestionRef:
        question = content()[0].get(name)
        if isinstance(question.entry, Interview):
            first, *rest = question.entry.sections
            sections = [first.model_copy(update=self.section), *rest]
            return replace(question, entry=question.entry.model_copy(update={"sections": sections}))
        return question


def redrafted(seed: int = 1, **section: object) -> Plan:
    """The plan where the first section is drafted otherwise."""
    collection: Collection = Redrafted(**section)  # type: ignore[assignment]
    return plan(replace(planned().setting, seed=seed), collection)


def test_sections_stand_in_their_order_each_with_its_end() -> None:
    assert shape(planned()) == [
        ("ideas", 360.0, "one-minute", ("scale", "mask"), 2),
        ("facts", 600.0, "one-line", ("gpt3", "pick", "free"), 3),
    ]
    assert (planned().seconds, planned().topic) == (600.0, "small")


@pytest.mark.parametrize(
    ("minutes", "ends", "most"),
    [
        (5, [180.0, 300.0], [1, 2]),  # half of the time: one of two, two of three
        (2, [72.0, 120.0], [1, 2]),  # at least half of the questions
        (20, [720.0, 1200.0], [4, 6]),
        (60, [2160.0, 3600.0], [4, 6]),  # at most twice as many
    ],
)
def test_an_interview_of_another_length_asks_more_or_less(minutes: float, ends: list[float], most: list[int]) -> None:
    sections = planned(minutes=minutes).sections
    assert [section.until for section in sections] == ends
    assert [section.most for section in sections] == most


def test_a_section_asks_no_deeper_than_its_time_allows() -> None:
    assert [planned(minutes=minutes).sections[0].depth for minutes in (10, 1)] == ["one-minute", "one-line"]
    assert planned(rate=15).sections[0].depth == "one-line"  # who types a tenth as fast as one speaks


def test_words_of_the_plan_are_in_its_language() -> None:
    assert [(section.title, section.say) for section in planned("zh").sections] == [("思路", "先来。"), ("事实", "")]
    assert planned("en").sections[0].prompt == "Attention, then. Why the root of d?"


def test_a_section_that_draws_does_so_by_the_seed_and_asks_in_its_own_words_only_what_these_are_about() -> None:
    drawn = {redrafted(seed, draw=True).sections[0].questions for seed in range(20)}
    assert drawn == {("small/scale", "small/mask"), ("small/mask", "small/scale")}
    for seed in range(20):
        section = redrafted(seed, draw=True).sections[0]
        assert bool(section.prompt) == (section.questions[0] == "small/scale")
    assert redrafted(7, draw=True) == redrafted(7, draw=True)


def test_an_interview_about_one_question_keeps_what_its_section_says_of_it() -> None:
    (first,) = planned(question="small/scale").sections
    assert (first.id, first.until, first.questions, first.most) == ("ideas", 600.0, ("small/scale",), 1)
    assert (first.say, first.prompt) == ("Let us begin.", "Attention, then. Why the root of d?")
    (second,) = planned(question="small/mask").sections
    assert (second.id, second.say, second.prompt) == ("ideas", "", "")  # those words are about another


def test_a_question_of_no_section_is_asked_as_deep_as_the_first_one() -> None:
    (section,) = planned("zh", question="small/generation").sections
    assert (section.id, section.title, section.depth, section.questions) == (
        "question",
        "一道题",
        "one-minute",
        ("small/generation",),
    )


def test_what_an_interviewer_cannot_ask_is_refused() -> None:
    with pytest.raises(LlmquizError, match=r"^'small/lin' is a interview; an interview asks questions, claims, "):
        planned(question="small/lin")


def test_the_length_of_a_blueprint_is_that_of_its_sections() -> None:
    assert minutes_of(planned().blueprint) == 10 == ALONE


def test_a_section_is_looked_up_by_its_id() -> None:
    chosen = planned()
    assert chosen.section("facts") is chosen.sections[1]
    assert chosen.section("gone") is None
