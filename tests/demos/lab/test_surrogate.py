"""What PPO and DPO make large or small, by hand."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import surrogate

pytestmark = pytest.mark.demo


def test_what_is_to_come_is_the_reward_less_the_penalties_from_here_on() -> None:
    ratio, mask = torch.tensor([[1.0, 2.0, 4.0]]), torch.tensor([[True, True, False]])
    assert surrogate.to_go(torch.tensor([10.0]), ratio, mask, 0.5).tolist() == [[8.5, 9.0, 0.0]]


def test_advantages_have_mean_nothing_and_spread_one_at_the_tokens_that_were_written() -> None:
    to_come = torch.tensor([[1.0, 5.0], [3.0, 0.0]])
    mask = torch.tensor([[True, True], [True, False]])
    advantages = surrogate.advantages(to_come, mask)
    assert advantages[:, 0].sum() == pytest.approx(0)
    assert advantages[:, 1].tolist() == [0, 0]
    assert (advantages**2).sum() / mask.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("ratio", "advantage", "slope"), [(1.3, 1.0, 0.0), (1.1, 1.0, 1.1), (0.7, -1.0, 0.0), (0.7, 1.0, 0.7)]
)
def test_the_clip_takes_the_gradient_only_from_what_has_gone_far_enough(
    ratio: float, advantage: float, slope: float
) -> None:
    new = torch.tensor(math.log(ratio), requires_grad=True)
    surrogate.clipped(new, torch.tensor(0.0), torch.tensor(advantage)).backward()
    assert float(new.grad) == pytest.approx(slope)


def test_a_ratio_is_outside_on_either_side_of_the_clip() -> None:
    new = torch.tensor([0.79, 0.81, 1.0, 1.19, 1.21]).log()
    assert surrogate.outside(new, torch.zeros(5)).tolist() == [True, False, False, False, True]


def test_a_pair_costs_a_coin_toss_at_first_and_less_the_more_the_chosen_text_gains() -> None:
    first, ahead, behind = surrogate.preference(torch.tensor([0.0, 2.0, -2.0]), 0.5).tolist()
    assert first == pytest.approx(math.log(2))
    assert ahead == pytest.approx(math.log1p(math.exp(-1)))
    assert behind == pytest.approx(math.log1p(math.exp(1)))
