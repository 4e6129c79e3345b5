"""Models trained again: which, from what, where they go, and what the claims say of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llmquiz.app import training as app
from llmquiz.app.context import AppContext
from llmquiz.demos.lab import demo as lab
from llmquiz.demos.lab import shipped, terminal
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.outcome import Outcome
from llmquiz.errors import DemoError, UnknownId
from llmquiz.schema.topics import DemoText
from tests.demos.lab.stand_in.measure import Result
from tests.entries import both

torch = pytest.importorskip("torch")
_train = pytest.importorskip("llmquiz.demos.lab.training")

pytestmark = pytest.mark.demo
NAMES = _train.of("ssm").models
Capture = pytest.CaptureFixture[str]


def loss(name: str, model: Any, drawn: Any, share: float) -> Any:
    """How far the model is from giving nothing."""
    return model(torch.rand(4, 1, generator=drawn)).square().mean()


TINY = _train.Training(
    demo="ssm",
    data="numbers",
    steps=dict.fromkeys(NAMES, 3),
    rates=dict.fromkeys(NAMES, 0.1),
    build=lambda name, seed: torch.nn.Linear(1, 1).requires_grad_(False),
    loss=loss,
    figures=lambda name, model: {},
)
"""In the place of the training of ssm: models of the same names, of two numbers each."""


@pytest.fixture
def seen(
    context: AppContext, write: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    """What the demo was run with, and the weights that it found in the place of the shipped ones."""
    runs: list[dict[str, Any]] = []
    claim = {"id": "a", "text": both("It learns."), "says": "llmquiz", "expected": True}
    words = {"title": both("A demo"), "shows": both("A ratio."), "seconds": 7, "claims": [claim]}
    write("demos/ssm.yaml", json.dumps(words))

    def run(name: str, words: DemoText, *, progress: object, **options: Any) -> Outcome:
        weights = {}
        for model in NAMES:
            # What was not trained now is the shipped one, whose form is not that of these tiny models.
            try:
                weights[model] = _train.trained(TINY, model).weight.item()
            except AssertionError:
                continue
        runs.append({"demo": name, **options, "weights": weights})
        result = Result(0.0, "float32", 0.0, ())
        claims = lab.judged({"a": lambda _: Finding(len(weights) == len(NAMES), "m")}, result, words)
        return Outcome(name, "cpu", "float32", 0.0, {}, {}, result, claims)

    monkeypatch.setattr(_train, "of", lambda demo_id: TINY)
    monkeypatch.setattr(lab, "run", run)
    return runs


def unbroken(text: str) -> str:
    """The text wherever its lines were broken."""
    return "".join(text.split())


def again(context: AppContext, *only: str, **changed: Any) -> bool:
    """Train on the CPU and print JSON unless told otherwise."""
    usual = {"seed": 5, "steps": None, "device": "cpu", "threads": 1, "output": None, "json": True}
    return app.again(context, "ssm", list(only), **usual | changed)


@pytest.mark.parametrize("json", [True, False])
def test_the_list_has_every_shipped_model(context: AppContext, capsys: Capture, json: bool) -> None:
    app.listing(context, json=json)
    shown = capsys.readouterr().out
    assert [card["name"] for card in shipped.cards() if card["name"] not in shown] == []
    assert ("recipe" in shown) is json
    assert (context.words("train.what") in shown) is not json


def test_all_models_are_trained_or_those_that_are_named_in_their_order(
    context: AppContext, seen: list[dict[str, Any]], capsys: Capture
) -> None:
    assert not again(context, threads=2)
    data = json.loads(capsys.readouterr().out)
    assert (data["demo"], list(data["runs"])) == ("ssm", list(NAMES))
    assert {(run["seed"], run["steps"]) for run in data["runs"].values()} == {(5, TINY.steps[NAMES[0]])}
    assert [(claim["id"], claim["holds"]) for claim in data["claims"]] == [("a", True)]
    assert again(context, NAMES[1], NAMES[0], seed=6, steps=1)
    data = json.loads(capsys.readouterr().out)
    assert list(data["runs"]) == [NAMES[1], NAMES[0]]
    assert {(run["seed"], run["steps"]) for run in data["runs"].values()} == {(6, 1)}
    assert [run["threads"] for run in seen] == [2, 1]


def test_the_claims_are_tested_on_what_was_trained_and_the_finding_is_not_kept(
    context: AppContext, seen: list[dict[str, Any]], tmp_path: Path
) -> None:
    for output in (tmp_path / "own", None):
        again(context, NAMES[0], output=output)
        assert list(seen[-1]["weights"]) == [NAMES[0]]
    (file,) = (tmp_path / "own").iterdir()
    assert file.stem == shipped.stem("ssm", NAMES[0])
    with _train.weights_from(tmp_path / "own"):
        assert _train.trained(TINY, NAMES[0]).weight.item() == seen[0]["weights"][NAMES[0]]
    assert context.store.last_measurement("ssm") is None


def test_a_model_may_start_from_one_that_was_trained_just_before(
    context: AppContext, seen: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[tuple[float, int]] = []

    def build(name: str, seed: int) -> Any:
        if name == NAMES[1] and not starts:
            starts.append((_train.trained(TINY, NAMES[0]).weight.item(), torch.get_num_threads()))
        return TINY.build(name, seed)

    monkeypatch.setattr(_train, "of", lambda demo_id: replace(TINY, build=build))
    again(context, *NAMES[:2], threads=2)
    assert starts == [(seen[0]["weights"][NAMES[0]], 2)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_screen_shows_the_curves_the_claims_and_where_the_weights_are(
    context: AppContext, seen: list[dict[str, Any]], capsys: Capture, tmp_path: Path, lang: str
) -> None:
    context.switch_language(lang)  # type: ignore[arg-type]
    words = context.words
    assert again(context, NAMES[0], json=False, output=tmp_path)
    shown = capsys.readouterr().out
    first = shipped.card("ssm", NAMES[0])["runs"][0]
    for key, seed in (("train.here", 5), ("train.shipped", first["seed"])):
        assert f"{words(key)} ({words('train.seed')} {seed})" in shown
    assert f"{first['loss']:.4g}" in shown
    assert both("It learns.")[lang] in shown
    assert unbroken(words("train.kept", path=tmp_path)) in unbroken(shown)
    again(context, NAMES[0], json=False)
    start = words("train.kept", path="\n").splitlines()[0]
    assert start in shown.replace("\n", " ")
    assert start not in capsys.readouterr().out.replace("\n", " ")


def test_the_losses_stand_at_their_steps(
    context: AppContext, seen: list[dict[str, Any]], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Any] = []
    monkeypatch.setattr(terminal, "curves", lambda series, **_: drawn.append(series) or "")
    again(context, NAMES[0], steps=2, json=False)
    ((here, there),) = drawn
    first = shipped.card("ssm", NAMES[0])["runs"][0]
    assert here.x == [0.5, 1.5]
    assert (list(there.y), len(there.x)) == (first["losses"], len(first["losses"]))
    assert sum(there.x) / len(there.x) == pytest.approx(first["steps"] / 2)


def test_a_demo_without_words_is_unknown_before_anything_is_trained(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(_train, "of", lambda demo_id: TINY)
    with pytest.raises(UnknownId, match="ssm"):
        again(context, output=tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_what_is_not_there_is_refused_before_anything_is_trained(
    context: AppContext, seen: list[dict[str, Any]], tmp_path: Path
) -> None:
    with pytest.raises(UnknownId, match=f"Did you mean .*{NAMES[0]}"):
        again(context, NAMES[0], f"{NAMES[0]}s", output=tmp_path)
    with pytest.raises(DemoError, match="abacus"):
        again(context, device="abacus", output=tmp_path)
    assert (list(tmp_path.glob("*.safetensors")), seen) == ([], [])
