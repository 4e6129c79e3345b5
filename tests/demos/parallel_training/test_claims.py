"""What each claim of parallel-training says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.parallel_training.claims import Saving, Share
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("parallel-training")
L = RESULT.losses.length
STEADY = Ratio(2.9, (2.9, 2.9, 2.9))


def _verdict(claim: str, **values: Any) -> bool | None:
    return verdict("parallel-training", claim, changed(RESULT, values))


def _shares(objective: str, **changes: Any) -> tuple[Share, ...]:
    """The shares, one of them with other values."""
    return tuple(replace(share, **changes) if share.objective == objective else share for share in RESULT.shares)


def _longest(**changes: Any) -> tuple[Saving, ...]:
    """The savings, that of the longest text with other values."""
    return (*RESULT.savings[:-1], replace(RESULT.savings[-1], **changes))


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("same-losses", {"losses.same": L - 1}, id="one loss out of place"),
        pytest.param("same-losses", {"losses.gap": 2e-3}, id="losses differ"),
        pytest.param("same-gradient", {"gradients.gap": 2e-3}, id="gradients differ"),
        pytest.param("fewer-positions", {"positions_one": L + 1}, id="one position more"),
        pytest.param("fewer-positions", {"positions_separate": L}, id="prefixes as cheap as one pass"),
        pytest.param("faster", {"savings": _longest(apart=STEADY)}, id="hardly faster"),
        pytest.param("grows", {"savings": _longest(apart=STEADY)}, id="less than on the shortest text"),
        pytest.param("steps-stay", {"savings": _longest(stepwise=STEADY)}, id="hardly slower"),
        pytest.param("steps-stay", {"losses.calls_cached": 1}, id="one call"),
        pytest.param("steps-stay", {"losses.positions_cached": L + 1}, id="one position more with a cache"),
        pytest.param("mask-needed", {"losses.same_without_mask": L}, id="the same without a mask"),
        pytest.param("copies", {"copying.with_mask": RESULT.copying.without_mask}, id="a leak through the mask"),
        pytest.param("copies", {"copying.without_mask": RESULT.copying.with_mask}, id="nothing leaks without it"),
        pytest.param(
            "next-token", {"shares": _shares("next-token", loss=RESULT.share("next-token").computed)}, id="the last too"
        ),
        pytest.param("masked-tokens", {"shares": _shares("masked-tokens", loss=0)}, id="nothing is masked"),
        pytest.param(
            "target-side", {"shares": _shares("spans", loss=RESULT.share("spans").loss + 1)}, id="one of the source"
        ),
        pytest.param(
            "target-side",
            {"shares": _shares("second-half", loss=RESULT.share("second-half").computed)},
            id="both halves",
        ),
        pytest.param("paired-data", {"raw.restored": RESULT.raw.text - 1}, id="one token is lost"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("parallel-training", claim, RESULT)
    assert before is not None
    assert _verdict(claim, **values) is not before


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ((12.0, 40.0), True),
        ((12.0, 11.0), False),
        ((12.0, 7.9), False),
    ],
)
def test_a_saving_that_shrinks_is_noticed(values: tuple[float, float], holds: bool) -> None:
    savings = tuple(
        replace(saving, apart=Ratio(value, (value,) * 3)) for saving, value in zip(RESULT.savings, values, strict=False)
    )
    assert _verdict("grows", savings=savings) is holds
    assert _verdict("faster", savings=savings) is (values[1] >= 8)


def test_rounds_that_disagree_decide_nothing() -> None:
    noisy = Ratio(9.0, (5.0, 9.0, 20.0))
    assert _verdict("faster", savings=_longest(apart=noisy)) is None
    assert _verdict("grows", savings=_longest(apart=replace(noisy, value=RESULT.savings[0].apart.value))) is None
    assert _verdict("steps-stay", savings=_longest(stepwise=Ratio(4.0, (2.0, 4.0, 5.0)))) is None


@pytest.mark.parametrize(("same", "holds"), [(L // 10, True), (L // 10 + 1, False)])
def test_a_few_losses_may_agree_by_chance(same: int, holds: bool) -> None:
    assert _verdict("mask-needed", **{"losses.same_without_mask": same}) is holds


@pytest.mark.parametrize("claim", ["same-losses", "mask-needed"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert _verdict(claim, dtype="bfloat16") is None
