"""Sums over all texts of four letters, and what becomes of their claims when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.rlhf import four_letters
from llmquiz.demos.rlhf.claims import Letters
from llmquiz.demos.rlhf.train import TRAINING
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("rlhf")


def _models() -> tuple[Any, Any]:
    return training.trained(TRAINING, "causal"), training.trained(TRAINING, "masked")


def _holds(claim: str, letters: Letters) -> bool | None:
    return verdict("rlhf", claim, changed(RESULT, {"letters": letters}))


def test_the_shipped_models_come_out_as_claimed() -> None:
    letters = four_letters.sums_over_all(*_models())
    assert [_holds(claim, letters) for claim in ("sums-to-one", "pseudo", "no-generation")] == [True, True, False]


@pytest.mark.breaks("sums-to-one")
def test_a_causal_model_that_sees_the_letter_it_predicts_does_not_sum_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    causal, masked = _models()
    forward = type(causal).forward

    def both_ways(self: Any, ids: Any, **options: Any) -> Any:
        everything = torch.zeros(len(ids), 1, ids.shape[1], ids.shape[1])
        shifted = torch.cat((ids[:, 1:], ids[:, :1]), 1)
        return forward(self, shifted, attention_mask=everything, **options)

    monkeypatch.setattr(type(causal), "forward", both_ways)
    assert _holds("sums-to-one", four_letters.sums_over_all(causal, masked)) is False


@pytest.mark.breaks("pseudo", "no-generation")
def test_an_untrained_masked_model_says_little_and_writes_nothing_right() -> None:
    causal, _ = _models()
    letters = four_letters.sums_over_all(causal, four_letters.build("masked", 0))
    assert _holds("pseudo", letters) is False
    assert _holds("no-generation", letters) is True


@pytest.mark.breaks("no-generation")
def test_letters_that_are_not_hidden_make_no_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    one_letter = four_letters._one_letter
    monkeypatch.setattr(
        four_letters, "_one_letter", lambda model, ids, place, _: one_letter(model, ids, place, [place])
    )
    assert _holds("no-generation", four_letters.sums_over_all(*_models())) is True
