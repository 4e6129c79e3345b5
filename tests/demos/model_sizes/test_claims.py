"""What each claim of model-sizes says where a count is put wrong; nothing is counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab import demo
from llmquiz.demos.model_sizes.result import Size, Work
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("model-sizes")


def _sizes_with(name: str, **values: Any) -> tuple[Size, ...]:
    return tuple(changed(size, values) if size.name == name else size for size in RESULT.sizes)


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("model-sizes", claim, changed(RESULT, values))


@pytest.mark.parametrize(
    ("claim", "name", "values"),
    [
        ("bert-base-110m", "BERT-base", {"parameters": 116_000_000}),
        ("t5-11b", "T5-11B", {"parameters": 10_400_000_000}),
        ("gpt-3-175b", "GPT-3", {"parameters": 166_000_000_000}),
        ("llama-2", "Llama 2 13B", {"parameters": 12_300_000_000}),
        ("mixtral-not-56b", "Mixtral 8x7B", {"parameters": 56_000_000_000}),
        ("mixtral-not-56b", "Mixtral 8x7B", {"active": 7_000_000_000}),
        ("deepseek-v3", "DeepSeek-V3", {"parameters": 660_000_000_000}),
        ("to-the-parameter", "Llama 2 7B", {"published_bytes": RESULT.size("Llama 2 7B").published_bytes + 2}),
        ("bytes-a-parameter", "GPT-2 small", {"bytes_by_format": (1, 2, 3, 4)}),
        ("cache-by-formula", "GPT-3", {"token_bytes": 1}),
        ("cache-by-formula", "T5-11B", {"source_token_bytes": 1}),
        ("bigger-model-smaller-cache", "Llama 2 70B", {"token_bytes": RESULT.size("Llama 2 7B").token_bytes}),
        ("context-outgrows", "Llama 3.1 405B", {"context": 2048}),
        ("published-work", "GPT-3", {"tokens": 330e9}),
    ],
)
def test_a_wrong_count_turns_the_claim(claim: str, name: str, values: dict[str, Any]) -> None:
    assert _holds(claim) is True
    assert _holds(claim, sizes=_sizes_with(name, **values)) is False


@pytest.mark.parametrize(
    ("claim", "name", "values"),
    [
        ("six-n-d", "GPT-3", {"total": RESULT.step("GPT-3").total // 3}),
        ("six-n-d", "GPT-3", {"total": RESULT.step("GPT-3").total * 2}),
        ("half-for-two-stacks", "T5-11B", {"total": RESULT.step("T5-11B").total // 3}),
        ("half-for-two-stacks", "T5-11B", {"total": RESULT.step("T5-11B").total * 2}),
        ("attention-on-top", "Llama 2 7B", {"attention": RESULT.step("Llama 2 7B").total // 20}),
        ("attention-on-top", "GPT-3", {"attention": RESULT.step("GPT-3").total // 5}),
    ],
)
def test_a_step_of_other_work_turns_the_claim(claim: str, name: str, values: dict[str, Any]) -> None:
    steps: tuple[Work, ...] = tuple(changed(step, values) if step.name == name else step for step in RESULT.steps)
    assert _holds(claim) is True
    assert _holds(claim, steps=steps) is False


@pytest.mark.breaks("gpt-4")
def test_what_nobody_published_is_not_judged_until_somebody_does() -> None:
    finding = demo.tests_of("model-sizes")["gpt-4"](RESULT)
    assert (finding.holds, finding.why) == (None, "undisclosed")
    llama = RESULT.size("Llama 3.1 405B")
    for parameters, holds in ((1_760_000_000_000, True), (1_600_000_000_000, False)):
        gpt_4 = replace(llama, name="GPT-4", parameters=parameters)
        assert _holds("gpt-4", sizes=(*RESULT.sizes, gpt_4)) is holds


def test_without_the_largest_encoder_the_sheet_would_be_right() -> None:
    assert _holds("encoders-are-small") is False
    rest = tuple(size for size in RESULT.sizes if size.name != "XLM-R XXL")
    assert _holds("encoders-are-small", sizes=rest) is True


def test_models_that_differ_in_little_else_are_a_fair_pair() -> None:
    t5 = RESULT.size("T5-11B")
    equal = {"parameters": t5.parameters, "published_work": t5.published_work}
    assert _holds("fair-pair") is False
    assert _holds("fair-pair", sizes=_sizes_with("GPT-3", **equal)) is True
    more_training = _sizes_with("GPT-3", **equal | {"published_work": 3.14e23})
    assert _holds("fair-pair", sizes=more_training) is False, "equal parameters are not enough"


def test_had_all_three_shared_heads_the_sheet_would_be_right() -> None:
    shared = tuple(replace(size, kv_heads=4) if size.name.startswith("Llama 2") else size for size in RESULT.sizes)
    assert _holds("llama-2-gqa") is False
    assert _holds("llama-2-gqa", sizes=shared) is True


def test_checkpoints_that_say_nothing_prove_nothing() -> None:
    silent = tuple(replace(size, published_bytes=0) for size in RESULT.sizes)
    assert _holds("to-the-parameter", sizes=silent) is False
