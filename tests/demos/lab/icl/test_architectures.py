"""The models that are compared: their sizes, and what an open mask lets through."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab.icl import architectures, train
from llmquiz.demos.lab.icl.arms import INDUCTION, MAPPING, Reader

pytestmark = pytest.mark.demo


@pytest.mark.parametrize("arms", [MAPPING, INDUCTION])
def test_all_sizes_are_equal(arms: dict[str, object]) -> None:
    sizes = [sum(weight.numel() for weight in train.build(name, 0).parameters()) for name in arms]
    assert max(sizes) <= 1.05 * min(sizes)


@pytest.mark.parametrize(("reader", "sees"), [(Reader.decoder, False), (Reader.opened, True), (Reader.encoder, True)])
def test_whether_an_early_place_sees_a_late_token(reader: Reader, sees: bool) -> None:
    model = architectures.untrained(reader, 0, vocab=17, length=6)
    ids = torch.tensor([[1, 2, 3, 4, 5, 6]])
    later = torch.tensor([[1, 2, 3, 4, 5, 7]])
    with torch.no_grad():
        plain, other = (architectures.outputs(reader, model, read).logits[:, 0] for read in (ids, later))
    assert torch.allclose(plain, other, atol=1e-6) is not sees
