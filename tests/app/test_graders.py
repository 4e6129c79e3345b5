"""The grader that was asked for: with what it is made, and what is said where it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.app.graders import Name, named
from llmquiz.errors import GraderError
from llmquiz.grading.kinds.open import grade_open
from llmquiz.grading.optional.encoder import Encoder
from llmquiz.grading.score import PointState
from llmquiz.schema.questions import Term
from tests.entries import SAMPLES
from tests.grading.samples import GLOSSARY, question, states
from tests.grading.scripted import serving, verdict

TERM = SAMPLES["term"]
ANSWER = "The key-value cache takes memory that grows with the length; it is sequential. "


def test_points_judge_with_the_glossary_the_terms_and_the_time() -> None:
    assert isinstance(TERM, Term)
    grader = named(Name.points, None, GLOSSARY, {})
    answer = ANSWER * 20
    score = grader(question(), answer, "en", [TERM], 15)
    assert score == grade_open(question(), answer, "en", glossary=GLOSSARY, terms=[TERM], seconds=15)
    assert states(score)["memory"] == PointState.met
    assert [noticed.id for noticed in score.terms] == [TERM.id]
    assert "too-long" in [remark.id for remark in score.style]
    assert grader.problems("en") == []


def test_a_model_without_a_grader_that_needs_one_is_refused() -> None:
    with pytest.raises(GraderError, match="--grader encoder or --grader judge"):
        named(Name.points, "m", GLOSSARY, {})


@pytest.mark.parametrize(("model", "loaded"), [(None, "from-settings"), ("from-option", "from-option")])
def test_the_encoder_is_that_of_the_option_or_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, model: str | None, loaded: str
) -> None:
    given: list[tuple[Any, ...]] = []
    monkeypatch.setattr(Encoder, "load", lambda *names: given.append(names))
    named(Name.encoder, model, GLOSSARY, {"encoder": "from-settings", "judge": {"model": "another"}})
    assert given == [(loaded, GLOSSARY)]


@pytest.mark.parametrize("settings", [{}, {"encoder": " "}, {"encoder": 3}, {"judge": {"model": "m"}}])
def test_an_encoder_that_nobody_names_is_refused_in_both_languages(settings: dict[str, Any]) -> None:
    with pytest.raises(GraderError, match=r"`encoder: NAME_OR_PATH` in settings\.yaml") as refused:
        named(Name.encoder, None, GLOSSARY, settings)
    assert "没有指定模型" in refused.value.text("zh")


def test_the_judge_is_the_model_of_the_option_or_of_the_settings_on_the_server_of_the_settings() -> None:
    pytest.importorskip("openai")
    with serving(lambda body: verdict("no")) as seen:
        settings = {"judge": {"base_url": seen.url, "model": "from-settings"}, "encoder": "e"}
        for model, asked in ((None, "from-settings"), ("from-option", "from-option")):
            seen.bodies.clear()
            assert named(Name.judge, model, GLOSSARY, settings)(question(), ANSWER, "en").grader == "judge"
            assert {body["model"] for body in seen.bodies} == {asked}


def test_a_judge_without_a_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(GraderError, match="--grader judge needs a server"):
        named(Name.judge, "m", GLOSSARY, {"encoder": "e"})
