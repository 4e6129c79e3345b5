"""What the learner reads, as renderables: a question, its feedback, its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text as RichText

from llmquiz.grading.score import PointScore, PointState, Score, value_of
from llmquiz.messages.ui import Words
from llmquiz.schema.questions import Claim, OpenQuestion, Term
from llmquiz.schema.texts import Level
from llmquiz.ui.document import front, plain
from llmquiz.ui.document.front import Front
from llmquiz.ui.document.prose import Indent, Prose, Styled, code, heading, inline

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.layout import Layout
    from llmquiz.schema.topics import Source

SIGNS = {
    PointState.met: ("✓", "green"),
    PointState.partly: ("◐", "yellow"),
    PointState.missing: ("○", "red"),
    PointState.contradicted: ("✗", "bold red"),
    PointState.undecided: ("?", "dim"),
}

RIGHT = {
    PointState.met: "back.right",
    PointState.partly: "back.nearly",
    PointState.undecided: "back.undecided",
}
"""What is told of a single answer; of any other state that it is not right."""


def prompt(asked: QuestionRef, words: Words) -> str:
    """What an entry asks or is called, in one text without its options."""
    return front.prompt(asked.entry, words)


def question(
    asked: QuestionRef, layout: Layout, words: Words, *, number: int, total: int, level: int
) -> RenderableType:
    """A question on a terminal."""
    shown = front.put(asked.entry, words)
    place = words("ask.progress", number=number, total=total)
    kind = words(f"kind.{asked.kind}")
    head = Rule(f"{place} · {kind} · {words(f'level.{list(Level)[level]}')}", align="left", style="dim")
    parts: list[RenderableType] = ["", head, RichText(asked.id, style="dim"), "", Prose(shown.prompt, "bold")]
    parts += ["", code(shown.code)] if shown.code else []
    parts += ["", *choices(shown, layout)] if layout.order else []
    parts += ["", Styled(RichText(shown.instruction, style="dim"))] if shown.instruction else []
    return Group(*parts, "")


def choices(shown: Front, layout: Layout) -> list[RenderableType]:
    """The options or steps, numbered as they are typed."""
    return [Styled(inline(text), f"  {n}. ") for n, text in enumerate(shown.chosen_from(layout.order), 1)]


def question_line(asked: QuestionRef, layout: Layout, words: Words) -> str:
    """A question in a pipe: `[ID] kind: prompt`, then its code and options."""
    shown = front.put(asked.entry, words)
    return "\n".join([f"[{asked.id}] {asked.kind}: {shown.prompt}", *plain.below(shown, layout.order)])


def marked(response: str, score: Score) -> RichText:
    """The answer with the words that decided each point marked."""
    text = RichText(response)
    for point in score.points:
        if point.state in (PointState.met, PointState.partly, PointState.contradicted):
            for span in point.spans:
                text.stylize(f"{SIGNS[point.state][1]} underline", span.start, span.end)
    for fault in (*score.misconceptions, *score.terms):
        for span in fault.spans:
            text.stylize("bold red underline", span.start, span.end)
    return text


def open_feedback(
    asked: QuestionRef, entry: OpenQuestion, score: Score, response: str, words: Words, level: int
) -> Iterator[RenderableType]:
    """What was met and missed, point by point, with the reason of what was missed."""
    if response.strip():
        yield heading(words("back.your-answer"))
        yield Indent(Styled(marked(response, score)), 2)
    # What goes beyond the level asked for is shown as well, but does not count.
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
    # The sort is stable: within the two groups of `open_feedback` the order stays the author's.
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
    # Only open questions have misconceptions; the Score of any kind may come here.
    wrong = {wrong.id: wrong for wrong in entry.misconceptions} if isinstance(entry, OpenQuestion) else {}
    believed = [belief for belief in score.misconceptions if belief.id in wrong]
    if believed:
        yield heading(words("back.misconceptions"))
    for belief in believed:
        yield Indent(Styled(inline(wrong[belief.id].text[words.lang], "red"), "✗ "), 2)
        if belief.because:
            yield Indent(Styled(RichText(words("back.because", words=belief.because), style="dim")), 4)
        yield Indent(Styled(inline(wrong[belief.id].right[words.lang]), "→ "), 2)
    notes = [_style_note(habit.id, habit.because, words) for habit in score.style]
    for term in score.terms:
        right = terms[term.id].right[words.lang] if term.id in terms else []
        notes.append(words("style.term", words=term.because, right=right[0] if right else term.id))
    if notes:
        yield heading(words("back.style"))
        yield from (Indent(Styled(RichText(note), "· "), 2) for note in notes)


def _style_note(name: str, because: str, words: Words) -> str:
    return words(f"style.{name}", words=because)


def single_feedback(asked: QuestionRef, score: Score, words: Words) -> Iterator[RenderableType]:
    """Right or not, for a question of a single answer."""
    state = score.points[0].state
    sign, style = SIGNS[state]
    yield ""
    yield Styled(RichText(words(RIGHT.get(state, "back.wrong")), style=style), f"{sign} ")
    if isinstance(asked.entry, Claim):
        if state is PointState.partly:
            pair = (
                "imprecise-or-wrong" if asked.entry.verdict in ("imprecise", "wrong") else "contested-or-unverifiable"
            )
            yield Indent(Prose(words(f"back.{pair}"), "dim"), 2)
        # The first point is the verdict, the others are the reasons for it.
        for number, point in enumerate(score.points[1:], 1):
            sign, _ = SIGNS[point.state]
            text = next((p.text[words.lang] for p in asked.entry.points if p.id == point.id), point.id)
            yield Indent(Styled(inline(text), f"{number:>2} {sign} "), 0)


def sources(cited: Iterable[Source], words: Words, most: int | None = None) -> Iterator[RenderableType]:
    """Citations, a line each; at most `most` of them, with how many are left."""
    from llmquiz.ui.document.from_entry import citations as as_blocks
    from llmquiz.ui.document.screen import renderables

    citations = list(as_blocks(cited))
    if citations:
        yield heading(words("back.sources"))
    yield from renderables(citations[:most])
    if most is not None and len(citations) > most:
        yield Indent(RichText(words("back.more-sources", count=len(citations) - most), style="dim"), 2)
