"""How a model is trained, kept and taken again."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from safetensors import safe_open

from llmquiz.demos.lab import ladder, shipped, training
from llmquiz.demos.lab.devices import seeded
from llmquiz.demos.lab.training import Training
from llmquiz.errors import DemoError, UnknownId

pytestmark = [pytest.mark.demo, pytest.mark.training]

LADDER, NAME = ladder.TRAINING, ladder.LADDER[0]


def _line(_name: str, seed: int) -> Any:
    with seeded(seed):
        return torch.nn.Linear(3, 1, bias=False)


def _distance(_name: str, model: Any, drawn: Any, _done: float) -> Any:
    """From a target, at points some of which are left out by chance."""
    points = torch.nn.functional.dropout(torch.rand(8, 3, generator=drawn))
    return (model(points) - points.sum(-1, keepdim=True)).square().mean()


LINE = Training(
    demo="line",
    data="points",
    steps={"a": 4, "b": 8},
    rates={"a": 0.1, "b": 0.2},
    build=_line,
    loss=_distance,
    figures=lambda name, model: {"third": 1 / 3},
    further={"batch": 8},
)
"""A training that takes no time."""


def _equal(first: Any, second: Any) -> bool:
    return all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_the_same_seed_trains_the_same_model_and_another_seed_another() -> None:
    first, again, reseeded = (training.train(LINE, "a", seed=seed) for seed in (3, 3, 4))
    assert first[1].losses == again[1].losses != reseeded[1].losses
    assert _equal(first[0], again[0])


def test_model_batches_and_what_is_left_to_chance_each_come_from_the_seed() -> None:
    starts: list[tuple[Any, ...]] = []

    def noted(name: str, model: Any, drawn: Any, share: float) -> Any:
        starts.append((model.weight.detach().clone(), torch.rand(1, generator=drawn), torch.rand(1)))
        return _distance(name, model, drawn, share)

    for seed in (3, 3, 4):
        training.train(replace(LINE, loss=noted), "a", seed=seed, steps=1)
    for first, again, reseeded in zip(*starts, strict=True):
        assert torch.equal(first, again)
        assert not torch.equal(first, reseeded)


def test_the_gradient_of_a_batch_is_its_own() -> None:
    """Only the first batch has one."""

    def once(_name: str, model: Any, _drawn: Any, share: float) -> Any:
        return (model.weight * (share == 0)).sum()

    first, second = (training.train(replace(LINE, loss=once), "a", steps=steps)[0].weight.grad for steps in (1, 2))
    assert bool(first.all())
    assert not bool(second.any())


def test_training_leaves_the_random_state_of_the_caller_as_it_was() -> None:
    state = torch.random.get_rng_state()
    training.train(LINE, "a")
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_loss_is_told_how_far_the_training_is_and_so_is_the_caller() -> None:
    shares: list[float] = []
    done: list[float] = []

    def noted(name: str, model: Any, drawn: Any, share: float) -> Any:
        assert model.training
        shares.append(share)
        return _distance(name, model, drawn, share)

    training.train(replace(LINE, loss=noted), "a", progress=done.append)
    assert shares == [0, 0.25, 0.5, 0.75]
    assert done == [0.25, 0.5, 0.75, 1]


def test_a_run_goes_by_the_recipe_of_its_model_unless_it_is_told_otherwise() -> None:
    runs = [training.train(LINE, "b", **given)[1] for given in ({}, {"rate": 0.5, "steps": 2})]
    assert [(run.rate, run.steps, len(run.losses)) for run in runs] == [(0.2, 8, 8), (0.5, 2, 2)]
    recipe = LINE.recipe("b")
    assert (recipe["rate"], recipe["steps"], recipe["batch"]) == (0.2, 8, 8)
    assert LINE.models == ("a", "b")


def test_a_trained_model_comes_frozen_with_figures_and_course() -> None:
    noted = replace(LINE, course=lambda model: {"training": [model.training]})
    model, run = training.train(noted, "a")
    assert not any(p.requires_grad for p in model.parameters())
    assert (run.figures, run.course) == ({"third": 0.33333}, {"training": [False]})
    assert training.train(LINE, "a")[1].course == {}


def test_a_model_learns_by_gradients_that_are_no_longer_than_allowed() -> None:
    """With all of them cut to nothing the weights only decay, by a rate that warms up and falls."""
    steps, decay = LINE.steps["b"], 0.5
    cut = replace(LINE, clip=0.0, weight_decay=decay, warm_up=0.5)
    rates = [LINE.rates["b"] * training.schedule_at(done, steps, steps // 2) for done in range(steps)]
    expected = LINE.build("b", 0).weight * math.prod(1 - decay * rate for rate in rates)
    torch.testing.assert_close(training.train(cut, "b")[0].weight, expected.detach())
    assert not torch.allclose(training.train(LINE, "b")[0].weight, LINE.build("b", 0).weight, atol=0.1)


@pytest.mark.parametrize(("done", "share"), [(0, 0.1), (9, 1.0), (10, 1.0), (55, 0.525), (100, 0.05)])
def test_the_rate_warms_up_and_falls(done: int, share: float) -> None:
    assert training.schedule_at(done, 100, 10) == pytest.approx(share)


def test_a_training_that_only_warms_up_has_a_rate_too() -> None:
    assert training.schedule_at(1, 1, 1) == pytest.approx(1.0)


@pytest.mark.parametrize("count", [1, 7, 50, 73, 1000])
def test_a_curve_has_few_points_and_leaves_no_loss_out(count: int) -> None:
    """One number a stretch: of equal stretches, the mean of the means is the mean."""
    losses = [float(i) for i in range(count)]
    points = training.curve(losses)
    assert len(points) == min(count, training.POINTS)
    assert points == tuple(sorted(points))
    if count % len(points) == 0:
        assert sum(points) / len(points) == pytest.approx(sum(losses) / count)


@pytest.mark.parametrize(("losses", "mean"), [([5.0, 1.0], 1.0), ([9.0] * 38 + [1.0, 3.0], 2.0)])
def test_the_last_loss_is_the_mean_of_the_last_twentieth(losses: list[float], mean: float) -> None:
    assert training.last(losses) == mean


@pytest.mark.parametrize(
    ("losses", "step"),
    [
        ((3.0, 2.0, 1.0, 1.0), 20),
        ((1.0, 2.0, 1.0, 1.0), 20),  # it was below before, and did not stay
        ((1.0, 1.0, 1.0, 1.0), 0),
        ((3.0, 1.0, 1.0, 1.5), 40),  # never: not below
    ],
)
def test_a_loss_has_settled_when_it_stays_below(losses: tuple[float, ...], step: int) -> None:
    assert training.settled(losses, 40, 1.5) == step


def test_a_matrix_that_two_modules_share_is_saved_once(tmp_path: Path) -> None:
    model = LADDER.build(NAME, 7)
    path = tmp_path / "new" / "model.safetensors"
    training.save(model, path)
    with safe_open(path, "pt") as file:
        names = set(file.keys())
    assert set(model.state_dict()) - names == {"lm_head.weight"}


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped weights of the ladder, where they can be spoilt."""
    shutil.copytree(shipped.folder(LADDER.demo), tmp_path / "lab" / "weights")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    return shipped.weights(LADDER.demo, NAME)


