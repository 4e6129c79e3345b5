"""How models fill a gap, and what becomes of the claims on gaps when the mechanism is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.infill import filling, language, train
from llmquiz.demos.infill.claims import Result
from llmquiz.demos.infill.setting import ENCODERS, LENGTH, LETTERS, START, STARTS
from llmquiz.demos.lab import training
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


@pytest.fixture
def unseen(result: Result) -> Any:
    """The texts that the quick run measured on."""
    return train.unseen(0, result.texts)


def _model(name: str) -> Any:
    return training.trained(train.TRAINING, name)


def _with(result: Result, letters: int, **losses: float) -> dict[str, Any]:
    """Other losses of models on gaps of so many letters."""
    gaps = [
        replace(gap, found=tuple((name, losses.get(name.replace("-", "_"), loss)) for name, loss in gap.found))
        if gap.letters == letters
        else gap
        for gap in result.gaps
    ]
    return {"gaps": tuple(gaps)}


@pytest.mark.breaks("blind-to-the-right")
def test_without_its_mask_the_decoder_sees_the_letter_behind_the_gap(
    result: Result, unseen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("blind-to-the-right", result) is True
    model = _model("decoder")
    assert filling.moved("decoder", model, unseen, 4, 1) == 0
    start = torch.full((len(unseen), 1), START)
    monkeypatch.setattr(
        filling, "from_left", lambda m, text: filling.seen_by_all(m, torch.cat((start, text[:, :-1]), 1))
    )
    moved = filling.moved("decoder", model, unseen, 4, 1)
    assert moved == len(unseen)
    sighted = tuple((name, moved if name == "decoder" else count) for name, count in result.moved)
    assert finding("blind-to-the-right", result, moved=sighted) is False


@pytest.mark.breaks("encoder-below")
@pytest.mark.parametrize("name", ENCODERS)
def test_an_encoder_behind_a_causal_mask_falls_back_above_the_causal_floor(
    name: str, result: Result, unseen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("encoder-below", result) is True
    monkeypatch.setattr(filling, "seen_by_all", lambda m, ids: m(ids, use_cache=False).logits[..., :LETTERS])
    broken = filling.gap_loss(name, _model(name), unseen, 1)
    assert broken > language.exact(unseen, 1)[0]
    assert finding("encoder-below", result, **_with(result, 1, **{name.replace("-", "_"): broken})) is False


@pytest.mark.breaks("trained-to-fill")
def test_a_decoder_that_is_shown_the_left_side_only_does_not_fill_from_both(result: Result, unseen: Any) -> None:
    """Marks in the place of all letters behind the gap."""
    assert finding("trained-to-fill", result) is True
    model, losses = _model("decoder-fill"), []
    for start in STARTS:
        places = torch.arange(start, LENGTH).expand(len(unseen), -1)
        logits = filling.gap_last(model, unseen, places)[:, 0].float()
        losses.append(float(torch.nn.functional.cross_entropy(logits, unseen[:, start])))
    broken = sum(losses) / len(losses)
    assert finding("trained-to-fill", result, **_with(result, 1, decoder_fill=broken)) is False


def test_what_is_missing_is_not_seen_before_it_is_filled() -> None:
    """And what is known is: a mask that took the second part for another text would hide it."""
    model, places = _model("decoder-fill"), torch.tensor([[5, 6, 7]])
    text = train.unseen(0, 1)
    before = filling.gap_last(model, text, places)
    for place, first_moved in ((7, 3), (6, 2), (5, 1), (8, 0), (4, 0), (19, 0)):
        altered = text.clone()
        altered[0, place] = (altered[0, place] + 1) % LETTERS
        moved = (filling.gap_last(model, altered, places) != before).any(-1)[0].tolist()
        assert moved == [i >= first_moved for i in range(3)], place


@pytest.mark.breaks("left-side-only", "tried-out")
def test_an_untrained_decoder_reaches_no_floor(result: Result, unseen: Any) -> None:
    raw = train.untrained("decoder", 0)
    for claim in ("left-side-only", "tried-out"):
        assert finding(claim, result) is True
    broken = filling.gap_loss("decoder", raw, unseen, 1)
    assert finding("left-side-only", result, **_with(result, 1, decoder=broken)) is False
    assert finding("tried-out", result, candidates=filling.candidates_loss(raw, unseen)) is False


@pytest.mark.breaks("one-pass-is-apart")
def test_letters_that_know_each_other_are_cheaper_than_in_one_pass(
    result: Result, unseen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One pass, and yet each letter is given those before it."""
    assert finding("one-pass-is-apart", result) is True
    one_after_another = filling.gap_logits
    monkeypatch.setattr(filling, "gap_logits", lambda *gap, at_once: one_after_another(*gap))
    longest = result.gaps[-1]
    losses = [(name, filling.gap_loss(name, _model(name), unseen, 3, at_once=True)) for name in ENCODERS]
    gaps = (*result.gaps[:-1], replace(longest, one_pass=tuple(losses)))
    assert finding("one-pass-is-apart", result, gaps=gaps) is False


def test_candidates_are_weighed_by_bayes_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the language itself in the decoder's place: its posterior between two neighbours."""
    start, P = language.stationary().log(), language.matrix().log()
    monkeypatch.setattr(
        filling, "from_left", lambda _, text: torch.cat((start.expand(len(text), 1, -1), P[text[:, :-1]]), 1)
    )
    text = language.texts(3, torch.Generator().manual_seed(0))
    posterior = filling.candidates(None, text, 9).double().exp()
    exact = P.exp()[text[:, 8]] * P.exp()[:, text[:, 10]].T
    torch.testing.assert_close(posterior, exact / exact.sum(1, keepdim=True), rtol=1e-5, atol=1e-7)
