"""The absorbed form of latent attention against the class, and what becomes of the claim when it is put wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.gqa import latent_attention
from llmquiz.demos.gqa.result import Latent, Result
from llmquiz.demos.lab import demo, tiny
from tests.demos.breaking import changed, verdict

pytestmark = pytest.mark.demo


def _against_the_model() -> Latent:
    model = latent_attention.latent_llama(device="cpu", dtype="float32", d_model=128, n_layers=2, n_heads=16)
    decoder = latent_attention.LatentDecoder(model, length=16)
    return latent_attention.against_the_model(model, decoder, tiny.random_tokens(model, 1, 4, seed=0), 8)


@pytest.mark.breaks("latent-same")
def test_a_latent_without_positions_or_with_its_halves_swapped_is_another_model(
    quick_run: Callable[[str], demo.Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    result: Result = quick_run("gqa").result

    def holds() -> bool | None:
        return verdict("gqa", "latent-same", changed(result, {"latent": _against_the_model()}))

    assert holds() is True
    absorbed = latent_attention.absorbed

    def swapped(layer: Any, n_heads: int) -> Any:
        right = absorbed(layer, n_heads)
        return replace(right, to_keys=right.to_values.transpose(1, 2), to_values=right.to_keys.transpose(1, 2))

    with monkeypatch.context() as patch:
        patch.setattr(latent_attention, "absorbed", swapped)
        assert holds() is False
    monkeypatch.setattr(latent_attention, "turn_pairs", lambda x, cos, sin: x)
    assert holds() is False