@pytest.mark.parametrize(
    "spoil", [lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\x7f"), Path.unlink], ids=["changed", "gone"]
)
def test_weights_that_are_not_those_of_their_card_are_refused(copied: Path, spoil: Callable[[Path], Any]) -> None:
    training.trained(LADDER, NAME)
    spoil(copied)
    with pytest.raises(DemoError, match="not those of their card") as refused:
        training.trained(LADDER, NAME)
    assert str(copied) in refused.value.text("zh")
    with training.weights_from(copied.parents[2]), pytest.raises(DemoError):  # a folder that has none of one's own
        training.trained(LADDER, NAME)


def test_weights_of_ones_own_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    fresh, others = LADDER.build(NAME, 7), [training.trained(LADDER, name) for name in ladder.LADDER[:2]]
    training.save(fresh, tmp_path / f"{shipped.stem(LADDER.demo, NAME)}.safetensors")
    with training.weights_from(tmp_path):
        own, other = (training.trained(LADDER, name) for name in ladder.LADDER[:2])
    assert _equal(own, fresh)
    assert _equal(other, others[1]), "there are none of one's own"
    assert _equal(training.trained(LADDER, NAME), others[0]), "only as long as they are asked for"


def test_a_shipped_model_comes_frozen_in_the_number_format_asked_for() -> None:
    model = training.trained(LADDER, NAME, dtype="bfloat16")
    assert (model.dtype, model.training) == (torch.bfloat16, False)
    assert not any(p.requires_grad for p in model.parameters())
    assert model.lm_head.weight is model.get_input_embeddings().weight


def test_live_trains_here_and_now() -> None:
    (live,) = training.models(LINE, "b", device="cpu", dtype="float32", seed=5, live=True).values()
    assert _equal(live, training.train(LINE, "b", seed=5)[0])


def test_all_models_come_where_none_is_named() -> None:
    done: list[float] = []
    models = training.models(LINE, device="cpu", dtype="float64", live=True, progress=done.append)
    assert list(models) == list(LINE.models)
    assert {model.weight.dtype for model in models.values()} == {torch.float64}
    assert done == sorted(done)
    assert {0.5, 1.0} <= set(done)


def test_models_that_are_shipped_come_by_name() -> None:
    names = ladder.LADDER[1::-1]
    done: list[float] = []
    models = training.models(LADDER, *names, device="cpu", dtype="float32", progress=done.append)
    assert (list(models), done) == (list(names), [0.5, 1.0])
    assert [model.config.hidden_size for model in models.values()] == [ladder.width_of(name) for name in names]


def test_a_demo_that_does_not_learn_has_no_training() -> None:
    assert training.of(LADDER.demo) is LADDER
    with pytest.raises(UnknownId, match="llmquiz train"):
        training.of("kv-cache")
