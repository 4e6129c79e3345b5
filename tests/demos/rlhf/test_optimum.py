"""The best policy for a KL, and best-of-n, by hand."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.rlhf import optimum
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo


def test_the_best_policy_is_the_reference_times_the_exponential_of_its_reward() -> None:
    """Two texts, one of them drawn three times as often."""
    rewards, even = torch.tensor([[1.0, 0.0, 0.0, 0.0]]).double(), torch.zeros(1, 4).double()
    best = optimum.optimum(0.5, rewards, even)
    p = math.exp(2) / (math.exp(2) + 3)
    assert best.reward == pytest.approx(p)
    assert best.kl == pytest.approx(p * math.log(4 * p) + (1 - p) * math.log(4 / 3 * (1 - p)))
    weighed = optimum.optimum(0.5, torch.tensor([[1.0, 0.0]]).double(), torch.tensor([[1.0, 3.0]]).double().log())
    assert (weighed.reward, weighed.kl) == pytest.approx((best.reward, best.kl))


def test_best_of_n_of_rewards_that_all_differ_reaches_the_bound_and_of_equal_ones_goes_nowhere() -> None:
    right = torch.ones(1, 20_000)
    apart = optimum.best_of(4, torch.arange(20_000.0)[None], right)
    assert apart.kl == pytest.approx(apart.bound, abs=1e-3)
    assert apart.reward == pytest.approx(20_000 * 4 / 5, rel=1e-3)
    assert optimum.best_of(4, torch.zeros(1, 20_000), right).kl == pytest.approx(0)


@pytest.mark.breaks("best-of-n")
def test_taking_the_worst_of_n_in_the_place_of_the_best_is_noticed() -> None:
    rewards, right = (
        torch.randint(-3, 4, (6, 500), generator=torch.Generator().manual_seed(0)).float(),
        torch.ones(6, 500),
    )
    for sign, holds in ((1, True), (-1, False)):
        chosen = tuple(optimum.best_of(n, sign * rewards, right) for n in (2, 4, 16, 64))
        # what is chosen by the turned reward earns the reward as it is
        best_of = tuple(changed(best, {"reward": sign * best.reward}) for best in chosen)
        assert verdict("rlhf", "best-of-n", changed(recorded("rlhf"), {"best_of": best_of})) is holds
