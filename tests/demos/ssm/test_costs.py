"""Operations and times of Mamba and attention, and what becomes of the claims on them when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import decoding, tiny
from llmquiz.demos.ssm import costs
from llmquiz.demos.ssm.result import Result, StepTimes
from tests.demos import measuring
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


@pytest.mark.breaks("linear")
def test_attention_in_the_place_of_mamba_is_not_linear(result: Result) -> None:
    """And Mamba in the place of attention is."""
    mamba, attention = tiny.mamba(n_layers=1), tiny.llama(n_layers=1, attention="eager")
    ids = tiny.random_tokens(mamba, 1, 256, seed=0)
    assert finding("linear", result, work=costs.work(mamba, attention, ids, (128, 256))) is True
    for pair in ((attention, attention), (mamba, mamba)):
        assert finding("linear", result, work=costs.work(*pair, ids, (128, 256))) is False


@pytest.mark.breaks("optimizes-attention")
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_attention_is_found_where_there_is_some(result: Result, attention: str) -> None:
    """The sheet would be right if a layer of Mamba ran any."""
    model = tiny.llama(attention=attention)
    operations = costs.attention_operations(model, tiny.random_tokens(model, 1, 8, seed=0))
    assert operations == model.config.num_hidden_layers
    assert finding("optimizes-attention", result) is False
    assert finding("optimizes-attention", result, attention_operations=operations) is True


class Moving(measuring.Work):
    """A clock of work to which a view of a tensor, however large, moves no number."""

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if any(returned.alias_info and not returned.alias_info.is_write for returned in operation._schema.returns):
            return operation(*args, **(kwargs or {}))
        return super().__torch_dispatch__(operation, types, args, kwargs)


@pytest.fixture
def step_times(monkeypatch: pytest.MonkeyPatch) -> Callable[..., StepTimes]:
    """Times of a step by that clock: the same on every machine."""
    monkeypatch.setattr(measuring, "Work", Moving)

    def times(mamba: Any, attention: Any, lengths: tuple[int, ...]) -> StepTimes:
        with measuring.counted():
            return costs.step_times(mamba, attention, lengths, "cpu", 3, 0)

    return times


@pytest.mark.breaks("flat-time")
def test_attention_in_the_place_of_mamba_takes_longer_after_more_tokens(
    result: Result, step_times: Callable[..., StepTimes]
) -> None:
    lengths, attention = (64, 2048), tiny.llama()
    assert finding("flat-time", result, times=step_times(tiny.mamba(n_layers=7), attention, lengths)) is True
    assert finding("flat-time", result, times=step_times(attention, attention, lengths)) is False


@pytest.mark.breaks("attention-grows", "times-cross")
def test_attention_to_a_window_does_not_grow_and_is_never_overtaken(
    result: Result, step_times: Callable[..., StepTimes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A window of 64 tokens, as in Mistral, with the cache as large as before."""
    models = tiny.mamba(n_layers=7), tiny.llama()
    whole = step_times(*models, (64, 256, 16_384))
    attend = decoding.attend
    monkeypatch.setattr(decoding, "attend", lambda q, k, v: attend(q, k[:, :, -64:], v[:, :, -64:]))
    window = step_times(*models, (64, 256, 16_384))
    for claim in ("attention-grows", "times-cross"):
        assert finding(claim, result, times=whole) is True
        assert finding(claim, result, times=window) is False
    assert 256 < whole.crossing < 16_384
    assert window.crossing == 0


@pytest.mark.parametrize(
    ("seconds", "level", "tokens"),
    [
        ([1, 2, 4], 2.0, 100),  # a point on the level belongs to what follows
        ([1, 2, 4], 3.0, 10 ** (2 + 0.58496)),  # log2(3) - 1 of the way on logarithmic axes
        ([1, 2, 4], 0.5, 0),  # already above
        ([1, 2, 4], 4.0, 0),  # never above
        ([3, 1, 4], 2.0, 316.2),  # the noise of short steps is no crossing
    ],
)
def test_where_a_curve_reaches_a_level(seconds: list[float], level: float, tokens: float) -> None:
    assert costs.crossing((10, 100, 1000), seconds, level) == pytest.approx(tokens, rel=1e-3)
