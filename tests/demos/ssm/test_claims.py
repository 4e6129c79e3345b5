"""What each claim of ssm says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("ssm")
ATTENTION, SMALL, LARGE = RESULT.remember
TOKEN = RESULT.cache_bytes_there - RESULT.cache_bytes_before
WORK = RESULT.work[0]
HALF = len(LARGE.recalls[-1].by_place) // 2


def _by_place(*places: float) -> dict[str, Any]:
    """The larger Mamba right at these places of the longest text."""
    longest = replace(LARGE.recalls[-1], by_place=places)
    return {"remember": (ATTENTION, SMALL, replace(LARGE, recalls=(*LARGE.recalls[:-1], longest)))}


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("fixed-state", {"states": RESULT.caches}, id="a cache in the place of the state"),
        pytest.param("fixed-state", {"state_bytes_formula": RESULT.state_bytes + 4}, id="not by its formula"),
        pytest.param(
            "bytes-cross",
            {
                "cache_bytes_before": RESULT.cache_bytes_before - TOKEN,
                "cache_bytes_there": RESULT.cache_bytes_there - TOKEN,
            },
            id="one token early",
        ),
        pytest.param(
            "bytes-cross",
            {
                "cache_bytes_before": RESULT.cache_bytes_before + TOKEN,
                "cache_bytes_there": RESULT.cache_bytes_there + TOKEN,
            },
            id="one token late",
        ),
        pytest.param(
            "linear", {"work": (WORK, replace(WORK, mamba=2 * WORK.mamba, attention=2 * WORK.attention))}, id="both"
        ),
        pytest.param(
            "linear", {"work": (WORK, replace(WORK, mamba=3 * WORK.mamba, attention=3 * WORK.attention))}, id="neither"
        ),
        pytest.param("one-pass", {"gap": 0.01}, id="other logits"),
        pytest.param("hybrid-keeps", {"hybrid.kept.keys_and_values": 0}, id="nothing kept"),
        pytest.param("attention-recalls", {"remember": (SMALL, SMALL, LARGE)}, id="a state in the place of attention"),
        pytest.param(
            "attention-recalls",
            {
                "remember": (
                    replace(ATTENTION, seeds=((*ATTENTION.seeds[0][:-1], 0.9), *ATTENTION.seeds[1:])),
                    SMALL,
                    LARGE,
                )
            },
            id="a seed falls short",
        ),
        pytest.param("state-forgets", {"remember": (ATTENTION, ATTENTION, LARGE)}, id="a small state that holds all"),
        pytest.param(
            "state-forgets",
            {"remember": (ATTENTION, replace(SMALL, seeds=LARGE.seeds), LARGE)},
            id="seeds of the small state that hold as much as the large",
        ),
        pytest.param(
            "state-forgets",
            {"remember": (ATTENTION, SMALL, replace(LARGE, seeds=SMALL.seeds))},
            id="seeds of the large state that hold no more than the small",
        ),
        pytest.param("early-token", _by_place(*[0.7] * HALF, *[0.9] * HALF), id="the end of the text is known better"),
        pytest.param("early-token", _by_place(*[0.9] * HALF, *[0.7] * HALF), id="its beginning is"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    assert verdict("ssm", claim, RESULT) is True
    assert verdict("ssm", claim, changed(RESULT, values)) is False


def test_the_sheet_would_be_right_if_mamba_ran_any_attention() -> None:
    assert verdict("ssm", "optimizes-attention", RESULT) is False
    assert verdict("ssm", "optimizes-attention", changed(RESULT, {"attention_operations": 1})) is True


def test_a_count_that_finds_no_attention_anywhere_judges_nothing() -> None:
    with pytest.raises(AssertionError, match="finds attention where there is some"):
        verdict("ssm", "optimizes-attention", changed(RESULT, {"attention_operations_control": 0}))


@pytest.mark.parametrize(
    ("claim", "field", "good", "bad"),
    [
        ("flat-time", "flat", 1.0, 1.5),
        ("attention-grows", "grows", 3.0, 1.5),
        ("times-cross", "early", 2.0, 0.9),
        ("times-cross", "late", 2.0, 0.9),
    ],
)
def test_times_are_judged_by_the_rounds(claim: str, field: str, good: float, bad: float) -> None:
    clear = changed(RESULT, {"times.early": Ratio(2.0, (2.0,) * 3), "times.late": Ratio(2.0, (2.0,) * 3)})

    def holds(*rounds: float, device: str = "cpu") -> bool | None:
        ratio = Ratio(sorted(rounds)[len(rounds) // 2], rounds)
        return verdict("ssm", claim, changed(clear, {f"times.{field}": ratio, "device": device}))

    assert holds(good, good, good) is True
    assert holds(bad, bad, bad) is False
    assert holds(good, good, bad, bad, good) is None
    assert holds(bad, bad, bad, device="cuda") is (False if claim == "flat-time" else None)


def test_an_equality_is_judged_in_exact_numbers_only() -> None:
    assert verdict("ssm", "one-pass", changed(RESULT, {"dtype": "bfloat16"})) is None
