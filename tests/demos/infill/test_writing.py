"""How whole texts are written, and what becomes of the claims on them when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.infill import filling, language, train, whole_texts, writing
from llmquiz.demos.infill.claims import Result
from llmquiz.demos.infill.setting import LENGTH, LETTERS, MASK, START
from llmquiz.demos.lab import caching, run, training
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


def _uncached() -> Callable[..., Any]:
    """A step that reads everything again."""
    step, fed = caching.step, list[Any]()

    def uncached(model: Any, newest: Any, _cache: Any) -> Any:
        fed.append(newest)
        return step(model, torch.cat(fed, 1))

    return uncached


def _by_the_language(mask: int) -> Callable[[Any], Any]:
    """Exact predictions of one missing letter from its two neighbours."""

    def reads(ids: Any) -> Any:
        P, first = language.matrix(), language.stationary().expand(len(ids), 1, -1)
        known = ids.clamp_max(LETTERS - 1)
        left = torch.cat((first, P[known[:, :-1]]), 1)
        right = torch.cat((P.T[known[:, 1:]], torch.ones_like(first)), 1)
        assert int((ids == mask).sum(1).max()) == 1, "one letter at a time"
        return (left * right).log()

    return reads


def test_gibbs_sampling_with_exact_predictions_writes_the_language() -> None:
    by_sweep = writing.by_gibbs(_by_the_language(MASK), MASK, 1500, 12, 0, "cpu")
    nats = [language.nats(text) for text in by_sweep]
    assert nats[0] > language.nats_expected() + 0.1, "one sweep from random letters is not enough"
    assert nats[-1] == pytest.approx(language.nats_expected(), abs=0.03)
    assert language.divergence(by_sweep[-1]) < 0.02


@pytest.mark.parametrize("passes", [1, 3, 20])
def test_every_place_is_filled_once_and_then_stays(passes: int) -> None:
    seen: list[Any] = []

    def reads(ids: Any) -> Any:
        seen.append(ids.clone())
        return torch.zeros(*ids.shape, LETTERS)

    text = writing.from_masks(reads, MASK, 4, passes, 0, "cpu")
    assert len(seen) == passes
    assert int(text.max()) < LETTERS
    for before, after in zip(seen, [*seen[1:], text], strict=True):
        assert torch.equal(before[before != MASK], after[before != MASK])
        assert int((after == MASK).sum()) < int((before == MASK).sum())


@pytest.mark.breaks("encoder-cannot-write", "one-pass-text")
def test_an_encoder_that_does_not_see_what_it_wrote_gains_nothing_from_more_passes(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the sheet is right: it reads marks in the place of every letter."""
    assert (finding("encoder-cannot-write", result), finding("one-pass-text", result)) == (False, True)
    sees = filling.seen_by_all
    monkeypatch.setattr(filling, "seen_by_all", lambda model, ids: sees(model, torch.full_like(ids, MASK)))
    models = training.models(train.TRAINING, device="cpu", dtype="float32")
    written = whole_texts.written(models, 0, True, run.silent)
    assert finding("encoder-cannot-write", result, written=written) is True
    assert finding("one-pass-text", result, written=written) is False


@pytest.mark.breaks("decoder-writes-better")
def test_an_untrained_decoder_does_not_write_better(result: Result) -> None:
    raw = writing.from_decoder(train.untrained("decoder", 0), START, 64, 0)
    nats = language.nats(raw)
    written = tuple(replace(texts, nats=nats) if texts.model == "decoder" else texts for texts in result.written)
    assert finding("decoder-writes-better", result) is True
    assert finding("decoder-writes-better", result, written=written) is False


@pytest.mark.breaks("positions")
def test_without_a_cache_the_decoder_too_reads_everything_again(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where the ids go in: 1 + 2 + … + T."""
    monkeypatch.setattr(caching, "step", _uncached())
    model = training.trained(train.TRAINING, "decoder")
    with caching.counting(model.get_input_embeddings()) as fed:
        writing.from_decoder(model, START, 1, 0)
    assert sum(fed) == LENGTH * (LENGTH + 1) // 2
    assert finding("positions", result) is True
    assert finding("positions", result, positions_decoder=sum(fed)) is False


def test_the_cache_changes_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    model = training.trained(train.TRAINING, "decoder")
    cached = writing.from_decoder(model, START, 8, 3)
    monkeypatch.setattr(caching, "step", _uncached())
    assert torch.equal(cached, writing.from_decoder(model, START, 8, 3))
