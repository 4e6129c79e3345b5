"""What each claim of infill says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.infill.result import Gap
from llmquiz.demos.infill.setting import ENCODERS, LENGTH
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("infill")
ONE, THREE = RESULT.gaps
IN_ONE_PASS = {texts.model: texts.nats for texts in RESULT.written if texts.passes == 1}


def _losses(gap: Gap, **losses: float) -> Gap:
    """The gap with other losses of these models, letter after letter."""
    return replace(gap, found=tuple((name, losses.get(name.replace("-", "_"), loss)) for name, loss in gap.found))


def _nats(model: str, nats: float) -> dict[str, Any]:
    """All texts of a model as far from the language as that."""
    return {"written": tuple(replace(t, nats=nats) if t.model == model else t for t in RESULT.written)}


def _failed(model: str, figure: str) -> dict[str, Any]:
    """The third seed of a card has learned nothing."""
    return {
        "seeds": tuple(
            replace(seeds, values=(*seeds.values[:2], 3.0)) if (seeds.model, seeds.figure) == (model, figure) else seeds
            for seeds in RESULT.seeds
        )
    }


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("exact-floors", {"gaps": (replace(ONE, enumerated=ONE.enumerated + 1e-8), THREE)}, id="near"),
        pytest.param("blind-to-the-right", {"moved": (("decoder", 1), *RESULT.moved[1:])}, id="one text moves"),
        pytest.param(
            "blind-to-the-right",
            {"moved": (*RESULT.moved[:-1], ("encoder-any", RESULT.texts - 1))},
            id="one text does not move an encoder",
        ),
        pytest.param("left-side-only", {"gaps": (_losses(ONE, decoder=ONE.floors[1]), THREE)}, id="sees both sides"),
        pytest.param("left-side-only", {"gaps": (ONE, _losses(THREE, decoder=3.0))}, id="three letters not learned"),
        pytest.param("left-side-only", _failed("decoder", "gap 3"), id="a seed of decoder failed at gap 3"),
        *(
            pytest.param(
                "encoder-below",
                {"gaps": (_losses(ONE, **{name.replace("-", "_"): ONE.language[0] - 0.1}), THREE)},
                id=f"{name} hardly below",
            )
            for name in ENCODERS
        ),
        pytest.param("encoder-below", _failed("encoder-15", "gap 1"), id="a seed of encoder-15 failed at gap 1"),
        pytest.param(
            "trained-to-fill", {"gaps": (_losses(ONE, decoder_fill=ONE.language[0]), THREE)}, id="the left side only"
        ),
        pytest.param("trained-to-fill", _failed("decoder-fill", "gap 1"), id="a seed of decoder-fill failed at gap 1"),
        pytest.param("tried-out", {"candidates": ONE.language[0]}, id="no better than from the left"),
        pytest.param(
            "tried-out", _failed("decoder", "gap 1, candidates"), id="a seed of decoder failed at gap 1, candidates"
        ),
        pytest.param(
            "one-pass-is-apart",
            {"gaps": (ONE, replace(THREE, one_pass=tuple(p for p in THREE.found if p[0] in ENCODERS)))},
            id="one pass as good as three",
        ),
        pytest.param(
            "one-pass-is-apart",
            {"gaps": (ONE, replace(THREE, floors=(THREE.floors[2], *THREE.floors[1:])))},
            id="the floor of one pass is not above the causal one",
        ),
        pytest.param("one-pass-text", _nats("encoder-40", IN_ONE_PASS["encoder-40"]), id="more passes do not help"),
        pytest.param("one-pass-text", _nats("encoder-40", 1.8), id="one pass is enough"),
        pytest.param("decoder-writes-better", _nats("decoder", 3.0), id="a decoder that writes badly"),
        pytest.param("decoder-writes-better", _failed("decoder", "written"), id="a seed of decoder failed at written"),
        pytest.param("positions", {"positions_decoder": LENGTH * (LENGTH + 1) // 2}, id="no cache"),
        pytest.param("positions", {"positions_encoder": LENGTH}, id="an encoder with one pass"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    assert verdict("infill", claim, RESULT) is True
    assert verdict("infill", claim, changed(RESULT, values)) is False


def test_an_encoder_that_never_gets_beyond_its_first_pass_cannot_write() -> None:
    """Then the sheet is right."""
    stuck = tuple(replace(texts, nats=IN_ONE_PASS.get(texts.model, texts.nats)) for texts in RESULT.written)
    assert verdict("infill", "encoder-cannot-write", RESULT) is False
    assert verdict("infill", "encoder-cannot-write", changed(RESULT, {"written": stuck})) is True


def test_an_equality_is_judged_in_exact_numbers_only() -> None:
    assert verdict("infill", "blind-to-the-right", changed(RESULT, {"dtype": "bfloat16"})) is None


def test_a_loss_a_little_above_or_below_its_floor_is_at_it() -> None:
    """On a finite sample a model may lie a hair below what is possible on average."""
    for above, holds in ((-0.03, False), (-0.01, True), (0.09, True), (0.11, False)):
        gaps = (_losses(ONE, decoder=ONE.language[0] + above), THREE)
        assert verdict("infill", "left-side-only", changed(RESULT, {"gaps": gaps})) is holds, above
