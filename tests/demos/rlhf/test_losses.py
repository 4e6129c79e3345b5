"""The losses by which policies learn: groups, pairs, and short trainings."""

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


def test_a_group_is_judged_by_itself() -> None:
    rewards = torch.arange(2.0 * losses.GROUP) ** 2
    mask = torch.ones(len(rewards), 3, dtype=torch.bool)
    advantages = losses.group_advantages(rewards, mask).view(2, losses.GROUP, 3)
    assert advantages.mean(1).abs().max() < 1e-6
    assert advantages.std(1).sub(1).abs().max() < 1e-3
    assert losses.group_advantages(torch.ones(losses.GROUP), mask[: losses.GROUP]).abs().max() == 0


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
