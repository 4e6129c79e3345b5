"""Which grader an answer goes to, and with what."""

from __future__ import annotations

import pytest

from llmquiz.app.answering import grade, measured_before, noted_terms, prepare
from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schema.questions import OpenQuestion, PredictionQuestion
from tests.entries import ref
from tests.home import settings_say

MET, MISSING, UNDECIDED = PointState.met, PointState.missing, PointState.undecided


@pytest.mark.parametrize(
    ("question", "response", "state"),
    [
        ("kinds.encoder.sees", "both sides", MET),
        ("kinds.encoder.sees", "left", MISSING),
        ("gpt3", "175B", MET),
        ("pick", "2", MET),
        ("steps", "1 2 3", MET),
        ("free", "wrong", MET),
        ("order-of-words", "autoregressive generation", MET),
    ],
)
def test_every_kind_is_graded(context: AppContext, question: str, response: str, state: PointState) -> None:
    assert grade(context, context.collection.get(f"small/{question}"), response).points[0].state is state


def test_an_open_answer_is_graded_with_its_hints_and_its_time(context: AppContext) -> None:
    question = context.collection.get("small/scale")
    answer = " ".join(["The variance grows with d."] * 60)
    result = grade(context, question, answer, ["variance"])
    assert [point.hinted for point in result.points] == [True, False, False]
    assert "too-long" in [remark.id for remark in result.style]


UNSURE = "Maybe the variance grows."
"""An answer of which the reader cannot tell whether it makes the first point."""


@pytest.mark.parametrize(
    ("settings", "answer", "asked"),
    [
        ("judge: {base_url: 'http://x/v1', model: m, second_reader: true}", UNSURE, 1),
        ("judge: {base_url: 'http://x/v1', model: m, second_reader: true}", "The variance grows.", 0),
        ("judge: {base_url: 'http://x/v1', model: m, second_reader: false}", UNSURE, 0),
        ("judge: {base_url: 'http://x/v1', model: m}", UNSURE, 0),
        ("lang: en", UNSURE, 0),
    ],
)
def test_a_second_reader_is_asked_where_the_settings_say_so_and_something_is_undecided(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, settings: str, answer: str, asked: int
) -> None:
    from llmquiz.grading.optional.llm_judge import LlmJudge

    calls: list[str] = []

    def ruled(judge: LlmJudge, question: object, response: str, lang: str, score: Score, states: object) -> Score:
        calls.append(response)
        return score

    monkeypatch.setattr(LlmJudge, "_ruled", ruled)
    settings_say(settings)
    grade(context, context.collection.get("small/scale"), answer)
    assert len(calls) == asked


def test_a_second_reader_without_a_model_is_told_and_the_first_stands(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_say("judge: {base_url: 'http://x/v1', second_reader: true}")
    assert grade(context, context.collection.get("small/scale"), UNSURE).points[0].state is UNDECIDED
    assert "model" in capsys.readouterr().err


def test_statements_are_read_beside_what_the_learner_does(context: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    from llmquiz.grading.reader import judging

    read: list[str] = []
    monkeypatch.setattr(judging, "prepare", read.extend)
    for name in ("scale", "pick", "free"):
        prepare(context, context.collection.get(f"small/{name}"))
    entry = context.collection.get("small/scale").entry
    assert isinstance(entry, OpenQuestion)
    assert read == [stated.text["en"] for stated in (*entry.points, *entry.misconceptions)]


def test_only_terms_that_are_never_right_are_pointed_out(context: AppContext) -> None:
    assert noted_terms(context) == {}  # the one term of the topic is not noted


PREDICTION = ref("prediction")


@pytest.mark.parametrize(("guess", "state"), [("15", MET), ("50", MISSING)])
def test_a_guess_is_held_against_what_the_demo_measures_here(
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    guess: str,
    state: PointState,
) -> None:
    asked: list[tuple[str, str]] = []

    def measured(_: AppContext, demo: str, field: str) -> float:
        asked.append((demo, field))
        return 10.004

    monkeypatch.setattr("llmquiz.app.demos.measured", measured)
    assert grade(context, PREDICTION, guess).points[0].state is state
    assert isinstance(PREDICTION.entry, PredictionQuestion)
    assert asked == [(PREDICTION.entry.demo, PREDICTION.entry.measures)]
    assert isinstance(PREDICTION.entry, PredictionQuestion)
    assert measured_before(context, PREDICTION.entry) == 10.004


def test_what_cannot_be_measured_here_is_not_judged(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = LlmquizError("mock.nothing-open")  # any that the user can mend

    def refuse(*_: object) -> float:
        raise error

    monkeypatch.setattr("llmquiz.app.demos.measured", refuse)
    assert grade(context, PREDICTION, "15") == Score(0.0, (PointScore("", UNDECIDED),))
    assert " ".join(capsys.readouterr().out.split()) == error.text("en")
