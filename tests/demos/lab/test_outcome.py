"""What came of a demo, as data and in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmquiz import clock
from llmquiz.demos.lab import demo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.outcome import Outcome, judged, steady
from llmquiz.errors import DemoError
from llmquiz.schema.texts import Text
from llmquiz.schema.topics import DemoClaim, DemoText
from tests.demos.lab.stand_in.measure import Inner, Result

TEXT = Text(en="a", zh="一")
SENTENCE = Text(en="{count} of {all} are equal.", zh="{all} 个里有 {count} 个相同。")
CLAIM = DemoClaim(id="one", text=TEXT, says="llmquiz", expected=True, measured=SENTENCE, first=True)
WORDS = DemoText(title=TEXT, shows=TEXT, seconds=1, claims=[CLAIM])
RESULT = Result(1.5, "float32", 0.5, (Inner(1, 0.25), Inner(2, 0.5)))


def test_what_was_measured_is_said_in_words_with_its_figures() -> None:
    finding = Finding(True, "3/4", figures={"count": "3", "all": "4"})
    (claim,) = judged({"one": lambda _: finding}, RESULT, WORDS)
    assert claim.sentence == Text(en="3 of 4 are equal.", zh="4 个里有 3 个相同。")
    assert claim.first


def test_a_figure_that_the_finding_lacks_is_no_sentence() -> None:
    with pytest.raises(KeyError):
        judged({"one": lambda _: Finding(True, "3/4", figures={"count": "3"})}, RESULT, WORDS)


def test_an_outcome_is_data() -> None:
    claims = judged({"one": lambda _: Finding(True, "3/4", figures={"count": "3", "all": "4"})}, RESULT, WORDS)
    outcome = Outcome("kv-cache", "cpu", "float32", 0.5, {}, {}, RESULT, claims, model="SmolLM2")
    data = json.loads(json.dumps(outcome.json()))
    assert (data["model"], data["recorded"]) == ("SmolLM2", None)
    assert data["claims"][0]["sentence"] == {"en": "3 of 4 are equal.", "zh": "4 个里有 3 个相同。"}


def test_what_comes_from_a_clock_is_left_out_of_what_is_steady() -> None:
    assert "inner" in steady(RESULT)


def test_a_run_that_is_recorded_comes_back_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_in = tmp_path / "recorded.json"
    monkeypatch.setattr(demo, "record_of", lambda _: kept_in)
    words = DemoText.model_validate(
        {"title": {"en": "t"}, "shows": {"en": "s"}, "seconds": 1, "claims": []}
        | {"claims": [{"id": "gone", "text": {"en": "t"}, "says": "sheet", "expected": True}]}
    )
    from llmquiz.demos.kv_cache import claims
    from tests.demos.recorded import recorded

    outcome = Outcome("kv-cache", "cpu", "float32", 0.5, {"seed": 0}, {}, recorded("kv-cache"), (), model="SmolLM2")
    demo.record(outcome)
    monkeypatch.setattr(claims, "CLAIMS", {"gone": lambda r: Finding(r.text.equal == r.text.new, "all")})
    again = demo.recorded("kv-cache", words)
    assert (again.result, again.model) == (outcome.result, "SmolLM2")
    assert again.recorded == clock.now().date().isoformat()
    assert [claim.holds for claim in again.claims] == [True]


def test_without_a_recorded_run_it_is_said_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "record_of", lambda _: tmp_path / "none.json")
    with pytest.raises(DemoError, match="give it a model with --model"):
        demo.recorded("kv-cache", WORDS)
