"""Three things to do next, the most useful first."""

from __future__ import annotations

from dataclasses import replace

from llmquiz.grading.score import PointState, Remark
from llmquiz.interview.judge.question_outcome import Point, QuestionOutcome
from llmquiz.interview.report.steps import Advice, advice
from tests.interview.small import VARIANCE, exchange, hearing

MET, MISSING = PointState.met, PointState.missing


def opened(question: str, missing: int, *, met: int = 1) -> QuestionOutcome:
    """An open question with so many points missed."""
    points = [Point(f"m{n}", MISSING) for n in range(missing)] + [Point(f"p{n}", MET, "first") for n in range(met)]
    return QuestionOutcome(exchange(VARIANCE, question), tuple(points))


WRONG_NUMBER = QuestionOutcome(exchange("13B", "gpt3"), (Point("", MISSING),))
SCALE, MASK = "Why divide by the square root of d?", "What does the causal mask hide?"


def test_the_question_that_lost_most_is_drilled_first() -> None:
    assert advice([opened("mask", 1), opened("scale", 2), WRONG_NUMBER], hearing()) == [
        Advice("llmquiz drill scale", "missed", SCALE, 2),
        Advice("llmquiz drill gpt3", "wrong", "How many parameters has GPT-3?"),
        Advice("llmquiz mock --interviewer lin --question scale", "again", SCALE),
    ]


def test_of_each_kind_of_advice_there_is_one_but_every_wrong_answer_is_a_drill() -> None:
    wrong_choice = QuestionOutcome(exchange("1", "pick"), (Point("", MISSING),))
    assert [step.command for step in advice([WRONG_NUMBER, wrong_choice], hearing())] == [
        "llmquiz drill gpt3",
        "llmquiz drill pick",
        "llmquiz drill --level expert",
    ]
    assert [step.why for step in advice([opened("scale", 2), opened("mask", 1)], hearing())] == [
        "missed",
        "again",
        "harder",
    ]


def test_whoever_missed_nothing_is_sent_further() -> None:
    assert advice([opened("scale", 0)], hearing()) == [
        Advice("llmquiz drill --level expert", "harder"),
        Advice("llmquiz due", "due"),
    ]


def test_a_misconception_leads_to_the_claim_that_discusses_it() -> None:
    listener = hearing()
    entry = listener.topic.open_question("small/scale")
    assert entry is not None
    speed = entry.misconceptions[0].model_copy(update={"claim": "free"})
    question = listener.topic.question("small/scale")
    assert question is not None
    discussed = replace(question, entry=entry.model_copy(update={"misconceptions": [speed]}))
    listener.topic._questions["small/scale"] = discussed
    held_belief = QuestionOutcome(exchange(VARIANCE), (Point("m", MISSING),), (Remark("speed"),))
    assert advice([held_belief], listener)[1] == Advice(
        "llmquiz drill free", "misconception", "It makes the product faster."
    )
    other_belief = QuestionOutcome(exchange(VARIANCE), (Point("m", MISSING),), (Remark("shrink"),))
    assert "misconception" not in [step.why for step in advice([other_belief], listener)]
