"""The demo induction-heads on tiny models, where no head has learnt to copy, and heads whose weights are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.induction_heads import heads, measure
from llmquiz.demos.induction_heads.claims import Silenced
from llmquiz.demos.induction_heads.heads import Reading
from llmquiz.demos.lab import tiny
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("induction-heads")
LENGTH = measure.LENGTH
COPIER, FEEDER = (1, 2), (0, 1)


@pytest.fixture(scope="module")
def untrained() -> Any:
    """A model whose heads have learnt nothing."""
    return tiny.llama(attention="eager", init=0.1)


@pytest.fixture
def crafted() -> Reading:
    """Two layers of four heads (texts of 2 · LENGTH) that attend to themselves, but for one that copies and one that
    looks a token back."""
    size = 2 * LENGTH
    layers = [torch.eye(size).repeat(1, 4, 1, 1) for _ in range(2)]  # (1, 4, T, T) each
    for (layer, head), distance in ((COPIER, LENGTH - 1), (FEEDER, 1)):
        layers[layer][0, head] = torch.diag(torch.ones(size - distance), -distance)
    return Reading(torch.zeros(1, size - 1), torch.ones(1, size - 1, dtype=torch.bool), tuple(layers))


def test_a_head_is_known_by_where_it_looks(crafted: Reading) -> None:
    to_copy, previous = heads.back(crafted, LENGTH - 1, LENGTH), heads.back(crafted, 1, 1)
    assert to_copy.nonzero().tolist() == [list(COPIER)]
    assert previous.nonzero().tolist() == [list(FEEDER)]
    assert (float(to_copy[COPIER]), float(previous[FEEDER])) == (1.0, 1.0)
    assert heads.strongest(to_copy, 3)[0] == COPIER
    assert measure.place_share(crafted, [COPIER, FEEDER]) == 0.5


def test_the_place_is_the_token_that_followed_last_time() -> None:
    ids = measure.twice(tiny.llama(attention="eager"), 3, seed=0)
    assert ids.shape == (3, 2 * LENGTH)
    following = ids[:, LENGTH + 1 :]  # of the tokens from `LENGTH` on, but the last
    assert torch.equal(following, ids[:, LENGTH - (LENGTH - 1) : LENGTH])


def test_the_first_token_of_the_second_reading_does_not_count() -> None:
    right = torch.zeros(1, 2 * LENGTH - 1, dtype=torch.bool)
    right[:, LENGTH - 1] = True  # predicts the first of the second reading
    reading = Reading(right.float(), right, ())
    assert measure.second_right(reading) == 0.0
    right[:, LENGTH:] = True
    assert measure.second_right(reading) == 1.0


@pytest.mark.parametrize("build", [tiny.llama, tiny.gpt2])
def test_a_silenced_head_is_missing_from_what_its_layer_adds(build: Any) -> None:
    model = build(attention="eager", init=0.1)
    layer, head, width = 2, 1, 64
    ids, mixing = tiny.random_tokens(model, 2, 10, seed=0), heads.mixers(model)[2]
    mixed: list[Any] = []
    hook = mixing.register_forward_hook(lambda _, inputs, __: mixed.append(inputs[0]))
    try:
        heads.read(model, ids)
        heads.read(model, ids, [(layer, head)])
    finally:
        hook.remove()
    before, after = mixed
    expected = before.clone()
    expected[..., head * width : (head + 1) * width] = 0
    assert before[..., head * width : (head + 1) * width].abs().max() > 0
    assert torch.equal(after, expected)


def test_the_model_is_left_as_it_was(untrained: Any) -> None:
    ids = measure.twice(untrained, 1, seed=0)
    before = heads.read(untrained, ids).losses
    assert not torch.equal(heads.read(untrained, ids, [(0, 0), (0, 3)]).losses, before)
    with pytest.raises(RuntimeError, match="in between"), heads.silenced(untrained, [(0, 0)]):
        raise RuntimeError("in between")
    assert torch.equal(heads.read(untrained, ids).losses, before)


def test_silencing_all_heads_of_a_layer_is_that_layer_without_attention(untrained: Any) -> None:
    ids = measure.twice(untrained, 1, seed=0)
    without = heads.read(untrained, ids, [(1, head) for head in range(4)]).losses
    hook = untrained.model.layers[1].self_attn.register_forward_hook(lambda _, __, out: (out[0] * 0, *out[1:]))
    try:
        assert torch.allclose(heads.read(untrained, ids).losses, without, atol=1e-5)
    finally:
        hook.remove()


def test_a_model_without_attention_is_refused() -> None:
    with pytest.raises(DemoError):
        heads.mixers(tiny.mamba())


def test_draws_take_no_head_twice_and_leave_those_out_that_are_not_in_the_pool() -> None:
    pool = [(0, head) for head in range(9)]
    draws = [heads.drawn(pool, 5, torch.Generator().manual_seed(seed)) for seed in range(4)]
    assert all(len(set(draw)) == 5 and set(draw) <= set(pool) for draw in draws)
    assert len({tuple(draw) for draw in draws}) > 1
    assert sorted(heads.drawn(pool, 20, torch.Generator())) == pool


def test_each_draw_is_read_on_one_of_the_texts(untrained: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, rows = measure.twice(untrained, 2, seed=0), []
    monkeypatch.setattr(measure, "read", lambda _model, row, _silent: rows.append(row) or Reading(row, row[:, 1:], ()))
    measure.each_on_a_text(untrained, ids, [[(0, 0)]] * 3)
    assert [torch.equal(row, ids[i : i + 1]) for row, i in zip(rows, (0, 1, 0), strict=True)] == [True] * 3


def test_random_tokens_are_shown_in_a_line() -> None:
    assert measure.shown(" a\n\tb\ufffd\x07c  d ") == "a b c d"


@pytest.mark.breaks("only-in-toys", "spread-over-everything", "any-heads-would-do", "copies-random-tokens")
def test_an_untrained_model_has_no_induction_heads(untrained: Any) -> None:
    ids = measure.twice(untrained, 2, seed=0)
    reading = heads.read(untrained, ids)
    shares = heads.back(reading, LENGTH - 1, LENGTH)  # (layers, H)
    strongest = heads.strongest(shares, 8)
    right = measure.second_right(reading)
    silenced = (Silenced(0, right), Silenced(8, measure.second_right(heads.read(untrained, ids, strongest))))
    assert finding("only-in-toys", RESULT, finders=measure.named(strongest, shares)) is True
    assert finding("copies-random-tokens", RESULT, silenced=silenced) is False
    others = tuple(measure.each_on_a_text(untrained, ids, [[(3, 0)], [(3, 1)]]))
    assert finding("any-heads-would-do", RESULT, others=others) is True
    assert finding("spread-over-everything", RESULT, silenced=(RESULT.silenced[0], RESULT.silenced[0])) is True


@pytest.mark.breaks("two-steps")
def test_heads_that_look_as_before_need_no_others(crafted: Reading) -> None:
    share = measure.place_share(crafted, [COPIER])
    assert finding("two-steps", RESULT, place_share=share, place_unfed=share, place_others=(share,)) is False
    blind = replace(crafted, attention=tuple(weights * 0 for weights in crafted.attention))
    assert finding("two-steps", RESULT, place_share=share, place_unfed=measure.place_share(blind, [COPIER])) is True
