"""What each claim of rlhf says where a value is put wrong, or a policy in the place of another; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.rlhf.claims import PENALIZED, Policy, most_reward
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("rlhf")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("rlhf", claim, changed(RESULT, values))


def _in_place(stand_ins: dict[str, str]) -> tuple[Policy, ...]:
    """The policies, some measured as if they were those that stand in for them."""
    return tuple(
        replace(RESULT.policy(stand_ins.get(policy.name, policy.name)), name=policy.name) for policy in RESULT.policies
    )


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("best-possible", {"optimum.reward": RESULT.optimum.reward + 2}, id="far below the optimum"),
        pytest.param("best-possible", {"optima": RESULT.optima[:1]}, id="hardly anything to compare with"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    assert _holds(claim, **values) is not _holds(claim)
    assert None not in (_holds(claim, **values), _holds(claim))


@pytest.mark.breaks("reward-alone")
def test_the_sheet_would_be_right_if_reward_alone_kept_the_grammar() -> None:
    """With the penalty in the run without it, and no learning in the run with it."""
    assert _holds("reward-alone") is False
    assert _holds("reward-alone", policies=_in_place({"ppo-free": "ppo", "ppo": "sft"})) is True


def test_a_run_that_goes_on_earning_with_good_texts_does_not_turn_over() -> None:
    good = tuple(replace(course, kept=course.reward) for course in RESULT.courses)
    assert _holds("turns-over") is True
    assert _holds("turns-over", courses=good) is False
    assert _holds("turns-over", courses=(*RESULT.courses[:2], good[2])) is False


@pytest.mark.parametrize("name", PENALIZED)
@pytest.mark.parametrize("like", ["ppo-free", "sft"])
def test_losing_the_grammar_or_gaining_nothing_is_noticed_in_every_method(name: str, like: str) -> None:
    assert _holds("penalty-keeps") is True
    assert _holds("penalty-keeps", policies=_in_place({name: like})) is False


def test_more_than_is_possible_and_less_than_was_reached_are_noticed() -> None:
    assert _holds("best-possible") is True
    assert _holds("best-possible", policies=_in_place({"ppo": "sft"})) is False
    lucky = tuple(replace(best, reward=best.reward + 1) for best in RESULT.best_of)
    assert _holds("best-possible", best_of=lucky) is False


def test_the_most_reward_lies_on_the_line_between_two_optima_and_is_unknown_beyond_the_last() -> None:
    first, second = RESULT.optima[:2]
    assert most_reward(RESULT.optima, second.kl) == pytest.approx(second.reward)
    assert most_reward(RESULT.optima, (first.kl + second.kl) / 2) == pytest.approx((first.reward + second.reward) / 2)
    assert most_reward(RESULT.optima, 0.0) == first.score
    assert most_reward(RESULT.optima, RESULT.optima[-1].kl + 0.01) is None


def test_best_of_n_beyond_its_bound_or_worse_with_more_is_noticed() -> None:
    assert _holds("best-of-n") is True
    beyond = tuple(replace(best, kl=best.bound + 0.1) for best in RESULT.best_of)
    assert _holds("best-of-n", best_of=beyond) is False
    assert _holds("best-of-n", best_of=RESULT.best_of[::-1]) is False
    babble = tuple(replace(best, ungrammatical=0.5) for best in RESULT.best_of)
    assert _holds("best-of-n", best_of=babble) is False


def test_the_sheet_would_be_right_if_the_encoder_decoder_gained_nothing() -> None:
    assert _holds("needs-decoder-only") is False
    assert _holds("needs-decoder-only", policies=_in_place({"ppo-t5": "sft-t5"})) is True
