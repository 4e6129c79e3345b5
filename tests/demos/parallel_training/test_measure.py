"""The demo parallel-training, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import BertForMaskedLM, LlamaForCausalLM

from llmquiz.demos.lab import demo, masks, run, tiny
from llmquiz.demos.parallel_training import objectives, peeking, prefixes
from llmquiz.demos.parallel_training.claims import Losses, Result, Share
from tests.demos.breaking import finding
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

logits_of = masks.logits_of


def _model() -> Any:
    return tiny.llama(init=0.2, n_layers=2, device="cpu", dtype="float32")


def _losses(length: int = 16) -> Losses:
    return prefixes.losses_of(_model(), tiny.random_tokens(_model(), 1, length + 1, seed=0))


def _unmasked(model: Any, ids: Any, mask: Any = None) -> Any:
    return logits_of(model, ids, torch.zeros(ids.shape[1], ids.shape[1]))


@pytest.mark.breaks("same-losses", "same-gradient")
def test_without_the_mask_neither_losses_nor_gradients_agree(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("same-losses", result, losses=_losses()) is True
    monkeypatch.setattr(prefixes, "logits_of", _unmasked)
    assert finding("same-losses", result, losses=_losses()) is False
    assert finding("same-gradient", result, gradients=prefixes.gradients_of(8, 0, "cpu")) is False


@pytest.mark.breaks("mask-needed", "copies")
def test_a_mask_that_is_never_lifted_is_noticed(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (prefixes, peeking):
        monkeypatch.setattr(module, "logits_of", lambda model, ids, mask=None: logits_of(model, ids))
    assert finding("mask-needed", result, losses=_losses()) is False
    assert finding("copies", result, copying=peeking.copying(0, "cpu", run.silent)) is False


@pytest.mark.breaks("fewer-positions")
def test_prefixes_read_with_a_cache_would_cost_no_more_than_one_pass(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefixes, "apart_of", prefixes.stepwise)
    losses = _losses()
    assert losses.positions_separate == losses.length
    changes = {"positions_one": losses.positions_one, "positions_separate": losses.positions_separate}
    assert finding("fewer-positions", result, losses=losses, **changes) is False


@pytest.mark.breaks("faster", "steps-stay")
def test_if_all_were_done_in_one_pass_nothing_would_be_saved(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = tiny.random_tokens(_model(), 1, 65, seed=0)
    with counted():
        saved = prefixes.savings(_model(), ids[:, :-1], (64,), 3, run.silent)
        for name in ("apart_of", "stepwise"):
            monkeypatch.setattr(prefixes, name, lambda model, ids: logits_of(model, ids)[0])
        savings = prefixes.savings(_model(), ids[:, :-1], (64,), 3, run.silent)
    assert finding("faster", result, savings=saved) is True
    assert finding("faster", result, savings=savings) is False
    losses = prefixes.losses_of(_model(), ids)
    assert finding("steps-stay", result, savings=savings, losses=losses) is False
    assert finding("steps-stay", result, savings=saved, losses=losses) is False, "one call, however long it took"
    assert finding("steps-stay", result, savings=savings) is False, "a call for each token, and no slower"


@pytest.mark.breaks("grows")
def test_eight_prefixes_of_any_text_save_less_the_longer_it_is(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken on purpose: not every position is predicted from a prefix of its own."""
    ids = tiny.random_tokens(_model(), 1, 64, seed=0)
    apart_of = prefixes.apart_of
    with counted():
        savings = prefixes.savings(_model(), ids, (16, 64), 3, run.silent)
        monkeypatch.setattr(prefixes, "apart_of", lambda model, ids: apart_of(model, ids[:, :8]))
        of_eight = prefixes.savings(_model(), ids, (16, 64), 3, run.silent)
    assert finding("grows", result, savings=savings) is True
    assert finding("grows", result, savings=of_eight) is False


def _share(name: str, model_class: Any, batch: dict[str, Any]) -> Share:
    return objectives.share_of(name, model_class, batch, batch["input_ids"].numel(), 0, "cpu")[0]


