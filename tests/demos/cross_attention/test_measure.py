"""The demo cross-attention, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import T5ForConditionalGeneration

from llmquiz.demos.cross_attention import counts, models, times
from llmquiz.demos.cross_attention.result import Cost, Result
from llmquiz.demos.lab import caching, counting, tiny, two_caches
from tests.demos.breaking import changed, verdict, without_memory
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

CPU = {"device": "cpu", "dtype": "float32"}


def _holds(claim: str, result: Result, **values: Any) -> bool | None:
    return verdict("cross-attention", claim, changed(result, values))


def _t5(**settings: Any) -> Any:
    """An encoder–decoder of its own, to be broken."""
    size = {"vocab_size": 256, "d_model": 192, "d_kv": 48, "d_ff": 768, "num_layers": 6, "num_heads": 4}
    return tiny.build(T5ForConditionalGeneration, seed=0, **CPU, **(size | settings), decoder_start_token_id=0)


def _decoder_cost(layers: int) -> Cost:
    return counts.cost(models.decoder(192, 4, layers, **CPU), 128, 128)


@pytest.mark.breaks("two-sets")
def test_stacks_that_share_their_layers_are_one_set(result: Result) -> None:
    model = _t5(num_layers=2)
    assert _holds("two-sets", result, ownership=counts.ownership(model)) is True
    model.decoder.block[0].layer[2] = model.encoder.block[0].layer[1]
    assert _holds("two-sets", result, ownership=counts.ownership(model)) is False


@pytest.mark.breaks("third-network")
def test_a_network_between_the_stacks_would_be_a_third_one(result: Result) -> None:
    model = _t5(num_layers=1)
    assert _holds("third-network", result, ownership=counts.ownership(model)) is False
    model.bridge = torch.nn.Linear(4, 4)
    assert _holds("third-network", result, ownership=counts.ownership(model)) is True


@pytest.mark.breaks("wasted-parameters")
def test_an_encoder_cut_off_from_the_loss_is_wasted(result: Result) -> None:
    ids = tiny.random_tokens(tiny.t5(), 1, 24, seed=0)
    model = models.trainable(0, **CPU)

    def cut(_module: Any, _inputs: Any, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state.detach()
        return output

    model.encoder.register_forward_hook(cut)
    moved, moved_of = counts.reached(model, ids[:, :16], ids[:, 16:])
    assert (moved < moved_of, moved_of) == (True, result.moved_of)
    assert _holds("wasted-parameters", result, moved=moved, moved_of=moved_of) is True


@pytest.mark.breaks("a-sixth-more")
def test_a_sixth_belongs_to_layers_of_these_proportions(result: Result) -> None:
    wide = counts.cost(_t5(d_ff=1536), 128, 128)
    assert _holds("a-sixth-more", result, encoder_decoder=wide) is False


@pytest.mark.breaks("costs-more")
@pytest.mark.parametrize(("layers", "dearer"), [(14, False), (7, False), (6, True)])
def test_only_against_a_decoder_half_its_size_does_it_cost_more(result: Result, layers: int, dearer: bool) -> None:
    """Against seven layers the work is exactly equal."""
    assert _holds("costs-more", result, same_parameters=_decoder_cost(layers)) is dearer


@pytest.mark.breaks("half-the-work", "twice-the-parameters")
def test_one_layer_more_or_less_is_no_longer_equal(result: Result) -> None:
    for layers in (13, 15):
        cost = _decoder_cost(layers)
        ratio = cost.matrix_flops / result.encoder_decoder.matrix_flops
        assert _holds("half-the-work", result, same_parameters=cost, work_ratio=ratio) is False
    for layers in (6, 8):
        assert _holds("twice-the-parameters", result, same_work=_decoder_cost(layers)) is False


@pytest.mark.breaks("faster")
def test_against_the_decoder_of_equal_work_nothing_is_won(result: Result) -> None:
    pair, small = models.encoder_decoder(192, 4, **CPU), models.decoder(192, 4, 7, **CPU)
    with counted():
        seconds = times.seconds((pair, small, small), 64, 64, 5)
    assert _holds("faster", result, seconds=(seconds,)) is False


@pytest.mark.breaks("bottleneck")
def test_a_slow_cross_attention_would_be_the_bottleneck(result: Result) -> None:
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


@pytest.mark.breaks("grows-with-size")
def test_a_family_that_grows_in_its_heads_alone_grows_in_cross_attention(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every model with the feed-forward part of the smallest: what grows then is attention."""
    assert _holds("grows-with-size", result) is False
    narrow = {name: settings | {"d_ff": 2048} for name, settings in counts.T5_FAMILY.items()}
    monkeypatch.setattr(counts, "T5_FAMILY", narrow)
    assert _holds("grows-with-size", result, family=counts.family(512, 512)) is True


