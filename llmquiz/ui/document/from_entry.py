"""An entry of content as blocks: the one place that knows what each kind asks and answers.

A new kind gets a case in each match below; mypy names those that are missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from llmquiz.messages.ui import Words
from llmquiz.schema.plain import heading, right_answer
from llmquiz.ui.document.blocks import (
    Agenda,
    Aside,
    Citation,
    Correction,
    Corrections,
    DemoCommand,
    EntryBlock,
    Heading,
    Judgement,
    Option,
    Options,
    Paragraph,
    Passage,
    Point,
    Points,
    Snippet,
    Steps,
    Title,
)
from llmquiz.ui.document.from_table import comparison, reasons
from llmquiz.ui.document.front import Front, front
from llmquiz.ui.document.runs import Style

if TYPE_CHECKING:
    from llmquiz.language import Lang
    from llmquiz.schema import questions, topics
    from llmquiz.schema.texts import Text
    from llmquiz.ui.document.front import AnyEntry

DEPTHS = ("one-line", "one-minute", "full")
VERDICT_STYLE: dict[str, Style] = {
    "sound": "good",
    "imprecise": "warn",
    "contested": "moot",
    "wrong": "bad",
    "unverifiable": "unknown",
}


@dataclass(frozen=True, slots=True)
class EntryDocument:
    """An entry as it is shown."""

    heading: str
    """What it asks or is called."""
    front: Front | None
    """None where nothing is asked."""
    title: Title | None
    """How a screen heads what is not asked; None where the answer bears its name."""
    answer: tuple[EntryBlock, ...]
    rubric: tuple[EntryBlock, ...]
    """What a good answer says, and what is often got wrong."""
    note: str

    @property
    def prompt(self) -> str:
        """The heading as it is put to the learner."""
        return self.front.prompt if self.front else self.heading


def document(entry: AnyEntry, words: Words, depths: Collection[str] = DEPTHS) -> EntryDocument:
    """The whole entry; of the model answers those at `depths`."""
    return EntryDocument(
        heading(entry, words.lang),
        front(entry, words),
        title(entry, words.lang),
        tuple(answer(entry, words, depths)),
        tuple(rubric(entry, words)),
        entry.note[words.lang] if entry.type != "cell" and entry.note else "",
    )


def title(entry: AnyEntry, lang: Lang) -> Title | None:
    """How a screen heads what is not asked."""
    match entry.type:
        case "reference" | "interview":
            return Title(heading(entry, lang))
        case "technique":
            return Title(heading(entry, lang), f"{entry.seconds} s" if entry.seconds else "")
        case "table":
            return None
        case "open" | "choice" | "code" | "order" | "prediction" | "number" | "term" | "claim" | "cell":
            return None
        case other:
            assert_never(other)


def answer(  # noqa: C901  (a line a kind)
    entry: AnyEntry, words: Words, depths: Collection[str] = DEPTHS
) -> Iterator[EntryBlock]:
    """What is right, and why; of what is not asked, what it says."""
    lang = words.lang
    match entry.type:
        case "open":
            yield from _model_answers(entry.answers, words, depths)
        case "choice":
            yield _options(entry.options, lang)
        case "code":
            yield from _code(entry, words)
        case "order":
            yield Steps(tuple(step[lang] for step in entry.steps), words("back.right-answer"))
            yield from _why(entry.why, words)
        case "number":
            value = Passage(right_answer(entry, lang), words("back.right-answer"), "key", ".")
            yield Paragraph((value, Passage(entry.why[lang], words("back.why"))))
        case "term":
            yield from _term(entry, words)
        case "claim":
            yield from verdict(entry, words)
            yield from _why(entry.why, words)
        case "cell":
            yield Paragraph((Passage(right_answer(entry, lang), words("back.right-answer")),))
            yield from _why(entry.cell.why, words)
        case "prediction":
            yield from _why(entry.why, words)
            yield from [DemoCommand(entry.demo)] if entry.demo else []
        case "table":
            yield comparison(entry, words)
        case "reference":
            yield from _reference(entry, words)
        case "technique":
            yield from _technique(entry, words)
        case "interview":
            yield from _interview(entry, words)
        case other:
            assert_never(other)


def _why(text: Text | None, words: Words) -> Iterator[EntryBlock]:
    if text:
        yield Paragraph((Passage(text[words.lang], words("back.why")),))


def _model_answers(answers: questions.Answers, words: Words, depths: Collection[str]) -> Iterator[EntryBlock]:
    """The answers at `depths`; one minute where only the full one is wanted and there is none."""
    lang = words.lang
    # Who asks for the full answer alone would otherwise get nothing.
    if not answers.full and set(depths) == {"full"}:
        depths = ("one-minute",)
    for depth, short in (("one-line", answers.one_line), ("one-minute", answers.one_minute)):
        if depth in depths:
            yield Heading(4, words("back.model", depth=words(f"depth.{depth}"), seconds=short.seconds))
            yield Paragraph((Passage(short.text[lang]),))
    if answers.full and "full" in depths:
        yield Heading(4, words("back.model", depth=words("depth.full"), seconds=answers.full.seconds))
        for section in answers.full.sections:
            yield Heading(5, section.title[lang], f"{section.seconds} s")
            yield Paragraph((Passage(section.text[lang]),))


def _options(options: Iterable[questions.Option], lang: Lang) -> Options:
    return Options(
        tuple(Option(option.text[lang], option.right, option.why[lang] if option.why else "") for option in options)
    )


def _code(entry: questions.CodeQuestion, words: Words) -> Iterator[EntryBlock]:
    yield from [_options(entry.options, words.lang)] if entry.options else []
    yield Snippet(entry.right, words("show.right-code"))
    yield from _why(entry.why, words)


def _term(entry: questions.Term, words: Words) -> Iterator[EntryBlock]:
    right, style = entry.right[words.lang], VERDICT_STYLE[entry.verdict]
    accepted = f"{words('show.accepted')}: {', '.join(right[1:])}" if right[1:] else ""
    name = Passage(f"**{right[0]}**" if right else "", words("back.right-answer"), aside=accepted)
    yield Paragraph((name, Judgement(words(f"verdict.{entry.verdict}"), style)))
    yield from _why(entry.why, words)


def verdict(entry: questions.Claim, words: Words) -> Iterator[EntryBlock]:
    """The verdict on a claim, and what holds instead."""
    judgement = Judgement(
        words(f"verdict.{entry.verdict}"),
        VERDICT_STYLE[entry.verdict],
        words("back.verdict"),
        words(f"show.says.{entry.says}"),
        words("back.as-of", date=entry.date) if entry.date else "",
    )
    yield Paragraph((judgement, Passage(entry.right[words.lang], words("back.holds"))))


def rubric(entry: AnyEntry, words: Words) -> Iterator[EntryBlock]:
    """Key points and misconceptions of what is answered in free text."""
    match entry.type:
        case "open":
            yield from _points(entry, words)
        case "choice" | "code" | "order" | "prediction" | "number" | "term" | "claim" | "cell":
            return
        case "table" | "reference" | "interview" | "technique":
            return
        case other:
            assert_never(other)


def _points(entry: questions.OpenQuestion, words: Words) -> Iterator[EntryBlock]:
    lang = words.lang
    yield Heading(4, words("back.points"))
    yield Points(
        tuple(
            Point(
                point.text[lang],
                point.why[lang] if point.why else "",
                words(f"level.{point.level or entry.level}"),
            )
            for point in entry.points
        )
    )
    if entry.misconceptions:
        yield Heading(4, words("back.misconceptions"))
        yield Corrections(tuple(Correction(wrong.text[lang], wrong.right[lang]) for wrong in entry.misconceptions))


def details(entry: AnyEntry, words: Words) -> Iterator[EntryBlock]:
    """What a screen adds to the answer of an entry that is looked up: its rubric, the reasons of its cells."""
    yield from rubric(entry, words)
    if entry.type == "table":
        yield from reasons(entry, words.lang)


def _reference(entry: topics.ReferenceEntry, words: Words) -> Iterator[EntryBlock]:
    yield Paragraph((Passage(entry.what[words.lang]),))
    if entry.caveat:
        yield Paragraph((Passage(words("show.caveat", text=entry.caveat[words.lang])),))


def _technique(entry: topics.Technique, words: Words) -> Iterator[EntryBlock]:
    yield Paragraph((Passage(entry.why[words.lang]),))
    if entry.example:
        example = Passage(words("show.example", text=entry.example[words.lang]), style="example")
        yield Aside((Paragraph((example,)),))


def _interview(entry: topics.Interview, words: Words) -> Iterator[EntryBlock]:
    lang = words.lang
    for text in (entry.manner, entry.cares, entry.irritated):
        yield Paragraph((Passage(text[lang]),))
    yield Paragraph((Passage(entry.opening[lang], style="quote"),))
    for section in entry.sections:
        minutes = words("show.minutes", minutes=section.minutes)
        yield Aside((Agenda(section.title[lang], minutes, tuple(section.ask)),))


def citations(sources: Iterable[topics.Source]) -> Iterator[Citation]:
    """Sources, a line each."""
    for source in sources:
        yield Citation(source.authors, source.year, source.title, source.arxiv or "", source.url or "")
