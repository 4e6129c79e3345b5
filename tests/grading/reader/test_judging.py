"""From chances to verdicts: thresholds, numbers by rule, and texts that are read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from llmquiz.grading.reader.judging import Read, Reader, Thresholds
from llmquiz.grading.reader.model import Verdict
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
    assert first[0] == Read((0.9123, 0.0, 0.0, 0.1), Span(0, 9))
    assert reader.read("Why?", "  \n", ["It is larger."])[0].chances == (0, 0, 0, 1)
    assert network.asked == ["It grows."]


def test_a_number_that_contradicts_the_statement_never_says_it() -> None:
    reader = Reader(Network())  # type: ignore[arg-type]
    said = Read((0.9, 0.0, 0.0, 0.1), Span(0, 100))
    statement = "A token takes 512 KiB of cache."
    assert reader.judged("512 KiB a token", statement, said) is PointState.met
    assert reader.judged("5 KiB a token", statement, said) is PointState.contradicted
