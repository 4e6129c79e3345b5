"""What each claim of gqa says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.gqa import claims
from llmquiz.demos.gqa.result import Step
from llmquiz.demos.lab.quantities import Times
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("gqa")
MHA, GQA, MQA, MLA = RESULT.kinds


def step(tokens: int, *seconds: float) -> Step:
    """Every round as long as the others; kinds in the order of `KINDS`."""
    return Step(tokens, tuple(Times((each,) * 5) for each in seconds))


FASTER = (step(64, 3, 2, 1, 2), step(4096, 12, 6, 4, 6))
NO_FASTER = (step(64, 3, 3, 3, 3), step(4096, 12, 12, 12, 12))
NOISY = (
    FASTER[0],
    Step(4096, tuple(Times(rounds) for rounds in ((9.0, 3.0) * 4, (6.0, 5.0) * 4, (3.0, 4.0) * 4, (6.0, 5.0) * 4))),
)
START_BOUND = (step(64, 3, 2, 1, 2), step(4096, 3.5, 2, 1, 2))
TIMED = ("between", "mqa-fast", "gqa-faster", "grows", "latent-faster")


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("bytes-by-formula", {"kinds": (MHA, replace(GQA, token_bytes=1), MQA, MLA)}, id="a kind"),
        pytest.param("bytes-by-formula", {"own_bytes": RESULT.own_bytes + 2}, id="the merged model"),
        pytest.param("shared-heads", {"repeated.gap": 0.01}, id="another function"),
        pytest.param(
            "shared-heads", {"repeated.bytes_multi_head": RESULT.repeated.bytes_grouped}, id="no larger cache"
        ),
        pytest.param("between", {"kinds": (MHA, MQA, MQA, MLA)}, id="GQA keeps as much as MQA"),
        pytest.param("between", {"steps": (FASTER[0], step(4096, 12, 6, 6, 6))}, id="GQA takes as long as MQA"),
        pytest.param("mqa-fast", {"steps": (FASTER[0], step(4096, 12, 6, 10, 6))}, id="MQA hardly faster"),
        pytest.param("gqa-faster", {"steps": (FASTER[0], step(4096, 12, 11, 4, 6))}, id="GQA hardly faster"),
        pytest.param("grows", {"steps": (FASTER[0], step(4096, 12, 9, 6, 9))}, id="three times, then twice"),
        pytest.param("latent-same", {"latent.equal": RESULT.latent.steps - 1}, id="one token differs"),
        pytest.param("latent-same", {"latent.gap": 0.01}, id="logits differ"),
        pytest.param("latent-bytes", {"kinds": (MHA, GQA, MQA, replace(MLA, token_bytes=1))}, id="not by its formula"),
        pytest.param(
            "latent-bytes",
            {"kinds": (MHA, GQA, MQA, replace(MLA, token_bytes=GQA.token_bytes, formula=GQA.token_bytes))},
            id="as much as grouped heads",
        ),
        pytest.param("latent-arithmetic", {"latent_work": 4.0}, id="four times is not more than four"),
        pytest.param("latent-faster", {"steps": (FASTER[0], step(4096, 12, 6, 4, 11.5))}, id="MLA hardly faster"),
        pytest.param("merging-exact", {"apart": tuple(reversed(RESULT.apart))}, id="closer with more noise"),
        pytest.param("merging-exact", {"apart": RESULT.apart[1:]}, id="equal heads do not merge for nothing"),
        pytest.param("merging-costs", {"merges": (replace(RESULT.merges[0], divergence=0.01),)}, id="for nothing"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    steady = changed(RESULT, {"steps": FASTER})
    assert verdict("gqa", claim, steady) is True
    assert verdict("gqa", claim, changed(steady, values)) is False


@pytest.mark.parametrize("claim", TIMED)
@pytest.mark.parametrize("steps", [NOISY, START_BOUND], ids=["the rounds disagree", "the length costs nothing here"])
def test_times_that_say_nothing_are_not_judged(claim: str, steps: tuple[Step, ...]) -> None:
    assert verdict("gqa", claim, changed(RESULT, {"steps": steps})) is None


@pytest.mark.parametrize("claim", ["mqa-fast", "gqa-faster", "latent-faster", "between"])
def test_four_times_the_same_time_is_not_faster(claim: str) -> None:
    assert verdict("gqa", claim, changed(RESULT, {"steps": NO_FASTER})) is False


@pytest.mark.parametrize(
    ("short", "long", "holds"),
    [
        ((3, 2, 2, 2), (12, 6, 4, 6), True),  # x1.5, then x3
        ((3, 2, 1, 2), (12, 9, 6, 9), False),  # x3, then x2
        ((3, 2, 1, 2), (3.5, 2, 1, 2), None),  # the length costs nothing here
    ],
)
def test_a_gain_that_shrinks_with_the_context_is_noticed(
    short: tuple[float, ...], long: tuple[float, ...], holds: bool | None
) -> None:
    timed = changed(RESULT, {"steps": (step(64, *short), step(4096, *long))})
    assert verdict("gqa", "grows", timed) is holds


@pytest.mark.parametrize("claim", ["latent-same", "shared-heads", "merging-exact"])
def test_an_equality_is_judged_in_exact_numbers_only(claim: str) -> None:
    assert verdict("gqa", claim, changed(RESULT, {"dtype": "bfloat16"})) is None


def test_a_cache_of_ones_own_model_that_is_not_by_the_formula_is_shown_and_not_judged() -> None:
    own = changed(RESULT, {"own_model": False})
    assert verdict("gqa", "bytes-by-formula", own) is True
    assert verdict("gqa", "bytes-by-formula", changed(own, {"own_bytes": 1})) is None


def test_what_ones_own_model_saves_is_in_the_sentence() -> None:
    own = changed(RESULT, {"own_model": False, "own_heads": (16, 4), "own_bytes": 4096, "own_formula": 4096})
    assert claims.bytes_by_formula(own).figures["given"] == " · LlamaForCausalLM 4 KiB = 4/16 × 16 KiB"


def test_a_model_with_one_head_has_none_to_merge() -> None:
    assert verdict("gqa", "merging-costs", changed(RESULT, {"merges": ()})) is None


@pytest.mark.breaks("llama-2", "deepseek-v2")
@pytest.mark.parametrize(
    ("claim", "name", "cached"),
    [
        ("llama-2", "Llama 2 70B", (80, 2 * 64 * 128)),  # with plain multi-head attention
        ("deepseek-v2", "DeepSeek 67B", (95, 2 * 64 * 128)),
        ("deepseek-v2", "DeepSeek-V2", (60, 512)),  # without the rotary part
    ],
)
def test_published_models_with_other_attention_keep_something_else(
    claim: str, name: str, cached: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert verdict("gqa", claim, RESULT) is True
    monkeypatch.setitem(claims.PUBLISHED, name, cached)
    assert verdict("gqa", claim, RESULT) is False
