"""The demo kv-quantisation on tiny models and on numbers with known answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.kv_quantisation import measure
from llmquiz.demos.kv_quantisation.claims import Cost
from llmquiz.demos.kv_quantisation.quantise import (
    CHANNEL,
    TOKEN,
    Projections,
    Rule,
    by_rules,
    changing,
    grid,
    projections,
    quantised,
)
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("kv-quantisation")


def checkpoint(model: Any) -> Checkpoint:
    return Checkpoint(model, None, "tiny")


def random(*, large_channel: float = 1.0, large_token: float = 1.0) -> Any:
    """Keys or values (1, 64, 2, 64), one channel and one token of each head larger than the others."""
    numbers = torch.randn(1, 64, 2, 64, generator=torch.Generator().manual_seed(0))
    numbers[..., 5] *= large_channel
    numbers[:, 9] *= large_token
    return numbers


def error(numbers: Any, rule: Rule) -> float:
    """The mean error of what comes back, channel 5 and token 9 left out."""
    wrong = (quantised(numbers, rule) - numbers).abs()
    wrong[..., 5] = 0
    wrong[:, 9] = 0
    return float(wrong.mean())


def test_a_grid_of_two_bits_has_four_values() -> None:
    assert grid(torch.tensor([0.0, 0.4, 0.6, 1.9, 3.0]), 2, 0).tolist() == [0, 0, 1, 2, 3]
    assert grid(torch.full((4,), 0.5), 2, 0).tolist() == [0.5] * 4


@pytest.mark.parametrize(("axis", "dim"), [("channel", CHANNEL), ("token", TOKEN)])
def test_numbers_share_a_scale_along_their_axis(axis: Any, dim: int) -> None:
    numbers = random()
    rounded = quantised(numbers, Rule(2, axis, None)).movedim(dim, -1).flatten(0, -2)
    assert all(len(row.unique()) <= 4 for row in rounded)
    other = quantised(numbers, Rule(2, axis, None)).movedim(TOKEN if dim == CHANNEL else CHANNEL, -1)
    assert len(other.flatten(0, -2)[0].unique()) > 4


def test_a_group_does_not_see_the_next() -> None:
    numbers = random()
    other = numbers.clone()
    other[:, 32:] *= 50
    assert torch.equal(quantised(numbers, Rule(2, "channel"))[:, :32], quantised(other, Rule(2, "channel"))[:, :32])


@pytest.mark.breaks("keys-by-channel", "keys-have-large-channels")
def test_a_large_channel_hurts_by_token_only() -> None:
    even, large = random(), random(large_channel=50)
    by_token, by_channel = Rule(2, "token"), Rule(2, "channel")
    assert error(large, by_token) > 1.3 * error(even, by_token)
    assert error(large, by_channel) == pytest.approx(error(even, by_channel))
    assert error(large, replace(by_token, evened=True)) < 1.2 * error(even, by_token)
    # without it the axes are equal, and the claims turn
    assert error(even, by_token) < 1.2 * error(even, by_channel)
    same = Cost(2, RESULT.keys_by_channel[-1].loss * 1.001, 0.0)
    assert finding("keys-by-channel", RESULT, keys_by_token=(same,)) is False
    large_of, even_of = (float(measure.spread(numbers).median()) for numbers in (large, even))
    assert finding("keys-have-large-channels", RESULT, key_ratio=large_of, value_ratio=even_of) is True
    assert finding("keys-have-large-channels", RESULT, key_ratio=even_of, value_ratio=even_of) is False


@pytest.mark.breaks("values-by-token")
def test_a_large_token_hurts_by_channel_only() -> None:
    even, large = random(), random(large_token=50)
    assert error(large, Rule(2, "channel")) > 1.3 * error(even, Rule(2, "channel"))
    assert error(large, Rule(2, "token")) == pytest.approx(error(even, Rule(2, "token")))
    assert finding("values-by-token", RESULT, values_by_channel=RESULT.values_by_token) is False


def test_the_largest_channel_by_the_median_one() -> None:
    numbers = torch.ones(1, 7, 2, 5)
    numbers[:, :, 1, 3] = -6
    assert measure.spread(numbers).tolist() == [1, 6]


@pytest.mark.parametrize("model", [tiny.llama(n_kv_heads=2), tiny.gpt2()], ids=["llama", "gpt2"])
def test_the_model_reads_quantised_keys_and_values_and_is_left_as_it_was(model: Any) -> None:
    where = projections(checkpoint(model))
    assert (where.layers, where.width) == (4, 64)
    ids = tiny.random_tokens(model, 1, 70, seed=0)
    shapes = []

    def look(numbers: Any, is_key: bool) -> Any:
        shapes.append((is_key, tuple(numbers.shape)))
        return numbers

    before = model(ids).logits
    with changing(where, look):
        assert torch.equal(model(ids).logits, before)
    assert shapes == 4 * [(True, (1, 70, where.kv_heads, 64)), (False, (1, 70, where.kv_heads, 64))]
    for rules in ((Rule(2, "channel"), None), (None, Rule(2, "token"))):
        with changing(where, by_rules(*rules)):
            assert not torch.allclose(model(ids).logits, before, atol=1e-5)
    assert torch.equal(model(ids).logits, before)


@pytest.mark.breaks("four-bits-free", "two-bits-enough")
def test_nothing_changes_where_nothing_is_quantised() -> None:
    model = tiny.llama(init=0.1)
    where, ids = projections(checkpoint(model)), tiny.random_tokens(model, 1, 70, seed=0)
    loss, top = measure.read(model, ids)

    def cost(bits: int, rules: tuple[Rule | None, Rule | None]) -> Cost:
        with changing(where, by_rules(*rules)):
            now, best = measure.read(model, ids)
        return Cost(bits, now, float((best != top).float().mean()))

    exact = tuple(cost(bits, (None, None)) for bits in (8, 4, 2))
    assert finding("four-bits-free", RESULT, both=exact, full_loss=loss) is True
    assert finding("two-bits-enough", RESULT, both=exact, full_loss=loss) is True
    coarse = tuple(cost(bits, (Rule(2, "channel"), Rule(2, "token"))) for bits in (8, 4, 2))
    assert finding("two-bits-enough", RESULT, both=coarse, full_loss=loss) is False


def test_a_model_without_such_projections_is_refused() -> None:
    with pytest.raises(DemoError, match="mamba"):
        projections(checkpoint(tiny.mamba()))


def test_the_hooks_go_where_the_reading_fails() -> None:
    model = tiny.llama()
    where: Projections = projections(checkpoint(model))
    with pytest.raises(ZeroDivisionError), changing(where, by_rules(Rule(2, "token"), None)):
        _ = 1 / 0
    assert not any(module._forward_hooks for module, _ in where.modules)
