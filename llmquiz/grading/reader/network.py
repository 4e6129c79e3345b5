"""The shipped network, run on the CPU: lower layers that read each text alone, upper ones that read them together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmquiz.grading.reader.pieces import ANSWER, FIRST_STATEMENT, Pieces, answered, stated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

FOLDER = Path(__file__).parent
KEPT = 400
"""Statements whose states are kept: those of the questions of a sitting."""


def card(folder: Path = FOLDER) -> dict[str, Any]:
    """How a network was made, and the thresholds that were found for it."""
    read: dict[str, Any] = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return read


def version(folder: Path = FOLDER) -> str:
    """A hash of a network, as its card has it: another one reads differently."""
    whole = hashlib.sha256()
    for name in ("alone.onnx", "together.onnx", "tokenizer.json"):
        whole.update((folder / name).read_bytes())
    return whole.hexdigest()


class Verdict(NamedTuple):
    """What an answer does with a statement."""

    chances: tuple[float, float, float, float]
    """Of: says it, says a part of it, denies it, is silent on it."""
    offsets: list[tuple[int, int]]
    """Where the pieces of the answer stand in it; of a long answer, of the part that says most."""
    shares: list[float]
    """How much each of them is pointed at."""
    measures: tuple[float, ...] = ()
    """What else the network found: words shared, pieces alike, how sharply it points."""


class Network:
    """A loaded reader. Reading is safe from several threads."""

    def __init__(self, folder: Path = FOLDER) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.enable_mem_pattern = False  # texts are of every length: patterns only hold memory
        options.log_severity_level = 3
        self._folder = folder
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._alone, self._together = (
            onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])
            for name in ("alone", "together")
        )
        self._statements: dict[str, tuple[Pieces, Numbers]] = {}

    @cached_property
    def card(self) -> dict[str, Any]:
        """The card of this network."""
        return card(self._folder)

    def prepare(self, statements: Sequence[str]) -> None:
        """Reads statements before there is an answer."""
        for statement in statements:
            self._stated(statement)

    def read(self, prompt: str, answer: str, statements: Sequence[str]) -> list[Verdict]:
        """What an answer to a prompt does with each statement."""
        parts = [self._judged(part, statements) for part in answered(self._tokenizer, prompt, answer)]
        # What a part of the answer says, the answer says.
        return [max(verdicts, key=_spoken) for verdicts in zip(*parts, strict=True)]

    def _judged(self, part: Pieces, statements: Sequence[str]) -> list[Verdict]:
        import numpy as np

        texts = [(part, self._read_alone(part)), *map(self._stated, statements)]
        segments = [*part.segments]
        for number, (pieces, _) in enumerate(texts[1:], FIRST_STATEMENT):
            segments += [number] * len(pieces.ids)
        states, pointed, measures = self._together.run(
            None,
            {
                "alone": np.concatenate([states for _, states in texts], 1),
                "pieces": np.array([[number for pieces, _ in texts for number in pieces.ids]]),
                "segments": np.array([segments]),
                "statements": np.arange(FIRST_STATEMENT, FIRST_STATEMENT + len(statements)),
            },
        )
        places = [at for at, segment in enumerate(part.segments) if segment == ANSWER]
        offsets = [part.offsets[at] for at in places]
        chances, shares = _softmax(states[0]).tolist(), _softmax(pointed[0][:, places]).tolist()
        return [
            Verdict(tuple(row), offsets, shown, tuple(other))
            for row, shown, other in zip(chances, shares, measures[0].tolist(), strict=True)
        ]

    def _stated(self, statement: str) -> tuple[Pieces, Numbers]:
        if statement not in self._statements:
            pieces = stated(self._tokenizer, statement)
            if len(self._statements) >= KEPT:
                self._statements.clear()
            self._statements[statement] = pieces, self._read_alone(pieces)
        return self._statements[statement]

    def _read_alone(self, pieces: Pieces) -> Numbers:
        """States (1, pieces, width)."""
        import numpy as np

        ids = np.array([pieces.ids])
        states: Numbers = self._alone.run(None, {"pieces": ids, "places": np.arange(ids.shape[1])[None]})[0]
        return states


def _spoken(verdict: Verdict) -> float:
    says, partly, _, silent = verdict.chances
    return says + partly / 2 - silent


def _softmax(logits: Numbers) -> Numbers:
    import numpy as np

    raised: Numbers = np.exp(logits - logits.max(-1, keepdims=True, initial=-1e4))
    shares: Numbers = raised / raised.sum(-1, keepdims=True)
    return shares
