"""The demo chain-of-thought, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.chain_of_thought import answers, language, train
from llmquiz.demos.chain_of_thought import measure as chain_of_thought
from llmquiz.demos.lab import demo, training
from llmquiz.errors import DemoError
from llmquiz.schema.topics import DemoWords

pytestmark = pytest.mark.demo

ROW = torch.tensor([[1, 0, 1, 1]])


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> chain_of_thought.Result:
    found = quick_run("chain-of-thought").result
    assert isinstance(found, chain_of_thought.Result)
    return found


def _finding(claim: str, result: chain_of_thought.Result, **changes: Any) -> bool | None:
    return chain_of_thought.CLAIMS[claim](replace(result, **changes)).holds


def _with(result: chain_of_thought.Result, name: str, **changes: Any) -> tuple[answers.Way, ...]:
    return tuple(replace(one, **changes) if one.name == name else one for one in result.ways)


def _trained(name: str) -> Any:
    return training.trained(train.TRAINING, name)


def test_a_way_that_takes_one_pass_more_or_fewer_positions_is_noticed(result: chain_of_thought.Result) -> None:
    assert _finding("cost", result) is True
    for name in ("steps", "dots", "direct"):
        was = result.way(name)
        for changes in ({"passes": was.passes + 1}, {"positions": was.positions - 1}):
            assert _finding("cost", result, ways=_with(result, name, **changes)) is False


def test_an_untrained_model_has_not_learnt_with_steps(result: chain_of_thought.Result) -> None:
    untrained = answers.way("steps", train.untrained("steps", 0), 32)
    assert _finding("steps-learn", result) is True
    assert _finding("steps-learn", result, ways=_with(result, "steps", by_bits=untrained.by_bits)) is False


def test_one_seed_that_fails_is_noticed(result: chain_of_thought.Result) -> None:
    assert _finding("steps-learn", result, ways=_with(result, "steps", seeds=(1.0, 0.9, 1.0))) is False


@pytest.mark.parametrize(
    ("claim", "name"), [("direct-behind", "direct"), ("dots-behind", "dots"), ("labels-behind", "labels")]
)
def test_a_way_that_learns_is_not_behind(result: chain_of_thought.Result, claim: str, name: str) -> None:
    """The weights that were trained longer in the place of those that do not know yet; and one seed of three."""
    able = result.way("long").by_bits
    assert _finding(claim, result) is True
    assert _finding(claim, result, ways=_with(result, name, by_bits=able)) is False
    assert _finding(claim, result, ways=_with(result, name, seeds=(0.5, 0.5, 0.86))) is False


def test_a_longer_training_that_fails_once_is_noticed(result: chain_of_thought.Result) -> None:
    assert _finding("direct-later", result) is True
    behind = result.way("direct")
    assert _finding("direct-later", result, ways=_with(result, "long", by_bits=behind.by_bits)) is False
    assert _finding("direct-later", result, ways=_with(result, "long", seeds=(0.98, 0.89, 0.98))) is False


def test_no_gain_in_a_small_model_would_be_what_the_sheet_says(result: chain_of_thought.Result) -> None:
    assert _finding("needs-100b", result) is False
    assert _finding("needs-100b", result, ways=_with(result, "steps", by_bits=result.way("direct").by_bits)) is True


def test_a_model_that_ignores_its_steps_is_noticed(
    result: chain_of_thought.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was written is put right before the model goes on: what is flipped has no effect."""
    original = language.go_on

    def put_right(model: Any, ids: Any, count: int) -> Any:
        rows, written = ids[:, : language.SLOTS], ids.shape[1] - language.SLOTS - 1
        steps = language.parities(rows)[:, :written]
        return original(model, torch.cat((ids[:, : language.SLOTS + 1], steps), 1), count)

    steps, long = _trained("steps"), _trained("long")
    assert _finding("steps-used", result, flips=answers.flips(steps, long, 16)) is True
    assert _finding("state-is-written", result, flips=answers.flips(steps, long, 16)) is True
    monkeypatch.setattr(language, "go_on", put_right)
    broken = answers.flips(steps, long, 16)
    assert _finding("steps-used", result, flips=broken) is False
    assert _finding("state-is-written", result, flips=broken) is False


