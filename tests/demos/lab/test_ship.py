"""How weights are shipped: a sweep, every seed, and a card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
from llmquiz.demos.lab import ladder, ship, shipped, tiny, training
from llmquiz.demos.lab.training import Training

pytestmark = [pytest.mark.demo, pytest.mark.training]

NAME, OTHER = ladder.LADDER[:2]
SHORT = replace(ladder.TRAINING, steps={NAME: 2}, tried=(1e-4, 1e-3))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where nothing is shipped yet."""
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    return tmp_path


def _shipped(recipe: Training) -> dict[str, Any]:
    ship.ship(recipe, NAME)
    return shipped.card(recipe.demo, NAME)


def test_shipping_writes_the_weights_of_the_first_seed_beside_a_card_with_all(folder: Path) -> None:
    card = _shipped(SHORT)
    weights = shipped.weights(SHORT.demo, NAME)
    assert sorted(folder.rglob("*.*")) == [weights.with_suffix(".json"), weights]
    assert card["sha256"] == shipped.digest(weights)
    assert [run["seed"] for run in card["runs"]] == list(ship.SEEDS)
    model = training.trained(SHORT, NAME)
    assert card["model"] == tiny.describe(model)
    assert (card["demo"], card["name"], card["recipe"]["steps"]) == (SHORT.demo, NAME, SHORT.steps[NAME])
    figures = ladder.figures(NAME, model)
    assert card["runs"][0]["figures"] == pytest.approx(dict(figures), abs=1e-4)
    assert card["shipped_seed"] == card["runs"][0]["seed"]


def test_the_rates_are_swept_with_a_seed_that_is_reported_nowhere(folder: Path) -> None:
    card = _shipped(SHORT)
    assert list(card["sweep"]["rates"]) == ["0.0001", "0.001"]
    assert card["sweep"]["seed"] not in ship.SEEDS
    _, run = training.train(SHORT, NAME, seed=card["sweep"]["seed"], rate=1e-3)
    assert card["sweep"]["rates"]["0.001"] == run.figures


def test_a_rate_is_judged_by_the_loss_of_its_training_where_no_figure_has_that_name() -> None:
    figure = replace(SHORT, figures=lambda name, model: {"right": 0.5}, tried=(1e-3,))
    _, run = training.train(figure, NAME, seed=ship.SWEEP_SEED, rate=1e-3)
    assert ship.sweep(figure, NAME) == {"0.001": {"loss": run.loss, "right": 0.5}}


def test_the_card_says_the_rate_that_won_and_the_author_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only one is tried, and it is not that of the recipe."""
    card = _shipped(replace(SHORT, tried=(1e-3,)))
    assert card["recipe"]["rate"] == 1e-3 != SHORT.rates[NAME]
    assert {run["rate"] for run in card["runs"]} == {1e-3}
    assert f"the sweep chose 0.001, not {SHORT.rates[NAME]:g}" in capsys.readouterr().out


def test_what_a_model_is_compared_with_stands_in_its_card_and_is_not_shipped(folder: Path) -> None:
    card = _shipped(replace(SHORT, beside={NAME: (OTHER,)}))
    beside = card["beside"][OTHER]
    assert [run["seed"] for run in beside["runs"]] == list(ship.SEEDS)
    assert {run["steps"] for run in beside["runs"]} == {SHORT.steps[NAME]}
    assert {run["rate"] for run in beside["runs"]} == {ship.chosen(SHORT, beside["sweep"]["rates"])}
    assert beside["model"] != card["model"]
    assert [path.stem for path in folder.rglob("*.safetensors")] == [NAME]


@pytest.mark.parametrize(("best", "rate"), [("loss", 1e-3), ("right", 1e-2)])
def test_the_smallest_loss_wins_or_else_the_largest_figure(best: str, rate: float) -> None:
    tried = {"0.001": {"loss": 1.0, "right": 0.2}, "0.003": {"loss": 2.0, "right": 0.1}}
    tried["0.01"] = {"loss": 3.0, "right": 0.4}
    assert ship.chosen(replace(SHORT, best=best), tried) == rate


@pytest.mark.parametrize("best", ["loss", "right"])
def test_of_equals_the_smallest_rate_wins(best: str) -> None:
    tried = {rate: {"loss": 1.0, "right": 0.5} for rate in ("0.01", "0.0003", "0.003")}
    assert ship.chosen(replace(SHORT, best=best), tried) == 3e-4
