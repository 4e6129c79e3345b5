"""What becomes of the claims of rlhf when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.rlhf import policies, train
from llmquiz.demos.rlhf.claims import Policy
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
