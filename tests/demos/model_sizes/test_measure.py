"""The demo model-sizes: counts against published ones, and what becomes of its claims when a count goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import counting, demo, published, tiny
from llmquiz.demos.lab.published import PUBLISHED, Published
from llmquiz.demos.model_sizes import measure as model_sizes

pytestmark = pytest.mark.demo

BY_NAME = {one.name: one for one in PUBLISHED}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> model_sizes.Result:
    found = quick_run("model-sizes").result
    assert isinstance(found, model_sizes.Result)
    return found


def _altered(name: str, **settings: Any) -> Published:
    """That model with another configuration."""
    return replace(BY_NAME[name], settings={**BY_NAME[name].settings, **settings})


def _with(result: model_sizes.Result, *models: Published) -> model_sizes.Result:
    """The result had these configurations been published, counted anew."""
    counted = {one.name: counting.count(one) for one in models}
    return replace(result, sizes=tuple(counted.get(size.name, size) for size in result.sizes))


def _holds(claim: str, result: model_sizes.Result) -> bool | None:
    return model_sizes.CLAIMS[claim](result).holds


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
def test_published_models_have_their_known_sizes(
    result: model_sizes.Result, name: str, counted: int, active: int
) -> None:
    size = next(size for size in result.sizes if size.name == name)
    assert (size.parameters, size.active) == (counted, active)


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
def test_another_configuration_has_another_size(
    result: model_sizes.Result, claim: str, name: str, settings: dict[str, int]
) -> None:
    expected = name == "Llama 2 13B"
    assert _holds(claim, result) is True
    assert _holds(claim, _with(result, _altered(name, **settings))) is expected


def test_one_parameter_too_many_is_noticed(result: model_sizes.Result) -> None:
    """A vocabulary of one token more adds two rows of 4096."""
    assert _holds("to-the-parameter", _with(result, _altered("Llama 2 7B", vocab_size=32_001))) is False
    untied = _altered("SmolLM2-135M", tie_word_embeddings=False)
    assert _holds("to-the-parameter", _with(result, untied)) is False


def test_what_nobody_published_is_not_judged_until_somebody_does(result: model_sizes.Result) -> None:
    finding = model_sizes.CLAIMS["gpt-4"](result)
    assert (finding.holds, finding.why) == (None, "undisclosed")
    llama = next(size for size in result.sizes if size.name == "Llama 3.1 405B")
    for parameters, holds in ((1_760_000_000_000, True), (1_600_000_000_000, False)):
        gpt_4 = replace(llama, name="GPT-4", parameters=parameters)
        assert _holds("gpt-4", replace(result, sizes=(*result.sizes, gpt_4))) is holds


def test_bytes_follow_the_format(result: model_sizes.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _holds("bytes-a-parameter", result) is True
    monkeypatch.setattr(counting, "FORMATS", (torch.float32, torch.float32, torch.float8_e4m3fn))
    assert _holds("bytes-a-parameter", _with(result, BY_NAME["BERT-base"])) is False


def test_were_all_encoders_small_the_sheet_would_be_right(result: model_sizes.Result) -> None:
    kept = tuple(size for size in result.sizes if size.name != "XLM-R XXL")
    assert _holds("encoders-are-small", replace(result, sizes=kept)) is True


def test_models_that_differ_in_little_else_are_a_fair_pair(result: model_sizes.Result) -> None:
    t5 = next(size for size in result.sizes if size.name == "T5-11B")
    sizes = tuple(
        replace(size, parameters=t5.parameters, published_work=t5.published_work) if size.name == "GPT-3" else size
        for size in result.sizes
    )
    assert _holds("fair-pair", replace(result, sizes=sizes)) is True
    more_training = tuple(
        replace(size, published_work=3.14e23) if size.name == "GPT-3" else size for size in sizes
    )  # equal parameters are not enough
    assert _holds("fair-pair", replace(result, sizes=more_training)) is False


def test_a_formula_that_forgets_shared_heads_is_noticed(
    result: model_sizes.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_heads(config: Any) -> int:
        return int(2 * config.num_hidden_layers * config.hidden_size * 2)

    monkeypatch.setattr(counting, "_formula", by_heads)
    assert _holds("cache-by-formula", _with(result, BY_NAME["Llama 2 7B"])) is True
    assert _holds("cache-by-formula", _with(result, BY_NAME["Llama 2 70B"])) is False


@pytest.mark.parametrize(
    ("claim", "kv_heads", "holds"),
    [
        ("bigger-model-smaller-cache", 8, True),
        ("bigger-model-smaller-cache", 16, False),  # 640 KiB against 512
        ("llama-2-gqa", 64, False),
    ],
)
def test_shared_heads_are_what_makes_the_70b_cheap(
    result: model_sizes.Result, claim: str, kv_heads: int, holds: bool
) -> None:
    assert _holds(claim, _with(result, _altered("Llama 2 70B", num_key_value_heads=kv_heads))) is holds


def test_had_all_three_shared_heads_the_sheet_would_be_right(result: model_sizes.Result) -> None:
    small = [_altered(f"Llama 2 {size}", num_key_value_heads=4) for size in ("7B", "13B")]
    assert _holds("llama-2-gqa", _with(result, *small)) is True


def test_at_the_context_of_gpt_3_the_newer_model_is_cheaper(result: model_sizes.Result) -> None:
    short = replace(BY_NAME["Llama 3.1 405B"], context=2048)
    assert _holds("context-outgrows", _with(result, short)) is False


def test_the_forward_pass_alone_is_a_third_of_the_work(result: model_sizes.Result) -> None:
    def replaced(name: str, share: float) -> model_sizes.Result:
        steps = tuple(replace(s, total=int(s.total * share)) if s.name == name else s for s in result.steps)
        return replace(result, steps=steps)

    for claim, name in (("six-n-d", "GPT-3"), ("half-for-two-stacks", "T5-11B")):
        assert _holds(claim, result) is True
        assert _holds(claim, replaced(name, 1 / 3)) is False
        assert _holds(claim, replaced(name, 2)) is False


def test_at_a_short_length_attention_hardly_counts(result: model_sizes.Result) -> None:
    short = counting.work(BY_NAME["Llama 2 7B"], 512)
    steps = tuple(short if step.name == short.name else step for step in result.steps)
    assert short.attention / short.total < 0.03
    assert _holds("attention-on-top", replace(result, steps=steps)) is False


def test_one_layer_and_two_say_what_all_layers_do() -> None:
    """What is extended from shallow models against the whole one: its operations, and its cache."""
    one = BY_NAME["SmolLM2-135M"]
    config = one.model_class.config_class(**one.settings)
    whole = counting._step(config, one.model_class, (64,))
    extended = counting.work(one, 64)
    assert (extended.total, extended.attention) == whole
    assert counting.count(one).token_bytes == counting._cache_bytes(config, one)[0]


def test_operations_are_those_of_a_formula() -> None:
    """6 a parameter of each matrix and token, and 12 · L · d · T for the scores."""
    settings = {"hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 4, "vocab_size": 100}
    one = replace(BY_NAME["Llama 2 7B"], settings={**settings, "num_hidden_layers": 3})
    counted, T = counting.work(one, 32), 32
    matrices = 3 * (4 * 64 * 64 + 3 * 64 * 96) + 64 * 100
    assert counted.attention == 12 * 3 * 64 * T * T
    # the gradient of the embedded tokens is needed too: nothing is left out in the first layer
    assert counted.total - counted.attention == 6 * matrices * T


def test_work_that_the_papers_do_not_state_is_not_judged(result: model_sizes.Result) -> None:
    trained_longer = replace(BY_NAME["GPT-3"], tokens=330e9)
    assert _holds("published-work", _with(result, trained_longer)) is False
    unknown = replace(BY_NAME["GPT-3"], tokens=330e9, work=0)
    assert _holds("published-work", _with(result, unknown)) is True


def test_the_models_here_are_counted_like_those_in_memory() -> None:
    on_meta = counting.built(tiny.llama().config, type(tiny.llama()))
    assert tiny.parameters(on_meta) == tiny.parameters(tiny.llama())


def test_every_published_figure_is_near_its_count(result: model_sizes.Result) -> None:
    assert [s.name for s in result.sizes if abs(s.parameters / s.published - 1) > 0.05] == []
    assert len(result.sizes) == len(published.PUBLISHED)
