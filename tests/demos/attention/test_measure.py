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

from llmquiz.demos.attention import draw, models, patterns, sentence
from llmquiz.demos.attention.measure import SENTENCE
from llmquiz.demos.attention.one_block import one_block
from llmquiz.demos.attention.result import OneBlock, Result, WordOrder
from llmquiz.demos.attention.word_order import word_order
from llmquiz.demos.lab import caching, demo, tiny
from llmquiz.errors import DemoError
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT: Result = recorded("attention")
PLACE = {"device": "cpu", "dtype": "float32"}
BLIND = ("bag-of-words", "source-bag", "one-layer-blind")


def _finding(claim: str, **values: Any) -> bool | None:
    return verdict("attention", claim, changed(RESULT, values))


def _kinds(**in_place: Any) -> dict[str, Any]:
    """Everything that follows from the attention weights, with other models in the places of ours."""
    readers, _ = sentence.readers(SENTENCE, None, **PLACE)
    for family, model in in_place.items():
        name = family.replace("_", "-")
        readers[name] = replace(readers[name], model=model)
    kinds = patterns.attentions(readers)
    pairs = {attention.kind: attention.pairs for attention in kinds}
    return {"kinds": kinds, "pairs_decoder": pairs["decoder"], "pairs_encoder": pairs["encoder"]}


@pytest.mark.breaks("decoder-mask")
def test_an_encoder_in_the_decoders_place_looks_forward() -> None:
    assert _finding("decoder-mask", **_kinds()) is True
    assert _finding("decoder-mask", **_kinds(decoder=tiny.bert(attention="eager", **PLACE))) is False


@pytest.mark.breaks("encoder-mask")
def test_an_encoder_with_a_causal_mask_does_not_see_all() -> None:
    causal = tiny.build(
        BertModel, seed=0, **PLACE, vocab_size=256, num_hidden_layers=2, is_decoder=True, attn_implementation="eager"
    )
    assert _finding("encoder-mask", **_kinds()) is True
    assert _finding("encoder-mask", **_kinds(encoder=causal)) is False


@pytest.mark.breaks("encoder-decoder-mask")
def test_a_target_side_without_its_mask_is_noticed() -> None:
    t5 = models.t5_that_shows_weights(**PLACE)
    assert _finding("encoder-decoder-mask", **_kinds(encoder_decoder=t5)) is True
    t5.decoder.config.is_decoder = False
    assert _finding("encoder-decoder-mask", **_kinds(encoder_decoder=t5)) is False


def _one_block() -> OneBlock:
    return one_block(torch.arange(1, 9)[None], 0, **PLACE)


@pytest.mark.breaks("same-block")
def test_another_mask_is_all_the_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("same-block", one_block=_one_block()) is True
    bert = models.bert
    with monkeypatch.context() as patch:
        patch.setattr(models, "bert", lambda settings: bert({**settings, "seed": len(settings)}))
        assert _finding("same-block", one_block=_one_block()) is False, "other weights"
    monkeypatch.setattr(models, "bert", lambda settings: bert({**settings, "is_decoder": False}))
    assert _finding("same-block", one_block=_one_block()) is False, "no mask in either"


@pytest.mark.breaks("rows-sum", "entropy-bound")
@pytest.mark.parametrize(("factor", "sums", "bounded"), [(1.0, True, True), (0.9, False, False), (3.0, False, False)])
def test_weights_that_are_not_normalized_are_noticed(factor: float, sums: bool, bounded: bool) -> None:
    even = torch.full((1, 2, 10, 10), 0.1).tril()
    even = factor * even / even.sum(-1, keepdim=True)
    kinds = (patterns.summary("decoder", [even]),)
    assert _finding("rows-sum", kinds=kinds) is sums
    assert _finding("entropy-bound", kinds=kinds) is bounded


