"""Sums over all texts of four letters, and what becomes of the claims when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.lab.four_letters import LENGTH, every_text, spelled
from llmquiz.demos.text_likelihood import models
from llmquiz.demos.text_likelihood.claims import Result
from llmquiz.demos.text_likelihood.measure import sums_over_all
from llmquiz.demos.text_likelihood.train import TRAINING
from tests.demos.breaking import verdict

pytestmark = pytest.mark.demo


def _models() -> tuple[Any, Any]:
    return training.trained(TRAINING, "causal"), training.trained(TRAINING, "masked")


def _holds(claim: str, result: Result) -> bool | None:
    return verdict("text-likelihood", claim, result)


def test_all_texts_are_there_and_sixteen_of_them_occur() -> None:
    names = [spelled(row) for row in every_text()]
    assert (names[0], names[-1], len(set(names))) == ("aaaa", "dddd", 256)
    occur = [name for name, true in zip(names, models.true_texts(), strict=True) if true]
    assert len(occur) == 16
    assert "abab" in occur
    assert "abba" not in occur


def test_the_shipped_models_come_out_as_claimed() -> None:
    result = sums_over_all(*_models())
    claims = ("one-pass", "sums-to-one", "pseudo", "no-generation", "order-matters")
    assert [_holds(claim, result) for claim in claims] == [True, True, True, False, True]
    assert [example.causal > 0.05 for example in result.examples] == [True, False]


@pytest.mark.breaks("one-pass")
def test_steps_that_forget_the_text_are_not_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    causal, masked = _models()
    forward = type(causal).forward
    monkeypatch.setattr(type(causal), "forward", lambda self, ids, **_: forward(self, ids, use_cache=False))
    assert _holds("one-pass", sums_over_all(causal, masked)) is False


@pytest.mark.breaks("sums-to-one")
def test_a_causal_model_that_sees_the_letter_it_predicts_does_not_sum_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    causal, masked = _models()
    forward = type(causal).forward

    def both_ways(self: Any, ids: Any, **options: Any) -> Any:
        if ids.shape[1] < LENGTH:
            return forward(self, ids, **options)
        everything = torch.zeros(len(ids), 1, ids.shape[1], ids.shape[1])
        shifted = torch.cat((ids[:, 1:], ids[:, :1]), 1)
        return forward(self, shifted, attention_mask=everything, **options)

    monkeypatch.setattr(type(causal), "forward", both_ways)
    assert _holds("sums-to-one", sums_over_all(causal, masked)) is False


@pytest.mark.breaks("pseudo", "no-generation")
def test_an_untrained_masked_model_says_little_and_writes_nothing_right() -> None:
    causal, _ = _models()
    result = sums_over_all(causal, models.build("masked", 0))
    assert _holds("pseudo", result) is False
    assert _holds("no-generation", result) is True


@pytest.mark.breaks("no-generation")
def test_letters_that_are_not_hidden_make_no_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    one_letter = models._one_letter
    monkeypatch.setattr(models, "_one_letter", lambda model, ids, place, _: one_letter(model, ids, place, [place]))
    assert _holds("no-generation", sums_over_all(*_models())) is True


@pytest.mark.breaks("order-matters")
def test_a_model_that_says_the_same_whatever_it_sees_does_so_in_every_order(monkeypatch: pytest.MonkeyPatch) -> None:
    one_letter, blind = models._one_letter, list(range(LENGTH))
    monkeypatch.setattr(models, "_one_letter", lambda model, ids, place, _: one_letter(model, ids, place, blind))
    assert _holds("order-matters", sums_over_all(*_models())) is False
