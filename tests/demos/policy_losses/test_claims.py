"""What each claim of policy-losses says where a value is put wrong; no policy is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("policy-losses")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("policy-losses", claim, changed(RESULT, values))


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("same-optimum", {"dpo": RESULT.few}, id="DPO goes elsewhere"),
        pytest.param("same-optimum", {"objective": RESULT.few}, id="the objective goes elsewhere"),
        pytest.param("without-reward", {"dpo.correlation": 0.5}, id="its log-ratio is no reward"),
        pytest.param("any-pairs", {"few": RESULT.dpo}, id="a few pairs do as well"),
        pytest.param("first-step", {"clipping.gap": 0.001}, id="another gradient"),
        pytest.param("first-step", {"clipping.outside": (0.1, 0.1, 0.2, 0.2)}, id="outside from the start"),
        pytest.param("first-step", {"clipping.outside": (0.0, 0.0, 0.0, 0.0)}, id="never outside"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    assert _holds(claim, **values) is not _holds(claim)
    assert None not in (_holds(claim, **values), _holds(claim))


@pytest.mark.parametrize("claim", ["same-optimum", "without-reward", "any-pairs", "first-step", "decision-process"])
def test_what_needs_exact_numbers_is_judged_in_them_only(claim: str) -> None:
    assert _holds(claim, dtype="bfloat16") is None
    assert _holds(claim, dtype="float64") is _holds(claim)


def test_a_reward_on_the_way_or_a_penalty_left_out_is_another_process() -> None:
    first, *rest = RESULT.steps
    assert _holds("decision-process") is True
    assert _holds("decision-process", steps=(replace(first, reward=1.0), *rest)) is False
    assert _holds("decision-process", steps=(replace(first, penalty=first.penalty + 0.01), *rest)) is False
    assert "".join(step.state[-1] for step in rest) == "".join(step.action for step in RESULT.steps[:-1])
