"""The demo attention, and what becomes of its claims when masks and positions are broken."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

torch = pytest.importorskip("torch")
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    MambaConfig,
    MambaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

from llmquiz.demos.attention import measure as attention
from llmquiz.demos.attention import patterns, word_order
from llmquiz.demos.lab import caching, demo, tiny
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo

SETTINGS = {"device": "cpu", "dtype": "float32"}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> attention.Result:
    found = quick_run("attention").result
    assert isinstance(found, attention.Result)
    return found


def _finding(claim: str, result: attention.Result, **changes: Any) -> bool | None:
    return attention.CLAIMS[claim](replace(result, **changes)).holds


def _readers(**models: Any) -> dict[str, patterns.Reader]:
    found, _ = patterns.readers(attention.SENTENCE, None, **SETTINGS)
    return {
        family: replace(one, model=models.get(family.replace("-", "_"), one.model)) for family, one in found.items()
    }


def _kinds(**models: Any) -> dict[str, Any]:
    """Everything that follows from the attention weights, with other models in the places of ours."""
    kinds = patterns.attentions(_readers(**models))
    pairs = {one.kind: one.pairs for one in kinds}
    return {"kinds": kinds, "pairs_decoder": pairs["decoder"], "pairs_encoder": pairs["encoder"]}


def test_an_encoder_in_the_decoders_place_looks_forward(result: attention.Result) -> None:
    assert _finding("decoder-mask", result, **_kinds()) is True
    assert _finding("decoder-mask", result, **_kinds(decoder=tiny.bert(attention="eager", **SETTINGS))) is False


def test_a_single_weight_on_a_later_position_is_noticed(result: attention.Result) -> None:
    """As many pairs as the mask allows, but one of them points forward."""
    decoder = replace(result.kinds[0], future=1e-30)
    assert _finding("decoder-mask", result, kinds=(decoder, *result.kinds[1:])) is False
    kinds = tuple(replace(one, future=1e-30) if one.kind == "target" else one for one in result.kinds)
    assert _finding("encoder-decoder-mask", result, kinds=kinds) is False


def test_an_encoder_with_a_causal_mask_does_not_see_all(result: attention.Result) -> None:
    causal = tiny.build(
        BertModel, seed=0, **SETTINGS, vocab_size=256, num_hidden_layers=2, is_decoder=True, attn_implementation="eager"
    )
    assert _finding("encoder-mask", result, **_kinds(encoder=causal)) is False


def test_a_target_side_without_its_mask_is_noticed(result: attention.Result) -> None:
    both = patterns._t5(**SETTINGS)
    assert _finding("encoder-decoder-mask", result, **_kinds(encoder_decoder=both)) is True
    both.decoder.config.is_decoder = False
    assert _finding("encoder-decoder-mask", result, **_kinds(encoder_decoder=both)) is False


def _one_block() -> word_order.OneBlock:
    return word_order.one_block(torch.arange(1, 9)[None], 0, **SETTINGS)


def test_another_mask_is_all_the_difference(result: attention.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("same-block", result, one_block=_one_block()) is True
    bert = word_order._bert
    with monkeypatch.context() as patch:
        patch.setattr(word_order, "_bert", lambda settings: bert({**settings, "seed": len(settings)}))
        assert _finding("same-block", result, one_block=_one_block()) is False, "other weights"
    monkeypatch.setattr(word_order, "_bert", lambda settings: bert({**settings, "is_decoder": False}))
    assert _finding("same-block", result, one_block=_one_block()) is False, "no mask in either"


@pytest.mark.parametrize(("factor", "sums", "bounded"), [(1.0, True, True), (0.9, False, False), (3.0, False, False)])
def test_weights_that_are_not_normalized_are_noticed(
    result: attention.Result, factor: float, sums: bool, bounded: bool
) -> None:
    even = torch.full((1, 2, 10, 10), 0.1).tril()
    even = factor * even / even.sum(-1, keepdim=True)
    kinds = (patterns.look("decoder", [even]),)
    assert _finding("rows-sum", result, kinds=kinds) is sums
    assert _finding("entropy-bound", result, kinds=kinds) is bounded


def test_evenness_of_known_rows() -> None:
    """One head even, one that always looks at the first position; the first row has no choice and does not count."""
    even = torch.ones(3, 3).tril() / torch.tensor([[1.0], [2.0], [3.0]])
    first = torch.zeros(3, 3)
    first[:, 0] = 1
    seen = patterns.look("decoder", [torch.stack((even, first))[None]])
    assert seen.evenness == (pytest.approx((1.0, 0.0)),)
    assert (seen.layer, seen.head, seen.visible, seen.pairs, seen.future) == (0, 1, (1, 2, 3), 6, 0.0)
    assert seen.weights == ((1.0, 0.0, 0.0),) * 3


def test_a_mask_one_column_too_far_shows_as_weight_on_the_future() -> None:
    ahead = torch.ones(3, 3).tril(1)
    assert patterns.look("decoder", [(ahead / ahead.sum(-1, keepdim=True))[None, None]]).future == 0.5


def test_sharp_heads_are_not_even(result: attention.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    llama = tiny.llama
    monkeypatch.setattr(tiny, "llama", lambda **options: llama(init=0.08, **options))
    _, least = patterns.evenness_untrained("cpu", "float32", torch.arange(1, 11)[None])
    assert _finding("untrained-even", result, least_even=least) is False


def _order() -> word_order.WordOrder:
    return word_order.word_order(torch.arange(1, 11)[None], 4, 0, **SETTINGS)


BLIND = ("bag-of-words", "source-bag", "one-layer-blind")


def test_with_positions_left_in_every_model_knows_the_order(
    result: attention.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = _order()
    assert [_finding(claim, result, order=order) for claim in (*BLIND, "mask-tells-order")] == [True] * 4
    monkeypatch.setattr(word_order, "without_positions", lambda model: None)
    order = _order()
    assert [_finding(claim, result, order=order) for claim in BLIND] == [False] * 3


def test_with_positions_gone_from_the_start_order_does_not_tell(
    result: attention.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_bert", "_t5"):
        build = getattr(word_order, name)
        monkeypatch.setattr(word_order, name, lambda settings, build=build: _stripped(build(settings)))
    assert _finding("positions-tell", result, order=_order()) is False


def _stripped(model: Any) -> Any:
    with torch.no_grad():
        word_order.without_positions(model)
    return model


def test_without_the_mask_deep_layers_cannot_tell_the_order_either(
    result: attention.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unmasked(model: Any, ids: Any, cache: Any = None) -> Any:
        mask = torch.zeros(1, 1, ids.shape[1], ids.shape[1])
        return model(ids, attention_mask=mask, use_cache=False).logits[:, -1]

    monkeypatch.setattr(caching, "step", unmasked)
    assert _finding("mask-tells-order", result, order=_order()) is False


def test_words_are_split_in_both_languages_and_nothing_else_gets_through() -> None:
    assert patterns.words_of("GPT模型 isn't decoder-only, 3.5？\x1b[31m") == (
        "GPT", "模", "型", "isn't", "decoder-only", ",", "3.5", "？", "[", "31m",
    )  # fmt: skip
    assert patterns.numbered(("a", "b", "a", "c"), 256) == [1, 2, 1, 3]
    assert patterns.numbered(("a", "b", "c"), 3) == [1, 2, 1]


def _run(words_of: Any, **options: Any) -> demo.Outcome:
    return demo.run("attention", words_of("attention"), device="cpu", quick=True, **options)


def test_a_chinese_sentence_is_read_and_drawn(words_of: Any) -> None:
    outcome = _run(words_of, text="为什么用因果掩码？")
    assert outcome.result.tokens == (("为", "什", "么", "用", "因", "果", "掩", "码", "？"),) * 3
    assert (outcome.result.pairs_decoder, outcome.result.pairs_encoder) == (45, 81)
    assert [claim.id for claim in outcome.claims if claim.surprising] == []


@pytest.mark.parametrize("n", [4, 10, 11, 32])
def test_every_length_is_drawn_within_80_columns(words_of: Any, n: int) -> None:
    text = " ".join(f"word{i}" for i in range(n // 2)) + " 码" * (n - n // 2)
    outcome = _run(words_of, text=text)
    console = Console(file=io.StringIO(), width=80, no_color=True)
    console.print(attention.render(outcome.result, words_of("attention"), "zh"))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line for line in lines if cell_len(line.rstrip()) > 80] == []
    assert sum(line.startswith(f"{n:>2} ") for line in lines) == (1 if n <= 10 else 3)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("one two three", 3), ("word " * 33, 33)])
def test_a_text_too_short_or_too_long_is_refused(words_of: Any, text: str, count: int) -> None:
    with pytest.raises(DemoError, match=f"--text has {count} tokens; this demo takes 4 to 32"):
        _run(words_of, text=text)


def test_words_that_are_all_alike_decide_nothing_about_order(words_of: Any) -> None:
    outcome = _run(words_of, text="哈哈哈哈哈哈")
    undecided = {claim.id: claim.why.en for claim in outcome.claims if claim.holds is None and claim.why}
    assert set(undecided) == {*BLIND, "mask-tells-order", "positions-tell"}
    assert set(undecided.values()) == {words_of("attention").words["same-words"].en}


SIZE = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 8}
T5_SIZE = {"vocab_size": 99, "d_model": 32, "d_kv": 4, "d_ff": 48, "num_layers": 2, "num_heads": 8}


@pytest.mark.parametrize(
    ("made", "family", "kinds"),
    [
        (lambda: LlamaForCausalLM(LlamaConfig(**SIZE)), "decoder", ["decoder"]),
        (lambda: BertForMaskedLM(BertConfig(**SIZE)), "encoder", ["encoder"]),
        (
            lambda: T5ForConditionalGeneration(T5Config(**T5_SIZE, decoder_start_token_id=0)),
            "encoder-decoder",
            ["source", "target", "cross"],
        ),
    ],
    ids=["decoder", "encoder", "encoder-decoder"],
)
def test_a_checkpoint_of_any_family_takes_its_place(
    words_of: Any, tmp_path: Path, made: Callable[[], Any], family: str, kinds: list[str]
) -> None:
    made().save_pretrained(tmp_path)
    outcome = _run(words_of, model=str(tmp_path))
    assert outcome.result.given == family
    assert [one.kind for one in outcome.result.kinds if len(one.evenness[0]) == 8] == kinds
    assert [claim.id for claim in outcome.claims if claim.surprising or claim.holds is None] == []


def test_a_checkpoint_with_a_sliding_window_is_said_to_mask_otherwise(words_of: Any, tmp_path: Path) -> None:
    model = MistralForCausalLM(MistralConfig(**SIZE, num_key_value_heads=2, head_dim=4, sliding_window=4))
    model.save_pretrained(tmp_path)
    outcome = _run(words_of, model=str(tmp_path))
    claims = {claim.id: claim for claim in outcome.claims}
    assert outcome.result.kinds[0].visible == (1, 2, 3, 4, 4, 4, 4, 4, 4, 4)
    assert claims["decoder-mask"].holds is None
    assert claims["decoder-mask"].why == words_of("attention").words["other-mask"]


def test_a_checkpoint_without_attention_is_refused(words_of: Any, tmp_path: Path) -> None:
    MambaForCausalLM(MambaConfig(vocab_size=99, hidden_size=32, num_hidden_layers=2)).save_pretrained(tmp_path)
    with pytest.raises(DemoError, match="gives no attention weights"):
        _run(words_of, model=str(tmp_path))


def test_a_checkpoint_that_is_not_there_is_refused(words_of: Any, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="cannot be loaded"):
        _run(words_of, model=str(tmp_path / "nothing"))


def test_many_heads_are_summed_up(result: attention.Result) -> None:
    one = replace(result.kinds[0], evenness=((0.5, 0.999, 1.0), (0.1,) * 6 + (0.97,)))
    assert [attention._heads(one, layer) for layer in range(3)] == ["50 99 100", "10–97", ""]
