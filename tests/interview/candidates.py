"""Scripted candidates, made from the examples that content ships, and an interview driven with one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from llmquiz import paths
from llmquiz.collection.collection import Collection, QuestionRef
from llmquiz.grading.reader import judging
from llmquiz.grading.text.glossary import Glossary
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.ask.interviewer import Interviewer
from llmquiz.interview.plan.planning import Plan, Setting, minutes_of, plan
from llmquiz.interview.report.report import Report, build
from llmquiz.interview.turns import Exchange, How, Reply, Turn, Why
from llmquiz.language import Lang
from llmquiz.schedule.layout import lay_out
from llmquiz.schema.questions import (
    CellQuestion,
    ChoiceQuestion,
    Claim,
    CodeQuestion,
    NumberFact,
    OpenQuestion,
    OrderQuestion,
    Term,
)
from llmquiz.schema.topics import Interview

AT = "2026-11-23T09:00:00+00:00"
INTERVIEWERS = ("depth", "practice", "sceptic", "designer", "screener")
LANGS: tuple[Lang, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Seat:
    """What a candidate sees."""

    turn: Turn
    asked: QuestionRef | None
    lang: Lang
    seed: int


Candidate = Callable[[Seat], str]

EXCEPTION = {
    "en": "That was too strong: not all of them, T5 and BERT are exceptions, for example.",
    "zh": "我说得太绝对了，并非全都如此，例如 T5、BERT 就是例外。",
}
MEASURED = {
    "en": "It was measured in a controlled study by Wang and colleagues at five billion parameters, and not beyond.",
    "zh": "这是 Wang 等人在约 50 亿参数的对照实验里测得的，更大规模还没有人测过。",
}
FILLER = {
    "en": (
        "Well, that is a very good question, and I have thought about it for a long time, as you can imagine.",
        "When I was at university we had a professor who liked to talk about this sort of thing over lunch.",
        "You know, people ask about it a lot, and I would say that it is, how shall I put it, a matter of taste.",
        "I also remember a blog post about it, though I forgot who wrote it, and there were pictures in it.",
        "Anyway, where was I, yes, it is a big field and it moves fast and everyone has an opinion.",
    ),
    "zh": (
        "嗯，这是一个非常好的问题，我其实想了很久很久，您可能也能想象得到。",
        "我上大学那会儿有位老师，吃午饭的时候特别喜欢跟大家聊这类话题。",
        "怎么说呢，很多人都问过我，我觉得吧，多少也有点看个人口味的意思在里面。",
        "我还记得看过一篇博客，谁写的我忘了，里面还配了不少图，挺好看的。",
        "总之吧，说到哪儿了，对，这个领域特别大，变化也快，大家各有各的看法。",
    ),
}


def excellent(seat: Seat) -> str:
    """Says the model answer in the time given, and takes absolutes back."""
    return _right(seat, seat.lang)


def in_the_other_language(seat: Seat) -> str:
    """The same, in the language that was not asked for."""
    return _right(seat, "zh" if seat.lang == "en" else "en")


def knows_half(seat: Seat) -> str:
    """Half of the points; every second single answer."""
    entry = seat.asked.entry if seat.asked else None
    if seat.turn.kind == "spoken":
        return "" if seat.turn.number % 2 else _right(seat, seat.lang)
    if isinstance(entry, OpenQuestion):
        return _half(entry, seat.lang)
    return _right(seat, seat.lang) if seat.turn.number % 2 else ""


def rambler(seat: Seat) -> str:
    """Knows as much, and drowns it."""
    half, filler = knows_half(seat), " ".join(FILLER[seat.lang])
    entry = seat.asked.entry if seat.asked else None
    if seat.turn.kind == "closing" or (not isinstance(entry, OpenQuestion) and half):
        return half
    times = max(2, round(seat.turn.seconds / 20))
    return " ".join([filler, *(f"{filler} {part}" for part in (half, *[""] * times))])


def confident_and_wrong(seat: Seat) -> str:
    """Fluent, and wrong."""
    entry = seat.asked.entry if seat.asked else None
    if seat.turn.kind == "closing":
        return ""
    if isinstance(entry, OpenQuestion):
        if seat.turn.kind == "spoken":
            return " ".join(wrong.text[seat.lang] for wrong in entry.misconceptions[:2])
        return entry.reject[seat.lang][0]
    return _wrong(seat)


def silent(seat: Seat) -> str:
    """Says nothing at all."""
    return ""


def pastes_the_rubric(seat: Seat) -> str:
    """Copies the key points into every answer."""
    entry = seat.asked.entry if seat.asked else None
    if isinstance(entry, OpenQuestion):
        return "\n".join(point.text[seat.lang] for point in entry.points)
    return _prompt(entry, seat.lang)


CANDIDATES: dict[str, Candidate] = {
    candidate.__name__: candidate
    for candidate in (
        excellent, in_the_other_language, knows_half, rambler, confident_and_wrong, pastes_the_rubric, silent,
    )
}  # fmt: skip


def _half(entry: OpenQuestion, lang: Lang) -> str:
    parts, met = [], set[str]()
    for partial in entry.partial:
        if partial.lang == lang and len(met | set(partial.meets)) <= len(entry.points) / 2:
            parts.append(partial.text)
            met |= set(partial.meets)
    return " ".join(parts)


def _right(seat: Seat, lang: Lang) -> str:
    turn, entry = seat.turn, seat.asked.entry if seat.asked else None
    if turn.kind == "spoken" and isinstance(entry, OpenQuestion):
        match turn.why:
            case Why.absolute:
                return EXCEPTION[lang]
            case Why.always:
                return MEASURED[lang]
        point = next((point for point in entry.points if point.id == turn.point), None)
        wrong = next((listed for listed in entry.misconceptions if listed.id == turn.point), None)
        statement = point.why if point and point.why and turn.why is Why.met else point.text if point else None
        return statement[lang] if statement else wrong.right[lang] if wrong else ""
    if turn.kind == "spoken":
        return MEASURED[lang]
    if isinstance(entry, OpenQuestion):
        if turn.depth == "one-line":
            return entry.answers.one_line.text[lang]
        if turn.depth == "full" and entry.answers.full:
            return "\n".join(section.text[lang] for section in entry.answers.full.sections)
        return entry.answers.one_minute.text[lang]
    return _single(seat, lang, right=True)


def _wrong(seat: Seat) -> str:
    return _single(seat, seat.lang, right=False)


def _single(seat: Seat, lang: Lang, *, right: bool) -> str:
    entry = seat.asked.entry if seat.asked else None
    match entry:
        case NumberFact():
            return f"{entry.value if right else entry.value * 7}"
        case Claim():
            verdict = entry.verdict.value if right else "sound" if entry.verdict != "sound" else "wrong"
            return f"{verdict}\n{entry.right[lang] if right else entry.text[lang]}"
        case ChoiceQuestion() | CodeQuestion() if entry.options:
            assert seat.asked
            order = lay_out(seat.asked, seat.seed).order
            return str(next(n for n, place in enumerate(order, 1) if entry.options[place - 1].right == right))
        case CodeQuestion():
            return entry.accept[0] if right else "pass"
        case OrderQuestion():
            assert seat.asked
            order = lay_out(seat.asked, seat.seed).order
            steps = [order.index(place) + 1 for place in range(1, len(order) + 1)]
            return " ".join(map(str, steps if right else steps[::-1]))
        case Term():
            return (entry.right if right else entry.wrong)[lang][0]
        case CellQuestion():
            return entry.cell.text[lang] if right else "?"
        case _:
            return ""


def _prompt(entry: object, lang: Lang) -> str:
    prompt = getattr(entry, "prompt", None) or getattr(entry, "text", None)
    return prompt[lang] if prompt else ""


@cache
def content() -> tuple[Collection, Glossary]:
    """The shipped content."""
    import tempfile
    from pathlib import Path

    from llmquiz.collection.cache import open_collection

    collection = open_collection([paths.shipped_content()], Path(tempfile.mkdtemp()))
    return collection, Glossary.from_json(collection.compiled_glossary())


def planned(
    interviewer: str, lang: Lang, *, minutes: float = 0, seed: int = 1, question: str = "", **more: object
) -> Plan:
    """The plan of an interview with shipped content."""
    collection, _ = content()
    name = collection.resolve(interviewer)
    blueprint = collection.get(name).entry
    assert isinstance(blueprint, Interview)
    rate = 60 if lang == "en" else 100
    full = collection.resolve(question) if question else ""
    setting = Setting(name, lang, minutes or minutes_of(blueprint), seed, rate, question=full, **more)  # type: ignore[arg-type]
    return plan(setting, collection)


_hearings: list[tuple[object, Hearing]] = []


def hearing_of(plan: Plan) -> Hearing:
    """One for all candidates of a plan and a reader: it remembers what it has graded."""
    known = next((h for reader, h in _hearings if reader is judging.reader and h.plan == plan), None)
    if known is None:
        known = Hearing(plan, *content())
        _hearings.append((judging.reader, known))
    return known


def held(plan: Plan, candidate: Candidate) -> tuple[list[Exchange], Interviewer]:
    """A whole interview; answers take as long as it takes to type them."""
    hearing = hearing_of(plan)
    course, exchanges = Interviewer(hearing), list[Exchange]()
    while turn := course.next(exchanges):
        asked = hearing.topic.question(turn.question) if turn.question else None
        text = candidate(Seat(turn, asked, plan.setting.lang, plan.setting.seed))
        how = How.sent if text else How.skipped
        exchanges.append(Exchange(turn, Reply(text, plan.pace.taken(text), how)))
    return exchanges, course


def reported(interviewer: str, lang: Lang, candidate: Candidate, **more: object) -> Report:
    """The report of a whole interview."""
    exchanges, course = held(planned(interviewer, lang, **more), candidate)  # type: ignore[arg-type]
    return build("test", AT, exchanges, course, finished=True)


def spoken_to(plan: Plan, *answers: str) -> tuple[list[Exchange], Interviewer]:
    """An interview in which the first turns are answered so."""
    course, exchanges = Interviewer(Hearing(plan, *content())), list[Exchange]()
    for answer in answers:
        turn = course.next(exchanges)
        assert turn
        exchanges.append(Exchange(turn, Reply(answer, plan.pace.taken(answer))))
    return exchanges, course
