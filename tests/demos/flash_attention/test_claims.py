"""What each claim of flash-attention says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.flash_attention.claims import CLAIMS, Length, Result, exponent
from llmquiz.demos.lab.quantities import Times
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

DEMO = "flash-attention"
RESULT: Result = recorded(DEMO)
LAST_PEAK, LAST_KEPT = RESULT.peaks[-1], RESULT.kept[-1]
LINEAR = tuple(replace(peak, eager=peak.tokens, fused=peak.tokens) for peak in RESULT.peaks)
SQUARED = tuple(replace(peak, eager=peak.tokens**2, fused=peak.tokens**2) for peak in RESULT.peaks)


def lengths(*seconds: float) -> tuple[Length, ...]:
    """Lengths that double, all three ways in so many seconds, all rounds alike."""
    times = [Times((each,) * 5) for each in seconds]
    return tuple(Length(256 * 2**i, each, each, each) for i, each in enumerate(times))


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("same-result", {"gaps": (1e-3, 0.0)}, id="tiles are off"),
        pytest.param("same-result", {"model_gap": 1e-3}, id="logits are off"),
        pytest.param("eager-squared", {"peaks": LINEAR}, id="eager memory grows with the length"),
        pytest.param("linear-memory", {"peaks": SQUARED}, id="fused memory grows with its square"),
        pytest.param(
            "no-score-matrix",
            {"peaks": (replace(LAST_PEAK, tiled=LAST_PEAK.score_bytes // 4),)},
            id="a quarter of a score matrix in the tiles",
        ),
        pytest.param(
            "no-score-matrix",
            {"peaks": (replace(LAST_PEAK, eager=LAST_PEAK.score_bytes - 1),)},
            id="the formula without a whole one",
        ),
        pytest.param("work-stays", {"lengths": lengths(1, 2, 4)}, id="time grows with the length"),
        pytest.param(
            "work-stays",
            {"operations": (RESULT.operations[0], replace(RESULT.operations[1], tiled=RESULT.operations[0].tiled))},
            id="operations stay",
        ),
        pytest.param("faster", {"lengths": lengths(1, 4, 16)}, id="as slow as the formula"),
        pytest.param(
            "recomputes",
            {"kept": (RESULT.kept[0], replace(LAST_KEPT, fused=LAST_KEPT.score_bytes))},
            id="a score matrix is kept",
        ),
        pytest.param(
            "recomputes", {"kept": (RESULT.kept[0], replace(LAST_KEPT, gradient_gap=0.1))}, id="other gradients"
        ),
        pytest.param("tiles-alone", {"kept": (replace(LAST_KEPT, tiled=0),)}, id="tiles keep nothing"),
        pytest.param("shrinks-cache", {"cache_fused": RESULT.cache_eager - 1}, id="a smaller cache"),
        pytest.param("step-has-none", {"step_peak": RESULT.step_cache // 5 + 1}, id="a fifth of what it reads"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict(DEMO, claim, RESULT)
    assert before is not None
    assert verdict(DEMO, claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize(
    ("seconds", "device", "holds"),
    [((1, 4, 16), "cpu", True), ((1, 2, 4), "cpu", False), ((1, 1.1, 1.2), "cuda", None)],
)
def test_times_that_grow_with_the_length_alone_are_not_quadratic(
    seconds: tuple[float, ...], device: str, holds: bool | None
) -> None:
    assert verdict(DEMO, "work-stays", changed(RESULT, {"lengths": lengths(*seconds), "device": device})) is holds


@pytest.mark.parametrize("claim", ["faster", "work-stays"])
def test_times_that_disagree_are_not_judged(claim: str) -> None:
    """From round to round the fused kernel is six times as fast as the formula, or slower; N^0 or N^2."""
    short, middle, _ = lengths(1, 2, 4)
    long = Length(1024, Times((6.0,) * 5), Times((6.0,) * 5), Times((1.0, 16.0, 1.0, 16.0, 4.0)))
    assert verdict(DEMO, claim, changed(RESULT, {"lengths": (short, middle, long)})) is None


def test_where_peaks_cannot_be_read_nothing_is_judged() -> None:
    unknown = tuple(replace(peak, eager=None, tiled=None, fused=None) for peak in RESULT.peaks)
    blind = changed(RESULT, {"peaks": unknown, "step_peak": None})
    for claim in ("eager-squared", "linear-memory", "no-score-matrix", "step-has-none"):
        finding = CLAIMS[claim](blind)
        assert (finding.holds, finding.why) == (None, "no-peak-memory")


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("same-result", "float32-only"),
        ("recomputes", "float32-only"),
        ("faster", "converting"),
        ("step-has-none", "converting"),
    ],
)
def test_in_bfloat16_the_processor_is_not_judged(claim: str, why: str) -> None:
    finding = CLAIMS[claim](changed(RESULT, {"dtype": "bfloat16"}))
    assert (finding.holds, finding.why) == (None, why)


@pytest.mark.parametrize(("values", "p"), [((3, 12, 48), 2), ((5, 10, 20), 1), ((7, 7, 7), 0)])
def test_the_exponent_of_a_power_law(values: tuple[float, ...], p: float) -> None:
    assert exponent([128, 256, 512], values) == pytest.approx(p)
