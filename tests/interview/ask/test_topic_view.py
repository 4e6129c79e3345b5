"""Look-ups in one topic: by full or short id, and what is gone is nothing."""

from __future__ import annotations

from llmquiz.interview.ask.topic_view import TopicView
from tests.interview.small import content, hearing


def test_a_question_is_known_by_its_full_and_its_short_id() -> None:
    topic = hearing().topic
    full, short = topic.question("small/scale"), topic.question("scale")
    assert full is not None
    assert full == short
    assert topic.question("gone") is None
    assert topic.question("small/gone") is None


def test_only_an_open_question_is_answered_in_free_text() -> None:
    topic = hearing().topic
    assert [entry.id for entry in topic.open_questions()] == ["scale", "mask"]
    assert topic.open_question("scale") == topic.open_questions()[0]
    assert topic.open_question("gpt3") is None
    assert topic.open_question("gone") is None


def test_numbers_terms_and_interviewers_of_the_topic() -> None:
    topic = hearing().topic
    assert [number.id for number in topic.numbers()] == ["small/gpt3"]
    assert list(topic.terms) == ["generation"]
    assert topic.interviewers() == ["small/lin"]


def test_texts_are_in_the_interviews_language_and_empty_where_there_is_none() -> None:
    english, chinese = hearing("en").topic, hearing("zh").topic
    assert english.prompt_of("mask") == "What does the causal mask hide?"
    assert chinese.prompt_of("mask") == "因果掩码遮住什么？"
    assert english.prompt_of("gone") == ""
    assert english.point_text("scale", "softmax") == "Large scores saturate the softmax."
    assert chinese.point_text("scale", "speed") == "这样算得更快。"  # a misconception
    assert (english.point_text("scale", "gone"), english.point_text("gpt3", "softmax")) == ("", "")
    assert (english.better_term("generation"), english.better_term("gone")) == ("autoregressive generation", "")
    assert (english.interviewer_name("small/lin"), english.interviewer_name("small/scale")) == (
        "Dr. Lin",
        "small/scale",
    )
    assert english.demo_title("gone") == ""


def test_the_shortest_id_is_the_one_that_still_names_it() -> None:
    topic = TopicView("small", "en", content()[0])
    assert (topic.short("small/scale"), topic.short("small/gone")) == ("scale", "small/gone")


def test_only_the_steps_of_the_technique_have_a_time() -> None:
    assert hearing().topic.technique_seconds() == (15,)


def test_questions_are_related_where_one_leads_to_the_other_or_both_to_a_third() -> None:
    topic = hearing().topic
    assert topic.related("small/mask", "small/scale")
    assert topic.related("small/scale", "small/mask")
    assert not topic.related("small/mask", "small/gone")
