"""What the training of ssm puts in the place of the class's own."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.ssm import language, train

pytestmark = pytest.mark.demo


@pytest.mark.parametrize("name", ["mamba-32", "mamba-64"])
def test_the_scan_of_the_training_is_that_of_the_class(name: str) -> None:
    model = training.trained(train.TRAINING, name)
    ids, _, _ = language.texts(3, 8, torch.Generator().manual_seed(0))
    own = model(ids, use_cache=False).logits
    with train.fast_scan():
        fast = model(ids, use_cache=False).logits
    assert not torch.equal(own, fast), "the scan was not exchanged"
    torch.testing.assert_close(own, fast, rtol=1e-4, atol=1e-4)