@pytest.mark.breaks("projected-once", "cache-size", "double-cache")
def test_projecting_the_source_at_every_step_is_noticed(result: Result) -> None:
    """Broken on purpose: a cross-attention cache that never counts as filled, and so grows by the source each step."""

    model = tiny.t5(d_model=192, n_layers=6, n_heads=4)
    ids = tiny.random_tokens(model, 1, 64, seed=0)
    with without_memory():
        broken = two_caches.two_caches(model, ids[:, :40], ids[:, 40:])
    assert broken.cross_positions == result.cross_key_positions * 24
    values = {"caches": broken, "cache_bytes": broken.self_bytes + broken.cross_bytes}
    for claim, expected in (("projected-once", True), ("cache-size", True), ("double-cache", False)):
        assert _holds(claim, result) is expected
        assert _holds(claim, result, **values) is not expected


def test_a_deeper_decoder_keeps_more_than_both_caches(result: Result) -> None:
    deeper = models.decoder(192, 4, 7, **CPU)
    assert _holds("cache-size", result, same_depth_cache=caching.cache_size_at(deeper, 64)) is False


def test_one_layer_counts_for_all() -> None:
    """Operations extended from one layer against a model run whole."""
    model = _t5(num_layers=3)
    whole = counting.built(model.config, T5ForConditionalGeneration)
    by_path = counts.operations(whole, 16, 8)
    flops = {
        kind: sum(sum(ops.values()) for path, ops in by_path.items() if path.split(".")[-1] in names)
        for kind, names in models.T5_NAMES.items()
    }
    assert flops == {part.name: part.flops for part in counts.parts_of(whole, 16, 8)}


def test_operations_are_those_of_the_formula(result: Result) -> None:
    """Two a weight and token that it meets: K and V of cross-attention meet the source, Q and the output the target."""
    d, layers, source, target = 192, 6, 100, 28
    parts = {part.name: part for part in counts.cost(tiny.t5(d_model=d, n_layers=6, n_heads=4), 100, 28).parts}
    assert parts["cross"].matrix_flops == 2 * layers * (2 * d * d * source + 2 * d * d * target)
    assert parts["cross"].score_flops == 2 * layers * 2 * d * source * target
    assert parts["ffn"].matrix_flops == 2 * layers * 8 * d * d * (source + target)
    assert parts["self"].score_flops == 2 * layers * 2 * d * (source**2 + target**2)


def test_published_sizes_of_t5(result: Result) -> None:
    assert [(size.name, size.parameters, f"{size.cross_parameters:.1%}", size.largest) for size in result.family] == [
        ("T5-small", 60_506_624, "10.4%", "ffn"),
        ("T5-base", 222_903_552, "12.7%", "ffn"),
        ("T5-large", 737_668_096, "13.6%", "ffn"),
        ("T5-3B", 2_851_598_336, "14.1%", "ffn"),
        ("T5-11B", 11_307_321_344, "14.2%", "ffn"),
    ]
