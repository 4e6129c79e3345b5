"""What each claim of decode-speed says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.decode_speed.claims import CLAIMS, LARGE, Result, Size
from llmquiz.demos.lab.quantities import Ratio
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

DEMO = "decode-speed"
RESULT: Result = recorded(DEMO)
SMALL_SIZE, LARGE_SIZE = RESULT.sizes
NOISY = Ratio(2.0, (0.5, 2.0, 3.5))


def steady(value: float) -> Ratio:
    return Ratio(value, (value,) * 5)


def sizes(**values: Ratio) -> tuple[Size, ...]:
    """Both sizes with other ratios."""
    return tuple(replace(size, **values) for size in RESULT.sizes)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param(
            "same-tokens", {"sizes": (SMALL_SIZE, replace(LARGE_SIZE, equal=LARGE_SIZE.equal - 1))}, id="one differs"
        ),
        pytest.param("near-the-limit", {"sizes": sizes(near=steady(0.74))}, id="three quarters are not reached"),
        pytest.param("beats-generate", {"sizes": sizes(gain=steady(1.2))}, id="hardly faster"),
        pytest.param("never-slower", {"sizes": sizes(gain=steady(0.9))}, id="slower in every round"),
        pytest.param("batch-shares-reading", {"many": steady(1.5)}, id="half as much shared"),
        pytest.param(
            "bound-by-bytes",
            {"batches": (replace(RESULT.batches[0], bytes_seconds=1.0, work_seconds=0.6), *RESULT.batches[1:])},
            id="arithmetic takes half as long",
        ),
        pytest.param("bound-by-work", {"doubled": steady(1.3)}, id="twice the batch for little"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    result = changed(RESULT, {"crossing_batch": 3.0, "doubled": steady(1.8)})
    assert verdict(DEMO, claim, result) is True
    assert verdict(DEMO, claim, changed(result, values)) is False


@pytest.mark.parametrize("claim", ["near-the-limit", "beats-generate", "batch-shares-reading", "bound-by-work"])
def test_times_that_disagree_are_not_judged(claim: str) -> None:
    noisy = {"sizes": sizes(near=NOISY, gain=NOISY), "many": NOISY, "doubled": NOISY, "crossing_batch": 3.0}
    assert verdict(DEMO, claim, changed(RESULT, noisy)) is None


@pytest.mark.parametrize(("work_seconds", "holds"), [(0.4, True), (0.5, False), (0.6, False), (1.0, False)])
def test_a_machine_with_slow_arithmetic_is_not_bound_by_bytes(work_seconds: float, holds: bool) -> None:
    single = replace(RESULT.batches[0], bytes_seconds=1.0, work_seconds=work_seconds)
    assert verdict(DEMO, "bound-by-bytes", changed(RESULT, {"batches": (single, *RESULT.batches[1:])})) is holds


def test_where_the_crossing_lies_beyond_the_batches_nothing_is_said_about_arithmetic() -> None:
    for crossing, holds in ((3.0, False), (300.0, None)):
        values = {"doubled": steady(1.0), "crossing_batch": crossing}
        assert verdict(DEMO, "bound-by-work", changed(RESULT, values)) is holds


def test_on_an_accelerator_the_limit_is_shown_but_not_judged() -> None:
    assert verdict(DEMO, "near-the-limit", changed(RESULT, {"device": "cuda"})) is None


def test_a_small_model_of_ones_own_is_not_held_against_the_limit() -> None:
    finding = CLAIMS["near-the-limit"](changed(RESULT, {"sizes": (SMALL_SIZE, SMALL_SIZE)}))
    assert (finding.holds, finding.why) == (None, "small-model")


def test_only_large_models_have_to_come_near_the_limit() -> None:
    assert SMALL_SIZE.parameters < LARGE <= LARGE_SIZE.parameters
    far = (replace(SMALL_SIZE, near=steady(0.1)), replace(LARGE_SIZE, near=steady(0.9)))
    assert verdict(DEMO, "near-the-limit", changed(RESULT, {"sizes": far})) is True


@pytest.mark.parametrize("claim", ["near-the-limit", "bound-by-bytes", "batch-shares-reading", "bound-by-work"])
def test_a_format_that_the_processor_emulates_is_shown_but_not_judged(claim: str) -> None:
    values = {"dtype": "float16", "many": steady(0.5), "doubled": steady(0.5), "crossing_batch": 3.0}
    finding = CLAIMS[claim](changed(RESULT, values))
    assert (finding.holds, finding.why) == (None, "slow-format")


def test_in_bfloat16_equality_is_shown_but_not_judged() -> None:
    assert verdict(DEMO, "same-tokens", changed(RESULT, {"dtype": "bfloat16"})) is None


@pytest.mark.parametrize(
    ("rounds", "holds"),
    [((0.99, 1.01, 0.98), True), ((0.97, 0.99, 0.98), False), ((1.2, 1.3, 1.1), True)],
)
def test_slower_means_slower_in_every_round(rounds: tuple[float, ...], holds: bool) -> None:
    pair = (SMALL_SIZE, replace(LARGE_SIZE, gain=Ratio(sorted(rounds)[1], rounds)))
    assert verdict(DEMO, "never-slower", changed(RESULT, {"sizes": pair})) is holds
