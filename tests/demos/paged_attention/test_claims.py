"""What each claim of paged-attention says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.paged_attention.claims import ROUNDING
from llmquiz.demos.paged_attention.result import MemoryUse
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("paged-attention")
LONGEST, POWER, ORACLE, BLOCKS = RESULT.ways


def _live(use: MemoryUse, live: float) -> MemoryUse:
    return changed(use, {"served.live": live, "served.lives": (live,)})


def _shares(use: MemoryUse, used: int) -> MemoryUse:
    """So many of a thousand bytes reserved are in use."""
    return replace(use, reserved_bytes=1000, used_bytes=used, wasted_bytes=1000 - used)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("same-tokens", {"mixed.equal": RESULT.mixed.tokens - 1}, id="one token differs"),
        pytest.param("same-tokens", {"mixed.gap": 2 * ROUNDING}, id="logits differ"),
        pytest.param("same-tokens", {"mixed.handed_out": RESULT.mixed.blocks}, id="no block used again"),
        pytest.param("as-large", {"block_bytes": RESULT.contiguous_bytes + 4}, id="a number more"),
        pytest.param("reservation-wastes", {"ways": (_shares(LONGEST, 400), BLOCKS)}, id="40% in use"),
        pytest.param("reservation-wastes", {"ways": (LONGEST, _shares(BLOCKS, 960))}, id="96% in blocks"),
        pytest.param("reservation-wastes", {"ways": (LONGEST, RESULT.sizes[-1])}, id="coarse blocks"),
        pytest.param(
            "less-than-a-block", {"sizes": (changed(BLOCKS, {"served.worst": 16}),)}, id="a whole block of 16"
        ),
        pytest.param("block-size", {"sizes": RESULT.sizes[::-1]}, id="the waste shrinks"),
        pytest.param("block-size", {"sizes": RESULT.sizes[:1] * 4}, id="the waste stays"),
        pytest.param("fits-more", {"ways": (LONGEST, _live(BLOCKS, 1.99 * LONGEST.served.live))}, id="not twice"),
        pytest.param(
            "beats-foresight",
            {"ways": (LONGEST, POWER, ORACLE, _live(BLOCKS, 1.19 * ORACLE.served.live))},
            id="hardly more than with foresight",
        ),
        pytest.param("raises-throughput", {"gain": Ratio(1.0, (1.0, 1.0, 1.0))}, id="no faster"),
        pytest.param("shared-prefix", {"shared.blocks": RESULT.shared.blocks_alone}, id="kept by each"),
        pytest.param("shared-prefix", {"shared.positions": RESULT.shared.positions_alone}, id="computed by each"),
        pytest.param("shared-prefix", {"shared.equal": RESULT.shared.tokens - 1}, id="a token of a question differs"),
        pytest.param("shared-prefix", {"shared.gap": 2 * ROUNDING}, id="logits of a question differ"),
        pytest.param("shared-fits", {"common": (RESULT.common[0],) * 2}, id="no more of them"),
        pytest.param("copy-on-write", {"samples.copies": RESULT.samples.samples}, id="all copied"),
        pytest.param("copy-on-write", {"samples.copies": 0}, id="none copied"),
        pytest.param("copy-on-write", {"samples.equal": RESULT.samples.tokens - 1}, id="a token of a sample differs"),
        pytest.param("copy-on-write", {"samples.gap": 2 * ROUNDING}, id="logits of a sample differ"),
        pytest.param("only-beginnings", {"other.found_again": RESULT.other.blocks - 1}, id="one was lost"),
        pytest.param("only-beginnings", {"other.found_behind_another": 1}, id="one found behind another beginning"),
        pytest.param("only-beginnings", {"other.gap_if_shared": 0.0}, id="sharing it would be right"),
        pytest.param("no-gain-when-full", {"full": (LONGEST, BLOCKS)}, id="a gain"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    assert verdict("paged-attention", claim, RESULT) is True
    assert verdict("paged-attention", claim, changed(RESULT, values)) is False


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("same-tokens", {"mixed.gap": ROUNDING}),
        ("reservation-wastes", {"ways": (_shares(LONGEST, 399), _shares(BLOCKS, 961))}),
        ("less-than-a-block", {"sizes": (changed(BLOCKS, {"served.worst": 15}),)}),
        ("fits-more", {"ways": (_live(LONGEST, 10), _live(BLOCKS, 20))}),
        ("beats-foresight", {"ways": (LONGEST, POWER, _live(ORACLE, 10), _live(BLOCKS, 12))}),
        ("no-gain-when-full", {"full": (_live(LONGEST, 10), _live(BLOCKS, 11))}),
    ],
)
def test_a_bound_belongs_to_what_it_allows(claim: str, values: dict[str, Any]) -> None:
    assert verdict("paged-attention", claim, changed(RESULT, values)) is True


@pytest.mark.parametrize(
    ("rounds", "holds"),
    [((1.5, 1.4, 1.6, 1.5, 1.5), True), ((1.0, 1.0, 1.0, 1.0, 1.0), False), ((0.9, 1.3, 0.9, 1.3, 1.2), None)],
)
def test_throughput_is_judged_by_the_rounds(rounds: tuple[float, ...], holds: bool | None) -> None:
    gain = Ratio(sorted(rounds)[2], rounds)
    assert verdict("paged-attention", "raises-throughput", changed(RESULT, {"gain": gain})) is holds


@pytest.mark.parametrize("claim", ["same-tokens", "shared-prefix", "copy-on-write", "only-beginnings"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert verdict("paged-attention", claim, changed(RESULT, {"dtype": "bfloat16"})) is None
