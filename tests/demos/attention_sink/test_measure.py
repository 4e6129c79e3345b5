"""The demo attention-sink on tiny models, where there is no sink, or one that is put there."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.attention_sink import measure
from llmquiz.demos.attention_sink.claims import MUCH
from llmquiz.demos.lab import tiny
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("attention-sink")


@pytest.fixture(scope="module")
def untrained() -> tuple[Any, Any]:
    """A model whose heads have learnt nothing, and a text (1, 120) for it."""
    model = tiny.llama(attention="eager")
    return model, tiny.random_tokens(model, 1, 120, seed=0)


def test_each_token_sees_its_window_and_what_is_kept() -> None:
    seen = measure.visible(torch.zeros(1, 80), [0, 5])
    assert not seen.triu(1).any()
    assert seen[79].nonzero().flatten().tolist() == [0, 5, *range(79 - measure.WINDOW + 1, 80)]
    assert seen[3].nonzero().flatten().tolist() == [0, 1, 2, 3]


def test_a_window_over_everything_is_no_window(untrained: tuple[Any, Any]) -> None:
    model, ids = untrained
    everything = measure.visible(ids, range(ids.shape[1]))
    assert measure.loss(model, ids, everything) == pytest.approx(measure.loss(model, ids, None), abs=1e-5)


@pytest.mark.breaks("window-breaks", "one-token-mends", "any-token-mends")
def test_a_model_without_a_sink_loses_nothing_in_a_window(untrained: tuple[Any, Any]) -> None:
    model, ids = untrained
    full, alone = (measure.loss(model, ids, seen) for seen in (None, measure.visible(ids, [])))
    windows = measure.Kept(0, alone), measure.Kept(1, measure.loss(model, ids, measure.visible(ids, [0])))
    assert finding("window-breaks", RESULT, full_loss=full, kept=windows) is False
    assert finding("one-token-mends", RESULT, kept=(RESULT.kept[0], measure.Kept(1, RESULT.alone))) is False
    assert finding("any-token-mends", RESULT, other_loss=RESULT.kept[1].loss) is True


@pytest.mark.breaks("many-heads-look-there", "meaning-makes-it")
def test_an_untrained_model_has_no_sink(untrained: tuple[Any, Any]) -> None:
    shares, norms = measure.first_token(*untrained)
    assert (shares.shape, norms.shape) == ((4, 4), (120,))
    shown = {"heads": shares.numel(), "sink_heads": int((shares >= MUCH).sum()), "share": float(shares.mean())}
    assert finding("many-heads-look-there", RESULT, **shown) is False
    assert finding("meaning-makes-it", RESULT, swapped_share=shown["share"]) is True
