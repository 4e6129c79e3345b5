"""The demo unmasking on tiny models: the masks, the windows, and a cache that is right under the causal mask alone."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.unmasking import cached, measure
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("unmasking")


@pytest.fixture(scope="module", params=["llama", "gpt2"])
def wide(request: pytest.FixtureRequest) -> Any:
    """A decoder whose wide weights let every token matter."""
    return tiny.llama(init=0.1) if request.param == "llama" else tiny.gpt2(init=0.1)


def test_windows_are_spread_over_the_text() -> None:
    ids = torch.arange(200)[None]
    read = measure.windows(ids, 4)
    assert read.shape == (4, measure.LENGTH)
    assert (int(read[0, 0]), int(read[-1, -1])) == (0, 199)
    assert all(row.diff().eq(1).all() for row in read)


def test_what_is_swapped_starts_with_the_token_that_is_predicted() -> None:
    read = measure.windows(torch.arange(400)[None], 4)
    mixed, gap = measure.swapped(read), measure.BEFORE
    assert torch.equal(mixed[:, :gap], read[:, :gap])
    assert torch.equal(mixed[:, gap:], read[[2, 3, 0, 1], gap:])


def test_the_guess_is_scored_by_hand() -> None:
    logs = torch.tensor([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5]]).log()
    scored = measure.guess(logs, torch.tensor([0, 1]))
    assert scored.loss == pytest.approx((0.6931 + 1.3863) / 2, abs=1e-3)
    assert scored.right == 0.5


def test_the_prediction_is_that_of_the_place_before_the_gap(wide: Any) -> None:
    ids = tiny.random_tokens(wide, 2, measure.LENGTH, seed=0)
    logs = measure.before_gap(wide, ids, None)
    alone = measure.before_gap(wide, ids[:, : measure.BEFORE], None)
    assert torch.allclose(logs, alone, atol=1e-4)


def test_a_hidden_token_moves_nothing_and_a_visible_one_does(wide: Any) -> None:
    ids = tiny.random_tokens(wide, 2, measure.LENGTH, seed=0)
    other = ids.clone()
    other[:, measure.BEFORE] = (ids[:, measure.BEFORE] + 7) % 256
    hidden, whole = measure.hiding(wide, measure.LENGTH, measure.BEFORE), measure.open_mask(wide, measure.LENGTH)
    assert torch.allclose(*(measure.before_gap(wide, text, hidden) for text in (ids, other)), atol=1e-5)
    assert not torch.allclose(*(measure.before_gap(wide, text, whole) for text in (ids, other)), atol=1e-2)
    assert not whole.any()  # what hides a token hides it in a copy


@pytest.mark.breaks("every-state-moves")
def test_only_the_mask_keeps_earlier_states(wide: Any) -> None:
    ids = tiny.random_tokens(wide, 1, 24, seed=1)
    causal, free = (cached.moved(wide, ids, mask) for mask in (None, measure.open_mask(wide, 24)))
    assert (causal, free) == (0.0, 1.0)
    assert finding("every-state-moves", RESULT, causal_moved=causal, open_moved=free) is True
    assert finding("every-state-moves", RESULT, open_moved=causal) is False


@pytest.mark.breaks("cache-still-works")
def test_a_cache_is_right_under_the_causal_mask_alone(wide: Any) -> None:
    own, prompts = Checkpoint(wide, None, "tiny"), tiny.random_tokens(wide, 3, 12, seed=2)
    causal, free = (cached.written(own, prompts, 10, hides=hides) for hides in (True, False))
    assert causal.tokens == causal.equal == 30
    assert causal.text == causal.cached_text
    assert finding("cache-still-works", RESULT, causal_written=causal, open_written=free) is False
    assert finding("cache-still-works", RESULT, causal_written=causal, open_written=causal) is True


@pytest.mark.breaks("only-for-training", "seems-better")
def test_a_model_whose_tokens_do_not_look_at_each_other_does_not_mind() -> None:
    model = tiny.build(
        tiny.LlamaForCausalLM,
        vocab_size=256,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        seed=0,
        device="cpu",
        dtype="float32",
    ).requires_grad_(False)
    for layer in model.model.layers:
        layer.self_attn.o_proj.weight.zero_()
    read = tiny.random_tokens(model, 4, measure.LENGTH, seed=3)
    start, answers = read[:, : measure.BEFORE], read[:, measure.BEFORE]
    causal = measure.guess(measure.before_gap(model, start, None), answers)
    alone = measure.guess(measure.before_gap(model, start, measure.open_mask(model, measure.BEFORE)), answers)
    visible = measure.guess(measure.before_gap(model, read, measure.open_mask(model, measure.LENGTH)), answers)
    assert alone.loss == pytest.approx(causal.loss, abs=1e-5)
    assert finding("only-for-training", RESULT, causal=causal, open_alone=alone) is True
    assert finding("seems-better", RESULT, causal=causal, open_visible=visible) is False
