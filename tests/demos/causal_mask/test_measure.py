"""The demo causal-mask, and what becomes of its claims when the mask is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM, MambaConfig, MambaForCausalLM

from llmquiz.demos.causal_mask import influence, mask_code, measure
from llmquiz.demos.causal_mask.claims import ROUNDING
from llmquiz.demos.causal_mask.result import SHORT, Influence, MaskCode, Result, Swap, Weights
from llmquiz.demos.lab import demo, masks, tiny
from llmquiz.errors import DemoError
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo

SETTINGS = {"device": "cpu", "dtype": "float32"}
logits_of = masks.logits_of


def _unmasked(model: Any, ids: Any, mask: Any = None) -> Any:
    return logits_of(model, ids, torch.zeros(ids.shape[1], ids.shape[1]))


def _maps(encoder: Any = None) -> tuple[Influence, ...]:
    llama, encoder_decoder = tiny.llama(init=0.2, **SETTINGS), tiny.t5(**SETTINGS)
    ids = tiny.random_tokens(llama, 1, SHORT, seed=0)
    return influence.maps_of(llama, encoder or tiny.bert(**SETTINGS), encoder_decoder, ids, 0)


def _swaps(encoder: Any = None) -> tuple[Swap, ...]:
    llama, encoder_decoder = tiny.llama(init=0.2, **SETTINGS), tiny.t5(**SETTINGS)
    ids = tiny.random_tokens(llama, 1, 16, seed=0)
    return influence.swaps_of(((llama, ids),), encoder or tiny.bert(**SETTINGS), encoder_decoder, 0)


@pytest.mark.breaks("earlier-unmoved", "up-to-itself", "no-peeking")
def test_without_the_mask_the_future_leaks(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(influence, "logits_of", _unmasked)
    swaps, maps = _swaps(), _maps()
    assert finding("earlier-unmoved", result, swaps=swaps) is False
    assert finding("up-to-itself", result, maps=maps) is False
    assert finding("no-peeking", result, maps=maps) is False


def test_a_mask_that_is_never_lifted_shows_no_leak(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second half of no-peeking: what is called "without mask" must be without one."""
    monkeypatch.setattr(influence, "logits_of", lambda model, ids, mask=None: logits_of(model, ids))
    assert finding("no-peeking", result, maps=_maps()) is False


@pytest.mark.breaks("encoder-moves")
def test_an_encoder_with_a_causal_mask_does_not_move_everywhere(result: Result) -> None:
    causal = tiny.build(BertModel, seed=0, **SETTINGS, vocab_size=256, num_hidden_layers=2, is_decoder=True)
    assert finding("encoder-moves", result, maps=_maps(causal)) is False
    assert finding("encoder-moves", result, swaps=_swaps(causal)) is False


