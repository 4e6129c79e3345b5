"""How the models of icl are trained, and what their cards say."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.icl import cards, train
from llmquiz.demos.icl.arms import INDUCTION, MAPPING

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


def test_the_first_noted_step_with_four_fifths_right() -> None:
    assert cards.learned_at((0.1, 0.7, 0.8, 0.9), 400) == 200
    assert cards.learned_at((0.1, 0.7, 0.79, 0.3), 400) == 0


def test_every_arm_is_on_record_with_three_seeds() -> None:
    by_arm = {runs.arm: runs for runs in cards.runs()}
    assert list(by_arm) == [*MAPPING, *INDUCTION]
    for name in INDUCTION:
        assert (len(by_arm[name].right), len(by_arm[name].course)) == (3, 3)
        assert all(len(course) == 40 for course in by_arm[name].course)


@pytest.mark.parametrize("arms", [MAPPING, INDUCTION])
def test_all_sizes_are_equal(arms: dict[str, object]) -> None:
    sizes = [sum(weight.numel() for weight in train.build(name, 0).parameters()) for name in arms]
    assert max(sizes) <= 1.05 * min(sizes)
