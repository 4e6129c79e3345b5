"""The answers from which the reader learns and on which it is measured: README.md beside this file says what they are.

questions/TOPIC/QUESTION.yaml   a question, its statements, and answers with what each says of them
questions/exam/                 further answers to the eight open questions of the first topic
contrast/NN.txt                 short lines that say, halve, deny or only resemble a statement
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from llmquiz.language import Lang

FOLDER = Path(__file__).parent
State = Literal["says", "partly", "denies", "silent"]
STATES: tuple[State, ...] = ("says", "partly", "denies", "silent")
LETTERS: Mapping[str, State] = {"s": "says", "p": "partly", "d": "denies", ".": "silent"}
"""How a reading notes what an answer does with each statement, in the order of the question."""
Part = Literal["train", "calibration", "test", "test-topic", "exam", "aside"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A point (p1, p2, …) or a misconception (m1, …); `entry` is its id in the content, where it has one."""

    id: str
    text: Mapping[Lang, str]
    entry: str = ""

    @property
    def is_point(self) -> bool:
        """Whether it is what a good answer says."""
        return self.id.startswith("p")


@dataclass(frozen=True, slots=True)
class Label:
    """What an answer does with a statement, and the words of the answer that show it; silence has none."""

    state: State
    words: str = ""


SILENT = Label("silent")


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered; `readings` are the labellers', `labels` what was settled, silence left out."""

    key: str
    writer: str
    lang: Lang
    manner: str
    text: str
    readings: tuple[str, ...]
    labels: Mapping[str, Label]

    def label(self, statement: str) -> Label:
        """What it does with a statement."""
        return self.labels.get(statement, SILENT)


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its statements and answers."""

    id: str
    topic: str
    part: Part
    prompt: Mapping[Lang, str]
    statements: tuple[Statement, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line written for one statement: `kind` says how it relates to it, `state` what it does with it."""

    question: str
    statement: str
    lang: Lang
    kind: str
    text: str

    @property
    def state(self) -> State:
        """What the line does with its statement."""
        return CONTRAST[self.kind]


CONTRAST: Mapping[str, State] = {
    "says1": "says",
    "says2": "says",
    "says3": "says",
    "half": "partly",
    "no1": "denies",
    "no2": "denies",
    "swap": "denies",
    "number": "denies",
    "near": "silent",
    "topic": "silent",
}
"""Other words; a consequence or an example; speech or notes; half of it; denied near the verb, and far from it; the
statement's words in the wrong relation; a number or name changed; true of the same subject, but not this; its terms."""


@lru_cache(maxsize=1)
def questions() -> tuple[Question, ...]:
    """All of the corpus, in the order of its files."""
    return tuple(_question(path) for path in sorted((FOLDER / "questions").rglob("*.yaml")))


def _question(path: Path) -> Question:
    written: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Question(
        written["id"],
        written["topic"],
        written["part"],
        written["prompt"],
        tuple(
            Statement(listed["id"], {"en": listed["en"], "zh": listed["zh"]}, listed.get("entry", ""))
            for listed in written["statements"]
        ),
        tuple(_answer(listed) for listed in written["answers"]),
    )


def _answer(written: Mapping[str, Any]) -> Answer:
    labels = {}
    for statement, label in written["labels"].items():
        state, _, words = label.partition(" | ")
        labels[statement] = Label(cast("State", state), words)
    return Answer(
        written["key"],
        written["writer"],
        written["lang"],
        written["manner"],
        written["text"],
        tuple(written["readings"]),
        labels,
    )


def contrast() -> Iterator[Line]:
    """The lines written for single statements."""
    for path in sorted((FOLDER / "contrast").glob("*.txt")):
        about: tuple[str, str, Lang] | None = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if heading := re.fullmatch(r"## (\S+) ([pm]\d+) (en|zh)", line):
                about = (heading[1], heading[2], cast("Lang", heading[3]))
            elif line:
                kind, _, text = line.partition(" ")
                if about is None or kind not in CONTRAST or not text:
                    raise ValueError(f"{path.name}:{number}: {line!r}")
                yield Line(*about, kind, text)