def test_an_answer_given_at_once_hangs_on_every_bit(result: chain_of_thought.Result) -> None:
    """The control of the flipped bits: they matter where nothing was written."""
    assert min(result.flips.bit_direct) > 0.7
    assert _finding("state-is-written", result, flips=replace(result.flips, bit=result.flips.bit_direct)) is False


@pytest.mark.parametrize(
    ("name", "read", "wanted"),
    [
        ("direct", "1011______?", "..........1"),
        ("long", "1011______?", "..........1"),
        ("labels", "1011______?", "1101......1"),
        ("dots", "1011______?..........", "....................1"),
        ("steps", "1011______?1101;;;;;;", "..........1101;......"),
    ],
)
def test_what_is_read_and_what_is_wanted(name: str, read: str, wanted: str) -> None:
    """A dot in `wanted`: nothing is asked for at that place."""
    bits = torch.cat((ROW, torch.ones(1, language.SLOTS - 4, dtype=torch.long)), 1)
    ids, targets = train.lesson(name, bits, torch.tensor([[4]]))
    assert "".join(language.SIGNS[i] for i in ids[0]) == read
    assert "".join("." if i == train.IGNORED else language.SIGNS[i] for i in targets[0]) == wanted


def test_a_full_row_of_steps_ends_as_well() -> None:
    ids, targets = train.lesson("steps", torch.ones(1, 10, dtype=torch.long), torch.tensor([[10]]))
    assert "".join(language.SIGNS[i] for i in ids[0]) == "1111111111?1010101010"
    assert "".join(language.SIGNS[i] for i in targets[0, 10:]) == "1010101010;"


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
    rows, lengths = train.drawn(40_000, generator)
    trained = {tuple(row) for row in rows[lengths[:, 0] == bits, :bits].tolist()}
    test = {tuple(row) for row in language.tested(bits, 10_000).tolist()}
    if bits >= language.HOLDING:
        assert not trained & test
        assert 0.1 < len(test) / 2**bits < 0.4
    else:
        assert trained == test
        assert len(test) == 2**bits


def test_all_lengths_are_drawn_as_often() -> None:
    _, lengths = train.drawn(20_000, torch.Generator().manual_seed(0))
    counts = torch.bincount(lengths[:, 0])[1:]
    assert counts.min() > 0.9 * 2000
    assert counts.max() < 1.1 * 2000


@pytest.mark.parametrize(
    ("losses", "steps"),
    [([1.0, 0.04, 0.01, 0.0], 25), ([1.0, 0.04, 0.06, 0.0], 75), ([0.01, 0.01, 0.01, 0.05], 0), ([0.0] * 4, 1)],
)
def test_learnt_is_where_the_loss_stays_low(losses: list[float], steps: int) -> None:
    assert answers.learnt(losses, 100) == steps


@pytest.mark.parametrize("text", ["1", "10110", "1011 0110 01", " 0 "])
def test_a_row_of_ones_own_is_answered(text: str, words_of: Callable[[str], DemoWords]) -> None:
    outcome = demo.run("chain-of-thought", words_of("chain-of-thought"), device="cpu", quick=True, text=text)
    (sample,) = outcome.result.samples
    bits = text.replace(" ", "")
    assert (sample.bits, sample.answer) == (bits, str(bits.count("1") % 2))
    steps = "".join(str(bits[: i + 1].count("1") % 2) for i in range(len(bits)))
    assert sample.written[0] == steps + ";"
    assert [len(written) for written in sample.written[1:]] == [1, 1, 1, 1]
    assert sample.right[0] is True


@pytest.mark.parametrize("text", ["", "  ", "102", "abc", "１０", "10110110011", "-1"])
def test_what_is_no_row_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="1 to 10 bits") as caught:
        answers.bits_of(text)
    assert "比特" in caught.value.zh
