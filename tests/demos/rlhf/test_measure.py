"""What becomes of the claims of rlhf when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.rlhf import clipping, episode, language, losses, policies, train
from llmquiz.demos.rlhf.claims import ROUNDING, Policy
from llmquiz.demos.rlhf.losses import BETA
from llmquiz.demos.rlhf.train import TRAINING
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("rlhf")


@pytest.fixture
def sft() -> Any:
    return training.trained(TRAINING, "sft")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("rlhf", claim, changed(RESULT, values))


def _measured(name: str, model: Any, reference: Any) -> tuple[Policy, ...]:
    """The policies, that one measured anew: this model against this reference."""
    figures = policies.figures(model, reference, policies.own_texts(model, each=16, seed=0))
    return tuple(changed(policy, {"found": figures}) if policy.name == name else policy for policy in RESULT.policies)


@pytest.mark.breaks("one-pass")
def test_steps_that_forget_the_text_are_not_one_pass(sft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = language.sentences(4, torch.Generator().manual_seed(0))
    whole = policies.log_probabilities(sft, ids)
    assert _holds("one-pass") is True
    assert (episode.stepwise(sft, ids) - whole).sum(1).abs().max() < ROUNDING
    forward = type(sft).forward
    monkeypatch.setattr(type(sft), "forward", lambda self, x, **_: forward(self, x, use_cache=False))
    gap = (episode.stepwise(sft, ids) - whole).sum(1).abs().max()
    assert _holds("one-pass", likelihood_gap=float(gap)) is False


@pytest.mark.breaks("decision-process")
def test_a_return_that_leaves_the_penalties_out_is_noticed(sft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ppo = training.trained(TRAINING, "ppo")
    ids = policies.own_texts(ppo, each=8, seed=0)
    row = int((language.reward(ids) >= 2).int().argmax())
    assert _holds("decision-process", steps=episode.decisions(ppo, sft, ids, row, BETA)) is True
    to_go = losses.to_go
    monkeypatch.setattr(losses, "to_go", lambda rewards, ratio, mask, _: to_go(rewards, ratio, mask, 0.0))
    assert _holds("decision-process", steps=episode.decisions(ppo, sft, ids, row, BETA)) is False


@pytest.mark.breaks("first-step")
def test_without_a_second_pass_nothing_leaves_the_clip(sft: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _holds("first-step") is True
    monkeypatch.setattr(losses, "PASSES", 1)
    assert _holds("first-step", clipping=clipping.clipping(sft, 0)) is False
    monkeypatch.undo()
    monkeypatch.setattr(losses, "clipped", lambda new, old, advantage: (new - old).exp() * advantage.abs())
    assert _holds("first-step", clipping=clipping.clipping(sft, 0)) is False


@pytest.mark.breaks("penalty-keeps")
def test_ppo_without_its_penalty_loses_the_grammar(sft: Any) -> None:
    assert _holds("penalty-keeps", policies=_measured("ppo", training.trained(TRAINING, "ppo"), sft)) is True
    assert _holds("penalty-keeps", policies=_measured("ppo", training.trained(TRAINING, "ppo-free"), sft)) is False


@pytest.mark.breaks("best-possible")
def test_a_reference_that_moves_with_the_policy_makes_more_than_is_possible(sft: Any) -> None:
    ppo = training.trained(TRAINING, "ppo")
    assert _holds("best-possible", policies=_measured("ppo", ppo, sft)) is True
    assert _holds("best-possible", policies=_measured("ppo", ppo, ppo)) is False


@pytest.mark.breaks("needs-decoder-only")
def test_an_encoder_decoder_that_has_not_learned_gains_nothing() -> None:
    start = training.trained(TRAINING, "sft-t5")
    trained, untrained = training.trained(TRAINING, "ppo-t5"), train.build("ppo-t5", 0)
    assert _holds("needs-decoder-only", policies=_measured("ppo-t5", trained, start)) is False
    assert _holds("needs-decoder-only", policies=_measured("ppo-t5", untrained, start)) is True
