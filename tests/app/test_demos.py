"""A demo run from a command: which there are, what is shown, what is kept, and what surprises."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from llmquiz import clock, paths
from llmquiz.app import demos
from llmquiz.app.context import AppContext
from llmquiz.demos.lab import demo as lab
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.outcome import Outcome, judged
from llmquiz.errors import UnknownId
from llmquiz.schema.topics import DemoText
from tests.app.scripted import Scripted
from tests.demos.lab.stand_in.measure import Result
from tests.entries import both

FINE, ODD, OPEN = Finding(True, "1.5"), Finding(False, "2.5"), Finding(None, "3.5", "too-noisy")


@pytest.fixture(autouse=True)
def content(write: Callable[[str, str], Path], topic: Path) -> None:
    """Words of three demos, and of one that this version does not have."""
    claim = {"id": "a", "text": both("It is faster."), "says": "llmquiz", "expected": True}
    words = {"title": both("A demo"), "shows": both("A ratio."), "seconds": 7, "claims": [claim]}
    for name in ("gqa", "kv-cache", "moe", "of-the-future"):
        write(f"demos/{name}.yaml", json.dumps(words))


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[dict[str, Any]]]:
    """Let demos find this, the one that is named or any; what each was told is listed."""

    def let(finding: Finding = FINE, **by_name: Finding) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []

        def run(name: str, words: DemoText, *, progress: Callable[[float], None], **options: Any) -> Outcome:
            calls.append({"demo": name, **options})
            progress(1.0)
            result = Result(0.25, "float32", 0.5, ())
            claims = judged({"a": lambda _: by_name.get(name, finding)}, result, words)
            return Outcome(name, "cpu", "float32", 0.5, options, {}, result, claims)

        def plot(result: Result, words: DemoText, lang: str) -> str:
            return f"drawn {result.number} {lang}"

        def tables(*_: Any) -> list[str]:
            return ["in a table"]

        its = SimpleNamespace(plot=plot, tables=tables, needs=None, families=("decoder",))
        monkeypatch.setattr(lab, "run", run)
        monkeypatch.setattr(lab, "load", lambda _: its)
        monkeypatch.setattr(lab, "definition", lambda _: its)
        return calls

    return let


Finds = Callable[..., list[dict[str, Any]]]
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["of-the-future", "causal-mask", "kv-cach"])
def test_a_demo_without_words_here_or_without_a_measurement_is_unknown(context: AppContext, name: str) -> None:
    with pytest.raises(UnknownId, match=f"no '{name}'"):
        demos.words_of(context, name)
    assert demos.words_of(context, "kv-cache").seconds == 7


def test_the_list_has_what_can_be_run(context: AppContext, capsys: Capture) -> None:
    demos.listing(context, json=True)
    rows = json.loads(capsys.readouterr().out)
    expected = {"title": both("A demo"), "shows": both("A ratio."), "seconds": 7, "needs": None}
    assert rows == [
        {"demo": name, **expected, "families": families}
        for name, families in (("gqa", ["decoder"]), ("kv-cache", ["decoder"]), ("moe", []))
    ]
    context.switch_language("zh")
    demos.listing(context, json=False)
    shown = capsys.readouterr().out
    assert shown.count(both("A demo")["zh"]) == 3
    assert "of-the-future" not in shown


def test_what_a_demo_found_is_kept_unless_it_is_not_to_be(context: AppContext, finds: Finds) -> None:
    calls = finds(ODD)
    demos.run(context, "kv-cache", keep=False, device="cpu")
    assert context.store.last_measurement("kv-cache") is None
    outcome = demos.run(context, "kv-cache", quick=True, seed=3)
    measured = context.store.last_measurement("kv-cache")
    assert measured is not None
    assert (measured.at, measured.claims) == (clock.now(), outcome.json()["claims"])
    assert calls == [{"demo": "kv-cache", "device": "cpu"}, {"demo": "kv-cache", "quick": True, "seed": 3}]


def test_what_cannot_be_kept_is_shown_all_the_same(
    topic: Path, finds: Finds, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    finds()
    monkeypatch.setenv("LLMQUIZ_HOME", str(topic / "small/deck.yaml"))  # a file: nobody can write there
    context = AppContext("en", topic)
    assert demos.run(context, "kv-cache").claims[0].holds
    demos.run(context, "gqa")
    err = capsys.readouterr().err
    assert (str(paths.data().parent) in err, err.count("\n")) == (True, 1)
    context.collection.close()


def test_a_prediction_is_held_against_the_quick_run(context: AppContext, finds: Finds) -> None:
    calls = finds()
    value = demos.measured(context, "kv-cache", "number")
    assert (value, type(value)) == (0.25, float)
    assert calls == [{"demo": "kv-cache", "quick": True}]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_title_drawing_claims_and_conditions_are_shown_in_the_users_language(
    context: AppContext, finds: Finds, capsys: Capture, lang: str
) -> None:
    calls = finds(ODD)
    context.switch_language(lang)  # type: ignore[arg-type]
    assert demos.report(context, "kv-cache", None, json=False, seed=3)
    assert calls == [{"demo": "kv-cache", "seed": 3}]
    out, err = capsys.readouterr()
    places = [
        out.index(part)
        for part in (
            both("A demo")[lang], both("A ratio.")[lang], f"drawn 0.25 {lang}", "in a table",
            both("It is faster.")[lang], "2.5",
            context.words("demo.not-expected"),
            context.words("demo.settings", device="cpu", dtype="float32", threads=1, seconds=0.5),
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert err == ""


@pytest.mark.parametrize(("finding", "surprising"), [(FINE, False), (ODD, True), (OPEN, False)])
def test_json_is_the_whole_outcome_and_the_answer_whether_it_surprises(
    context: AppContext, finds: Finds, capsys: Capture, finding: Finding, surprising: bool
) -> None:
    finds(finding)
    assert demos.report(context, "kv-cache", None, json=True, quick=True) is surprising
    data = json.loads(capsys.readouterr().out)
    assert (data["demo"], data["settings"], data["result"]["number"]) == ("kv-cache", {"quick": True}, 0.25)
    assert [(claim["id"], claim["holds"]) for claim in data["claims"]] == [("a", finding.holds)]


@pytest.mark.parametrize("as_json", [True, False])
def test_a_figure_is_written_in_the_users_language_and_told_on_standard_error(
    context: AppContext, finds: Finds, capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, as_json: bool
) -> None:
    finds()
    saved: list[tuple[Any, ...]] = []
    monkeypatch.setattr(lab, "save", lambda *given: saved.append(given) or "zh")
    context.switch_language("zh")
    path = tmp_path / "a.svg"
    demos.report(context, "kv-cache", path, json=as_json)
    ((name, outcome, words, lang, place),) = saved
    assert (name, outcome.result.number, words.seconds, lang, place) == ("kv-cache", 0.25, 7, "zh", path)
    assert capsys.readouterr().err == context.words("demo.saved", path=path) + "\n"


def test_all_demos_that_have_words_are_verified_or_those_that_are_named(
    context: AppContext, finds: Finds, capsys: Capture
) -> None:
    calls = finds(FINE, gqa=OPEN)
    assert not demos.verify(context, [], json=False, quick=True)
    assert [call["demo"] for call in calls] == ["gqa", "kv-cache", "moe"]
    out = capsys.readouterr().out
    assert context.words("demo.all-fine", count=3, unknown=1) in out
    assert out.index("gqa") < out.index("kv-cache")
    calls.clear()
    demos.verify(context, ["kv-cache"], json=True, threads=2)
    assert calls == [{"demo": "kv-cache", "threads": 2}]
    assert [outcome["demo"] for outcome in json.loads(capsys.readouterr().out)] == ["kv-cache"]


@pytest.mark.parametrize("as_json", [True, False])
def test_claims_that_surprise_are_counted(context: AppContext, finds: Finds, capsys: Capture, as_json: bool) -> None:
    finds(FINE, gqa=ODD)
    assert demos.verify(context, [], json=as_json)
    assert (context.words("demo.failed", count=1) in capsys.readouterr().out) is not as_json


def test_a_demo_that_needs_a_real_model_is_recorded_on_that_model_only(
    context: AppContext, finds: Finds, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    finds(FINE)
    lab.definition("kv-cache").needs = "smollm2"  # type: ignore[misc]
    written: list[str] = []
    monkeypatch.setattr(lab, "record", lambda outcome: written.append(outcome.demo) or Path("recorded.json"))
    demos.verify(context, ["kv-cache"], json=True, model="smollm2", keep=True)
    demos.verify(context, ["kv-cache"], json=True, model="minilm", keep=True)
    demos.verify(context, ["kv-cache"], json=True, keep=False, model="smollm2")
    assert written == ["kv-cache"]
    assert "recorded.json" in capsys.readouterr().err


def test_a_drill_shows_what_was_recorded_of_a_real_model_and_runs_nothing(
    context: AppContext, finds: Finds, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = finds(FINE)
    lab.definition("kv-cache").needs = "smollm2"  # type: ignore[misc]
    kept_outcome = Outcome("kv-cache", "cpu", "float32", 0.5, {}, {}, Result(0.75, "float32", 0.5, ()), ())
    monkeypatch.setattr(lab, "recorded", lambda name, words: kept_outcome)
    assert demos.measured(context, "kv-cache", "number") == 0.75
    assert calls == []


@pytest.mark.parametrize("key", ["m", "\n"])
def test_in_a_terminal_a_minutes_reading_comes_first_and_the_rest_by_a_key(
    context: AppContext, finds: Finds, monkeypatch: pytest.MonkeyPatch, capsys: Capture, key: str
) -> None:
    finds(FINE)
    keyboard = Scripted(keys=[key, "\n", "\n"])
    monkeypatch.setattr("llmquiz.ui.keyboard.ask.at_terminal", lambda: True)
    monkeypatch.setattr("llmquiz.ui.keyboard.ask.asker", lambda words: keyboard)
    demos.report(context, "kv-cache", None, json=False)
    out = capsys.readouterr().out
    assert f"drawn 0.25 {context.lang}" in out
    assert ("in a table" in out) is (key == "m")


def test_with_a_model_those_that_take_its_family_are_verified(context: AppContext, finds: Finds) -> None:
    finds(FINE)
    assert demos.chosen(context, [], None) == ["gqa", "kv-cache", "moe"]
    assert demos.chosen(context, ["moe"], "smollm2") == ["moe"]


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_in_a_terminal_as_far_as_the_work_is_done(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")  # else what is left is drawn as well, in another colour
    lengths = []
    for done in (0.0, 0.5, 1.0):
        monkeypatch.setattr(sys, "stderr", Terminal())
        with demos.bar(context, "Measuring a") as progress:
            progress(done)
        assert "Measuring a" in sys.stderr.getvalue()  # type: ignore[attr-defined]
        lengths.append(max(line.count("━") for line in sys.stderr.getvalue().split("\r")))  # type: ignore[attr-defined]
    assert lengths[0] == 0 < lengths[1] < lengths[2]


def test_elsewhere_nothing_is_drawn(context: AppContext, capsys: Capture) -> None:
    with demos.bar(context, "Measuring a") as progress:
        progress(0.5)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("missing", [(), ("torch",), ("transformers",)])
def test_demos_need_torch_and_transformers(monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else object())
    assert demos.torch_found() is (missing == ())


def test_a_torch_that_cannot_even_be_looked_for_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib.util, "find_spec", refuse)
    assert not demos.torch_found()
