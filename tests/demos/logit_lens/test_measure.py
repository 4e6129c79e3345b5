"""The demo logit-lens on tiny models and on numbers with a known answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.logit_lens import measure
from llmquiz.demos.logit_lens.lens import Lens, lens
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("logit-lens")


@pytest.fixture(params=["llama", "gpt2"])
def parts(request: pytest.FixtureRequest) -> Lens:
    """A small model with wide weights, in parts."""
    model = getattr(tiny, request.param)(d_model=32, n_layers=4, init=0.2)
    return lens(Checkpoint(model, None, "tiny"))


@pytest.fixture
def ids(parts: Lens) -> Any:
    """A text (1, 60)."""
    return tiny.random_tokens(parts.model, 1, 60, seed=0)


def test_the_last_reading_is_what_the_model_says(parts: Lens, ids: Any) -> None:
    states = parts.states(ids)
    assert states.shape == (5, 1, 60, 32)
    whole = parts.model(ids, output_hidden_states=True)
    torch.testing.assert_close(states[:-1], torch.stack(whole.hidden_states[:-1]))
    logits = whole.logits
    torch.testing.assert_close(parts.read(states[-1]), logits)
    assert (parts.read(states[-1], normed=True) - logits).abs().max() > 0.1
    assert (parts.read(states[2]) - logits).abs().max() > 0.1


@pytest.mark.breaks("exit-is-free", "silent-layers-idle")
def test_layers_that_add_nothing_cost_nothing(parts: Lens, ids: Any) -> None:
    whole = parts.whole_loss(ids)
    with parts.without([1, 2]):
        states, cost = parts.states(ids), parts.whole_loss(ids) - whole
    assert torch.equal(states[1], states[3])
    assert abs(cost) > 1e-3
    assert parts.whole_loss(ids) == whole, "a layer stays left out"
    with parts.without(range(4)):
        idle = parts.states(ids)
        assert torch.equal(idle[0], idle[-1])
        third_cost = parts.whole_loss(ids)
        with parts.without([1, 2]):
            third_cost -= parts.whole_loss(ids)
    losses = [float(parts.losses(state[0, :-1], ids[0, 1:]).mean()) for state in idle]
    readings = tuple(replace(r, loss=losses[min(i, 4)]) for i, r in enumerate(RESULT.readings))
    assert finding("exit-is-free", RESULT, readings=readings) is True
    assert finding("silent-layers-idle", RESULT, third_cost=third_cost) is True


def test_the_layer_comes_back_after_an_error(parts: Lens, ids: Any) -> None:
    whole = parts.whole_loss(ids)
    with pytest.raises(ZeroDivisionError), parts.without([0]):
        raise ZeroDivisionError
    assert parts.whole_loss(ids) == whole


@pytest.mark.breaks("ahead-before-on-top")
def test_pairs_are_counted_row_by_row() -> None:
    assert measure.share_ahead(torch.eye(4)) == 1.0
    assert measure.share_ahead(-torch.eye(4)) == 0.0
    same = torch.tensor([[3.0, 2.0, 1.0]] * 3)  # the same order whatever is asked: chance
    chance = measure.share_ahead(same)
    assert chance == 0.5
    readings = tuple(replace(r, ahead=chance) for r in RESULT.readings)
    assert finding("ahead-before-on-top", RESULT, readings=readings) is False


@pytest.mark.breaks("answer-comes-late")
def test_an_answer_is_settled_from_where_it_stays_on_top() -> None:
    ranks = torch.tensor([[9, 1, 1, 5], [1, 1, 1, 5], [4, 1, 2, 5], [1, 1, 1, 1]])
    assert measure.settled(ranks) == (3, 0, 3, 3)
    assert finding("answer-comes-late", RESULT, settled=measure.settled(torch.ones(31, 9))) is False


def test_ridge_recovers_a_linear_map_and_its_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "RIDGE", 1e-6)
    generator = torch.Generator().manual_seed(0)
    x, new, weight = (torch.randn(n, 6, generator=generator) for n in (80, 5, 6))
    torch.testing.assert_close(measure.ridge(x, x @ weight + 3, new), new @ weight + 3, atol=1e-2, rtol=1e-2)


def test_ridge_held_back_without_end_says_the_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "RIDGE", 1e9)
    x, y = torch.randn(20, 4), torch.randn(20, 3)
    torch.testing.assert_close(measure.ridge(x, y, x[:2]), y.mean(0).expand(2, 3), atol=1e-4, rtol=0)


@pytest.mark.breaks("nothing-is-there", "guess-in-the-middle")
def test_a_middle_layer_like_the_embedding_gains_nothing(parts: Lens, ids: Any) -> None:
    states = parts.states(ids)[:, 0].clone()
    states[2] = states[0]
    embedding, middle = measure.translated(parts, states, ids[0, -20:], [0, 2], seed=0)
    assert (middle.gain, middle.error) == (0.0, 0.0)
    assert middle.shuffled != pytest.approx(middle.loss)
    same = (embedding, replace(middle, layer=RESULT.middle.layer))
    assert finding("nothing-is-there", RESULT, translated=same) is True
    first = tuple(replace(r, rank=1.0) for r in RESULT.readings)
    assert finding("guess-in-the-middle", RESULT, readings=first) is True


def test_the_maps_do_not_see_what_they_are_tested_on(parts: Lens, ids: Any) -> None:
    states = parts.states(ids)[:, 0].clone()
    before = measure.translated(parts, states, ids[0, -20:], [0, 2], seed=0)
    states[-1, -21:] = 0  # where the tested tokens end up
    assert measure.translated(parts, states, ids[0, -20:], [0, 2], seed=0) == before


def test_a_model_of_another_build_is_refused() -> None:
    with pytest.raises(DemoError):
        lens(Checkpoint(tiny.bert(d_model=32, n_layers=1), None, "tiny"))
