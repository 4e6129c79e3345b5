"""What an answer does with the statements of a question, by the reader's chances and the thresholds of its card."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import mul
from typing import Any, NamedTuple

from llmquiz.grading.reader import numbers
from llmquiz.grading.reader.memory import Memory
from llmquiz.grading.reader.network import Network, Verdict
from llmquiz.grading.reader.overlap import overlap
from llmquiz.grading.reader.words import deciding
from llmquiz.grading.score import PointState, Span

Chances = tuple[float, ...]
"""Of: says it, says a part of it, denies it, is silent on it."""


Evidence = tuple[float, ...]
"""Of an answer beside a statement: the network's four chances, its measures, and the letters that both share."""
STATES = 4
LEAST = 1e-4
"""Chances below it are taken for it."""
NOTHING: Evidence = (0.0, 0.0, 0.0, 1.0)
"""No answer: certainly silent."""


def evidence(statement: str, answer: str, verdict: Verdict) -> Evidence:
    """All that speaks for and against what an answer does with a statement.

    Without the last measure, the length: short answers are often wrong in the corpus, and need not be elsewhere.
    """
    return tuple(round(number, 4) for number in (*verdict.chances, *verdict.measures[:-1], *overlap(statement, answer)))


@dataclass(frozen=True, slots=True)
class Scaling:
    """Turns evidence into the chances that held: softmax of a linear map of logarithms of chances, and of the rest.

    Matrix scaling, of Guo et al., "On Calibration of Modern Neural Networks" (2017), with the rest beside it.
    """

    weights: tuple[tuple[float, ...], ...] = ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    bias: tuple[float, ...] = (0, 0, 0, 0)

    def __call__(self, given: Evidence) -> Chances:
        """The chances as they should be; what is certainly silent stays so."""
        if given == NOTHING:
            return given
        inputs = [*(math.log(max(chance, LEAST)) for chance in given[:STATES]), *given[STATES:]]
        logits = [sum(map(mul, row, inputs)) + bias for row, bias in zip(self.weights, self.bias, strict=True)]
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
    refuted: float = 2.0
    """A misconception is not held where the network finds its denial so many times as likely: who refutes a belief uses
    its words. Found on tests/grading/held, as the answers of strangers in the corpus seldom refute one."""

    def state(self, given: Evidence) -> PointState:
        """What becomes of a point."""
        says, partly, denies, _ = self.points(given)
        if says >= self.met:
            return PointState.met
        if denies >= self.denied:
            return PointState.contradicted
        if partly >= self.partly:
            return PointState.partly
        return PointState.undecided if says + partly >= self.undecided else PointState.missing

    def believed(self, given: Evidence) -> bool:
        """Whether a misconception is held."""
        says, denies = given[0], given[2]
        return self.beliefs(given)[0] >= self.held and denies <= self.refuted * says

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Thresholds:
        """Those of a card."""
        named = dict(card["thresholds"])
        scalings: dict[str, Any] = {
            name: Scaling(tuple(map(tuple, given["weights"])), tuple(given["bias"]))
            for name, given in ((name, named.pop(name)) for name in ("points", "beliefs") if name in named)
        }
        return cls(**scalings, **named)


class Read(NamedTuple):
    """An answer beside one statement."""

    evidence: Evidence
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
            return [Read(NOTHING, Span(0, 0))] * len(statements)
        key = self._memory.key(prompt, answer, *statements)
        rows = self._memory.get(key)
        if rows is None:
            verdicts = self._network.read(prompt, answer, statements)
            rows = [_row(answer, *pair) for pair in zip(statements, verdicts, strict=True)]
            self._memory.put(key, rows)
        return [Read(tuple(row[2:]), Span(int(row[0]), int(row[1]))) for row in rows]

    def judged(self, answer: str, statement: str, read: Read) -> PointState:
        """What becomes of a point: a number that contradicts the statement never says it."""
        state = self.thresholds.state(read.evidence)
        words = answer[read.span.start : read.span.end]
        if state in (PointState.met, PointState.partly) and numbers.contradict(statement, words):
            return PointState.contradicted
        return state


def _row(answer: str, statement: str, verdict: Verdict) -> tuple[float, ...]:
    """What is kept of a verdict: where the words that decided begin and end, and the evidence."""
    span = deciding(answer, verdict.offsets, verdict.shares)
    return (span.start, span.end, *evidence(statement, answer, verdict))


_lock = threading.Lock()


def reader() -> Reader:
    """The shipped reader, loaded once."""
    with _lock:
        return _shipped()


@lru_cache(maxsize=1)
def _shipped() -> Reader:
    return Reader(Network())


def prepare(statements: Sequence[str]) -> None:
    """Loads the reader and reads statements beside what else goes on: while the learner reads and types.

    Whoever leaves meanwhile waits for it: a process that ends inside onnxruntime is killed.
    """
    threading.Thread(target=lambda: reader().prepare(statements)).start()
