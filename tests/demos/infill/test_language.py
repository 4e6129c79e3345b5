"""The language of infill: its floors, what its texts lose, and its most probable fills."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.infill import language
from llmquiz.demos.infill.setting import LENGTH, LETTERS
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo


@pytest.mark.parametrize("letters", [1, 2, 3])
def test_the_formula_of_the_floor_is_the_sum_over_all_texts(letters: int) -> None:
    assert language.together(letters) == pytest.approx(language.enumerated(letters), abs=1e-12)
    assert abs(language.together(letters + 1) - language.enumerated(letters)) > 0.05, "a near miss would be noticed"


@pytest.mark.breaks("exact-floors")
def test_a_wrong_power_of_the_matrix_gives_another_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    result = recorded("infill")
    assert verdict("infill", "exact-floors", result) is True
    entropy = language.entropy
    monkeypatch.setattr(language, "entropy", lambda steps=1: entropy(max(1, steps - 1)))
    wrong = tuple(replace(gap, floors=(0.0, language.together(gap.letters), 0.0)) for gap in result.gaps)
    assert verdict("infill", "exact-floors", changed(result, {"gaps": wrong})) is False


def test_floors_are_in_order() -> None:
    """Both sides help; not knowing the other letters of the gap costs; nothing is worse than knowing nothing."""
    for letters in (2, 3, 4):
        floors = language.together(letters), language.entropy(), language.unigram()
        assert floors == tuple(sorted(floors))
        assert language.together(letters) < language.apart(letters) < language.unigram()
    assert language.apart(1) == pytest.approx(language.together(1))


def test_texts_of_the_language_lose_what_the_floors_say() -> None:
    text = language.texts(4000, torch.Generator().manual_seed(1))
    for letters in (1, 3):
        floors = language.entropy(), language.together(letters), language.apart(letters)
        assert language.exact(text, letters) == pytest.approx(floors, abs=0.03)
    assert language.nats(text) == pytest.approx(language.nats_expected(), abs=0.02)
    assert language.divergence(text) < 0.01


def test_a_text_that_plays_safe_is_probable_and_yet_far_from_the_language() -> None:
    written = [0]
    while len(written) < LENGTH:
        written.append(int(language.matrix()[written[-1]].argmax()))
    text = torch.tensor([written])
    assert language.nats(text) < language.nats_expected() - 0.5
    assert language.divergence(text) > 1


def test_the_best_fill_is_the_best_of_all() -> None:
    left, right = 3, 8
    fills = [list(fill) for fill in product(range(LETTERS), repeat=2)]
    chances = [language.chance(fill, left, right) for fill in fills]
    assert sum(chances) == pytest.approx(1)
    assert language.best_fill(left, right, 2) == fills[chances.index(max(chances))]
