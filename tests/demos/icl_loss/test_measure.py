"""What becomes of the claims of icl-loss where the models that are asked did not learn."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch")

from llmquiz.demos.icl_loss import measure
from llmquiz.demos.lab import training
from llmquiz.demos.lab.icl.train import TRAINING
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("icl-loss")


@pytest.mark.breaks("one-loss", "loss-matters", "dense-sooner", "slot-as-soon")
@pytest.mark.parametrize(
    ("claim", "arm"),
    [
        ("one-loss", "encoder-slot"),
        ("loss-matters", "split-decoder"),
        ("dense-sooner", "induction-decoder"),
        ("slot-as-soon", "induction-encoder-slot"),
    ],
)
def test_a_model_that_did_not_learn_is_noticed(claim: str, arm: str) -> None:
    for model, holds in ((training.trained(TRAINING, arm), True), (TRAINING.build(arm, 0), False)):
        right = measure.right(arm, model, seed=0, count=300)
        asked = tuple(replace(a, right=right) if a.arm == arm else a for a in RESULT.asked)
        assert finding(claim, RESULT, asked=asked) is holds
