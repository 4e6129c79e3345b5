"""The demo cross-attention, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import EncoderDecoderCache, T5ForConditionalGeneration

from llmquiz.demos.cross_attention import measure as cross_attention
from llmquiz.demos.cross_attention import times, two_stacks
from llmquiz.demos.lab import cache_sizes, demo, tiny
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo


CPU = {"device": "cpu", "dtype": "float32"}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> cross_attention.Result:
    found = quick_run("cross-attention").result
    assert isinstance(found, cross_attention.Result)
    return found


def _holds(claim: str, result: cross_attention.Result, **changes: Any) -> bool | None:
    return cross_attention.CLAIMS[claim](replace(result, **changes)).holds


def _t5(**settings: Any) -> Any:
    """An encoder–decoder of its own, to be broken."""
    size = {"vocab_size": 256, "d_model": 192, "d_kv": 48, "d_ff": 768, "num_layers": 6, "num_heads": 4}
    return tiny.build(T5ForConditionalGeneration, seed=0, **CPU, **(size | settings), decoder_start_token_id=0)


def _decoder_cost(layers: int) -> two_stacks.Cost:
    return two_stacks.cost(two_stacks.decoder(192, 4, layers, **CPU), 128, 128)


def test_stacks_that_share_their_layers_are_one_set(result: cross_attention.Result) -> None:
    model = _t5(num_layers=2)
    assert _holds("two-sets", result, ownership=two_stacks.ownership(model)) is True
    model.decoder.block[0].layer[2] = model.encoder.block[0].layer[1]
    assert _holds("two-sets", result, ownership=two_stacks.ownership(model)) is False


def test_a_network_between_the_stacks_would_be_a_third_one(result: cross_attention.Result) -> None:
    model = _t5(num_layers=1)
    assert _holds("third-network", result, ownership=two_stacks.ownership(model)) is False
    model.bridge = torch.nn.Linear(4, 4)
    assert _holds("third-network", result, ownership=two_stacks.ownership(model)) is True


def test_an_encoder_cut_off_from_the_loss_is_wasted(result: cross_attention.Result) -> None:
    ids = tiny.random_tokens(tiny.t5(), 1, 24, seed=0)
    model = two_stacks.trainable(0, **CPU)

    def cut(_module: Any, _inputs: Any, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state.detach()
        return output

    model.encoder.register_forward_hook(cut)
    moved, moved_of = two_stacks.reached(model, ids[:, :16], ids[:, 16:])
    assert (moved < moved_of, moved_of) == (True, result.moved_of)
    assert _holds("wasted-parameters", result, moved=moved, moved_of=moved_of) is True


def test_a_sixth_belongs_to_layers_of_these_proportions(result: cross_attention.Result) -> None:
    wide = two_stacks.cost(_t5(d_ff=1536), 128, 128)
    assert _holds("a-sixth-more", result, encoder_decoder=wide) is False


@pytest.mark.parametrize(("layers", "dearer"), [(14, False), (7, False), (6, True)])
def test_only_against_a_decoder_half_its_size_does_it_cost_more(
    result: cross_attention.Result, layers: int, dearer: bool
) -> None:
    """Against seven layers the work is exactly equal."""
    assert _holds("costs-more", result, same_parameters=_decoder_cost(layers)) is dearer


def test_one_layer_more_or_less_is_no_longer_equal(result: cross_attention.Result) -> None:
    for layers in (13, 15):
        other = _decoder_cost(layers)
        ratio = other.matrix_flops / result.encoder_decoder.matrix_flops
        assert _holds("half-the-work", result, same_parameters=other, work_ratio=ratio) is False
    for layers in (6, 8):
        assert _holds("twice-the-parameters", result, same_work=_decoder_cost(layers)) is False


def test_against_the_decoder_of_equal_work_nothing_is_won(result: cross_attention.Result) -> None:
    both, small = tiny.t5(d_model=192, n_layers=6, n_heads=4), two_stacks.decoder(192, 4, 7, **CPU)
    with counted():
        seconds = times.seconds((both, small, small), 64, 64, 5)
    assert _holds("faster", result, seconds=(seconds,)) is False


def test_a_slow_cross_attention_would_be_the_bottleneck(result: cross_attention.Result) -> None:
    model = _t5(num_layers=2).requires_grad_(False)
    with counted():
        whole = times.decoding(model, 32, 8, 9)
    assert _holds("bottleneck", result, seconds=(), decoding=whole) is False
    for block in model.decoder.block:
        attention = block.layer[1].EncDecAttention

        def slow(*inputs: Any, forward: Any = attention.forward, **options: Any) -> Any:
            for _ in range(9):
                forward(*inputs, **options)
            return forward(*inputs, **options)

        attention.forward = slow

    with counted():
        slowed = times.decoding(model, 32, 8, 9)
    assert _holds("bottleneck", result, seconds=(), decoding=slowed) is True


def test_the_largest_share_of_the_work_would_be_the_bottleneck_too(result: cross_attention.Result) -> None:
    ours = result.encoder_decoder
    for changed in ({"parameters": 10**9}, {"matrix_flops": 10**12}):
        parts = tuple(replace(part, **changed) if part.name == "cross" else part for part in ours.parts)
        assert _holds("bottleneck", result, encoder_decoder=replace(ours, parts=parts)) is True


def test_from_large_to_small_the_share_grows(result: cross_attention.Result) -> None:
    assert _holds("grows-with-size", result, family=result.family[::-1]) is True
    last = replace(result.family[-1], largest="cross")
    assert _holds("grows-with-size", result, family=(*result.family[:-1], last)) is True


def test_projecting_the_source_at_every_step_is_noticed(result: cross_attention.Result) -> None:
    """Broken on purpose: a cross-attention cache that never counts as filled, and so grows by the source each step."""

    class NeverUpdated(dict):  # type: ignore[type-arg]
        def get(self, *_: Any) -> bool:
            return False

        def __getitem__(self, _: Any) -> bool:
            return False

    def without_memory(*caches: Any) -> Any:
        both = EncoderDecoderCache(*caches)
        both.is_updated = NeverUpdated()
        return both

    model = tiny.t5(d_model=192, n_layers=6, n_heads=4)
    ids = tiny.random_tokens(model, 1, 64, seed=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache_sizes, "EncoderDecoderCache", without_memory)
        broken = cache_sizes.two_caches(model, ids[:, :40], ids[:, 40:])
    assert broken.cross_positions == result.cross_key_positions * 24
    changes = {"caches": broken, "cache_bytes": broken.self_bytes + broken.cross_bytes}
    for claim, expected in (("projected-once", True), ("cache-size", True), ("double-cache", False)):
        assert _holds(claim, result) is expected
        assert _holds(claim, result, **changes) is not expected


def test_a_deeper_decoder_keeps_more_than_both_caches(result: cross_attention.Result) -> None:
    deeper = two_stacks.decoder(192, 4, 7, **CPU)
    assert _holds("cache-size", result, same_depth_cache=two_stacks.cache_bytes(deeper, 64)) is False


def test_one_layer_counts_for_all() -> None:
    """Operations extended from one layer against a model run whole."""
    model = _t5(num_layers=3)
    whole = two_stacks.built(model.config, T5ForConditionalGeneration)
    counted = two_stacks._operations(whole, 16, 8)
    by_name = {
        words[0]: sum(sum(ops.values()) for path, ops in counted.items() if path.split(".")[-1] in words)
        for words in two_stacks.T5_PLACES.values()
    }
    assert by_name == {
        words[0]: part.flops
        for words, part in zip(two_stacks.T5_PLACES.values(), two_stacks.parts_of(whole, 16, 8), strict=True)
    }


def test_operations_are_those_of_the_formula(result: cross_attention.Result) -> None:
    """Two a weight and token that it meets: K and V of cross-attention meet the source, Q and the output the target."""
    d, layers, source, target = 192, 6, 100, 28
    parts = {part.name: part for part in two_stacks.cost(tiny.t5(d_model=d, n_layers=6, n_heads=4), 100, 28).parts}
    assert parts["cross"].matrix_flops == 2 * layers * (2 * d * d * source + 2 * d * d * target)
    assert parts["cross"].score_flops == 2 * layers * 2 * d * source * target
    assert parts["ffn"].matrix_flops == 2 * layers * 8 * d * d * (source + target)
    assert parts["self"].score_flops == 2 * layers * 2 * d * (source**2 + target**2)


def test_published_sizes_of_t5(result: cross_attention.Result) -> None:
    assert [(one.name, one.parameters, f"{one.cross_parameters:.1%}", one.largest) for one in result.family] == [
        ("T5-small", 60_506_624, "10.4%", "ffn"),
        ("T5-base", 222_903_552, "12.7%", "ffn"),
        ("T5-large", 737_668_096, "13.6%", "ffn"),
        ("T5-3B", 2_851_598_336, "14.1%", "ffn"),
        ("T5-11B", 11_307_321_344, "14.2%", "ffn"),
    ]