@pytest.mark.breaks("decoder-side")
def test_a_decoder_side_cut_off_from_its_source_is_noticed(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    target_logits = influence._target_logits
    monkeypatch.setattr(
        influence, "_target_logits", lambda model, source, target: target_logits(model, target * 0 + 1, target)
    )
    assert finding("decoder-side", result, maps=_maps()) is False


def _weights(mask: Any) -> Weights:
    llama = tiny.llama(attention="eager", **SETTINGS)

    def with_mask(ids: Any, **options: Any) -> Any:
        return llama(ids, attention_mask=mask[None, None], **options)

    return measure.weights_of(with_mask, tiny.random_tokens(llama, 1, len(mask), seed=0))


@pytest.mark.breaks("zero-weight")
def test_weights_on_the_future_are_noticed(result: Result) -> None:
    assert finding("zero-weight", result, weights=_weights(mask_code.causal_mask(8))) is True
    assert finding("zero-weight", result, weights=_weights(torch.full((8, 8), float("-inf")).triu(2))) is False


@pytest.mark.breaks("only-earlier")
def test_a_mask_that_hides_the_diagonal_would_make_the_sheet_right(result: Result) -> None:
    """The first row looks at the second position here, for a row with nothing to look at is NaN."""
    mask = torch.full((8, 8), float("-inf")).triu(0)
    mask[0, 1] = 0
    assert finding("only-earlier", result, weights=_weights(mask)) is True


def _tried(code: Callable[[int], Any]) -> MaskCode:
    llama = tiny.llama(init=0.2, **SETTINGS)
    return mask_code.try_mask(code, 100, llama, tiny.random_tokens(llama, 1, 16, seed=0), 0)


@pytest.mark.breaks("right-code")
@pytest.mark.parametrize(
    ("code", "right"),
    [
        (mask_code.causal_mask, True),
        (mask_code.sheet_mask, False),
        (lambda L: torch.full((L, L), float("-inf")).triu(2), False),  # one column too far: no NaN, other logits
        (lambda L: torch.zeros(L, L), False),
        (lambda L: torch.triu(torch.ones(L, L), diagonal=1) * -1e9, True),  # finite, so 0 stays 0
    ],
    ids=["right", "sheet", "one too far", "nothing", "large and finite"],
)
def test_mask_code_is_judged_by_nan_and_by_logits(result: Result, code: Callable[[int], Any], right: bool) -> None:
    assert finding("right-code", result, right_code=_tried(code)) is right


@pytest.mark.breaks("sheet-code")
def test_the_sheets_line_would_hold_if_zero_times_infinity_were_zero(result: Result) -> None:
    assert finding("sheet-code", result, sheet_code=_tried(lambda L: mask_code.sheet_mask(L).nan_to_num(0.0))) is True


def test_the_causal_mask_is_written_out() -> None:
    inf = float("inf")
    assert mask_code.causal_mask(3).tolist() == [[0, -inf, -inf], [0, 0, -inf], [0, 0, 0]]


@pytest.mark.breaks("blind-row")
def test_with_the_diagonal_open_no_row_is_lost(result: Result) -> None:
    assert finding("blind-row", result, blind_rows=mask_code.nan_rows(mask_code.causal_mask(100), 0)) is False


@pytest.mark.breaks("too-late")
def test_masking_late_differs_only_where_there_is_something_to_mask(result: Result) -> None:
    assert finding("too-late", result, late=mask_code.late(torch.zeros(10, 10), 0)) is False


@pytest.mark.breaks("prefixes-equal")
def test_without_the_mask_one_pass_is_not_the_prefixes(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    llama = tiny.llama(init=0.2, **SETTINGS)
    ids = tiny.random_tokens(llama, 1, 12, seed=0)
    assert finding("prefixes-equal", result, one_pass=measure.read_and_write(llama, ids)) is True
    monkeypatch.setattr(measure, "logits_of", _unmasked)
    unmasked = measure.read_and_write(llama, ids)
    assert min(unmasked.prefixes, unmasked.steps) > ROUNDING
    assert finding("prefixes-equal", result, one_pass=unmasked) is False


@pytest.mark.breaks("same-inputs")
def test_on_its_own_text_the_model_sees_in_inference_what_it_saw_in_training(result: Result) -> None:
    llama = tiny.llama(init=0.2, **SETTINGS)
    ids = tiny.random_tokens(llama, 1, 6, seed=0)
    while ids.shape[1] < 12:
        ids = torch.cat((ids, logits_of(llama, ids)[:, -1:].argmax(-1)), 1)
    assert finding("same-inputs", result, one_pass=measure.read_and_write(llama, ids)) is True


def test_in_bfloat16_equality_is_shown_but_not_judged(words_of: Any) -> None:
    outcome = demo.run("causal-mask", words_of("causal-mask"), device="cpu", dtype="bfloat16", quick=True)
    holds = {claim.id: claim.holds for claim in outcome.claims}
    assert (holds["earlier-unmoved"], holds["prefixes-equal"]) == (None, None)
    assert (holds["sheet-code"], holds["only-earlier"]) == (False, False)


SIZE = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4}


def test_a_checkpoint_takes_the_decoders_place(words_of: Any, tmp_path: Path) -> None:
    LlamaForCausalLM(LlamaConfig(**SIZE, num_key_value_heads=2)).save_pretrained(tmp_path)
    words = words_of("causal-mask")
    outcome = demo.run("causal-mask", words, device="cpu", quick=True, model=str(tmp_path))
    assert outcome.result.model == "LlamaForCausalLM 21.9K (L=2, d=32, V=99)"
    assert [(swap.model, swap.attention) for swap in outcome.result.swaps[:2]] == [("llama", "eager"), ("gpt2", "sdpa")]
    assert (outcome.result.weights.layers, outcome.result.weights.heads) == (2, 4)
    assert [claim.id for claim in outcome.claims if claim.surprising or claim.holds is None] == []
    assert (outcome.result.text, outcome.result.tokens) == ("", ())


def test_a_text_is_read_as_bytes_where_no_checkpoint_is_given(words_of: Any) -> None:
    words, text = words_of("causal-mask"), "Why is the mask causal?"
    outcome = demo.run("causal-mask", words, device="cpu", quick=True, text=text)
    assert outcome.result.one_pass.length == len(text)
    assert [claim.id for claim in outcome.claims if claim.surprising or claim.holds is None] == []


def test_a_text_that_is_too_short_is_refused(words_of: Any) -> None:
    with pytest.raises(DemoError, match="--text has 3 tokens; this demo needs 12 or more"):
        demo.run("causal-mask", words_of("causal-mask"), device="cpu", quick=True, text="Why")


def test_an_encoder_in_the_decoders_place_is_refused(words_of: Any, tmp_path: Path) -> None:
    BertModel(BertConfig(**SIZE)).save_pretrained(tmp_path)
    with pytest.raises(DemoError, match="this demo needs decoder"):
        demo.run("causal-mask", words_of("causal-mask"), device="cpu", quick=True, model=str(tmp_path))


def test_a_checkpoint_without_attention_is_refused(words_of: Any, tmp_path: Path) -> None:
    MambaForCausalLM(MambaConfig(vocab_size=99, hidden_size=32, num_hidden_layers=2)).save_pretrained(tmp_path)
    with pytest.raises(DemoError, match="gives no attention weights"):
        demo.run("causal-mask", words_of("causal-mask"), device="cpu", quick=True, model=str(tmp_path))
