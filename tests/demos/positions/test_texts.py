"""Texts drawn from the urn."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.positions import language
from llmquiz.demos.positions.claims import TRAINED
from llmquiz.demos.positions.texts import held_out, texts

pytestmark = pytest.mark.demo


@pytest.mark.parametrize("share", [0.05, 0.8])
def test_the_urn_draws_by_the_rule_that_predicts_it(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all urns the one that the texts come from predicts them best."""
    lines = [language.spelled(line) for line in texts(100, 120, torch.Generator().manual_seed(1)).tolist()]
    right = sum(language.floor(line, 100) for line in lines)
    monkeypatch.setattr(language, "SHARE", share)
    assert right < 0.98 * sum(language.floor(line, 100) for line in lines)


def test_texts_are_the_same_for_a_seed_and_made_of_words() -> None:
    ids = texts(20, 100, torch.Generator().manual_seed(3))
    assert torch.equal(ids, texts(20, 100, torch.Generator().manual_seed(3)))
    counts = [language.known(language.spelled(line)) for line in ids.tolist()]
    assert all(right == whole > 0 for right, whole in counts)


def test_held_out_texts_are_a_letter_longer() -> None:
    """The last letter is only predicted, never shown."""
    assert held_out(2, 1.5, 0).shape == (2, 1.5 * TRAINED + 1)
