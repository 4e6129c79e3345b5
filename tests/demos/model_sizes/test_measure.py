"""The counts of model-sizes against published ones, and what becomes of its claims when a count goes wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.counting import built
from llmquiz.demos.model_sizes import counting
from llmquiz.demos.model_sizes.published import PUBLISHED, Published
from llmquiz.demos.model_sizes.result import Result, Work
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

BY_NAME = {published.name: published for published in PUBLISHED}
RESULT = recorded("model-sizes")


def _altered(name: str, **settings: Any) -> Published:
    """That model with another configuration."""
    return replace(BY_NAME[name], settings={**BY_NAME[name].settings, **settings})


def _with(*models: Published) -> dict[str, Any]:
    """The sizes had these configurations been published, counted anew."""
    counted = {published.name: counting.count(published) for published in models}
    return {"sizes": tuple(counted.get(size.name, size) for size in RESULT.sizes)}


def _with_step(step: Work) -> dict[str, Any]:
    return {"steps": tuple(step if before.name == step.name else before for before in RESULT.steps)}


def _holds(claim: str, values: dict[str, Any] | None = None) -> bool | None:
    return verdict("model-sizes", claim, changed(RESULT, values or {}))


@pytest.mark.parametrize(
    ("name", "counted", "active"),
    [
        ("BERT-base", 109_482_240, 109_482_240),
        ("T5-11B", 11_307_321_344, 11_307_321_344),
        ("GPT-3", 174_604_259_328, 174_604_259_328),
        ("Llama 2 7B", 6_738_415_616, 6_738_415_616),
        ("Llama 3.1 405B", 405_853_388_800, 405_853_388_800),
        ("Mixtral 8x7B", 46_702_792_704, 12_879_925_248),
        ("DeepSeek-V3", 671_026_404_352, 37_552_282_624),
        ("SmolLM2-135M", 134_515_008, 134_515_008),
    ],
)
def test_published_models_have_their_known_sizes(result: Result, name: str, counted: int, active: int) -> None:
    assert (result.size(name).parameters, result.size(name).active) == (counted, active)


@pytest.mark.breaks("bert-base-110m", "t5-11b", "gpt-3-175b", "llama-2", "deepseek-v3", "mixtral-not-56b")
@pytest.mark.parametrize(
    ("claim", "name", "settings"),
    [
        ("bert-base-110m", "BERT-base", {"num_hidden_layers": 13}),  # +6.5 %
        ("t5-11b", "T5-11B", {"num_layers": 22, "num_decoder_layers": 22}),  # -5.7 %
        ("gpt-3-175b", "GPT-3", {"n_layer": 91}),  # -5.4 %
        ("llama-2", "Llama 2 13B", {"num_hidden_layers": 38}),  # -4.8 % of itself, -4.7 % of its name: still near
        ("llama-2", "Llama 2 70B", {"num_hidden_layers": 76}),  # -6.3 % of its name
        ("deepseek-v3", "DeepSeek-V3", {"num_experts_per_tok": 9}),  # 671B, but 40B of them a token
        ("deepseek-v3", "DeepSeek-V3", {"n_routed_experts": 252}),  # -1.5 %
        ("mixtral-not-56b", "Mixtral 8x7B", {"num_local_experts": 9}),  # 52B: above nine tenths of 8 times 7B
        ("mixtral-not-56b", "Mixtral 8x7B", {"num_experts_per_tok": 3}),
    ],
)
def test_another_configuration_has_another_size(claim: str, name: str, settings: dict[str, int]) -> None:
    expected = name == "Llama 2 13B"
    assert _holds(claim) is True
    assert _holds(claim, _with(_altered(name, **settings))) is expected


@pytest.mark.breaks("to-the-parameter")
def test_one_parameter_too_many_is_noticed() -> None:
    """A vocabulary of one token more adds two rows of 4096."""
    assert _holds("to-the-parameter", _with(_altered("Llama 2 7B", vocab_size=32_001))) is False
    untied = _altered("SmolLM2-135M", tie_word_embeddings=False)
    assert _holds("to-the-parameter", _with(untied)) is False


@pytest.mark.breaks("bytes-a-parameter")
def test_bytes_follow_the_format(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _holds("bytes-a-parameter", _with(BY_NAME["BERT-base"])) is True
    monkeypatch.setattr(counting, "FORMATS", (torch.float32, torch.float32, torch.float8_e4m3fn))
    assert _holds("bytes-a-parameter", _with(BY_NAME["BERT-base"])) is False


@pytest.mark.breaks("encoders-are-small")
def test_were_the_largest_encoder_as_small_as_the_first_the_sheet_would_be_right() -> None:
    base = {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12}
    small = _altered("XLM-R XXL", vocab_size=30_522, **base)
    assert _holds("encoders-are-small", _with(BY_NAME["XLM-R XXL"])) is False
    assert _holds("encoders-are-small", _with(small)) is True


@pytest.mark.breaks("fair-pair")
def test_a_gpt_3_of_six_layers_is_a_fair_pair_once_it_is_trained_as_little() -> None:
    small = _altered("GPT-3", n_layer=6)
    assert _holds("fair-pair", _with(small)) is False
    assert _holds("fair-pair", _with(replace(small, work=BY_NAME["T5-11B"].work))) is True


@pytest.mark.breaks("cache-by-formula")
def test_a_formula_that_forgets_shared_heads_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_heads(config: Any) -> int:
        return int(2 * config.num_hidden_layers * config.hidden_size * 2)

    monkeypatch.setattr(counting, "_formula", by_heads)
    assert _holds("cache-by-formula", _with(BY_NAME["Llama 2 7B"])) is True
    assert _holds("cache-by-formula", _with(BY_NAME["Llama 2 70B"])) is False


@pytest.mark.breaks("bigger-model-smaller-cache")
@pytest.mark.parametrize(
    ("claim", "kv_heads", "holds"),
    [
        ("bigger-model-smaller-cache", 8, True),
        ("bigger-model-smaller-cache", 16, False),  # 640 KiB against 512
        ("llama-2-gqa", 64, False),
    ],
)
def test_shared_heads_are_what_makes_the_70b_cheap(claim: str, kv_heads: int, holds: bool) -> None:
    assert _holds(claim, _with(_altered("Llama 2 70B", num_key_value_heads=kv_heads))) is holds


@pytest.mark.breaks("llama-2-gqa")
def test_had_all_three_shared_heads_the_sheet_would_be_right() -> None:
    small = [_altered(f"Llama 2 {size}", num_key_value_heads=4) for size in ("7B", "13B")]
    assert _holds("llama-2-gqa", _with(*small)) is True


@pytest.mark.breaks("context-outgrows")
def test_at_the_context_of_gpt_3_the_newer_model_is_cheaper() -> None:
    short = replace(BY_NAME["Llama 3.1 405B"], context=2048)
    assert _holds("context-outgrows", _with(short)) is False


@pytest.mark.breaks("six-n-d", "half-for-two-stacks")
@pytest.mark.parametrize(
    ("claim", "name", "lengths"), [("six-n-d", "GPT-3", (2048,)), ("half-for-two-stacks", "T5-11B", (512, 114))]
)
def test_the_forward_pass_alone_is_a_third_of_the_work(
    claim: str, name: str, lengths: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _holds(claim) is True
    monkeypatch.setattr(torch.Tensor, "backward", lambda self: None)
    forward = counting.work(BY_NAME[name], *lengths)
    assert forward.total / RESULT.step(name).total == pytest.approx(1 / 3, abs=0.01)
    assert _holds(claim, _with_step(forward)) is False


@pytest.mark.breaks("attention-on-top")
def test_at_a_short_length_attention_hardly_counts() -> None:
    short = counting.work(BY_NAME["Llama 2 7B"], 512)
    assert short.attention / short.total < 0.03
    assert _holds("attention-on-top", _with_step(short)) is False


def test_one_layer_and_two_say_what_all_layers_do() -> None:
    """What is extended from shallow models against the whole one: its operations, and its cache."""
    smol = BY_NAME["SmolLM2-135M"]
    config = smol.model_class.config_class(**smol.settings)
    whole = counting._step(config, smol.model_class, (64,))
    extended = counting.work(smol, 64)
    assert (extended.total, extended.attention) == whole
    assert counting.count(smol).token_bytes == counting._cache_bytes(config, smol)[0]


def test_operations_are_those_of_a_formula() -> None:
    """6 a parameter of each matrix and token, and 12 · L · d · T for the scores."""
    settings = {"hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 4, "vocab_size": 100}
    small = replace(BY_NAME["Llama 2 7B"], settings={**settings, "num_hidden_layers": 3})
    counted, T = counting.work(small, 32), 32
    matrices = 3 * (4 * 64 * 64 + 3 * 64 * 96) + 64 * 100
    assert counted.attention == 12 * 3 * 64 * T * T
    # the gradient of the embedded tokens is needed too: nothing is left out in the first layer
    assert counted.total - counted.attention == 6 * matrices * T


@pytest.mark.breaks("published-work")
def test_work_that_the_papers_do_not_state_is_not_judged() -> None:
    trained_longer = replace(BY_NAME["GPT-3"], tokens=330e9)
    assert _holds("published-work", _with(trained_longer)) is False
    unknown = replace(BY_NAME["GPT-3"], tokens=330e9, work=0)
    assert _holds("published-work", _with(unknown)) is True


def test_the_models_here_are_counted_like_those_in_memory() -> None:
    on_meta = built(tiny.llama().config, type(tiny.llama()))
    assert tiny.parameters(on_meta) == tiny.parameters(tiny.llama())


def test_every_published_figure_is_near_its_count(result: Result) -> None:
    assert [s.name for s in result.sizes if abs(s.parameters / s.published - 1) > 0.05] == []
    assert len(result.sizes) == len(PUBLISHED)
