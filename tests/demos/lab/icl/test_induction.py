"""Tokens that repeat: the texts, the questions, and what a model reads of them."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab.icl import architectures, induction
from llmquiz.demos.lab.icl.arms import INDUCTION, PERIODS
from llmquiz.demos.lab.icl.induction import LENGTH
from llmquiz.demos.lab.icl.train import TRAINING

pytestmark = pytest.mark.demo


def _generator() -> Any:
    return torch.Generator().manual_seed(0)


def test_texts_repeat_with_their_period_and_with_no_shorter_one() -> None:
    for period in PERIODS:
        ids = induction.draw_texts(50, _generator(), period)
        assert ids.shape == (50, LENGTH)
        assert ids.min() >= 1
        assert torch.equal(ids[:, period:], ids[:, :-period])
        assert all(len(set(row.tolist())) == period for row in ids)


def test_a_question_asks_what_stood_behind_a_token_and_its_answer_is_nowhere_beside_it() -> None:
    ids = induction.draw_texts(20, _generator(), 6)
    read, targets = induction.questions(ids, 6, _generator())
    for row, right in zip(read.tolist(), targets.tolist(), strict=True):
        period, asked = row[:6], row[6:]
        assert [period[period.index(token) + 1] for token in asked] == right
        assert sorted(asked) == sorted(period[:-1])
    assert (read[:, 7:] == targets[:, :-1]).float().mean() < 0.5, "the next question is not the answer"


@pytest.mark.parametrize("arm", [name for name, arm in INDUCTION.items() if not arm.questions])
def test_no_model_reads_the_token_that_it_is_asked_for(arm: str) -> None:
    """Another last token changes no logit of its place; another first token does."""
    model, ids = TRAINING.build(arm, 0), induction.draw_texts(8, _generator())
    asked = induction.last_asked(ids)

    @torch.no_grad()
    def logits(place: int | None) -> Any:
        read = ids.clone()
        if place is not None:
            read[:, place] = read[:, place] % induction.TOKENS + 1
        return induction.predictions(INDUCTION[arm], model, read, asked, LENGTH // 2)[0]

    torch.testing.assert_close(logits(-1), logits(None))
    assert not torch.allclose(logits(0), logits(None))


def test_only_the_mask_differs_between_the_two_that_are_asked_in_another_order() -> None:
    causal, opened = (TRAINING.build(name, 0) for name in ("induction-causal", "induction-bidirectional"))
    for (_, a), (_, b) in zip(causal.named_parameters(), opened.named_parameters(), strict=True):
        assert torch.equal(a, b)
    read, _ = induction.questions(induction.draw_texts(4, _generator(), 6), 6, _generator())
    changed_last = read.clone()
    changed_last[:, -1] = changed_last[:, -1] % induction.TOKENS + 1
    for name, same in (("induction-causal", True), ("induction-bidirectional", False)):
        reader = INDUCTION[name].reader
        with torch.no_grad():
            plain, later = (architectures.outputs(reader, causal, ids).logits[:, 6] for ids in (read, changed_last))
        assert torch.allclose(plain, later, atol=1e-6) is same
