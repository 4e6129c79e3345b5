"""The report as data: what was asked and not, the follow-up path, the best version, and what is kept of it."""

from __future__ import annotations

import pytest

from llmquiz.interview.report.report import build
from tests.interview import candidates
from tests.interview.candidates import AT, planned, reported, spoken_to


def test_what_was_not_reached_is_told() -> None:
    result = reported("depth", "en", candidates.rambler)
    asked = {question.id for question in result.questions}
    assert result.unasked
    assert not asked & {name for _, name, _ in result.unasked}


def test_every_follow_up_says_why_it_was_asked() -> None:
    result = reported("depth", "en", candidates.confident_and_wrong)
    follow_ups = [follow_up for question in result.questions for follow_up in question.follow_ups]
    assert {follow_up.why for follow_up in follow_ups} >= {"contradicted"}
    assert all(follow_up.because or follow_up.point for follow_up in follow_ups if follow_up.why == "contradicted")


def answered(question: str, answer: str, *later: str):  # type: ignore[no-untyped-def]
    """The report on one answer to one question, and on answers to follow-ups."""
    exchanges, interviewer = spoken_to(planned("practice", "en", question=question), answer, *later)
    return build("test", AT, exchanges, interviewer, finished=False).questions[0]


def test_the_best_version_keeps_what_was_right_mends_what_was_wrong_and_adds_what_was_missing() -> None:
    question = answered(
        "design-dialogue-system",
        "Tune it with supervised fine-tuning on dialogues, then preference optimization such as DPO or RLHF. "
        "To make the KV cache of long chats smaller, use FlashAttention.",
    )
    kinds = [segment.kind for segment in question.best.segments]
    assert kinds[0] == "kept"
    assert "FlashAttention" in next(s.text for s in question.best.segments if s.kind == "dropped")
    assert next(s.point for s in question.best.segments if s.kind == "mended") == "flash-for-cache"
    missing = {point.id for point in question.points if point.state == "missing"}
    added = {segment.point for segment in question.best.segments if segment.kind == "added"}
    assert added == missing - set(question.best.left_out)


@pytest.mark.reader
def test_the_best_version_takes_the_candidates_words_from_a_follow_up() -> None:
    drafting = "Speculative decoding drafts several tokens and verifies them in one pass."
    question = answered("drawbacks", "It writes token by token.", f"Let me think. {drafting}")
    assert [segment.text for segment in question.best.segments if segment.kind == "moved"] == [drafting]


def test_absolute_words_are_struck_out_of_the_best_version() -> None:
    question = answered("when-not-decoder-only", "A small encoder is always enough for classification.")
    dropped = [segment.text for segment in question.best.segments if segment.kind == "dropped"]
    assert dropped == ["always"]


def test_the_best_version_fits_into_the_time() -> None:
    from llmquiz.interview.plan.pace import spoken

    question = answered("drawbacks", "It writes token by token.")
    text = " ".join(segment.text for segment in question.best.segments if segment.kind != "dropped")
    heaviest = max(spoken(segment.text) for segment in question.best.segments)
    assert spoken(text) <= 1.15 * question.budget + heaviest
    assert question.best.left_out
