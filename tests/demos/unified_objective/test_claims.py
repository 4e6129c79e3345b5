"""What each claim of unified-objective says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.unified_objective.claims import Result, Score
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

DEMO = "unified-objective"
RESULT: Result = recorded(DEMO)
DECODER, ENCODER_DECODER, ENCODER = RESULT.kinds
CURVES = dict(RESULT.losses)


def scored(model: str, task: str, **values: Any) -> tuple[Score, ...]:
    """All scores, that of one model on one task with other values."""
    return tuple(
        replace(score, **values) if (score.model, score.task) == (model, task) else score for score in RESULT.scores
    )


@pytest.mark.breaks("sooner")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param(
            "equal-size",
            {"kinds": (replace(DECODER, parameters=2 * DECODER.parameters), ENCODER_DECODER, ENCODER)},
            id="a decoder twice as large",
        ),
        pytest.param("unseen-texts", {"seen": 1}, id="one tested text was trained on"),
        pytest.param("decoder-all", {"scores": scored("decoder", "cipher", right=0.89)}, id="one task not learnt"),
        pytest.param(
            "decoder-all", {"scores": scored("decoder", "sort", seeds=(1.0, 1.0, 0.5))}, id="one seed of three failed"
        ),
        pytest.param(
            "understanding-by-answering", {"scores": scored("decoder", "classify", right=0.5)}, id="a coin is thrown"
        ),
        pytest.param(
            "decoder-alone", {"scores": scored("encoder-decoder", "sort", right=0.5)}, id="encoder–decoder fails a task"
        ),
        pytest.param(
            "decoder-alone",
            {"kinds": (DECODER, replace(ENCODER_DECODER, outputs=ENCODER.outputs), ENCODER)},
            id="encoder–decoder needs heads",
        ),
        pytest.param(
            "sooner",
            {
                "losses": (
                    ("decoder", CURVES["encoder-decoder"]),
                    ("encoder-decoder", CURVES["decoder"]),
                    ("encoder-heads", CURVES["encoder-heads"]),
                )
            },
            id="the other way round",
        ),
        pytest.param(
            "sooner",
            {
                "losses": (
                    ("decoder", CURVES["decoder"]),
                    ("encoder-decoder", (*CURVES["encoder-decoder"][:2], (0.2, 0.2))),
                )
            },
            id="one seed never gets there",
        ),
        pytest.param(
            "heads", {"kinds": (DECODER, ENCODER_DECODER, replace(ENCODER, outputs=DECODER.outputs))}, id="one head"
        ),
        pytest.param(
            "encoder-fixed", {"scores": scored("encoder-heads", "sort", right=0.8)}, id="the encoder does not sort"
        ),
        pytest.param(
            "encoder-deduplicates", {"scores": scored("encoder-heads", "deduplicate", right=0.84)}, id="hardly"
        ),
        pytest.param(
            "one-pass", {"kinds": (DECODER, ENCODER_DECODER, replace(ENCODER, passes=6))}, id="as many as letters"
        ),
        pytest.param(
            "one-pass", {"kinds": (DECODER, replace(ENCODER_DECODER, passes=1), ENCODER)}, id="encoder–decoder in one"
        ),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict(DEMO, claim, RESULT)
    assert before is not None
    assert verdict(DEMO, claim, changed(RESULT, values)) is not before


@pytest.mark.parametrize(
    ("seeds", "holds"),
    [((0.95, 0.3, 0.95), True), ((0.95, 0.3, 0.89), False)],
)
def test_reversal_may_fail_once_in_three_seeds_and_not_twice(seeds: tuple[float, ...], holds: bool) -> None:
    scores = scored("encoder-heads", "reverse", seeds=seeds)
    assert verdict(DEMO, "encoder-fixed", changed(RESULT, {"scores": scores})) is holds


@pytest.mark.parametrize(("encoder", "holds"), [(1.05, True), (1.051, False)])
def test_sizes_are_equal_to_within_five_percent(encoder: float, holds: bool) -> None:
    kinds = tuple(
        replace(kind, parameters=round(10_000 * size))
        for kind, size in zip(RESULT.kinds, (1.0, 1.0, encoder), strict=True)
    )
    assert verdict(DEMO, "equal-size", changed(RESULT, {"kinds": kinds})) is holds


def test_heads_that_share_one_output_are_not_apart() -> None:
    """Six objectives still, but one output serves two tasks."""
    outputs = ((*ENCODER.outputs[0], ENCODER.outputs[1][0]), *ENCODER.outputs[1:])
    kinds = (DECODER, ENCODER_DECODER, replace(ENCODER, outputs=outputs))
    assert kinds[2].objectives == 6
    assert verdict(DEMO, "heads", changed(RESULT, {"kinds": kinds})) is False
