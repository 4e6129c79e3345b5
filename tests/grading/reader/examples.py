"""What the reader learns from: answers of the corpus with their labels, and texts joined from contrast lines."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from llmquiz.language import Lang
from tests.grading.corpus import LETTERS, STATES, Answer, Line, Part, Question, State, contrast, questions

Chances = tuple[float, ...]
"""How likely each state of STATES is."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement as it is read, what the text does with it, and the words of the text that show it."""

    text: str
    chances: Chances
    words: str = ""

    @property
    def silent(self) -> bool:
        """Whether the text most likely does not speak to it."""
        return self.chances[-1] > 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the prompt that it answers, and statements."""

    prompt: str
    text: str
    statements: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """An example with where it comes from, for figures by question, language and manner."""

    question: Question
    answer: Answer
    example: Example


def certain(state: State) -> Chances:
    """All on one state."""
    return tuple(float(state == name) for name in STATES)


def answers(*parts: Part) -> list[Source]:
    """The answers of these parts, statements in the language of the answer."""
    chosen = [question for question in questions() if question.part in parts]
    return [Source(q, a, answered(q, a, a.lang)) for q in chosen for a in q.answers]


def answered(question: Question, answer: Answer, lang: Lang) -> Example:
    """An answer with the statements in `lang`."""
    statements = []
    for at, statement in enumerate(question.statements):
        label = answer.label(statement.id)
        statements.append(Stated(statement.text[lang], _chances(label.state, answer.readings, at), label.words))
    return Example(question.prompt[lang], answer.text, tuple(statements))


def _chances(settled: State, readings: Sequence[str], at: int) -> Chances:
    """What was settled; where two readers disagreed it has half, and each of the two a quarter."""
    votes = [LETTERS[reading[at]] for reading in readings]
    if len(set(votes)) == 1:
        return certain(settled)
    shares = [certain(settled), certain(settled), *map(certain, votes)]
    return tuple(sum(column) / len(shares) for column in zip(*shares, strict=True))


DOUBT: dict[str, Chances] = {
    "swap": (0.0, 0.03, 0.93, 0.04),
    "number": (0.0, 0.03, 0.93, 0.04),
    "near": (0.01, 0.04, 0.01, 0.94),
}
"""Lines of which nobody has checked that they do what they should: a little room."""
UNSPOKEN: Chances = (0.04, 0.06, 0.05, 0.85)
"""A statement of the question for which a joined text has no line: it may be touched all the same."""


class Joiner:
    """Makes texts of one to five contrast lines for different statements of a question: their labels are known."""

    def __init__(self, *parts: Part) -> None:
        chosen = {question.id: question for question in questions() if question.part in parts}
        lines: dict[tuple[str, Lang], list[Line]] = defaultdict(list)
        for line in contrast():
            if line.question in chosen:
                lines[line.question, line.lang].append(line)
        self._groups = [(chosen[name], lang, group) for (name, lang), group in sorted(lines.items())]

    def __call__(self, chance: random.Random) -> Example:
        """Another text."""
        question, lang, group = chance.choice(self._groups)
        used: dict[str, Line] = {}
        for line in chance.sample(group, len(group)):
            used.setdefault(line.statement, line)
        spoken = chance.sample(sorted(used), min(len(used), chance.choice((1, 2, 2, 3, 3, 4, 5))))
        statements = []
        for statement in question.statements:
            if statement.id in spoken:
                line = used[statement.id]
                words = "" if line.state == "silent" else line.text
                statements.append(Stated(statement.text[lang], DOUBT.get(line.kind, certain(line.state)), words))
            elif chance.random() < 0.35:
                statements.append(Stated(statement.text[lang], UNSPOKEN))
        text = (" " if lang == "en" else "").join(used[name].text for name in spoken)
        return Example(question.prompt[lang] if chance.random() < 0.8 else "", text, tuple(statements))


def varied(source: Source, chance: random.Random) -> Example:
    """An answer as it might have been typed, its statements in another order, at times in the other language."""
    answer = source.answer
    other: Lang = "en" if answer.lang == "zh" else "zh"
    example = answered(source.question, answer, other if chance.random() < 0.1 else answer.lang)
    statements = chance.sample(example.statements, len(example.statements))
    prompt = example.prompt if chance.random() < 0.85 else ""
    return Example(prompt, typed(answer.text, answer.lang, chance), tuple(statements))


def typed(text: str, lang: Lang, chance: random.Random) -> str:
    """What typing and dictation do to a text; most texts stay as they are."""
    for share, change in SLIPS:
        if chance.random() < share:
            text = change(text, lang, chance)
    return text


def _without_marks(text: str, lang: Lang, chance: random.Random) -> str:
    return re.sub('[,.;:!?，。；：！？、()（）“”"]', " " if lang == "en" or chance.random() < 0.5 else "", text)


def _lower(text: str, lang: Lang, chance: random.Random) -> str:
    return text.lower()


def _without_apostrophes(text: str, lang: Lang, chance: random.Random) -> str:
    return re.sub("['’]", "", text)


def _mistyped(text: str, lang: Lang, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(len(letters) // 40):
        at = chance.randrange(len(letters) - 1)
        if letters[at].isalpha() and letters[at + 1].isalpha():
            letters[at : at + 2] = [letters[at + 1], letters[at]] if chance.random() < 0.5 else ["", letters[at + 1]]
    return "".join(letters)


SLIPS: tuple[tuple[float, Callable[[str, Lang, random.Random], str]], ...] = (
    (0.15, _without_marks),
    (0.1, _lower),
    (0.1, _without_apostrophes),
    (0.08, _mistyped),
)


def fewer(example: Example, chance: random.Random, share: float) -> Example:
    """The example with that share of the statements on which it is silent: the others teach more."""
    statements = tuple(s for s in example.statements if not s.silent or chance.random() < share)
    return replace(example, statements=statements or example.statements[:3])
