"""Policies: how texts are drawn, and what is measured by them."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.rlhf import language, policies
from llmquiz.demos.rlhf.train import TRAINING

pytestmark = pytest.mark.demo


@pytest.fixture
def sft() -> Any:
    return training.trained(TRAINING, "sft")


def test_texts_are_drawn_as_often_as_the_policy_says(sft: Any) -> None:
    ids = torch.full((6000,), language.ID["today"])
    texts = policies.sample(sft, ids, torch.Generator().manual_seed(0))
    drawn = texts[:, 1].bincount(minlength=len(language.WORDS)) / 6000
    expected = sft(ids[:1, None]).logits[0, -1].softmax(-1)
    assert (drawn - expected).abs().max() < 0.02


def test_the_divergence_is_what_the_log_ratio_is_on_average(sft: Any) -> None:
    ppo = training.trained(TRAINING, "ppo")
    ids = policies.sample(ppo, policies.openers(100), torch.Generator().manual_seed(0))
    ratio = (policies.log_probabilities(ppo, ids) - policies.log_probabilities(sft, ids)).sum(1)
    assert policies.divergence(ppo, sft, ids).mean() == pytest.approx(float(ratio.mean()), abs=0.4)
    assert policies.divergence(sft, sft, ids).abs().max() == 0
