"""What an answer does with the statements of a question, by the reader's chances and the thresholds of its card."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any, NamedTuple

from llmquiz.grading.score import PointState, Span
from tests.grading.reader import numbers
from tests.grading.reader.memory import Memory
from tests.grading.reader.network import Network, Verdict
from tests.grading.reader.words import deciding

Chances = tuple[float, ...]
"""Of: says it, says a part of it, denies it, is silent on it."""


LEAST = 1e-4
"""Chances below it are taken for it."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Turns the chances that a network gives into those that held: softmax of a linear map of their logarithms.

    Matrix scaling, of Guo et al., "On Calibration of Modern Neural Networks" (2017).
    """

    weights: tuple[tuple[float, ...], ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    bias: tuple[float, ...] = (0, 0, 0, 0)

    def __call__(self, chances: Chances) -> Chances:
        """The chances as they should be."""
        given = [math.log(max(chance, LEAST)) for chance in chances]
        logits = [sum(map(mul, row, given)) + bias for row, bias in zip(self.weights, self.bias, strict=True)]
        raised = [math.exp(logit - max(logits)) for logit in logits]
        return tuple(value / sum(raised) for value in raised)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chances, scaled, from which something is told; found on answers held out of training."""

    points: Scaling = Scaling()
    beliefs: Scaling = Scaling()
    met: float = 0.5
    """Of says, for a point."""
    held: float = 0.5
    """Of says, for a misconception."""
    denied: float = 0.5
    partly: float = 0.5
    """Of partly."""
    undecided: float = 0.4
    """Of says or partly, where nothing above is told: worth asking back."""

    def state(self, chances: Chances) -> PointState:
        """What becomes of a point."""
        says, partly, denies, _ = self.points(chances)
        if says >= self.met:
            return PointState.met
        if denies >= self.denied:
            return PointState.contradicted
        if partly >= self.partly:
            return PointState.partly
        return PointState.undecided if says + partly >= self.undecided else PointState.missing

    def believed(self, chances: Chances) -> bool:
        """Whether a misconception is held."""
        return self.beliefs(chances)[0] >= self.held

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Thresholds:
        """Those of a card."""
        named = dict(card["thresholds"])
        scalings = {
            name: Scaling(tuple(map(tuple, given["weights"])), tuple(given["bias"]))
            for name, given in ((name, named.pop(name)) for name in ("points", "beliefs") if name in named)
        }
        return cls(**scalings, **named)


class Read(NamedTuple):
    """An answer beside one statement."""

    chances: Chances
    span: Span
    """The words that decided."""


class Reader:
    """The network with what it has read: the same text is read once."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._memory = Memory(network.card["version"])
        self.thresholds = Thresholds.of(network.card)

    def prepare(self, statements: Sequence[str]) -> None:
        """Reads statements before there is an answer."""
        self._network.prepare(statements)

    def read(self, prompt: str, answer: str, statements: Sequence[str]) -> list[Read]:
        """The answer beside each statement; a blank one says nothing."""
        if not answer.strip():
            return [Read((0.0, 0.0, 0.0, 1.0), Span(0, 0))] * len(statements)
        key = self._memory.key(prompt, answer, *statements)
        rows = self._memory.get(key)
        if rows is None:
            rows = [_row(answer, verdict) for verdict in self._network.read(prompt, answer, statements)]
            self._memory.put(key, rows)
        return [Read(tuple(row[:4]), Span(int(row[4]), int(row[5]))) for row in rows]

    def judged(self, answer: str, statement: str, read: Read) -> PointState:
        """What becomes of a point: a number that contradicts the statement never says it."""
        state = self.thresholds.state(read.chances)
        words = answer[read.span.start : read.span.end]
        if state in (PointState.met, PointState.partly) and numbers.contradict(statement, words):
            return PointState.contradicted
        return state


def _row(answer: str, verdict: Verdict) -> tuple[float, ...]:
    """What is kept of a verdict: its chances, and where the words that decided begin and end."""
    span = deciding(answer, verdict.offsets, verdict.shares)
    return (*(round(chance, 4) for chance in verdict.chances), span.start, span.end)