@pytest.mark.breaks("next-token")
def test_a_prompt_without_loss_is_noticed(result: Result) -> None:
    text = objectives.raw_text(2, 0)
    labels = text.clone()
    labels[:, :100] = objectives.IGNORED
    share = _share("next-token", LlamaForCausalLM, {"input_ids": text, "labels": labels})
    assert share.loss == 2 * (568 - 100)
    assert finding("next-token", result, shares=(share,)) is False


@pytest.mark.breaks("masked-tokens")
@pytest.mark.parametrize(("rate", "holds"), [(0.15, True), (0.12, False), (0.18, False), (0.4, False)])
def test_another_masking_rate_is_noticed(result: Result, rate: float, holds: bool) -> None:
    words, labels = objectives.masked(objectives.raw_text(8, 1), 1, rate)
    share = _share("masked-tokens", BertForMaskedLM, {"input_ids": words, "labels": labels})
    assert share.loss == int((labels != objectives.IGNORED).sum())
    assert finding("masked-tokens", result, shares=(share,)) is holds


@pytest.mark.breaks("target-side")
def test_loss_on_both_sides_would_be_noticed(result: Result) -> None:
    """A decoder that reads source and target as one text, as prefix models are sometimes trained."""
    text = objectives.raw_text(4, 0)
    source, target = objectives.corrupted(text[0], 0)
    whole = torch.cat((source, target))[None].expand(4, -1)
    halves = _share("second-half", LlamaForCausalLM, {"input_ids": text, "labels": text})
    spans = _share("spans", LlamaForCausalLM, {"input_ids": whole, "labels": whole})
    assert finding("target-side", result) is True
    assert finding("target-side", result, shares=(replace(result.share("spans"), loss=spans.loss), halves)) is False
    assert finding("target-side", result, shares=(result.share("spans"), halves)) is False
    as_it_is = result.share("second-half")
    assert finding("target-side", result, shares=(replace(result.share("spans"), loss=spans.loss), as_it_is)) is False


@pytest.mark.breaks("paired-data")
def test_a_target_that_is_not_in_the_text_would_make_the_sheet_right(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A translation, say: source and target then are two texts."""
    corrupted = objectives.corrupted

    def translated(text: Any, seed: int) -> Any:
        return corrupted(text, seed)[0], corrupted(text.flip(0), seed)[1]

    monkeypatch.setattr(objectives, "corrupted", translated)
    assert finding("paired-data", result, raw=objectives.shares(0, "cpu")[1]) is True


def test_span_corruption_has_the_lengths_of_the_t5_paper() -> None:
    """568 tokens: 85 cut out in 28 spans, so 568 − 85 + 28 + 1 of source and 85 + 28 + 1 of target."""
    text = objectives.raw_text(1, 3)[0]
    source, target = objectives.corrupted(text, 3)
    assert (len(source), len(target)) == (512, 114)
    assert objectives.restored(source, target) == text.tolist()
    assert objectives.restored(source, target[:-2]) != text.tolist()


def test_bert_masks_eight_in_ten_of_the_chosen_tokens() -> None:
    text = objectives.raw_text(64, 5)
    words, labels = objectives.masked(text, 5)
    chosen = labels != objectives.IGNORED
    assert torch.equal(words[~chosen], text[~chosen])
    assert float((words[chosen] == objectives.MASK).float().mean()) == pytest.approx(0.8, abs=0.02)
    assert float((words[chosen] == text[chosen]).float().mean()) == pytest.approx(0.1, abs=0.02)


def test_in_bfloat16_equality_is_shown_but_not_judged(words_of: Any) -> None:
    outcome = demo.run("parallel-training", words_of("parallel-training"), device="cpu", dtype="bfloat16", quick=True)
    holds = {claim.id: claim.holds for claim in outcome.claims}
    assert (holds["same-losses"], holds["mask-needed"]) == (None, None)
    assert (holds["fewer-positions"], holds["next-token"], holds["copies"]) == (True, True, True)
