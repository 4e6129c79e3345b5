"""What an answer does with the statements of a question, by the reader's chances and the thresholds of its card."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from llmquiz.grading.reader import numbers
from llmquiz.grading.reader.memory import Memory
from llmquiz.grading.reader.model import Network
from llmquiz.grading.reader.words import deciding
from llmquiz.grading.score import PointState, Span

Chances = tuple[float, ...]
"""Of: says it, says a part of it, denies it, is silent on it."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chances from which something is told; found on answers held out of training."""

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
        says, partly, denies, _ = chances
        if says >= self.met:
            return PointState.met
        if denies >= self.denied:
            return PointState.contradicted
        if partly >= self.partly:
            return PointState.partly
        return PointState.undecided if says + partly >= self.undecided else PointState.missing

    def believed(self, chances: Chances) -> bool:
        """Whether a misconception is held."""
        return chances[0] >= self.held


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
        self.thresholds = Thresholds(**network.card["thresholds"])

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
            verdicts = self._network.read(prompt, answer, statements)
            rows = [
                (*(round(chance, 4) for chance in v.chances), *_places(deciding(answer, v.offsets, v.shares)))
                for v in verdicts
            ]
            self._memory.put(key, rows)
        return [Read(tuple(row[:4]), Span(int(row[4]), int(row[5]))) for row in rows]

    def judged(self, answer: str, statement: str, read: Read) -> PointState:
        """What becomes of a point: a number that contradicts the statement never says it."""
        state = self.thresholds.state(read.chances)
        words = answer[read.span.start : read.span.end]
        if state in (PointState.met, PointState.partly) and numbers.contradict(statement, words):
            return PointState.contradicted
        return state


def _places(span: Span) -> tuple[int, int]:
    return span.start, span.end


_lock = threading.Lock()


def reader() -> Reader:
    """The shipped reader, loaded once."""
    with _lock:
        return _shipped()


@lru_cache(maxsize=1)
def _shipped() -> Reader:
    return Reader(Network())


def prepare(statements: Sequence[str]) -> None:
    """Loads the reader and reads statements beside what else goes on: while the learner reads and types."""
    threading.Thread(target=lambda: reader().prepare(statements), daemon=True).start()
