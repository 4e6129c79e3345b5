"""Heads that are merged or written out, and what becomes of the claims on them when that is done wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.gqa import merging
from llmquiz.demos.gqa.measure import NOISE
from llmquiz.demos.gqa.result import Apart, Result
from llmquiz.demos.lab import tiny
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


@pytest.fixture
def grouped() -> Any:
    return tiny.llama(n_kv_heads=4, init=0.1, d_model=128, n_layers=2, n_heads=16)


@pytest.fixture
def ids(grouped: Any) -> Any:
    return tiny.random_tokens(grouped, 1, 32, seed=0)


@pytest.mark.breaks("shared-heads")
def test_heads_repeated_in_the_wrong_order_are_another_model(
    result: Result, grouped: Any, ids: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = replace(merging.written_out(grouped, ids), bytes_multi_head=4, bytes_grouped=1)
    assert finding("shared-heads", result, repeated=written) is True
    assert finding("shared-heads", result, repeated=replace(written, bytes_multi_head=2)) is False
    monkeypatch.setattr(merging, "repeated", lambda times: lambda weight: torch.cat([weight] * times))
    assert finding("shared-heads", result, repeated=merging.written_out(grouped, ids)) is False


def test_the_heads_are_put_back_even_after_a_fault(grouped: Any, ids: Any) -> None:
    before, _ = merging.read(grouped, ids)
    with pytest.raises(KeyboardInterrupt), merging.with_heads(grouped, 1, merging.averaged(1)):
        raise KeyboardInterrupt
    assert torch.equal(before, merging.read(grouped, ids)[0])
    assert grouped.config.num_key_value_heads == 4


@pytest.mark.breaks("merging-exact")
def test_averaging_heads_of_different_groups_is_not_exact(
    result: Result, grouped: Any, ids: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def curve() -> tuple[Apart, ...]:
        return tuple(merging.apart(grouped, ids, share) for share in NOISE)

    assert finding("merging-exact", result, apart=curve()) is True
    monkeypatch.setattr(
        merging, "averaged", lambda heads: lambda weight: weight.view(-1, heads, *weight.shape[1:]).mean(0)
    )
    assert finding("merging-exact", result, apart=curve()) is False


@pytest.mark.breaks("merging-costs")
def test_a_model_whose_heads_are_equal_is_merged_for_nothing(result: Result, grouped: Any, ids: Any) -> None:
    with merging.with_heads(grouped, 16, merging.repeated(4)):
        merges = tuple(merging.merged(grouped, ids, heads) for heads in (8, 4))
    assert [merged.agreement for merged in merges] == [1.0, 1.0]
    assert finding("merging-costs", result, merges=merges) is False
    assert finding("merging-costs", result) is True


@pytest.mark.parametrize(("heads", "to"), [(16, (8, 4, 2, 1)), (12, (6, 3, 1)), (3, (1,)), (1, ())])
def test_numbers_of_heads_to_average_to(heads: int, to: tuple[int, ...]) -> None:
    assert merging.fewer(heads) == to
