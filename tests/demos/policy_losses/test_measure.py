"""The small world by hand, and what becomes of the claims of policy-losses when the mechanism is broken."""

from __future__ import annotations

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import surrogate
from llmquiz.demos.lab.four_letters import every_text
from llmquiz.demos.lab.run import Run, silent
from llmquiz.demos.policy_losses import learning, ppo, world
from llmquiz.demos.policy_losses.claims import Learned
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("policy-losses")
STEPS = 150


@pytest.fixture
def reference() -> world.Table:
    return world.reference(Run())


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("policy-losses", claim, changed(RESULT, values))


def _learn(reference: world.Table, make: Any, *further: Any) -> Learned:
    """What becomes of the reference by the loss that `make` gives, in a few steps."""
    ids = every_text()
    loss = make(reference.log_likelihood(ids), world.reward(ids), *further)
    return learning.learn("some", reference, loss, STEPS, silent)[1]


def _seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_every_prefix_has_a_row_of_its_own_and_a_text_is_as_likely_as_its_letters(reference: world.Table) -> None:
    ids = every_text()
    rows = world.rows(ids)
    assert [len(set(rows[:, place].tolist())) for place in range(4)] == [1, 4, 16, 64]
    assert len(set(rows.flatten().tolist())) == world.ROWS
    assert float(reference.log_likelihood(ids).exp().sum()) == pytest.approx(1)
    for row in (0, 27, 255):
        text = ids[row].tolist()
        by_letter = sum(float(reference.after(text[:i])[letter]) for i, letter in enumerate(text))
        assert float(reference.log_likelihood(ids)[row]) == pytest.approx(by_letter, abs=1e-5)


def test_texts_are_drawn_as_often_as_the_policy_says_and_earn_their_letters(reference: world.Table) -> None:
    ids = world.sample(reference, 20_000, _seeded())
    firsts = ids[:, 0].bincount(minlength=4) / len(ids)
    assert (firsts - reference.after([]).exp()).abs().max() < 0.02
    assert world.reward(torch.tensor([[0, 0, 1, 3], [3, 3, 3, 3], [1, 2, 1, 2]])).tolist() == [1, -4, 0]


def test_the_optimum_is_the_reference_times_the_exponential_of_its_reward() -> None:
    log_p = world.optimum(torch.tensor([0.25, 0.75]).log(), torch.tensor([1.0, 0.0]), 0.5)
    assert float(log_p[0].exp()) == pytest.approx(math.exp(2) / (math.exp(2) + 3))


@pytest.mark.breaks("same-optimum", "without-reward")
def test_dpo_without_its_reference_or_with_the_labels_turned_goes_elsewhere(
    reference: world.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _holds("same-optimum", dpo=_learn(reference, learning.every_pair)) is True
    assert _holds("without-reward", dpo=_learn(reference, learning.every_pair)) is False

    def without_reference(log_reference: Any, rewards: Any) -> learning.Loss:
        loss = learning.every_pair(log_reference, rewards)
        return lambda log_ratio: loss(log_ratio + log_reference)

    assert _holds("same-optimum", dpo=_learn(reference, without_reference)) is False
    preference = surrogate.preference
    monkeypatch.setattr(learning, "preference", lambda margin, beta: preference(-margin, beta))
    turned = _learn(reference, learning.every_pair)
    assert _holds("same-optimum", dpo=turned) is False
    assert _holds("without-reward", dpo=turned) is True


@pytest.mark.breaks("same-optimum")
def test_the_reward_without_its_penalty_goes_elsewhere(reference: world.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _holds("same-optimum", objective=_learn(reference, learning.objective)) is True

    def free(log_reference: Any, rewards: Any) -> learning.Loss:
        return lambda log_ratio: -((log_reference + log_ratio).exp() * rewards).sum()

    assert _holds("same-optimum", objective=_learn(reference, free)) is False


@pytest.mark.breaks("any-pairs")
def test_with_enough_pairs_a_drawn_set_does_as_well(reference: world.Table) -> None:
    assert _holds("any-pairs", few=_learn(reference, learning.drawn_pairs, 1000, _seeded())) is False
    assert _holds("any-pairs", few=_learn(reference, learning.drawn_pairs, 1_000_000, _seeded())) is True


@pytest.mark.breaks("first-step")
def test_without_a_second_pass_nothing_leaves_the_clip(reference: world.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _holds("first-step", clipping=ppo.clipping(reference, _seeded())) is True
    monkeypatch.setattr(surrogate, "PASSES", 1)
    assert _holds("first-step", clipping=ppo.clipping(reference, _seeded())) is False
    monkeypatch.undo()
    monkeypatch.setattr(surrogate, "clipped", lambda new, old, advantage: (new - old).exp() * advantage.abs())
    assert _holds("first-step", clipping=ppo.clipping(reference, _seeded())) is False


@pytest.mark.breaks("decision-process")
def test_a_return_that_leaves_the_penalties_out_is_noticed(
    reference: world.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = world.reference(Run(seed=1))
    assert _holds("decision-process", steps=ppo.decisions(policy, reference, _seeded())) is True
    to_go = surrogate.to_go
    monkeypatch.setattr(surrogate, "to_go", lambda rewards, ratio, mask, _: to_go(rewards, ratio, mask, 0.0))
    assert _holds("decision-process", steps=ppo.decisions(policy, reference, _seeded())) is False
