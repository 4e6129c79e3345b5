"""The ladder and its language, of which all is known."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.lab import ladder, tiny
from tests.demos.oracle import Oracle

pytestmark = pytest.mark.demo


class Ignorant(Oracle):
    """Every token is as likely as any other."""

    def forward(self, ids: Any, **_: Any) -> Any:
        return SimpleNamespace(logits=torch.zeros(*ids.shape, ladder.VOCAB))


def _drawn(seed: int) -> Any:
    return torch.Generator().manual_seed(seed)


def test_the_language_itself_is_always_right_and_its_loss_is_the_entropy() -> None:
    figures = dict(ladder.figures("d4", Oracle()))
    assert figures.pop("loss") == pytest.approx(ladder.language().entropy, abs=1e-9)
    assert set(figures.values()) == {1.0}


def test_who_knows_nothing_of_the_language_loses_the_logarithm_of_its_size() -> None:
    figures = ladder.figures("d4", Ignorant())
    assert figures["loss"] == pytest.approx(math.log(ladder.VOCAB), abs=0.02)
    assert 0 < figures["right"] < 0.1
    rows = [figures[f"all {count}"] for count in ladder.LENGTHS]
    assert rows == sorted(rows, reverse=True)
    assert rows[0] < figures["right"]


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (1, [[True, True, False, True], [True, True, True, True]]),
        (2, [[True, False], [True, True]]),
        (4, [[False], [True]]),
    ],
)
def test_a_stretch_counts_only_where_all_of_it_is_right(count: int, rows: list[list[bool]]) -> None:
    right = torch.tensor([[True, True, False, True], [True] * 4])
    assert ladder.in_a_row(right, count).tolist() == rows


def test_texts_follow_the_table() -> None:
    """Pairs of tokens are as frequent as the table says, and the first token as often as any."""
    ids, language = ladder.texts(20_000, 2, _drawn(5)), ladder.language()
    first = torch.bincount(ids[:, 0], minlength=ladder.VOCAB) / len(ids)
    assert float((first - language.often).abs().max()) < 0.01
    token = int(language.often.argmax())
    after = torch.bincount(ids[ids[:, 0] == token][:, 1], minlength=ladder.VOCAB)
    assert float((after / after.sum() - language.table[token]).abs().sum() / 2) < 0.2
    torch.testing.assert_close(language.often @ language.table, language.often)


def test_texts_are_drawn_from_their_generator_alone() -> None:
    first, again, other = (ladder.texts(3, 9, _drawn(seed)) for seed in (1, 1, 2))
    assert first.shape == (3, 9)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_text_goes_where_the_dice_fall() -> None:
    """From 0 to 0 a quarter of the time, else to 1; from 1 always to 0."""
    table = torch.tensor([[0.25, 0.75], [1.0, 0.0]], dtype=torch.float64)
    rolls = torch.tensor([[0.9, 0.1], [0.2, 0.1], [0.3, 0.9], [0.9, 0.3]], dtype=torch.float64)  # (T, B)
    ids = ladder.written(table, torch.tensor([[0], [1]]), rolls[..., None])
    assert ids.tolist() == [[0, 0, 1, 0], [1, 0, 1, 0]]


def test_a_batch_is_fresh_and_scored_by_the_next_token() -> None:
    drawn, entropy = _drawn(0), ladder.language().entropy
    first, second = (float(ladder.loss("d4", Oracle(), drawn, 0.0)) for _ in range(2))
    assert first != second
    assert (first + second) / 2 == pytest.approx(entropy, abs=0.1)
    assert float(ladder.loss("d4", Oracle(), _drawn(0), 0.5)) == first


def test_log_probabilities_are_those_of_every_position() -> None:
    model, ids = ladder.untrained("d4", 0), ladder.texts(2, 5, _drawn(0))
    logs = ladder.log_probabilities(model, ids)
    assert (logs.shape, logs.dtype) == ((2, 5, ladder.VOCAB), torch.float64)
    torch.testing.assert_close(logs.exp().sum(-1), torch.ones(2, 5, dtype=torch.float64))
    assert not logs.requires_grad


@pytest.mark.parametrize(("name", "width", "steps"), [("d16", 16, ladder.STEPS), ("d32-100", 32, 100)])
def test_a_name_says_width_and_data(name: str, width: int, steps: int) -> None:
    assert (ladder.width_of(name), ladder.steps_of(name)) == (width, steps)
    assert ladder.tokens_of(name) == steps * ladder.BATCH * ladder.LENGTH
    model = ladder.untrained(name, 0)
    assert model.config.hidden_size == width
    assert model.lm_head.weight is model.get_input_embeddings().weight


def test_one_arm_grows_in_size_and_the_other_in_data_alone() -> None:
    def grown(names: tuple[str, ...]) -> tuple[list[int], list[int]]:
        models = [tiny.parameters(ladder.untrained(name, 0)) for name in names]
        return models, [ladder.tokens_of(name) for name in names]

    sizes, same_data = grown(ladder.LADDER)
    same_size, data = grown(ladder.BY_DATA)
    assert sizes == sorted(set(sizes))
    assert data == sorted(set(data))
    assert (len(set(same_data)), len(set(same_size))) == (1, 1)
    assert set(ladder.NAMES) == {*ladder.LADDER, *ladder.BY_DATA} == set(ladder.TRAINING.rates)
