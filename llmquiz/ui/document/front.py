"""What a question puts to the learner, before it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from llmquiz.messages.ui import Words
from llmquiz.schema.plain import heading
from llmquiz.ui.document.prose import quoted

if TYPE_CHECKING:
    from llmquiz.schema.questions import CellQuestion, Table
    from llmquiz.schema.topics import Entry

    AnyEntry = Entry | CellQuestion


@dataclass(frozen=True, slots=True)
class Front:
    """What a question puts to the learner."""

    prompt: str
    asks: str = ""
    """What is asked about the prompt, where the prompt is no question."""
    typing: str = ""
    """What to type, where that is not plain."""
    code: str = ""
    choices: tuple[str, ...] = ()
    """As authored."""
    ranked: bool = False
    """Whether the authored order of the choices is the answer."""

    @property
    def instruction(self) -> str:
        """What is asked and what to type, where the prompt does not say it."""
        return "\n".join(filter(None, (self.asks, self.typing)))

    def chosen_from(self, order: Iterable[int]) -> list[str]:
        """The choices as they are shown; `order` holds their authored numbers, from 1."""
        return [self.choices[number - 1] for number in order]


def prompt(entry: AnyEntry, words: Words, instead: str = "") -> str:
    """What an entry asks or is called, as it is put to the learner: a statement to judge in quotation marks.

    `instead`: an interviewer's own words for it.
    """
    text = instead or heading(entry, words.lang)
    return quoted(text) if entry.type == "claim" else text


def front(entry: AnyEntry, words: Words) -> Front | None:
    """What a question puts to the learner; None where nothing is asked."""
    lang, put = words.lang, prompt(entry, words)
    match entry.type:
        case "open" | "number" | "term" | "cell":
            return Front(put)
        case "choice":
            return Front(put, choices=tuple(option.text[lang] for option in entry.options))
        case "code":
            return Front(put, code=entry.code, choices=tuple(option.text[lang] for option in entry.options))
        case "order":
            steps = tuple(step[lang] for step in entry.steps)
            return Front(put, typing=words("ask.order"), choices=steps, ranked=True)
        case "prediction":
            return Front(put, typing=words("ask.prediction"))
        case "claim":
            asks = words("ask.claim" if entry.points else "ask.claim.short")
            return Front(put, asks, words("ask.verdict"))
        case "table" | "reference" | "interview" | "technique":
            return None
        case other:
            assert_never(other)


def put(entry: AnyEntry, words: Words) -> Front:
    """The same for what is known to be a question."""
    shown = front(entry, words)
    assert shown, f"{entry.type} is not asked"
    return shown


def asked(entry: AnyEntry) -> Iterator[tuple[tuple[str, ...], AnyEntry]]:
    """Everything that an entry asks, each with the names of its part: itself, or the cells that have an answer."""
    match entry.type:
        case "open" | "choice" | "code" | "order" | "prediction" | "number" | "term" | "claim" | "cell":
            yield (), entry
        case "table":
            yield from _cells(entry)
        case "reference" | "interview" | "technique":
            return
        case other:
            assert_never(other)


def _cells(table: Table) -> Iterator[tuple[tuple[str, ...], AnyEntry]]:
    from llmquiz.schema.questions import CellQuestion

    for row in table.rows:
        for column in table.columns:
            cell = row.cells.get(column.id)
            if cell and (cell.accept.en or cell.accept.zh):
                yield (row.id, column.id), CellQuestion(table=table, row=row, column=column, cell=cell)
