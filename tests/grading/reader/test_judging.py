"""From chances to verdicts: thresholds, numbers by rule, and texts that are read once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest

from llmquiz.grading.reader.judging import NOTHING, Read, Reader, Scaling, Thresholds
from llmquiz.grading.reader.network import Verdict
from llmquiz.grading.reader.overlap import overlap
from llmquiz.grading.score import PointState, Span

AT = Thresholds(met=0.5, held=0.6, denied=0.4, partly=0.3, undecided=0.35)


@pytest.mark.parametrize(
    ("chances", "state"),
    [
        ((0.6, 0.1, 0.2, 0.1), PointState.met),
        ((0.4, 0.1, 0.45, 0.05), PointState.contradicted),
        ((0.4, 0.35, 0.2, 0.05), PointState.partly),
        ((0.3, 0.1, 0.1, 0.5), PointState.undecided),
        ((0.1, 0.1, 0.1, 0.7), PointState.missing),
    ],
)
def test_each_verdict_has_its_threshold(chances: tuple[float, ...], state: PointState) -> None:
    assert AT.state(chances) is state


def test_a_misconception_is_held_from_its_own_threshold() -> None:
    assert AT.believed((0.6, 0.1, 0.2, 0.1))
    assert not AT.believed((0.59, 0.4, 0.0, 0.01))


def test_who_refutes_a_belief_in_its_own_words_does_not_hold_it() -> None:
    by_its_words = Thresholds(beliefs=Scaling(weights=((0, 0, 0, 0, 9.0), (), (), ())))
    assert by_its_words.believed((0.2, 0.0, 0.3, 0.5, 1.0))
    assert not by_its_words.believed((0.2, 0.0, 0.5, 0.3, 1.0))


def test_a_scaling_of_nothing_changes_nothing_and_one_of_something_does() -> None:
    chances = (0.6, 0.1, 0.2, 0.1)
    assert Scaling()(chances) == pytest.approx(chances)
    louder = Scaling(bias=(0, 0, 0, 2.0))(chances)
    assert sum(louder) == pytest.approx(1)
    assert louder[3] > 0.4
    beside = Scaling(weights=((1, 0, 0, 0, 2.0), (0, 1), (0, 0, 1), (0, 0, 0, 1)))
    assert beside((*chances, 1.0))[0] > beside((*chances, 0.0))[0] == pytest.approx(0.6)
    assert Thresholds(points=Scaling(bias=(0, 0, 0, 9.0))).state(chances) is PointState.missing
    assert not Thresholds(beliefs=Scaling(bias=(0, 0, 0, 9.0))).believed((0.9, 0.0, 0.0, 0.1))


def test_thresholds_are_read_from_a_card_as_they_were_written() -> None:
    at = Thresholds(Scaling(bias=(0.0, 0.1, 0.2, 0.3)), Scaling(), met=0.3)
    assert Thresholds.of(json.loads(json.dumps({"thresholds": asdict(at)}))) == at


def test_who_says_nothing_is_silent_whatever_a_scaling_makes_of_it() -> None:
    assert Thresholds(points=Scaling(bias=(9.0, 0, 0, 0))).state(NOTHING) is PointState.missing
    assert not Thresholds(beliefs=Scaling(bias=(9.0, 0, 0, 0))).believed(NOTHING)


class Network:
    """Says everything, and counts how often it was asked."""

    def __init__(self) -> None:
        self.card: dict[str, Any] = {"version": "made up", "thresholds": {"met": 0.5}}
        self.asked: list[str] = []

    def read(self, prompt: str, answer: str, statements: Sequence[str]) -> list[Verdict]:
        self.asked.append(answer)
        return [Verdict((0.91234567, 0.0, 0.0, 0.1), [(0, len(answer))], [1.0]) for _ in statements]


def test_the_same_text_is_read_once_and_no_text_not_at_all() -> None:
    network = Network()
    reader = Reader(network)  # type: ignore[arg-type]
    first = reader.read("Why?", "It grows.", ["It is larger.", "It is old."])
    assert first == reader.read("Why?", "It grows.", ["It is larger.", "It is old."])
    assert first[0] == Read((0.9123, 0.0, 0.0, 0.1, *overlap("It is larger.", "It grows.")), Span(0, 9))
    assert reader.read("Why?", "  \n", ["It is larger."])[0].evidence == NOTHING
    assert network.asked == ["It grows."]


def test_a_number_that_contradicts_the_statement_never_says_it() -> None:
    reader = Reader(Network())  # type: ignore[arg-type]
    read = Read((0.9, 0.0, 0.0, 0.1), Span(0, 100))
    statement = "A token takes 512 KiB of cache."
    assert reader.judged("512 KiB a token", statement, read) is PointState.met
    assert reader.judged("5 KiB a token", statement, read) is PointState.contradicted
