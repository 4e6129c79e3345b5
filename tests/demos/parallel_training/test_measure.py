"""The demo parallel-training, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import BertForMaskedLM, LlamaForCausalLM

from llmquiz.demos.lab import demo, masks, run, tiny
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.parallel_training import measure as parallel_training
from llmquiz.demos.parallel_training import objectives, prefix_passes
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

logits_of = masks.logits_of


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> parallel_training.Result:
    found = quick_run("parallel-training").result
    assert isinstance(found, parallel_training.Result)
    return found


def _finding(claim: str, result: parallel_training.Result, **changes: Any) -> bool | None:
    return parallel_training.CLAIMS[claim](replace(result, **changes)).holds


def _model() -> Any:
    return tiny.llama(init=0.2, n_layers=2, device="cpu", dtype="float32")


def _losses(length: int = 16) -> prefix_passes.Losses:
    return prefix_passes.losses_of(_model(), tiny.random_tokens(_model(), 1, length + 1, seed=0))


def _unmasked(model: Any, ids: Any, mask: Any = None) -> Any:
    return logits_of(model, ids, torch.zeros(ids.shape[1], ids.shape[1]))


def test_without_the_mask_neither_losses_nor_gradients_agree(
    result: parallel_training.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("same-losses", result, losses=_losses()) is True
    monkeypatch.setattr(prefix_passes, "logits_of", _unmasked)
    assert _finding("same-losses", result, losses=_losses()) is False
    assert _finding("same-gradient", result, gradients=prefix_passes.gradients_of(8, 0, "cpu")) is False


def test_one_loss_out_of_place_is_noticed(result: parallel_training.Result) -> None:
    losses = replace(result.losses, same=result.losses.length - 1)
    assert _finding("same-losses", result, losses=losses) is False


def test_a_mask_that_is_never_lifted_is_noticed(
    result: parallel_training.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix_passes, "logits_of", lambda model, ids, mask=None: logits_of(model, ids))
    assert _finding("mask-needed", result, losses=_losses()) is False
    assert _finding("copies", result, copying=prefix_passes.copying(0, "cpu", run.silent)) is False


def test_a_loss_below_the_entropy_of_random_tokens_gives_the_leak_away(result: parallel_training.Result) -> None:
    leaking = replace(result.copying, with_mask=result.copying.without_mask)
    assert _finding("copies", result, copying=leaking) is False


def test_prefixes_read_with_a_cache_would_cost_no_more_than_one_pass(
    result: parallel_training.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prefix_passes, "apart_of", prefix_passes.stepwise)
    losses = _losses()
    assert losses.positions_separate == losses.length
    changes = {"positions_one": losses.positions_one, "positions_separate": losses.positions_separate}
    assert _finding("fewer-positions", result, losses=losses, **changes) is False


def test_if_all_were_done_in_one_pass_nothing_would_be_saved(
    result: parallel_training.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = tiny.random_tokens(_model(), 1, 65, seed=0)
    with counted():
        saved = prefix_passes.savings(_model(), ids[:, :-1], (64,), 3, run.silent)
        for name in ("apart_of", "stepwise"):
            monkeypatch.setattr(prefix_passes, name, lambda model, ids: logits_of(model, ids)[0])
        savings = prefix_passes.savings(_model(), ids[:, :-1], (64,), 3, run.silent)
    assert _finding("faster", result, savings=saved) is True
    assert _finding("faster", result, savings=savings) is False
    losses = prefix_passes.losses_of(_model(), ids)
    assert _finding("steps-stay", result, savings=savings, losses=losses) is False
    assert _finding("steps-stay", result, savings=saved, losses=losses) is False, "one call, however long it took"
    assert _finding("steps-stay", result, savings=savings) is False, "a call for each token, and no slower"


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ((12.0, 40.0), True),
        ((12.0, 11.0), False),
        ((12.0, 7.9), False),
    ],
)
def test_a_saving_that_shrinks_is_noticed(
    result: parallel_training.Result, values: tuple[float, float], holds: bool
) -> None:
    savings = tuple(
        replace(one, apart=Ratio(value, (value,) * 3)) for one, value in zip(result.savings, values, strict=False)
    )
    assert _finding("grows", result, savings=savings) is holds
    assert _finding("faster", result, savings=savings) is (values[1] >= 8)


def test_rounds_that_disagree_decide_nothing(result: parallel_training.Result) -> None:
    noisy = replace(result.savings[-1], apart=Ratio(9.0, (5.0, 9.0, 20.0)))
    assert _finding("faster", result, savings=(result.savings[0], noisy)) is None


def _share(name: str, kind: Any, batch: dict[str, Any]) -> objectives.Share:
    return objectives._share(name, kind, batch, batch["input_ids"].numel(), 0, "cpu")[0]


def test_a_prompt_without_loss_is_noticed(result: parallel_training.Result) -> None:
    text = objectives.raw_text(2, 0)
    labels = text.clone()
    labels[:, :100] = objectives.IGNORED
    share = _share("next-token", LlamaForCausalLM, {"input_ids": text, "labels": labels})
    assert share.loss == 2 * (568 - 100)
    assert _finding("next-token", result, shares=(share,)) is False


@pytest.mark.parametrize(("rate", "holds"), [(0.15, True), (0.12, False), (0.18, False), (0.4, False)])
def test_another_masking_rate_is_noticed(result: parallel_training.Result, rate: float, holds: bool) -> None:
    words, labels = objectives.masked(objectives.raw_text(8, 1), 1, rate)
    share = _share("masked-tokens", BertForMaskedLM, {"input_ids": words, "labels": labels})
    assert share.loss == int((labels != objectives.IGNORED).sum())
    assert _finding("masked-tokens", result, shares=(share,)) is holds


def test_loss_on_the_source_side_would_be_noticed(result: parallel_training.Result) -> None:
    spans, half = (next(one for one in result.shares if one.objective == name) for name in ("spans", "second-half"))
    assert _finding("target-side", result, shares=(spans, half)) is True
    assert _finding("target-side", result, shares=(replace(spans, loss=spans.loss + 1), half)) is False
    assert _finding("target-side", result, shares=(spans, replace(half, loss=half.computed))) is False


def test_a_target_that_is_not_in_the_text_would_make_the_sheet_right(
    result: parallel_training.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A translation, say: source and target then are two texts."""
    corrupted = objectives.corrupted

    def translated(text: Any, seed: int) -> Any:
        return corrupted(text, seed)[0], corrupted(text.flip(0), seed)[1]

    monkeypatch.setattr(objectives, "corrupted", translated)
    assert _finding("paired-data", result, raw=objectives.shares(0, "cpu")[1]) is True


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
