"""Bytes, operations and times of each kind of attention, and what becomes of the claims when each is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import DynamicCache

from llmquiz.demos.gqa import costs, latent_attention, merging
from llmquiz.demos.gqa.result import KINDS, Result, Step
from llmquiz.demos.lab import decoding, run, tiny
from tests.demos.breaking import finding
from tests.demos.gqa.test_claims import FASTER
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

SIZE: dict[str, Any] = {"d_model": 512, "n_layers": 4, "n_heads": 16}


@pytest.fixture
def grouped() -> Any:
    return tiny.llama(n_kv_heads=4, init=0.1, d_model=128, n_layers=2, n_heads=16)


class Repeating(DynamicCache):  # type: ignore[misc]
    """A cache that keeps the heads of a grouped model once for every query head."""

    def update(self, keys: Any, values: Any, layer: int, *args: Any, **options: Any) -> Any:
        wide = (part.repeat_interleave(4, 1) for part in (keys, values))
        return tuple(part[:, ::4] for part in super().update(*wide, layer, *args, **options))


@pytest.mark.breaks("bytes-by-formula")
def test_a_cache_of_repeated_heads_is_not_smaller(
    result: Result, grouped: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = tiny.random_tokens(grouped, 1, 32, seed=0)
    small = costs.kind("GQA", grouped, ids)
    monkeypatch.setattr(merging, "empty_cache", lambda model: Repeating(config=model.config))
    large = costs.kind("GQA", grouped, ids)
    assert large == replace(small, token_bytes=4 * small.token_bytes)
    for kind, holds in ((small, True), (large, False)):
        assert finding("bytes-by-formula", result, kinds=(kind,) * 4) is holds


def _steps(decoders: Callable[[int], dict[str, Any]]) -> tuple[Step, ...]:
    """Steps by a clock that counts work, of decoders with room for that many tokens: it counts all of a cache."""
    with counted():
        one_token = torch.tensor([[5]])
        return tuple(costs.steps(decoders(T + 1), one_token, (T,), 5, "cpu", run.silent)[0] for T in (64, 4096))


@pytest.mark.breaks("between", "mqa-fast", "gqa-faster", "latent-faster")
def test_four_times_the_same_model_is_not_faster(result: Result) -> None:
    model = tiny.llama(n_kv_heads=16, init=0.1, **SIZE)
    steps = _steps(lambda length: dict.fromkeys(KINDS, decoding.Decoder(model, length=length)))
    for claim in ("between", "mqa-fast", "gqa-faster", "latent-faster"):
        assert finding(claim, result, steps=FASTER) is True
        assert finding(claim, result, steps=steps) is False, claim


@pytest.mark.breaks("grows")
@pytest.mark.parametrize(("cached_heads", "holds"), [(1, True), (16, False)])
def test_a_shared_head_that_is_cached_for_every_query_head_saves_no_reading(
    result: Result, cached_heads: int, holds: bool
) -> None:
    """MQA then saves projections alone, which weigh less the longer the context is."""
    many, shared = (tiny.llama(n_kv_heads=heads, init=0.1, **SIZE) for heads in (16, 1))

    def decoders(length: int) -> dict[str, Any]:
        mqa = decoding.Decoder(shared, length=length)
        mqa.n_kv = cached_heads
        mqa.make_room(1, length)
        return dict.fromkeys(KINDS, mqa) | {"MHA": decoding.Decoder(many, length=length)}

    assert finding("grows", result, steps=_steps(decoders)) is holds


@pytest.mark.breaks("latent-bytes")
@pytest.mark.parametrize(("rank", "heads", "holds"), [(4, 2.25, True), (7, 3.75, True), (8, 4.25, False)])
def test_a_latent_wider_than_the_heads_saves_nothing(
    result: Result, rank: int, heads: float, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latent_attention, "RANK", rank)
    model = latent_attention.latent_llama(device="cpu", dtype="float32", **SIZE)
    mla = costs.latent_kind(model, latent_attention.LatentDecoder(model, length=8))
    assert mla.token_bytes == heads * result.kinds[2].token_bytes
    assert finding("latent-bytes", result, kinds=(*result.kinds[:3], mla)) is holds


@pytest.mark.breaks("latent-arithmetic")
def test_arithmetic_is_counted_by_the_width_that_is_attended_over(result: Result, grouped: Any) -> None:
    """4 operations a head, number and layer: 2 layers, 16 heads of width 8."""
    operations = costs.operations_by_token(decoding.Decoder(grouped, length=64), torch.tensor([[5]]))
    assert operations == 4 * 2 * 16 * 8
    assert finding("latent-arithmetic", result) is True
    assert finding("latent-arithmetic", result, operations=(operations, operations), latent_work=1.0) is False
