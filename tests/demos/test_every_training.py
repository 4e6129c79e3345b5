"""What is shipped trained: every hash and card, and a training that learns."""

from __future__ import annotations

import math
from typing import Any

import pytest

from llmquiz.demos.lab import shipped

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, ship, tiny
from llmquiz.demos.lab import training as _train

pytestmark = [pytest.mark.demo, pytest.mark.training]

MB = 1_000_000
PAIRS = [(demo_id, name) for demo_id in shipped.trainings() for name in _train.of(demo_id).models]
every_model = pytest.mark.parametrize(("demo_id", "name"), PAIRS)


def test_every_file_belongs_to_a_training_and_the_reverse() -> None:
    weights = {shipped.weights(*pair) for pair in PAIRS}
    assert set(shipped.FOLDER.glob("*/weights/*")) == weights | {path.with_suffix(".json") for path in weights}


def test_every_demo_that_learns_is_found() -> None:
    learn = [name for name in demo.names() if (demo.FOLDER / name.replace("-", "_") / "train.py").exists()]
    assert learn == list(shipped.trainings())


def test_all_weights_together_are_small() -> None:
    sizes = {path: path.stat().st_size for path in shipped.FOLDER.glob("*/weights/*.safetensors")}
    assert [path for path, size in sizes.items() if size > 3 * MB] == []
    assert 0 < sum(sizes.values()) <= 25 * MB


@every_model
def test_the_weights_are_those_of_the_card(demo_id: str, name: str) -> None:
    card = shipped.card(demo_id, name)
    assert shipped.digest(shipped.weights(demo_id, name)) == card["sha256"]
    assert card["model"] == tiny.describe(_train.trained(_train.of(demo_id), name))


@every_model
def test_the_card_says_how_the_model_was_made(demo_id: str, name: str) -> None:
    card, training = shipped.card(demo_id, name), _train.of(demo_id)
    assert (card["demo"], card["name"], card["data"]) == (demo_id, name, training.data)
    recipe = training.recipe(name)
    assert card["recipe"] == {key: _listed(value) for key, value in recipe.items()}
    assert [run["seed"] for run in card["runs"]] == list(ship.SEEDS)
    assert {run["rate"] for run in card["runs"]} == {recipe["rate"]}
    assert {run["steps"] for run in card["runs"]} == {recipe["steps"]}
    figures = [value for run in card["runs"] for value in (run["loss"], *run["losses"], *run["figures"].values())]
    assert all(map(math.isfinite, figures))


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, (list, tuple)) else value


@every_model
def test_the_learning_rate_is_the_one_that_the_sweep_chose(demo_id: str, name: str) -> None:
    card, training = shipped.card(demo_id, name), _train.of(demo_id)
    tried = card["sweep"]["rates"]
    if not tried:
        pytest.skip("no sweep is on record for this model; its demo compares no architectures by it")
    assert list(tried) == [f"{rate:g}" for rate in training.tried]
    assert ship.chosen(training, tried) == training.rates[name]


@every_model
def test_the_shipped_model_does_what_its_card_says(demo_id: str, name: str) -> None:
    training = _train.of(demo_id)
    figures = training.figures(name, _train.trained(training, name))
    assert dict(figures) == pytest.approx(shipped.card(demo_id, name)["runs"][0]["figures"], abs=0.02)


def _smallest() -> tuple[_train.Training, str]:
    trainings = [(_train.of(demo_id), name) for demo_id, name in PAIRS]
    return min(trainings, key=lambda pair: tiny.parameters(_train.trained(*pair)))


def test_training_makes_the_loss_fall_and_a_rate_of_nothing_does_not() -> None:
    training, name = _smallest()
    _, learnt = _train.train(training, name, steps=60)
    _, still = _train.train(training, name, steps=60, rate=1e-12)
    assert learnt.losses[-1] < 0.97 * learnt.losses[0]
    assert still.losses[-1] > 0.97 * still.losses[0]
