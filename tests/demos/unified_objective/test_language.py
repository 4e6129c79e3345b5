"""The six tasks: what is right, and which texts are kept for testing."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.unified_objective import answers, language
from llmquiz.demos.unified_objective.claims import LENGTHS, TASKS
from llmquiz.errors import DemoError
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo


@pytest.mark.parametrize(
    ("task", "text", "answer"),
    [
        ("copy", "dacab", "dacab"),
        ("reverse", "dacab", "bacad"),
        ("sort", "dacab", "aabcd"),
        ("cipher", "abcdefgh", "dgafhceb"),
        ("classify", "abcdef", "+"),  # four of the first half
        ("classify", "abcefg", "-"),  # three of six are not more than half
        ("classify", "aefgh", "-"),
        ("deduplicate", "dacab", "dacb"),
        ("deduplicate", "aaaa", "a"),
        ("deduplicate", "abab", "ab"),  # not only neighbours
        ("deduplicate", "hgfedc", "hgfedc"),
    ],
)
def test_what_is_the_right_answer(task: str, text: str, answer: str) -> None:
    ids = torch.tensor([[language.NAMES.index(letter) for letter in text]])
    number = TASKS.index(task)
    assert language.spelled(language.answers(ids, torch.tensor([number]))[0].tolist()) == answer


def test_the_cipher_can_be_undone_and_leaves_no_letter_alone() -> None:
    assert sorted(language.CIPHER) == list(range(language.LETTERS))
    assert all(i != letter for i, letter in enumerate(language.CIPHER))


@pytest.mark.breaks("unseen-texts")
def test_no_training_text_is_held_out_and_every_tested_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    result = recorded("unified-objective")
    generator = torch.Generator().manual_seed(0)
    for length in LENGTHS:
        assert not language.held_out(language.training_texts(3000, length, generator)).any()
        tested = language.testing_texts(200, length, generator)
        assert len(tested) == 200
        assert language.held_out(tested).all()
    seen = answers.seen_in_training(30_000, 0)
    assert verdict("unified-objective", "unseen-texts", changed(result, {"seen": seen})) is True
    monkeypatch.setattr(language, "held_out", lambda text: torch.zeros(len(text), dtype=torch.bool))
    monkeypatch.setattr(
        language,
        "testing_texts",
        lambda count, length, generator: torch.randint(0, 8, (count, length), generator=generator),
    )
    seen = answers.seen_in_training(30_000, 0)
    assert verdict("unified-objective", "unseen-texts", changed(result, {"seen": seen})) is False


def test_the_text_to_look_at_is_held_out_and_repeats_letters() -> None:
    for seed in range(5):
        text = language.text_with_repeats(seed)
        assert language.held_out(text).tolist() == [True]
        assert len(set(text[0].tolist())) <= LENGTHS[-1] - 2


@pytest.mark.parametrize("text", ["", "abc", "abcdefg", "abci", "3 1 2 4", "ABCD", "你好你好"])
def test_a_text_that_the_models_do_not_know_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="d a c a b"):
        language.read(text)
