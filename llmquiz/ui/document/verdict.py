"""The verdict on an answer, short enough for a screen: what was asked, the score, each point, what was wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, assert_never

from rich.text import Text

from llmquiz.grading.score import PointScore, PointState, Score, value_of
from llmquiz.messages.ui import Words
from llmquiz.schema.plain import amount, number, right_answer
from llmquiz.ui.document import front
from llmquiz.ui.document.fitting import Piece
from llmquiz.ui.document.prose import inline

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schema.questions import Claim, OpenQuestion, Option, OrderQuestion, PredictionQuestion, Term

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
# Who grows when there is room: what was wrong first, what was right and the question last.
WRONG, REASON, RIGHT_ONE, WORDS, BEYOND = range(5)


def asked(question: QuestionRef, words: Words) -> Piece:
    """What was asked, short."""
    return Piece(inline(front.prompt(question.entry, words), "bold"), turn=BEYOND)


def verdict(
    question: QuestionRef,
    score: Score,
    response: str,
    words: Words,
    *,
    level: int = 2,
    before: int | None = None,
    terms: Mapping[str, Term] | None = None,
    measured: float | None = None,
) -> list[Piece]:
    """What was asked, and how the answer did.

    `level`: what an open question is judged by, 2 for all of it; `before`: its score, of 100, before what was missed
    was tried again; `terms`: whose wrong forms it is told of; `measured`:
    what a prediction was compared with.
    """
    if question.entry.type == "open":
        below = open_verdict(question.entry, score, words, level, before, terms or {})
    else:
        below = single_verdict(question, score, response, words, measured=measured)
    return [piece for piece in (asked(question, words), *below) if piece.text.plain.strip()]


def open_score(entry: OpenQuestion, score: Score, level: int, words: Words) -> str:
    """How much of what is asked for at a level was said."""
    points = asked_for(entry, score, level)
    met = sum(point.state is PointState.met for point in points)
    return words("back.score", percent=percent(entry, score, level), met=met, total=len(points))


def percent(entry: OpenQuestion, score: Score, level: int) -> int:
    """The score of what is asked for at a level, of 100."""
    return round(100 * value_of(tuple(asked_for(entry, score, level))))


def asked_for(entry: OpenQuestion, score: Score, level: int) -> list[PointScore]:
    """The points that the level asks for, in the order in which they are numbered."""
    return [point for point in score.points if _rank(entry, point.id) <= level]


def open_verdict(
    entry: OpenQuestion, score: Score, words: Words, level: int, before: int | None, terms: Mapping[str, Term]
) -> Iterator[Piece]:
    """The score, each point with the words that decided it, misconceptions with their correction, remarks on style."""
    gain = "" if before is None else f"{before} % → "
    yield Piece(Text(gain, "dim").append(open_score(entry, score, level, words), "bold"))
    for number_, point in enumerate(asked_for(entry, score, level), 1):
        yield from _point(entry, point, f"{number_:>2}", words)
    # What goes beyond the level asked for is shown as well, but does not count.
    beyond = [point for point in score.points if _rank(entry, point.id) > level]
    for point in beyond:
        yield from _point(entry, point, " +", words, beyond=True)
    yield from _noticed(entry, score, words, terms, len(asked_for(entry, score, level)) + 1)


def _rank(entry: OpenQuestion, point: str) -> int:
    return next((p.level or entry.level).rank for p in entry.points if p.id == point)


def _point(
    entry: OpenQuestion, score: PointScore, label: str, words: Words, *, beyond: bool = False
) -> Iterator[Piece]:
    point = next(p for p in entry.points if p.id == score.id)
    sign, style = SIGNS[score.state]
    met = score.state is PointState.met
    text = Text()
    if not met:
        text.append(f"{words(f'state.{score.state}')}  ", style)
    text.append_text(inline(point.text[words.lang], "dim" if beyond else ""))
    turn = BEYOND if beyond else RIGHT_ONE if met else WRONG
    yield Piece(text, f"{label} {sign} ", turn=turn)
    if score.because and not beyond:
        because = Text(words("back.because", words=score.because), style="dim")
        yield Piece(because, "     ", least=int(score.state is PointState.contradicted), turn=WORDS if met else REASON)


def _noticed(entry: OpenQuestion, score: Score, words: Words, terms: Mapping[str, Term], first: int) -> Iterator[Piece]:
    """Misconceptions, numbered on from `first` so that they can be disputed, with their correction; then remarks."""
    wrong = {wrong.id: wrong for wrong in entry.misconceptions}
    for number_, belief in enumerate(score.misconceptions, first):
        if belief.id in wrong:
            text = Text(f"{words('back.misconception')}  ", "bold red")
            yield Piece(text.append_text(inline(wrong[belief.id].text[words.lang])), f"{number_:>2} ✗ ", turn=REASON)
            if belief.because:
                yield Piece(Text(words("back.because", words=belief.because), style="dim"), "     ", 0, WORDS)
            yield Piece(inline(wrong[belief.id].right[words.lang]), "   → ", turn=WRONG)
    notes = [words(f"style.{habit.id}", words=habit.because) for habit in score.style]
    for term in score.terms:
        right = terms[term.id].right[words.lang] if term.id in terms else []
        notes.append(words("style.term", words=term.because, right=right[0] if right else term.id))
    if notes:
        yield Piece(Text(words("list.and").join(notes), style="dim"), " · ", least=0, turn=BEYOND)


def single_verdict(
    question: QuestionRef, score: Score, response: str, words: Words, *, measured: float | None = None
) -> Iterator[Piece]:
    """Right or not, what was answered, what is right and why, for a question of a single answer."""
    entry, lang, state = question.entry, words.lang, score.points[0].state
    yield _told(state, words)
    match entry.type:
        case "choice":
            yield from _chosen(entry.options, response, words)
        case "code":
            yield from _chosen(entry.options, response, words) if entry.options else _code(entry.right, words)
            yield _why(entry.why[lang], words)
        case "order":
            yield from _order(entry, response, words)
            yield from [_why(entry.why[lang], words)] if entry.why else []
        case "number":
            yield _labelled(words("back.right-answer"), right_answer(entry, lang), words)
            yield _why(entry.why[lang], words)
        case "term":
            yield from _term(entry, words)
        case "cell":
            yield _labelled(words("back.right-answer"), right_answer(entry, lang), words)
            yield from [_why(entry.cell.why[lang], words)] if entry.cell.why else []
        case "prediction":
            yield from _predicted(entry, score, measured, words)
        case "claim":
            yield from _judged(entry, score, response, words)
        case "open":
            return
        case "table" | "reference" | "interview" | "technique":
            return
        case other:
            assert_never(other)


def _told(state: PointState, words: Words) -> Piece:
    sign, style = SIGNS[state]
    return Piece(Text(words(RIGHT.get(state, "back.wrong")), style=f"bold {style}"), f"{sign} ")


def _labelled(label: str, text: str, words: Words, style: str = "bold") -> Piece:
    return Piece(Text(label + words("list.colon"), "dim").append_text(inline(text, style)), turn=WRONG)


def _why(text: str, words: Words) -> Piece:
    return _labelled(words("back.why"), " ".join(text.split()), words, "")


def _chosen(options: Sequence[Option], response: str, words: Words) -> Iterator[Piece]:
    """What was chosen and why that is wrong, and what is right."""
    lang = words.lang
    picked = options[int(response) - 1] if response.isdecimal() and 1 <= int(response) <= len(options) else None
    if picked and not picked.right:
        yield Piece(Text(words("back.chosen"), "dim").append_text(inline(picked.text[lang])), "✗ ", turn=WRONG)
        yield from [Piece(inline(picked.why[lang]), "  ", turn=WRONG)] if picked.why else []
    for option in options:
        if option.right:
            yield Piece(Text(words("back.is-right"), "dim").append_text(inline(option.text[lang])), "✓ ", turn=WRONG)
            yield from [Piece(inline(option.why[lang]), "  ", turn=REASON)] if option.why else []


def _code(right: str, words: Words) -> Iterator[Piece]:
    yield Piece(Text(words("show.right-code"), "dim"))
    for line in right.rstrip().splitlines():
        yield Piece(Text(line, "cyan"), "    ", least=0, turn=WRONG)


def _order(entry: OrderQuestion, response: str, words: Words) -> Iterator[Piece]:
    """Each step in its place, with where it was put."""
    given = [int(number_) for number_ in response.split() if number_.isdecimal()]
    complete = sorted(given) == list(range(1, len(entry.steps) + 1))
    right = sum(place == step for place, step in enumerate(given, 1)) if complete else 0
    if complete and right < len(given):
        yield Piece(Text(words("back.in-place", right=right, total=len(given))))
    for place, step in enumerate(entry.steps, 1):
        text = inline(step[words.lang])
        put = given.index(place) + 1 if complete else place
        if put != place:
            text.append(f"  {words('back.put', place=put)}", "red")
        yield Piece(text, f"{'✓' if complete and put == place else '✗' if complete else ' '} {place}. ", turn=RIGHT_ONE)


def _term(entry: Term, words: Words) -> Iterator[Piece]:
    right = entry.right[words.lang]
    if right:
        text = f"**{right[0]}**" + (
            words("back.also-right", others=words("list.or").join(right[1:])) if right[1:] else ""
        )
        yield _labelled(words("back.right-answer"), text, words, "")
    if entry.verdict.value != "sound":
        yield Piece(Text(words(f"verdict.{entry.verdict}"), "bold"))
    yield _why(entry.why[words.lang], words)


def _predicted(entry: PredictionQuestion, score: Score, measured: float | None, words: Words) -> Iterator[Piece]:
    """What was measured, how far off the guess was, and how far off is right."""
    from llmquiz.grading.kinds.number import guessed

    if measured is not None:
        unit = entry.unit[words.lang] if entry.unit else ""
        yield _labelled(words("back.measured"), amount(round(measured, 2), unit, words.lang), words)
        guess = guessed(score.points[0].because)
        tolerance = words("back.tolerance", factor=f"{entry.factor:g}")
        if guess and measured and guess / measured > 0:
            off = words("back.off", guess=number(guess, words.lang), factor=f"{guess / measured:.3g}")
            yield Piece(Text(f"{off}{words('list.and')}{tolerance}"))
        else:
            yield Piece(Text(tolerance))
    yield _why(entry.why[words.lang], words)


def _judged(entry: Claim, score: Score, response: str, words: Words) -> Iterator[Piece]:
    """Both verdicts on a claim, the difference where a neighbour was said, each reason, and what holds instead."""
    from llmquiz.grading.kinds.claim import read_judgement

    own = read_judgement(response).verdict
    if own and score.points[0].state is not PointState.met:
        text = Text(words("back.own-verdict"), "dim").append(words(f"verdict.{own}"), "bold")
        yield Piece(text)
    says = words(f"show.says.{entry.says}")
    text = Text(words("back.claim-is") + words("list.colon"), "dim").append(words(f"verdict.{entry.verdict}"), "bold")
    date = words("list.and") + words("back.as-of", date=entry.date) if entry.date else ""
    yield Piece(text.append(words("list.aside", text=says + date), "dim"))
    if score.points[0].state is PointState.partly:
        pair = "imprecise-or-wrong" if entry.verdict in ("imprecise", "wrong") else "contested-or-unverifiable"
        yield Piece(Text(words(f"back.{pair}"), "dim"), turn=WRONG)
    # The first point is the verdict, the others are the reasons for it.
    for place, point in enumerate(score.points[1:], 1):
        sign, _ = SIGNS[point.state]
        reason = next((p.text[words.lang] for p in entry.points if p.id == point.id), point.id)
        met = point.state is PointState.met
        yield Piece(inline(reason), f"{place:>2} {sign} ", turn=RIGHT_ONE if met else WRONG)
        if point.because and met:
            yield Piece(Text(words("back.because", words=point.because), style="dim"), "     ", 0, WORDS)
    yield _labelled(words("back.holds"), entry.right[words.lang], words, "")
    yield Piece(_why(entry.why[words.lang], words).text, least=0, turn=RIGHT_ONE)


def marked(response: str, score: Score) -> Text:
    """The answer with the words that decided each point marked."""
    text = Text(response)
    for point in score.points:
        if point.state in (PointState.met, PointState.partly, PointState.contradicted):
            for span in point.spans:
                text.stylize(f"{SIGNS[point.state][1]} underline", span.start, span.end)
    for fault in (*score.misconceptions, *score.terms):
        for span in fault.spans:
            text.stylize("bold red underline", span.start, span.end)
    return text
