"""How the models of in-context learning are trained."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab.icl import train
from llmquiz.demos.lab.icl.arms import MAPPING

pytestmark = pytest.mark.demo


@pytest.mark.parametrize(
    ("arm", "least", "most"), [("decoder", 1.0, 1.0), ("decoder-last", 1 / 9, 1 / 9), ("encoder", 0.45, 0.55)]
)
def test_how_many_labels_carry_loss(arm: str, least: float, most: float) -> None:
    asked = train.loss_mask(MAPPING[arm].asked, (500, 9), torch.Generator().manual_seed(0))
    assert least <= asked.float().mean().item() + 1e-6
    assert asked.float().mean().item() - 1e-6 <= most
    assert asked.any(1).all()


@pytest.mark.parametrize(
    "names",
    [
        ("decoder", "decoder-last", "encoder", "encoder-decoder"),
        ("induction-decoder", "induction-encoder-15", "induction-causal"),
    ],
)
def test_every_arm_of_a_task_is_trained_on_the_same_texts(names: tuple[str, ...]) -> None:
    """However much one arm draws to choose what is asked, its generator is then where that of another is."""
    states = []
    for name in names:
        generator = torch.Generator().manual_seed(0)
        train.loss(name, train.build(name, 0), generator, 1.0)
        states.append(generator.get_state())
    assert all(torch.equal(states[0], state) for state in states[1:])
