"""What each claim of encode-vs-generate says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.encode_vs_generate.claims import CLAIMS, NEW
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.lab.results import Passes
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("encode-vs-generate")
LONGEST = RESULT.lengths[-1]
NOISY = Ratio(2.0, (0.5, 2.0, 9.0, 0.5, 9.0))


def _steady(value: float) -> Ratio:
    return Ratio(value, (value,) * 4)


def _longest(**ratios: Ratio) -> dict[str, Any]:
    return {"lengths": (*RESULT.lengths[:-1], replace(LONGEST, **ratios))}


@pytest.mark.breaks("cannot-generate")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("same-positions", {"writing": Passes(64, 64 * 65 // 2)}, id="no cache"),
        pytest.param("same-positions", {"reading": Passes(2, 64)}, id="read twice"),
        pytest.param("writing-is-slow", _longest(writes=_steady(2.9)), id="hardly slower"),
        pytest.param("encoder-reads-faster", _longest(decoder_reads=_steady(1.6)), id="the decoder reads slowly"),
        pytest.param("grows-by-token", {"growth": _steady(2.0)}, id="twice as long for four times the tokens"),
        pytest.param("batch-helps-writing", {"batching.write_gain": _steady(2.9)}, id="less than three times"),
        pytest.param("batch-closes-the-gap", {"batching.gap_closed": _steady(1.4)}, id="reading gains as much"),
        pytest.param("no-generation-needed", {"accuracies.encoder_first": 0.89}, id="the encoder did not learn"),
        pytest.param("no-generation-needed", {"encoding": Passes(2, 64)}, id="the encoder reads twice"),
        pytest.param("last-state", {"accuracies.decoder_last": 0.89}, id="the decoder did not learn"),
        pytest.param("last-state", {"reading": Passes(2, 64)}, id="the decoder reads twice"),
        pytest.param("first-state", {"accuracies.decoder_first": 0.36}, id="the first state knows something"),
        pytest.param("first-state", {"accuracies.encoder_first": 0.89}, id="neither knows"),
        pytest.param("label-written", {"accuracies.label": 0.89}, id="the label was not learned"),
        pytest.param("label-written", {"accuracies.label_calls": RESULT.accuracies.label_calls - 1}, id="half a label"),
        pytest.param("label-is-a-head", {"head_gap": 1e-4}, id="another map"),
        pytest.param("cannot-generate", {"unmasking_written": NEW - 1}, id="a mask is left"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("encode-vs-generate", claim, RESULT)
    assert before is not None
    assert verdict("encode-vs-generate", claim, changed(RESULT, values)) is (not before)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("writing-is-slow", _longest(writes=NOISY)),
        ("encoder-reads-faster", _longest(decoder_reads=NOISY)),
        ("grows-by-token", {"growth": NOISY}),
        ("batch-helps-writing", {"batching.write_gain": NOISY}),
        ("batch-closes-the-gap", {"batching.gap_closed": NOISY}),
    ],
    ids=["writing-is-slow", "encoder-reads-faster", "grows-by-token", "batch-helps-writing", "batch-closes-the-gap"],
)
def test_times_that_disagree_are_not_judged(claim: str, values: dict[str, Any]) -> None:
    finding = CLAIMS[claim](changed(RESULT, values))
    assert (finding.holds, finding.why) == (None, "too-noisy")


def test_on_a_model_of_ones_own_half_the_gain_of_a_batch_is_enough() -> None:
    gain = {"batching.write_gain": _steady(1.6)}
    assert verdict("encode-vs-generate", "batch-helps-writing", changed(RESULT, gain)) is False
    assert verdict("encode-vs-generate", "batch-helps-writing", changed(RESULT, gain | {"own_model": False})) is True


def test_an_equality_is_judged_in_exact_numbers_only() -> None:
    finding = CLAIMS["label-is-a-head"](changed(RESULT, {"dtype": "bfloat16"}))
    assert (finding.holds, finding.why) == (None, "float32-only")


def test_a_head_of_ones_own_model_that_is_no_linear_map_is_shown_and_not_judged() -> None:
    finding = CLAIMS["label-is-a-head"](changed(RESULT, {"head_gap": 0.1, "own_model": False}))
    assert (finding.holds, finding.why) == (None, "other-head")
