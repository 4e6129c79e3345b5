"""The demo gqa, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import (
    DynamicCache,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from llmquiz.demos.gqa import heads as _heads
from llmquiz.demos.gqa import latent, merging
from llmquiz.demos.gqa import measure as gqa
from llmquiz.demos.lab import decoding, demo, run, tiny
from llmquiz.demos.lab.quantities import Times
from llmquiz.errors import DemoError
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

SIZE: dict[str, Any] = {"d_model": 128, "n_layers": 2, "n_heads": 16}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> gqa.Result:
    found = quick_run("gqa").result
    assert isinstance(found, gqa.Result)
    return found


@pytest.fixture
def grouped() -> Any:
    return tiny.llama(n_kv_heads=4, init=0.1, **SIZE)


@pytest.fixture
def ids(grouped: Any) -> Any:
    return tiny.random_tokens(grouped, 1, 32, seed=0)


def _finding(claim: str, result: gqa.Result, **changes: Any) -> bool | None:
    return gqa.CLAIMS[claim](replace(result, **changes)).holds


class Repeating(DynamicCache):  # type: ignore[misc]
    """A cache that keeps the heads of a grouped model once for every query head."""

    def update(self, keys: Any, values: Any, layer: int, *args: Any, **options: Any) -> Any:
        wide = (part.repeat_interleave(4, 1) for part in (keys, values))
        return tuple(part[:, ::4] for part in super().update(*wide, layer, *args, **options))


def test_a_cache_of_repeated_heads_is_not_smaller(
    result: gqa.Result, grouped: Any, ids: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = _heads.kind("GQA", grouped, ids)
    monkeypatch.setattr(merging, "empty_cache", lambda model: Repeating(config=model.config))
    large = _heads.kind("GQA", grouped, ids)
    assert large == replace(small, token_bytes=4 * small.token_bytes)
    for one, holds in ((small, True), (large, False)):
        assert _finding("bytes-by-formula", result, kinds=(one, one, one, one)) is holds


def test_heads_repeated_in_the_wrong_order_are_another_model(
    result: gqa.Result, grouped: Any, ids: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = replace(merging.written_out(grouped, ids), bytes_multi_head=4, bytes_grouped=1)
    assert _finding("shared-heads", result, repeated=written) is True
    assert _finding("shared-heads", result, repeated=replace(written, bytes_multi_head=2)) is False
    monkeypatch.setattr(merging, "repeated", lambda times: lambda weight: torch.cat([weight] * times))
    assert _finding("shared-heads", result, repeated=merging.written_out(grouped, ids)) is False


def test_the_heads_are_put_back_even_after_a_fault(grouped: Any, ids: Any) -> None:
    before, _ = merging.read(grouped, ids)
    with pytest.raises(KeyboardInterrupt), merging.with_heads(grouped, 1, merging.averaged(1)):
        raise KeyboardInterrupt
    assert torch.equal(before, merging.read(grouped, ids)[0])
    assert grouped.config.num_key_value_heads == 4


def test_four_times_the_same_model_is_not_faster(result: gqa.Result) -> None:
    model = tiny.llama(d_model=512, n_layers=4, n_heads=16, n_kv_heads=16, init=0.1)
    same = decoding.Decoder(model, length=4097)
    with counted():
        steps = _heads.steps(dict.fromkeys(_heads.KINDS, same), torch.tensor([[5]]), (64, 4096), 5, "cpu", run.silent)
    for claim in ("between", "mqa-fast", "gqa-faster", "latent-faster"):
        assert _finding(claim, result, steps=FASTER) is True
        assert _finding(claim, result, steps=steps) is not True, claim


def _step(tokens: int, *seconds: float) -> _heads.Step:
    return _heads.Step(tokens, tuple(Times((one,) * 5) for one in seconds))


FASTER = (_step(64, 3, 2, 1, 2), _step(4096, 12, 6, 4, 6))


@pytest.mark.parametrize(
    ("short", "long", "holds"),
    [
        ((3, 2, 2, 2), (12, 6, 4, 6), True),  # x1.5, then x3
        ((3, 2, 1, 2), (12, 9, 6, 9), False),  # x3, then x2
        ((3, 2, 1, 2), (3.5, 2, 1, 2), None),  # the length costs nothing here
    ],
)
def test_a_gain_that_shrinks_with_the_context_is_noticed(
    result: gqa.Result, short: tuple[float, ...], long: tuple[float, ...], holds: bool | None
) -> None:
    steps = (_step(64, *short), _step(4096, *long))
    assert _finding("grows", result, steps=steps) is holds
    if holds is None:
        assert _finding("mqa-fast", result, steps=steps) is None
        assert _finding("between", result, steps=steps) is None


def test_grouped_heads_that_keep_as_much_as_one_are_not_between(result: gqa.Result) -> None:
    kinds = (result.kinds[0], result.kinds[2], *result.kinds[2:])
    assert _finding("between", result, steps=FASTER) is True
    assert _finding("between", result, steps=FASTER, kinds=kinds) is False


def _latent_run() -> latent.Latent:
    model = latent.latent_llama(device="cpu", dtype="float32", **SIZE)
    decoder = latent.LatentDecoder(model, length=16)
    return latent.against_the_model(model, decoder, tiny.random_tokens(model, 1, 4, seed=0), 8)


def test_a_latent_without_positions_or_with_its_halves_swapped_is_another_model(
    result: gqa.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("latent-same", result, latent=_latent_run()) is True
    absorbed = latent.absorbed

    def swapped(layer: Any, n_heads: int) -> Any:
        right = absorbed(layer, n_heads)
        return replace(right, to_keys=right.to_values.transpose(1, 2), to_values=right.to_keys.transpose(1, 2))

    with monkeypatch.context() as patch:
        patch.setattr(latent, "absorbed", swapped)
        assert _finding("latent-same", result, latent=_latent_run()) is False
    monkeypatch.setattr(latent, "turn_pairs", lambda x, cos, sin: x)
    assert _finding("latent-same", result, latent=_latent_run()) is False


@pytest.mark.parametrize(("rank", "heads", "holds"), [(4, 2.25, True), (7, 3.75, True), (8, 4.25, False)])
def test_a_latent_wider_than_the_heads_saves_nothing(
    result: gqa.Result, rank: int, heads: float, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latent, "RANK", rank)
    model = latent.latent_llama(device="cpu", dtype="float32", d_model=512, n_layers=4, n_heads=16)
    found = _heads.latent_kind(model, latent.LatentDecoder(model, length=8))
    assert found.token_bytes == heads * result.kinds[2].token_bytes
    assert _finding("latent-bytes", result, kinds=(*result.kinds[:3], found)) is holds


def test_arithmetic_is_counted_by_the_width_that_is_attended_over(result: gqa.Result, grouped: Any) -> None:
    """4 operations a head, number and layer: 2 layers, 16 heads of width 8."""
    decoder = decoding.Decoder(grouped, length=64)
    counted = _heads.operations_by_token(decoder, torch.tensor([[5]]))
    assert counted == 4 * 2 * 16 * 8
    assert _finding("latent-arithmetic", result, operations=(counted, counted), latent_work=1.0) is False


def test_averaging_heads_of_different_groups_is_not_exact(
    result: gqa.Result, grouped: Any, ids: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def curve() -> tuple[merging.Apart, ...]:
        return tuple(merging.apart(grouped, ids, share) for share in gqa.APART)

    assert _finding("merging-exact", result, apart=curve()) is True
    monkeypatch.setattr(
        merging, "averaged", lambda heads: lambda weight: weight.view(-1, heads, *weight.shape[1:]).mean(0)
    )
    assert _finding("merging-exact", result, apart=curve()) is False


def test_a_model_whose_heads_are_equal_is_merged_for_nothing(result: gqa.Result, grouped: Any, ids: Any) -> None:
    with merging.with_heads(grouped, 16, merging.repeated(4)):
        merges = tuple(merging.merged(grouped, ids, heads) for heads in (8, 4))
    assert [one.agreement for one in merges] == [1.0, 1.0]
    assert _finding("merging-costs", result, merges=merges) is False
    assert _finding("merging-costs", result) is True


@pytest.mark.parametrize(("heads", "to"), [(16, (8, 4, 2, 1)), (12, (6, 3, 1)), (3, (1,)), (1, ())])
def test_numbers_of_heads_to_average_to(heads: int, to: tuple[int, ...]) -> None:
    assert merging.fewer(heads) == to


@pytest.mark.parametrize(
    ("claim", "name", "kept"),
    [
        ("llama-2", "Llama 2 70B", (80, 2 * 64 * 128)),  # with plain multi-head attention
        ("deepseek-v2", "DeepSeek 67B", (95, 2 * 64 * 128)),
        ("deepseek-v2", "DeepSeek-V2", (60, 512)),  # without the rotary part
    ],
)
def test_published_models_with_other_attention_keep_something_else(
    result: gqa.Result, claim: str, name: str, kept: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding(claim, result) is True
    monkeypatch.setitem(gqa.KEPT, name, kept)
    assert _finding(claim, result) is False


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    """Tiny decoders, saved as a user would have them."""
    size: dict[str, Any] = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    for name, heads in (("llama", 2), ("one-head", 1)):
        config = LlamaConfig(**size, num_attention_heads=4, num_key_value_heads=heads, initializer_range=0.2)
        LlamaForCausalLM(config).save_pretrained(tmp_path / name)
    biased = Qwen2Config(**size, num_attention_heads=4, num_key_value_heads=4, initializer_range=0.2)
    Qwen2ForCausalLM(biased).save_pretrained(tmp_path / "biased")
    GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4)).save_pretrained(tmp_path / "gpt2")
    return tmp_path


@pytest.mark.parametrize(("name", "merged"), [("llama", [1]), ("biased", [2, 1]), ("one-head", [])])
def test_a_checkpoint_is_merged_in_the_place_of_the_tiny_model(
    checkpoints: Path, words_of: Any, name: str, merged: list[int]
) -> None:
    path, words = str(checkpoints / name), words_of("gqa")
    outcome = demo.run("gqa", words, device="cpu", quick=True, model=path, text="为什么 decoder-only？")
    assert [one.kv_heads for one in outcome.result.merges] == merged
    assert outcome.result.own_bytes == outcome.result.own_formula
    claims = {claim.id: claim for claim in outcome.claims}
    assert claims["bytes-by-formula"].holds is True
    assert claims["merging-costs"].holds is (True if merged else None)


def test_a_model_without_heads_to_merge_is_refused(checkpoints: Path, words_of: Any) -> None:
    with pytest.raises(DemoError, match="GPT2LMHeadModel does not project keys and values by head"):
        demo.run("gqa", words_of("gqa"), device="cpu", quick=True, model=str(checkpoints / "gpt2"))


def test_in_bfloat16_equality_is_shown_but_not_judged(words_of: Any) -> None:
    outcome = demo.run("gqa", words_of("gqa"), device="cpu", dtype="bfloat16", quick=True)
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert (claims["latent-same"], claims["shared-heads"], claims["bytes-by-formula"]) == (None, None, True)
    assert outcome.result.kinds[0].token_bytes == 2 * 2 * 4 * 16 * 32
