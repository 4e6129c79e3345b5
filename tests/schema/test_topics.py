"""What is not asked by itself: people and their interviews, decks, sources, and what a file may hold."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from llmquiz.schema.topics import (
    Deck,
    DemoText,
    EntryFile,
    GlossaryEntry,
    Interview,
    Interviewer,
    InterviewFile,
    Occasion,
    Source,
    TopicFile,
    TopicInterview,
)
from tests.entries import DATA, MODELS, SAMPLES, SHARED, both

PERSON = {name: DATA["interview"][name] for name in ("name", "manner", "cares", "irritated")}
SECTIONS = DATA["interview"]["sections"]


def sound(model: type[BaseModel], data: Any) -> bool:
    """Whether data fits a model."""
    try:
        model.model_validate(data)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", MODELS)
def test_a_file_of_one_entry_is_what_its_type_says_and_holds_nothing_that_belongs_to_a_list(kind: str) -> None:
    alone = kind not in ("reference", "technique", "interview")
    data = {"type": kind, **SHARED, **DATA[kind]}
    assert sound(EntryFile, data) is alone
    if alone:
        assert EntryFile.model_validate(data).root == SAMPLES[kind]
    assert not sound(EntryFile, {**SHARED, **DATA[kind]})


def test_a_file_with_lists_may_hold_any_of_them_and_no_other_key() -> None:
    lists = {
        "claims": [DATA["claim"] | SHARED],
        "references": [DATA["reference"] | SHARED],
        "technique": [DATA["technique"] | SHARED],
        "leftover": ["???"],
    }
    assert TopicFile.model_validate(lists).claims == [SAMPLES["claim"]]
    assert sound(TopicFile, {})
    assert not sound(TopicFile, {**lists, "remarks": []})


@pytest.mark.parametrize("model", [TopicFile, InterviewFile])
def test_a_file_of_another_format_is_refused(model: type[BaseModel]) -> None:
    assert sound(model, {"format": "llmquiz/1", "interviews": []})
    assert not sound(model, {"format": "llmquiz/2", "interviews": []})


def test_a_topic_may_leave_the_person_to_the_interviewers_file_but_never_the_sections() -> None:
    assert sound(TopicInterview, {"id": "lin", "interviewer": "lin", "sections": SECTIONS})
    assert not sound(TopicInterview, {"id": "lin", "interviewer": "lin", "sections": []})
    whole = {"id": "lin", "sections": SECTIONS, **PERSON, "opening": both("Shall we?"), "closing": both("Thanks.")}
    assert sound(Interview, whole)
    for name in (*PERSON, "opening", "closing", "sections"):
        assert not sound(Interview, {key: value for key, value in whole.items() if key != name})


def test_a_person_needs_no_words_of_greeting() -> None:
    assert sound(Interviewer, PERSON)
    assert not sound(Interviewer, {**PERSON, "sections": SECTIONS})


def test_who_says_nothing_of_what_is_picked_up_picks_up_everything_once() -> None:
    person = Interviewer.model_validate(PERSON)
    assert sorted(person.picks) == sorted(get_args(Occasion))
    assert person.picks == SAMPLES["interview"].picks  # type: ignore[union-attr]
    assert Interviewer.model_validate({**PERSON, "picks": []}).picks == []


@pytest.mark.parametrize(
    ("model", "data", "field", "good", "bad"),
    [
        (Deck, {"title": both("t"), "summary": both("s")}, "langs", ["zh"], []),
        (Deck, {"title": both("t"), "summary": both("s")}, "langs", ["en", "zh"], ["en", "fr"]),
        (Interviewer, PERSON, "digs", 0, 7),
        (Interviewer, PERSON, "weights", {"brevity": 0.0}, {"brevity": -0.5}),
        (Interviewer, PERSON, "picks", ["met"], ["happy"]),
        (Source, {"id": "x", "title": "T", "authors": "A", "year": 2017}, "arxiv", "1706.03762", "1706.3"),
        (Source, {"id": "x", "title": "T", "authors": "A"}, "year", 1950, 19500),
        (GlossaryEntry, {"id": "x", "en": ["cache"]}, "zh", ["缓存"], []),
        (GlossaryEntry, {"id": "x", "zh": ["缓存"]}, "en", ["cache"], []),
    ],
)
def test_a_field_has_its_bounds(model: type[BaseModel], data: dict[str, Any], field: str, good: Any, bad: Any) -> None:
    assert sound(model, {**data, field: good})
    assert not sound(model, {**data, field: bad})


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [("minutes", 60, 61), ("most", 9, 0), ("ask", ["t/why"], []), ("depth", "one-line", "short")],
)
def test_a_section_has_its_bounds(field: str, good: Any, bad: Any) -> None:
    section = {"id": "start", "title": both("Start"), "minutes": 5, "ask": ["x"]}
    assert sound(TopicInterview, {"id": "lin", "sections": [{**section, field: good}]})
    assert not sound(TopicInterview, {"id": "lin", "sections": [{**section, field: bad}]})


def test_a_prediction_in_the_words_of_a_demo_says_with_which_topic_it_is_learned() -> None:
    words = {
        "title": both("t"),
        "shows": both("s"),
        "seconds": 5,
        "claims": [{"id": "c", "text": both("c"), "says": "sheet", "expected": False}],
    }
    prediction = {"type": "prediction", **SHARED, **DATA["prediction"]}
    assert not sound(DemoText, {**words, "predictions": [prediction]})
    text = DemoText.model_validate({**words, "predictions": [{**prediction, "topic": "decoder-only"}]})
    assert text.predictions[0].topic == "decoder-only"
    assert not sound(DemoText, {**words, "claims": []})
