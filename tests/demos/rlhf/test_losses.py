"""The losses by which policies learn: advantages, the clip, pairs, and short trainings."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.rlhf import language, losses, train
from llmquiz.demos.rlhf.claims import Course
from llmquiz.demos.rlhf.train import TRAINING
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo


def test_what_is_to_come_is_the_reward_less_the_penalties_from_here_on() -> None:
    ratio, mask = torch.tensor([[1.0, 2.0, 4.0]]), torch.tensor([[True, True, False]])
    assert losses.to_go(torch.tensor([10.0]), ratio, mask, 0.5).tolist() == [[8.5, 9.0, 0.0]]


def test_advantages_have_mean_nothing_and_spread_one_at_the_tokens_that_were_written() -> None:
    to_come = torch.tensor([[1.0, 5.0], [3.0, 0.0]])
    mask = torch.tensor([[True, True], [True, False]])
    advantages = losses.advantages(to_come, mask)
    assert advantages[:, 0].sum() == pytest.approx(0)
    assert advantages[:, 1].tolist() == [0, 0]
    assert (advantages**2).sum() / mask.sum() == pytest.approx(1)


def test_a_group_is_judged_by_itself() -> None:
    rewards = torch.arange(2.0 * losses.GROUP) ** 2
    mask = torch.ones(len(rewards), 3, dtype=torch.bool)
    advantages = losses.group_advantages(rewards, mask).view(2, losses.GROUP, 3)
    assert advantages.mean(1).abs().max() < 1e-6
    assert advantages.std(1).sub(1).abs().max() < 1e-3
    assert losses.group_advantages(torch.ones(losses.GROUP), mask[: losses.GROUP]).abs().max() == 0


@pytest.mark.parametrize(
    ("ratio", "advantage", "slope"), [(1.3, 1.0, 0.0), (1.1, 1.0, 1.1), (0.7, -1.0, 0.0), (0.7, 1.0, 0.7)]
)
def test_the_clip_takes_the_gradient_only_from_what_has_gone_far_enough(
    ratio: float, advantage: float, slope: float
) -> None:
    new = torch.tensor(math.log(ratio), requires_grad=True)
    losses.clipped(new, torch.tensor(0.0), torch.tensor(advantage)).backward()
    assert float(new.grad) == pytest.approx(slope)


def test_a_pair_is_won_mostly_by_the_larger_reward_and_dpo_starts_at_a_coin_toss() -> None:
    sft, generator = training.trained(TRAINING, "sft"), torch.Generator().manual_seed(0)
    chosen, rejected, *_ = losses.draw_pairs(sft, generator)
    ahead = language.reward(chosen) - language.reward(rejected)
    by_chance = torch.sigmoid(ahead.abs())[ahead != 0].mean()
    assert (ahead > 0).sum() / (ahead != 0).sum() == pytest.approx(float(by_chance), abs=0.03)
    assert torch.equal(chosen[:, 0], rejected[:, 0])
    fresh = train.build("dpo", 0)
    first = train.loss("dpo", fresh, torch.Generator().manual_seed(0), 0.0)
    assert float(first) == pytest.approx(math.log(2), abs=1e-5)


@pytest.mark.training
@pytest.mark.breaks("turns-over")
@pytest.mark.parametrize("name", ["ppo", "grpo"])
def test_a_short_run_raises_the_reward_notes_its_course_and_with_the_penalty_does_not_turn_over(name: str) -> None:
    _, run = training.train(TRAINING, name, seed=3, steps=48)
    assert set(run.course) == {"reward", "kl", "ungrammatical", "kept"}
    assert run.course["kl"][0] == 0
    assert run.course["reward"][-1] > run.course["reward"][0] + 0.7
    course = Course(3, *(tuple(run.course[key]) for key in ("reward", "kl", "kept")))
    assert verdict("rlhf", "turns-over", recorded("rlhf")) is True
    assert verdict("rlhf", "turns-over", changed(recorded("rlhf"), {"courses": (course,)})) is False
