"""What each claim of moe says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Times
from llmquiz.demos.moe.claims import ROUNDING, faster_than_total
from llmquiz.demos.moe.result import MOST, Pair, Pass, Trained
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("moe")


def _pass(mixture: float, active: float = 1.0, total: float = 2.0) -> Pass:
    """Five equal rounds of so many seconds each."""
    return Pass(128, *(Times((seconds,) * 5) for seconds in (mixture, active, total)))


NOISY = replace(_pass(1.2), mixture=Times((0.9, 1.0, 1.2, 1.3, 1.4)))


def _pair(without: tuple[int, ...], with_loss: tuple[int, ...]) -> Pair:
    return Pair(0, Trained(without, 1.0), Trained(with_loss, 1.0))


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("router-card", {"routing.own_gap": 2 * ROUNDING}, id="another layer"),
        pytest.param("router-card", {"routing.renormalised_gap": 2 * ROUNDING}, id="other gates"),
        pytest.param("router-card", {"routing.gate_sum_gap": 2 * ROUNDING}, id="gates that do not add up"),
        pytest.param("gated-sum", {"routing.sparse_sum_gap": 2 * ROUNDING}, id="another sum"),
        pytest.param("dense-mixture", {"routing.dense_gap": 0.1}, id="hardly another function"),
        pytest.param("dense-mixture", {"routing.dense_rows": RESULT.routing.rows}, id="experts were skipped"),
        pytest.param("dense-mixture", {"routing.rows": RESULT.routing.rows + 1}, id="a row more"),
        pytest.param("two-of-eight", {"used": (2, 2, 3, 2)}, id="a third expert in one layer"),
        pytest.param("two-of-eight", {"mixture.active": RESULT.active_formula - 1}, id="not by the formula"),
        pytest.param("compute-unchanged", {"work.mixture": RESULT.work.mixture + 2}, id="an operation more"),
        pytest.param(
            "compute-unchanged",
            {"work.mixture": 101 * 10**6, "work.router": 101 * 10**4, "work.dense_active": 9999 * 10**4},
            id="a router of one percent",
        ),
        pytest.param("equal-total", {"work_saved": 2.0}, id="twice the work and no more"),
        pytest.param("costs-nothing", {"passes": (_pass(1.0),)}, id="no slower"),
        pytest.param("faster-than-total", {"passes": (_pass(1.8),)}, id="hardly faster"),
        pytest.param("all-in-memory", {"touched": (*RESULT.touched[:-1], (8, 8, 7, 8))}, id="an expert too few"),
        pytest.param("all-in-memory", {"mixture.weight_bytes": RESULT.small.weight_bytes}, id="experts left out"),
        pytest.param("collapses", {"trainings": (_pair((16,) * 8, (16,) * 8),)}, id="even from the start"),
        pytest.param("balanced", {"trainings": (_pair((64, 64, 0, 0), (64, 64, 0, 0)),)}, id="as uneven as without"),
        pytest.param("not-56b", {"published_total": 56_000_000_000}, id="eight times seven"),
        pytest.param("not-56b", {"published_active": RESULT.published_total}, id="all of them active"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("moe", claim, RESULT)
    assert before is (claim != "costs-nothing")
    assert verdict("moe", claim, changed(RESULT, values)) is (not before)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("router-card", {"routing.own_gap": ROUNDING, "routing.gate_sum_gap": ROUNDING}),
        ("faster-than-total", {"passes": (_pass(2 / 1.2),)}),
        ("all-in-memory", {"mixture.weight_bytes": RESULT.large.weight_bytes}),
        ("collapses", {"trainings": (_pair((40, 8, 8, 8), (16,) * 4),)}),  # 40 of 64 are 2.5 even shares
        ("balanced", {"trainings": (_pair((24, 16, 16, 24), (20,) * 4),)}),
    ],
)
def test_a_bound_belongs_to_what_it_allows(claim: str, values: dict[str, Any]) -> None:
    assert verdict("moe", claim, changed(RESULT, values)) is True


def test_one_length_at_which_the_mixture_is_slower_is_enough() -> None:
    assert verdict("moe", "costs-nothing", changed(RESULT, {"passes": (_pass(1.0), NOISY, _pass(1.2))})) is False


def test_the_worst_of_all_trainings_counts() -> None:
    good, bad = _pair((64, 64, 0, 0, 0, 0, 0, 0), (16,) * 8), _pair((16,) * 8, (16,) * 8)
    for claim in ("collapses", "balanced"):
        verdicts = [verdict("moe", claim, changed(RESULT, {"trainings": pairs})) for pairs in ((good,), (good, bad))]
        assert (claim, verdicts) == (claim, [True, False])


def test_times_that_disagree_are_not_judged() -> None:
    assert verdict("moe", "costs-nothing", changed(RESULT, {"passes": (_pass(1.0), NOISY)})) is None
    noisy = replace(_pass(1.7), mixture=Times((1.5, 1.6, 1.7, 1.8, 1.8)))
    assert verdict("moe", "faster-than-total", changed(RESULT, {"passes": (noisy,)})) is None


def test_where_even_the_dense_models_take_equally_long_nothing_can_be_faster() -> None:
    finding = faster_than_total(changed(RESULT, {"passes": (_pass(1.0, total=1.4),)}))
    assert (finding.holds, finding.why) == (None, "start-bound")


@pytest.mark.parametrize("claim", ["router-card", "gated-sum"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert verdict("moe", claim, changed(RESULT, {"dtype": "bfloat16"})) is None


def test_the_fullest_expert_over_the_average() -> None:
    assert Trained((4, 4, 0, 0, 0, 0, 0, 0), 1.0).fullest == MOST
    assert Trained((1,) * 8, 1.0).fullest == 1