@pytest.mark.breaks("untrained-even")
def test_sharp_heads_are_not_even(monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> bool | None:
        _, least = patterns.evenness_untrained("cpu", "float32", torch.arange(1, 11)[None])
        return _finding("untrained-even", least_even=least)

    assert check() is True
    llama = tiny.llama
    monkeypatch.setattr(tiny, "llama", lambda **options: llama(init=0.08, **options))
    assert check() is False


def _word_order() -> WordOrder:
    return word_order(torch.arange(1, 11)[None], 4, 0, **PLACE)


@pytest.mark.breaks("bag-of-words", "source-bag", "one-layer-blind")
def test_with_positions_left_in_every_model_knows_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    order = _word_order()
    assert [_finding(claim, order=order) for claim in (*BLIND, "mask-tells-order")] == [True] * 4
    monkeypatch.setattr(models, "without_positions", lambda model: None)
    order = _word_order()
    assert [_finding(claim, order=order) for claim in BLIND] == [False] * 3


@pytest.mark.breaks("positions-tell")
def test_with_positions_gone_from_the_start_order_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("positions-tell", order=_word_order()) is True
    for name in ("bert", "t5"):
        build = getattr(models, name)
        monkeypatch.setattr(models, name, lambda settings, build=build: _stripped(build(settings)))
    assert _finding("positions-tell", order=_word_order()) is False


def _stripped(model: Any) -> Any:
    with torch.no_grad():
        models.without_positions(model)
    return model


@pytest.mark.breaks("mask-tells-order")
def test_without_the_mask_deep_layers_cannot_tell_the_order_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def unmasked(model: Any, ids: Any, cache: Any = None) -> Any:
        mask = torch.zeros(1, 1, ids.shape[1], ids.shape[1])
        return model(ids, attention_mask=mask, use_cache=False).logits[:, -1]

    monkeypatch.setattr(caching, "step", unmasked)
    assert _finding("mask-tells-order", order=_word_order()) is False


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
    words = words_of("attention")
    console.print(draw.plot(outcome.result, words, "zh"), *draw.tables(outcome.result, words, "zh"), sep="\n")
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line for line in lines if cell_len(line.rstrip()) > 80] == []
    assert sum(line.startswith(f"{n:>2} ") for line in lines) == (0 if n <= 10 else 3)


def test_words_that_are_all_alike_decide_nothing_about_order(words_of: Any) -> None:
    outcome = _run(words_of, text="哈哈哈哈哈哈")
    undecided = {claim.id: claim.why.en for claim in outcome.claims if claim.holds is None and claim.why}
    assert set(undecided) == {*BLIND, "mask-tells-order", "positions-tell"}
    assert set(undecided.values()) == {words_of("attention").words["same-words"].en}


SIZE: dict[str, Any] = {
    "vocab_size": 99,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
}
T5_SIZE: dict[str, Any] = {"vocab_size": 99, "d_model": 32, "d_kv": 4, "d_ff": 48, "num_layers": 2, "num_heads": 8}
T5_SIZE["decoder_start_token_id"] = 0


@pytest.mark.parametrize(
    ("build", "family", "kinds"),
    [
        (lambda: LlamaForCausalLM(LlamaConfig(**SIZE)), "decoder", ["decoder"]),
        (lambda: BertForMaskedLM(BertConfig(**SIZE)), "encoder", ["encoder"]),
        (
            lambda: T5ForConditionalGeneration(T5Config(**T5_SIZE)),
            "encoder-decoder",
            ["source", "target", "cross"],
        ),
    ],
    ids=["decoder", "encoder", "encoder-decoder"],
)
def test_a_checkpoint_of_any_family_takes_its_place(
    words_of: Any, tmp_path: Path, build: Callable[[], Any], family: str, kinds: list[str]
) -> None:
    build().save_pretrained(tmp_path)
    outcome = _run(words_of, model=str(tmp_path))
    assert outcome.result.given == family
    assert [attention.kind for attention in outcome.result.kinds if len(attention.evenness[0]) == 8] == kinds
    assert [claim.id for claim in outcome.claims if claim.surprising or claim.holds is None] == []
    console = Console(file=io.StringIO(), width=80, no_color=True)
    console.print(draw.plot(outcome.result, words_of("attention"), "en"))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "to the first token" in shown
    assert "to the token before" in shown
    assert len(shown.splitlines()) <= 13


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
    with pytest.raises(DemoError, match="no such folder or file"):
        _run(words_of, model=str(tmp_path / "nothing"))
