"""The demo prefill-decode on a tiny model, whose work is counted instead of timed."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.prefill_decode import measure
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("prefill-decode")


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny.llama()


def by_hand(model: Any) -> int:
    """Two operations a weight of the blocks' matrices and token."""
    return sum(2 * m.weight.numel() for m in model.base_model.modules() if isinstance(m, torch.nn.Linear))


@pytest.mark.breaks("it-is-the-arithmetic")
def test_a_token_takes_the_same_products_read_or_written(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = tiny.random_tokens(model, 1, 17, seed=0)
    read, written = measure.arithmetic(model, ids)
    assert read >= 16 * by_hand(model)
    assert written == pytest.approx(by_hand(model), rel=0.2)
    assert finding("it-is-the-arithmetic", RESULT, prefill_flops=read // 16, decode_flops=written) is False
    # without a cache the step reads everything again
    monkeypatch.setattr(measure.kv, "call", lambda body, part, cache: body(ids[:, : (16 if part.shape[1] > 1 else 17)]))
    read, written = measure.arithmetic(model, ids)
    assert finding("it-is-the-arithmetic", RESULT, prefill_flops=read // 16, decode_flops=written) is True


def test_a_round_reads_once_and_writes_step_by_step(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fed: list[tuple[int, ...]] = []
    step = measure.caching.step

    def spy(model: Any, ids: Any, cache: Any) -> Any:
        fed.append(tuple(ids.shape))
        return step(model, ids, cache)

    monkeypatch.setattr(measure.caching, "step", spy)
    prefill, written = measure.round_of(model, tiny.random_tokens(model, 2, 9, seed=0), 6, 3, "cpu")
    assert fed == [(2, 6), (2, 1), (2, 1), (2, 1)]
    assert min(prefill, written) > 0
