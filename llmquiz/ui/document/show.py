"""What the learner reads, as renderables: a question, its feedback, its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text as RichText

from llmquiz.grading.score import PointScore, PointState, Score, value_of
from llmquiz.language import Lang
from llmquiz.messages.ui import Words
from llmquiz.schema.questions import (
    CellQuestion,
    ChoiceQuestion,
    Claim,
    CodeQuestion,
    OpenQuestion,
    OrderQuestion,
    Question,
    Term,
)
from llmquiz.schema.texts import Level
from llmquiz.ui.document.prose import Indent, Prose, Styled, inline, quoted

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.reviews import Layout
    from llmquiz.schema.topics import Source

SIGNS = {
    PointState.met: ("✓", "green"),
    PointState.partly: ("◐", "yellow"),
    PointState.missing: ("○", "red"),
    PointState.contradicted: ("✗", "bold red"),
    PointState.undecided: ("?", "dim"),
}


def prompt(asked: QuestionRef, words: Words) -> str:
    """The question in one text, without its options."""
    entry, lang = asked.entry, words.lang
    match entry:
        case CellQuestion():
            row, column = entry.row.text[lang], entry.column.text[lang]
            return words("ask.cell", title=entry.table.title[lang], row=row, column=column)
        case Claim():
            return quoted(entry.text[lang].strip())
        case Question():
            return entry.prompt[lang]
        case _:
            raise AssertionError(f"{asked.kind} is not asked")


def choices(asked: QuestionRef, layout: Layout, lang: Lang) -> list[str]:
    """The options or steps in the order in which they are shown."""
    entry = asked.entry
    if isinstance(entry, ChoiceQuestion | CodeQuestion):
        return [entry.options[number - 1].text[lang] for number in layout.order]
    if isinstance(entry, OrderQuestion):
        return [entry.steps[number - 1][lang] for number in layout.order]
    return []


def question(
    asked: QuestionRef, layout: Layout, words: Words, *, number: int, total: int, level: int
) -> RenderableType:
    """A question on a terminal."""
    lang = words.lang
    place = words("ask.progress", number=number, total=total)
    kind = words(f"kind.{asked.kind}")
    head = Rule(f"{place} · {kind} · {words(f'level.{list(Level)[level]}')}", align="left", style="dim")
    parts: list[RenderableType] = ["", head, RichText(asked.id, style="dim"), "", Prose(prompt(asked, words), "bold")]
    if isinstance(asked.entry, CodeQuestion):
        parts += ["", code(asked.entry.code)]
    options = choices(asked, layout, lang)
    if options:
        parts += ["", *(Styled(inline(text), f"  {n}. ") for n, text in enumerate(options, 1))]
    note = instruction(asked, words)
    if note:
        parts += ["", Styled(RichText(note, style="dim"))]
    return Group(*parts, "")


def question_line(asked: QuestionRef, layout: Layout, words: Words) -> str:
    """A question in a pipe: `[ID] kind: prompt`, then its code and options."""
    lines = [f"[{asked.id}] {asked.kind}: {prompt(asked, words)}"]
    if isinstance(asked.entry, CodeQuestion):
        lines += ["    " + line for line in asked.entry.code.rstrip().splitlines()]
    lines += [f"  {n}. {text}" for n, text in enumerate(choices(asked, layout, words.lang), 1)]
    return "\n".join(lines)


def instruction(asked: QuestionRef, words: Words) -> str:
    """What to type, where that is not plain."""
    match asked.kind:
        case "claim":
            assert isinstance(asked.entry, Claim)
            ask = "ask.claim" if asked.entry.points else "ask.claim.short"
            return f"{words(ask)}\n{words('ask.verdict')}"
        case "order":
            return words("ask.order")
        case "prediction":
            return words("ask.prediction")
        case _:
            return ""


def code(text: str) -> RenderableType:
    """A snippet as it stands, set apart."""
    return Indent(RichText(text.rstrip(), style="cyan", no_wrap=True, overflow="fold"), 4)


def marked(response: str, score: Score) -> RichText:
    """The answer with the words that decided each point marked."""
    text = RichText(response)
    for point in score.points:
        if point.state in (PointState.met, PointState.partly, PointState.contradicted):
            for span in point.spans:
                text.stylize(f"{SIGNS[point.state][1]} underline", span.start, span.end)
    for found in (*score.misconceptions, *score.terms):
        for span in found.spans:
            text.stylize("bold red underline", span.start, span.end)
    return text


def heading(text: str) -> RenderableType:
    """The title of a part of the feedback."""
    return Group("", RichText(text, style="bold"))


def open_feedback(
    asked: QuestionRef, entry: OpenQuestion, score: Score, response: str, words: Words, level: int
) -> Iterator[RenderableType]:
    """What was met and missed, point by point, with the reason of what was missed."""
    if response.strip():
        yield heading(words("back.your-answer"))
        yield Indent(Styled(marked(response, score)), 2)
    asked_for = [p for p in score.points if _rank(entry, p.id) <= level]
    beyond = [p for p in score.points if _rank(entry, p.id) > level]
    met = sum(p.state is PointState.met for p in asked_for)
    yield heading(
        words("back.points")
        + " · "
        + words("back.score", percent=round(100 * value_of(tuple(asked_for))), met=met, total=len(asked_for))
    )
    for number, point in enumerate(asked_for, 1):
        yield from _point(entry, point, number, words)
    if beyond:
        yield heading(words("back.beyond", level=words(f"level.{list(Level)[level]}")))
        for number, point in enumerate(beyond, len(asked_for) + 1):
            yield from _point(entry, point, number, words, short=True)


def shown_points(entry: OpenQuestion, score: Score, level: int) -> list[PointScore]:
    """The points in the order in which the feedback numbers them."""
    return sorted(score.points, key=lambda point: _rank(entry, point.id) > level)


def _rank(entry: OpenQuestion, point: str) -> int:
    return next((p.level or entry.level).rank for p in entry.points if p.id == point)


def _point(
    entry: OpenQuestion, score: PointScore, number: int, words: Words, short: bool = False
) -> Iterator[RenderableType]:
    point = next(p for p in entry.points if p.id == score.id)
    sign, style = SIGNS[score.state]
    text = RichText()
    if score.state is not PointState.met:
        text.append(f"{words(f'state.{score.state}')}  ", style)
    text.append_text(inline(point.text[words.lang], "dim" if short else ""))
    yield Indent(Styled(text, f"{number:>2} {sign} "), 0)
    if score.because and score.state is not PointState.met:
        yield Indent(Styled(RichText(words("back.because", words=score.because), style="dim")), 5)
    if point.why and score.state is not PointState.met and not short:
        yield Indent(Prose(point.why[words.lang], "dim"), 5)


def asked_back(asked: QuestionRef, point: PointScore, words: Words) -> Iterator[RenderableType]:
    """A point that could not be decided, put to the learner."""
    text = next(p.text[words.lang] for p in getattr(asked.entry, "points", []) if p.id == point.id)
    yield heading(words("back.said"))
    yield Indent(Styled(inline(text), "? "), 2)
    if point.because:
        yield Indent(Styled(RichText(words("back.because", words=point.because), style="dim")), 4)


def noticed(entry: object, score: Score, words: Words, terms: Mapping[str, Term]) -> Iterator[RenderableType]:
    """Misconceptions with their correction, inaccurate terms, matters of style."""
    wrong = {one.id: one for one in entry.misconceptions} if isinstance(entry, OpenQuestion) else {}
    believed = [found for found in score.misconceptions if found.id in wrong]
    if believed:
        yield heading(words("back.misconceptions"))
    for found in believed:
        yield Indent(Styled(inline(wrong[found.id].text[words.lang], "red"), "✗ "), 2)
        if found.because:
            yield Indent(Styled(RichText(words("back.because", words=found.because), style="dim")), 4)
        yield Indent(Styled(inline(wrong[found.id].right[words.lang]), "→ "), 2)
    notes = [_style_note(found.id, found.because, words) for found in score.style]
    for found in score.terms:
        right = terms[found.id].right[words.lang] if found.id in terms else []
        notes.append(words("style.term", words=found.because, right=right[0] if right else found.id))
    if notes:
        yield heading(words("back.style"))
        yield from (Indent(Styled(RichText(note), "· "), 2) for note in notes)


def _style_note(name: str, because: str, words: Words) -> str:
    return words(f"style.{name}", words=because)


def single_feedback(asked: QuestionRef, score: Score, words: Words) -> Iterator[RenderableType]:
    """Right or not, for a question of a single answer."""
    state = score.points[0].state
    sign, style = SIGNS[state]
    right = {PointState.met: "back.right", PointState.undecided: "back.undecided"}.get(state, "back.wrong")
    yield ""
    yield Styled(RichText(words(right), style=style), f"{sign} ")
    if isinstance(asked.entry, Claim):
        for number, point in enumerate(score.points[1:], 1):
            sign, _ = SIGNS[point.state]
            text = next((p.text[words.lang] for p in asked.entry.points if p.id == point.id), point.id)
            yield Indent(Styled(inline(text), f"{number:>2} {sign} "), 0)


def sources(found: Iterable[Source], words: Words, most: int | None = None) -> Iterator[RenderableType]:
    """Citations, a line each; at most `most` of them, with how many are left."""
    everything = list(found)
    listed = everything[:most]
    if listed:
        yield heading(words("back.sources"))
    for source in listed:
        where = f" arXiv:{source.arxiv}" if source.arxiv else f" {source.url}" if source.url else ""
        text = RichText(f"{source.authors} ({source.year}). ").append(source.title, "italic").append(f".{where}")
        text.stylize("dim")
        yield Indent(Styled(text, "· "), 2)
    if len(everything) > len(listed):
        yield Indent(RichText(words("back.more-sources", count=len(everything) - len(listed)), style="dim"), 2)
