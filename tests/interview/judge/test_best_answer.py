"""The best version of one's own answer, segment by segment."""

from __future__ import annotations

from dataclasses import replace

from llmquiz.interview.judge.best_answer import ABSOLUTE, Best, Segment, best
from llmquiz.interview.judge.question_outcome import standings
from llmquiz.interview.turns import Exchange
from llmquiz.schema.questions import OpenQuestion
from tests.interview.small import BOTH, SOFTMAX, VARIANCE, WRONG, content, exchange, hearing, spoken

FOLDED = "The scale can be folded into the query projection."


def bettered(first: Exchange, *follow_ups: Exchange) -> Best:
    """The best version of the first answer."""
    entry = content()[0].get("small/scale").entry
    assert isinstance(entry, OpenQuestion)
    listener = hearing()
    (outcome, *_) = standings([first, *follow_ups], listener)
    return best(outcome, entry, follow_ups, listener)


def test_a_whole_answer_stays_as_it_was_said() -> None:
    assert bettered(exchange(f"{BOTH} {FOLDED}")) == Best(
        (Segment("kept", VARIANCE), Segment("kept", SOFTMAX), Segment("kept", FOLDED))
    )


def test_what_is_missing_is_added_after_what_speaks_of_an_earlier_point() -> None:
    statement = "Large scores saturate the softmax."
    assert bettered(exchange(f"{VARIANCE} {FOLDED}")).segments == (
        Segment("kept", VARIANCE),
        Segment("added", statement, "softmax"),
        Segment("kept", FOLDED),
    )


def test_a_misconception_is_struck_out_and_its_correction_follows() -> None:
    assert bettered(exchange(f"{VARIANCE} {WRONG}")).segments[:3] == (
        Segment("kept", VARIANCE),
        Segment("dropped", WRONG, "speed"),
        Segment("mended", "It changes no cost.", "speed"),
    )


def test_a_denied_point_is_mended_by_the_point_itself_and_not_added_again() -> None:
    denied = bettered(exchange("The variance shrinks with d."))
    assert denied.segments[:2] == (
        Segment("dropped", "The variance shrinks with d.", "variance"),
        Segment("mended", "The variance of the dot product grows with d.", "variance"),
    )
    assert [segment.point for segment in denied.segments].count("variance") == 2


def test_a_point_that_a_follow_up_brought_out_is_moved_in_the_candidates_words() -> None:
    moved = bettered(exchange(VARIANCE), spoken(f"Well, yes. {SOFTMAX}", point="softmax"))
    assert moved.segments[:2] == (Segment("kept", VARIANCE), Segment("moved", SOFTMAX, "softmax"))


def test_absolute_words_are_struck_out() -> None:
    segments = bettered(exchange("The variance always grows with d.")).segments
    assert segments[:3] == (
        Segment("kept", "The variance "),
        Segment("dropped", "always", ABSOLUTE),
        Segment("kept", " grows with d."),
    )


def test_a_preamble_is_left_out() -> None:
    segments = bettered(exchange(f"That is a very good question, let me think. {VARIANCE}")).segments
    assert [segment.text for segment in segments if segment.kind == "kept"] == [VARIANCE]


def timed(seconds: int) -> Exchange:
    """An answer that meets no point, to a question that gives it so long."""
    answer = exchange("It keeps the numbers in a range that suits the hardware.")
    return replace(answer, turn=replace(answer.turn, seconds=seconds))


def test_what_there_is_no_time_for_is_left_out_the_heaviest_point_last() -> None:
    whole, tight = bettered(timed(60)), bettered(timed(5))
    assert [segment.point for segment in whole.segments] == ["", "variance", "softmax", "folded"]
    assert whole.left_out == ()
    assert [segment.point for segment in tight.segments] == ["", "variance"]  # one is always added
    assert tight.left_out == ("softmax", "folded")


def test_a_sentence_that_also_says_something_right_stays_and_is_corrected() -> None:
    both = f"{VARIANCE[:-1]}, and {WRONG[0].lower()}{WRONG[1:]}"
    assert bettered(exchange(both)).segments[:2] == (
        Segment("kept", both, "speed"),
        Segment("mended", "It changes no cost.", "speed"),
    )
