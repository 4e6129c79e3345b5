"""What each claim of calibration says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.calibration.claims import ENOUGH, Tempered
from tests.demos.breaking import changed, finding, verdict
from tests.demos.recorded import recorded

RESULT = recorded("calibration")


def with_at(temperature: float, **values: Any) -> tuple[Tempered, ...]:
    """The recorded temperatures, with other values at that one."""
    return tuple(replace(t, **values) if t.temperature == temperature else t for t in RESULT.tempered)


@pytest.mark.breaks(
    "calibrated",
    "temperature-breaks-it",
    "probabilities-mean-nothing",
    "always-overconfident",
    "cooler-is-more-accurate",
    "calibrated-is-good",
)
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("calibrated", {"tempered": with_at(1.0, error=0.1)}, id="a large error"),
        pytest.param("temperature-breaks-it", {"tempered": with_at(0.5, error=0.05)}, id="sharp is as good"),
        pytest.param("temperature-breaks-it", {"tempered": with_at(1.5, error=0.05)}, id="flat is as good"),
        pytest.param("temperature-breaks-it", {"tempered": with_at(0.5, confidence=0.1)}, id="sharp is underconfident"),
        pytest.param("temperature-breaks-it", {"tempered": with_at(1.5, confidence=0.9)}, id="flat is overconfident"),
        pytest.param("temperature-breaks-it", {"tempered": with_at(1.5, loss=0.1)}, id="flat has the lowest loss"),
        pytest.param("probabilities-mean-nothing", {"shuffled_error": RESULT.at(1.0).error}, id="shuffled is as good"),
        pytest.param("always-overconfident", {"tempered": with_at(1.0, confidence=0.9)}, id="far too sure"),
        pytest.param("cooler-is-more-accurate", {"tempered": with_at(0.5, hits=RESULT.places)}, id="all right"),
        pytest.param("calibrated-is-good", {"blind_error": 0.3}, id="the blind one is miscalibrated"),
        pytest.param("calibrated-is-good", {"blind_loss": RESULT.at(1.0).loss}, id="the blind one is as good"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("calibration", claim, RESULT)
    assert verdict("calibration", claim, changed(RESULT, values)) is (not before)


def test_few_tokens_are_not_judged_but_for_an_equality() -> None:
    assert finding("calibrated", RESULT, places=ENOUGH - 1) is None
    assert finding("calibrated", RESULT, places=ENOUGH) is True
    assert finding("cooler-is-more-accurate", RESULT, places=ENOUGH - 1) is False


def test_sure_predictions_are_counted_by_place() -> None:
    *_, eighty, ninety = RESULT.at(1.0).bins
    bins = (replace(eighty, count=30, accuracy=1.0), replace(ninety, count=10, accuracy=0.6))
    sure = replace(RESULT, tempered=with_at(1.0, bins=(replace(eighty, low=0.7, accuracy=0.0), *bins)))
    assert sure.sure_share == pytest.approx(0.9)
