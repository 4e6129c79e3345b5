"""The demo weight-quantisation: the grid by hand, and tiny models whose weights come back."""

from __future__ import annotations

from math import exp, log
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.weight_quantisation import measure
from llmquiz.demos.weight_quantisation.claims import ROW
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("weight-quantisation")
BUILDERS = (tiny.llama, tiny.gpt2)


def normal(*shape: int, seed: int = 0) -> Any:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_weights_go_to_the_nearest_of_the_levels() -> None:
    row = torch.tensor([[0.0, 0.4, 0.6, 3.0, -1.0, -1.0, 5.0, 1.1]])
    assert measure.nearest(row, 2, 4).tolist() == [[0.0, 0.0, 1.0, 3.0, -1.0, -1.0, 5.0, 1.0]]
    assert measure.nearest(row, 1, ROW).tolist() == [[-1.0, -1.0, -1.0, 5.0, -1.0, -1.0, 5.0, -1.0]]


def test_a_last_group_may_be_smaller_and_equal_weights_stay() -> None:
    row = torch.tensor([[0.0, 1.0, 3.0, 8.0, 9.0], [2.0, 2.0, 2.0, 2.0, 2.0]])
    assert measure.nearest(row, 1, 3).tolist() == [[0.0, 0.0, 3.0, 8.0, 9.0], [2.0, 2.0, 2.0, 2.0, 2.0]]


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_no_weight_moves_further_than_half_a_step(bits: int) -> None:
    weights = normal(16, 64)
    groups = weights.view(-1, 32)
    step = (groups.amax(1) - groups.amin(1)) / (2**bits - 1)
    moved = (measure.nearest(weights, bits, 32) - weights).view(-1, 32).abs().amax(1)
    assert (moved <= step / 2 + 2e-3 * groups.abs().amax(1)).all()  # what float16 rounds of scale and minimum
    assert (moved > step / 4).all()


@pytest.mark.breaks("own-grid-free")
def test_the_second_rounding_is_free_in_the_same_groups_only() -> None:
    grid = measure.nearest(normal(64, 256), 4, 32)
    draw = torch.Generator().manual_seed(0)
    assert torch.allclose(measure.nearest(grid, 4, 32), grid, atol=1e-5)
    other = measure.shuffled(grid, 4, 32, draw)
    assert float((other - grid).norm() / grid.norm()) > 0.05
    flat = tuple(r for r in RESULT.rounded if not r.in_order)
    off = measure.Rounded(4, 32, True, 5.0, float((other - grid).norm() / grid.norm()), RESULT.full)
    assert finding("own-grid-free", RESULT, rounded=(*flat, off)) is None


def test_shuffled_columns_come_back_in_their_order() -> None:
    weights = normal(8, 96)
    fine = measure.shuffled(weights, 12, 32, torch.Generator().manual_seed(3))
    assert torch.allclose(fine, weights, atol=1e-2)


@pytest.mark.parametrize("builder", BUILDERS)
def test_the_head_and_the_embeddings_are_left_alone(builder: Any) -> None:
    model = builder()
    layers = measure.linear_layers(model)
    assert len(layers) == 4 * (7 if builder is tiny.llama else 4)
    assert model.get_output_embeddings() not in layers


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("seed", [None, 0])
def test_the_weights_change_within_and_come_back(builder: Any, seed: int | None) -> None:
    model = builder()
    layers = measure.linear_layers(model)
    before = [layer.weight.clone() for layer in layers]
    with measure.rounding(layers, 3, 32, seed) as error:
        assert 0.1 < error < 0.3
        assert not any(torch.equal(layer.weight, weight) for layer, weight in zip(layers, before, strict=True))
        assert all(layer.weight.shape == weight.shape for layer, weight in zip(layers, before, strict=True))
    assert all(torch.equal(layer.weight, weight) for layer, weight in zip(layers, before, strict=True))


def test_the_weights_come_back_after_an_error() -> None:
    layer = torch.nn.Linear(64, 8)
    before = layer.weight.clone()

    def interrupted() -> None:
        with measure.rounding([layer], 2, ROW, None):
            assert not torch.equal(layer.weight, before)
            raise KeyError

    with pytest.raises(KeyError):
        interrupted()
    assert torch.equal(layer.weight, before)


def test_a_matrix_of_the_other_kind_is_rounded_along_its_inputs() -> None:
    layer = measure.Conv1D(3, 64)  # 64 in, 3 out: its weight is (64, 3)
    layer.weight.data = normal(64, 3)
    expected = measure.nearest(layer.weight.data.T, 4, ROW).T
    with measure.rounding([layer], 4, ROW, None):
        assert torch.equal(layer.weight.data, expected)


def test_what_a_weight_takes_counts_scale_and_minimum() -> None:
    layers = [torch.nn.Linear(64, 8), torch.nn.Linear(32, 4)]
    assert measure.stored(layers, 4, 32) == 5
    assert measure.stored(layers, 3, ROW) == pytest.approx(3 + 32 * 12 / (64 * 8 + 32 * 4))


def test_the_perplexity_of_a_guess_is_the_vocabulary() -> None:
    def uniform(ids: Any, **_: Any) -> Any:
        return SimpleNamespace(logits=torch.zeros(1, ids.shape[1], 50))

    assert measure.perplexity(uniform, torch.zeros(1, 9, dtype=torch.long)) == pytest.approx(50)

    def knows(ids: Any, **_: Any) -> Any:
        following = torch.nn.functional.one_hot(ids.roll(-1, 1), 50)
        return SimpleNamespace(logits=following * log(49.0))

    assert measure.perplexity(knows, torch.arange(9)[None]) == pytest.approx(exp(log(2)))


@pytest.mark.breaks("eight-bits-free", "three-bits-break", "small-groups-help")
def test_an_untrained_model_loses_nothing() -> None:
    model = tiny.llama()
    ids = tiny.random_tokens(model, 1, 40, seed=0)
    layers = measure.linear_layers(model)
    with measure.rounding(layers, 3, ROW, None):
        broken = measure.perplexity(model, ids)  # its weights are noise, rounded or not
    rise = broken / measure.perplexity(model, ids)
    assert rise == pytest.approx(1, abs=0.2)
    rounded = tuple(measure.Rounded(r.bits, r.group, r.in_order, 4, 0, rise * RESULT.full) for r in RESULT.rounded)
    assert finding("three-bits-break", RESULT, rounded=rounded) is False
    assert finding("small-groups-help", RESULT, rounded=rounded) is False
    far = tuple(measure.Rounded(r.bits, r.group, r.in_order, 4, 0, 2 * RESULT.full) for r in RESULT.rounded)
    assert finding("eight-bits-free", RESULT, rounded=far) is False
