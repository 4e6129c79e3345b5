"""What the models of chain-of-thought are asked, taught and tested on."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.chain_of_thought import language, train

pytestmark = pytest.mark.demo


@pytest.mark.parametrize(
    ("name", "read", "labels"),
    [
        ("direct", "1011______?", "..........1"),
        ("long", "1011______?", "..........1"),
        ("labels", "1011______?", "1101......1"),
        ("dots", "1011______?..........", "....................1"),
        ("steps", "1011______?1101;;;;;;", "..........1101;......"),
    ],
)
def test_what_is_read_and_what_is_to_be_said(name: str, read: str, labels: str) -> None:
    """A dot in `labels`: nothing is asked for at that place."""
    bits = torch.cat((torch.tensor([[1, 0, 1, 1]]), torch.ones(1, language.SLOTS - 4, dtype=torch.long)), 1)
    ids, to_say = train.inputs_and_labels(name, bits, torch.tensor([[4]]))
    assert "".join(language.SIGNS[i] for i in ids[0]) == read
    assert "".join("." if i == train.IGNORED else language.SIGNS[i] for i in to_say[0]) == labels


def test_a_full_row_of_steps_ends_as_well() -> None:
    ids, to_say = train.inputs_and_labels("steps", torch.ones(1, 10, dtype=torch.long), torch.tensor([[10]]))
    assert "".join(language.SIGNS[i] for i in ids[0]) == "1111111111?1010101010"
    assert "".join(language.SIGNS[i] for i in to_say[0, 10:]) == "1010101010;"


@pytest.mark.parametrize(
    ("written", "answer"),
    [("1101;", 1), ("110;1", 0), (";1101", -1), ("11011", -1), ("11?;0", language.ASK)],
)
def test_the_answer_stands_before_the_first_end(written: str, answer: int) -> None:
    ids = torch.tensor([[language.SIGNS.index(sign) for sign in written]])
    assert language.answers("steps", ids).tolist() == [answer]


@pytest.mark.parametrize("bits", range(1, language.SLOTS + 1))
def test_no_row_of_the_test_is_drawn_in_training_where_there_are_enough(bits: int) -> None:
    generator = torch.Generator().manual_seed(0)
    rows, lengths = train.draw_rows(40_000, generator)
    drawn = {tuple(row) for row in rows[lengths[:, 0] == bits, :bits].tolist()}
    test = {tuple(row) for row in language.exam(bits, 10_000).tolist()}
    if bits >= language.HOLDING:
        assert not drawn & test
        assert 0.1 < len(test) / 2**bits < 0.4
    else:
        assert drawn == test
        assert len(test) == 2**bits


def test_all_lengths_are_drawn_as_often() -> None:
    _, lengths = train.draw_rows(20_000, torch.Generator().manual_seed(0))
    counts = torch.bincount(lengths[:, 0])[1:]
    assert counts.min() > 0.9 * 2000
    assert counts.max() < 1.1 * 2000
