"""What a state and a cache hold, and what becomes of the claims on them when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.ssm import states
from llmquiz.demos.ssm.result import CacheBytes, Result
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


def _cache(model: Any, length: int) -> CacheBytes:
    _, cache = states.read(model, tiny.random_tokens(model, 1, length, seed=0))
    return states.cache_bytes(cache)


@pytest.mark.breaks("fixed-state")
def test_a_cache_in_the_place_of_the_state_is_not_fixed(result: Result) -> None:
    mamba, llama = (tuple(_cache(model, T) for T in result.lengths) for model in (tiny.mamba(n_layers=7), tiny.llama()))
    assert finding("fixed-state", result, states=mamba) is True
    assert finding("fixed-state", result, states=llama) is False


@pytest.mark.breaks("bytes-cross")
@pytest.mark.parametrize(("kv_heads", "holds"), [(4, True), (2, False), (1, False)])
def test_a_cache_of_fewer_heads_has_not_overtaken_the_state_there(result: Result, kv_heads: int, holds: bool) -> None:
    attention = tiny.llama(n_kv_heads=kv_heads)
    before, there = (_cache(attention, T).total for T in (result.overtaken_at - 1, result.overtaken_at))
    assert finding("bytes-cross", result, cache_bytes_before=before, cache_bytes_there=there) is holds


@pytest.mark.breaks("one-pass")
def test_a_state_that_is_lost_between_steps_gives_other_logits(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    mamba = tiny.mamba(n_layers=1)
    ids = tiny.random_tokens(mamba, 1, 12, seed=0)
    assert finding("one-pass", result, gap=states.by_steps(mamba, ids)) is True
    monkeypatch.setattr(states, "step", lambda model, token, cache: states.read(model, token)[0])
    assert finding("one-pass", result, gap=states.by_steps(mamba, ids)) is False


@pytest.mark.breaks("hybrid-keeps")
def test_two_attention_layers_in_eight_keep_twice_as_much(result: Result) -> None:
    two = states.hybrid("cpu", "float32", 128, 0, every=4)
    assert (two.attention_layers, two.kept.keys_and_values) == (2, 2 * result.hybrid.kept.keys_and_values)
    assert finding("hybrid-keeps", result) is True
    assert finding("hybrid-keeps", result, hybrid=two) is False
