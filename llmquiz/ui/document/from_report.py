"""The report of an interview as blocks, in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from llmquiz.ids import Id
from llmquiz.interview.calibration import DOUBTFUL, EXPECTED, LATE, PART_LATE
from llmquiz.interview.judge.reasons import Reason, Recommendation
from llmquiz.interview.judge.structure import Structure
from llmquiz.interview.plan.pace import clock
from llmquiz.interview.report.records import FollowReport, QuestionReport, Report
from llmquiz.messages.ui import Words
from llmquiz.ui.document.blocks import Heading, ReportBlock
from llmquiz.ui.document.report_blocks import Bar, Bars, Grid, Line, Quote, Stop, TimeLine
from llmquiz.ui.document.runs import Run, Style, plain, spoken_words

STEP_STYLE: dict[Recommendation, Style] = {
    Recommendation.strong_no: "bad",
    Recommendation.no: "bad",
    Recommendation.unsure: "warn",
    Recommendation.yes: "good",
    Recommendation.strong_yes: "good",
}
STATE: dict[str, tuple[str, Style]] = {
    "met": ("✓", "good"),
    "partly": ("◐", "warn"),
    "missing": ("○", "bad"),
    "contradicted": ("✗", "bad"),
    "undecided": ("·", "dim"),
}


def blocks(report: Report, words: Words) -> Iterator[ReportBlock]:
    """The whole report."""
    yield Heading(1, words("report.title"), report.name)
    yield Line((Run(_circumstances(report, words), "dim"),))
    if not report.finished:
        yield Line((Run(words("report.unfinished"), "warn"),))
    # What decided and what to do next come first: on a terminal they fill the first screen.
    yield from _verdict(report, words)
    yield from _next(report, words)
    yield _areas(report, words)
    yield _timeline(report, words)
    for question in report.questions:
        yield from _question(question, words)
    yield from _unasked(report, words)
    if report.closing:
        yield Heading(2, words("report.closing"))
        yield Quote(spoken_words(report.closing))


def _circumstances(report: Report, words: Words) -> str:
    used = words("report.used", used=clock(report.elapsed), minutes=f"{report.minutes:g}")
    parts = [
        f"{datetime.fromisoformat(report.at).astimezone():%Y-%m-%d %H:%M}",
        used,
        words("report.seed", seed=report.seed),
    ]
    parts += [words("report.strict")] if report.strict else []
    parts += [words("report.practice")] if report.practice else []
    return " · ".join(parts)


def _verdict(report: Report, words: Words) -> Iterator[ReportBlock]:
    verdict = report.verdict
    style = STEP_STYLE[verdict.step]
    scale = "".join("●" if step is verdict.step else "○" for step in Recommendation)
    yield Heading(2, words("report.verdict"))
    step = Run(words(f"step.{verdict.step}"), style)
    yield Line((step, Run(f"  {scale}  {round(100 * verdict.score)} %", "dim")))
    for reason in verdict.reasons:
        sign: Style = "good" if reason.good else "bad"
        yield Line(plain(reason_text(reason, report, words)), "+" if reason.good else "−", sign)


def reason_text(reason: Reason, report: Report, words: Words) -> str:
    """One of the reasons that decided, as a sentence with what shows it."""
    sign = "good" if reason.good else "bad"
    short = reason.area == "brevity" and reason.point == "short"
    text = words("reason.brevity-short" if short else f"reason.{reason.area}-{sign}")
    question = next((q for q in report.questions if q.id == reason.question), None)
    shown = ""
    if reason.area == "structure" and reason.point:
        key = f"check.{reason.point}" if reason.good else f"check.{reason.point}-not"
        shown = words(key) + (words("report.quoted", words=shortened(reason.words)) if reason.words else "")
    elif reason.area == "correctness" and reason.words:
        shown = words("report.you-said", words=shortened(reason.words))
    elif reason.area == "coverage" and reason.point and question:
        point = next((point.text for point in question.points if point.id == reason.point), "")
        shown = words("report.for-example", text=shortened(point, 100)) if point else ""
    elif reason.words:
        shown = words("report.you-said", words=shortened(reason.words))
    elif question:
        shown = words("report.asked", text=shortened(question.prompt, 80))
    return f"{text}{words('report.colon')}{shown}" if shown else text


def shortened(text: str, most: int = 70) -> str:
    """`text` in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _areas(report: Report, words: Words) -> Bars:
    bars = tuple(
        Bar(
            words(f"area.{area.id}"),
            area.value,
            words("report.area", percent=round(100 * area.value), weight=f"{area.weight:g}"),
            "good" if area.value >= EXPECTED else "warn" if area.value >= DOUBTFUL else "bad",
            EXPECTED,
        )
        for area in report.verdict.areas
    )
    return Bars(words("report.areas"), bars, words("report.areas-note"))


def _timeline(report: Report, words: Words) -> TimeLine:
    stops = tuple(
        Stop(
            slot.number,
            slot.start,
            slot.seconds,
            slot.allowed,
            _name(slot.question) if slot.question else words("report.closing"),
            "bad" if slot.seconds > LATE * slot.allowed else STATE[slot.state][1],
            f"{clock(slot.seconds)} / {clock(slot.allowed)}",
        )
        for slot in report.timeline
    )
    return TimeLine(words("report.timeline"), stops, max(report.elapsed, 1.0), words("report.timeline-note"))


def _name(question: str) -> str:
    return Id(question).short


def _next(report: Report, words: Words) -> Iterator[ReportBlock]:
    yield Heading(2, words("report.next"))
    for number, step in enumerate(report.next, 1):
        why = words(f"next.{step.why}", what=shortened(step.what, 80), count=step.count)
        yield Line((Run(step.command, "code"), Run(f"  {why}")), f"{number}.")


def _question(question: QuestionReport, words: Words) -> Iterator[ReportBlock]:
    yield Heading(2, f"{question.number}. {question.prompt}")
    depth = words(f"depth.{question.depth}") if question.kind == "open" else words(f"kind.{question.kind}")
    met = sum(point.state == "met" for point in question.points)
    facts = [question.section, question.id, depth, words(f"how.{'void' if question.void else question.how}")]
    if question.kind == "open":
        facts.append(words("report.met", met=met, total=len(question.points)))
    facts.append(words("report.time", used=clock(question.seconds), allowed=clock(question.allowed)))
    yield Line((Run(" · ".join(facts), "dim"),))
    if question.answer:
        yield Quote(spoken_words(question.answer))
    if question.void:
        yield Line((Run(words("report.void"), "bad"),))
    yield from _points(question, words) if question.kind == "open" else _single(question, words)
    yield from _wrong(question, words)
    if question.structure and question.answer and not question.void:
        yield from _structure(question.structure, words)
    yield from _follow_ups(question, words)
    yield from _best(question, words)


def _points(question: QuestionReport, words: Words) -> Iterator[ReportBlock]:
    yield Heading(3, words("back.points"))
    for point in question.points:
        sign, style = STATE[point.state]
        runs = [Run(point.text)]
        # Met in the answer itself needs no remark; met in passing or when asked again does.
        if point.state == "met" and point.where != "first":
            runs.append(Run(f" ({words(f'where.{point.where}')})", "dim"))
        elif point.state != "met":
            runs.insert(0, Run(f"{words(f'state.{point.state}')}{words('report.colon')}", style))
        if point.because:
            runs.append(Run(words("report.quoted", words=shortened(point.because)), "dim"))
        yield Line(tuple(runs), sign, style)


def _single(question: QuestionReport, words: Words) -> Iterator[ReportBlock]:
    point = question.points[0]
    sign, style = STATE[point.state]
    right_words = {"met": "back.right", "partly": "back.nearly", "undecided": "how.undecided"}
    right = right_words.get(point.state, "back.wrong")
    # A single answer that came right at the follow-up is told as such, whatever the first one was.
    text = words("how.skipped") if not question.answer else words(right)
    if point.where == "follow-up":
        text = words("report.right-second")
    yield Line((Run(text, style),), sign, style)
    verdict = f"{words(f'verdict.{question.verdict}')}{words('report.stop')}" if question.verdict else ""
    yield Line((Run(f"{words('back.right-answer')}{words('report.colon')}", "dim"), Run(verdict + question.right)))


def _wrong(question: QuestionReport, words: Words) -> Iterator[ReportBlock]:
    if question.wrong:
        yield Heading(3, words("back.misconceptions"))
    for wrong in question.wrong:
        quoted = words("report.quoted", words=shortened(wrong.because)) if wrong.because else ""
        yield Line((Run(wrong.text, "bad"), Run(quoted, "dim")), "✗", "bad")
        yield Line((Run(wrong.right),), "→", "", 1)
    if question.terms:
        yield Heading(3, words("report.terms"))
    for term, better in question.terms:
        yield Line(plain(words("style.term", words=term, right=better)), "·")


def _structure(structure: Structure, words: Words) -> Iterator[ReportBlock]:
    yield Heading(3, words("report.structure"), words("report.share", percent=round(100 * structure.value)))
    for check in structure.checks:
        # What an answer of this depth need not have is praised where it is there, never missed.
        if not check.wanted and not check.passed:
            continue
        style: Style = "good" if check.passed else "bad"
        runs = [Run(words(f"check.{check.id}" if check.passed else f"check.{check.id}-not"))]
        if check.words:
            runs.append(Run(words("report.quoted", words=shortened(check.words)), "dim"))
        yield Line(tuple(runs), "✓" if check.passed else "✗", style)
    # The one part of a short answer has the time of the whole, which stands above.
    if len(structure.times) > 1:
        head = (words("report.part"), words("report.part-used"), words("report.part-budget"))
        rows = tuple(
            (
                Run(words(f"part.{time.part}")),
                Run(f"{time.seconds:.0f} s", "bad" if time.seconds > PART_LATE * time.budget else ""),
                Run(f"{time.budget:.0f} s", "dim"),
            )
            for time in structure.times
        )
        yield Grid(head, rows)


def _follow_ups(question: QuestionReport, words: Words) -> Iterator[ReportBlock]:
    if question.follow_ups:
        yield Heading(3, words("report.follow-ups"))
    for follow_up in question.follow_ups:
        sign, style = STATE[follow_up.state]
        yield Line((Run(interviewer_said(follow_up, words), "strong"),), f"{follow_up.number}.")
        yield Line((Run(why(follow_up, words), "dim"),), depth=1)
        answer = Run(follow_up.answer or words("mock.skipped"), as_said=bool(follow_up.answer))
        outcome = words(f"outcome.{follow_up.state if follow_up.answer else 'none'}")
        yield Line((answer, Run(f"  {outcome}", style)), sign, style, 1)


def interviewer_said(follow_up: FollowReport, words: Words) -> str:
    """What the interviewer said at a follow-up; a question of the content needs no words before it."""
    asks = bool(follow_up.prompt)
    say = follow_up.say or spoken(follow_up.why, follow_up.because, words, asks=asks)
    return gap(words).join(part for part in (say, follow_up.prompt) if part)


def gap(words: Words) -> str:
    """What stands between two sentences."""
    return "" if words.lang == "zh" else " "


def spoken(reason: str, because: str, words: Words, *, asks: bool) -> str:
    """What the interface says before a question, where it `asks` one, or instead of it."""
    # A number that was wrong is asked by its own prompt, which does not say why it comes now.
    return "" if asks and reason != "wrong-number" else probe(reason, because, words)


def probe(reason: str, because: str, words: Words) -> str:
    """What an interviewer says where content has no words for it."""
    if reason == "contradicted" and not because:
        return words("probe.contradicted-plain")
    return words(f"probe.{reason}", words=shortened(because))


def why(follow_up: FollowReport, words: Words) -> str:
    """Why a follow-up was asked."""
    point = words("report.about", text=shortened(follow_up.point, 90)) if follow_up.point else ""
    quoted = words("report.quoted", words=shortened(follow_up.because)) if follow_up.because else ""
    return words("report.because", why=words(f"why.{follow_up.why}")) + point + quoted


def _best(question: QuestionReport, words: Words) -> Iterator[ReportBlock]:
    if not question.best or not question.best.segments:
        return
    yield Heading(3, words("report.best"), words("report.best-note"))
    styles: dict[str, Style] = {"kept": "", "moved": "moved", "added": "added", "mended": "added", "dropped": "dropped"}
    runs: list[Run] = []
    for segment in question.best.segments:
        # A segment may bring its own space, at its end or where the next one begins.
        apart = runs and gap(words) and gap(words) not in (runs[-1].text[-1:], segment.text[:1])
        runs += [Run(gap(words))] if apart else []
        own = segment.kind in ("kept", "moved", "dropped")
        runs.append(Run(segment.text, styles[segment.kind], as_said=own))
    yield Line(tuple(runs))
    if question.best.left_out:
        yield Line((Run(words("report.left-out", count=len(question.best.left_out)), "dim"),))


def _unasked(report: Report, words: Words) -> Iterator[ReportBlock]:
    if report.unasked:
        yield Heading(2, words("report.unasked"))
    for section, name, prompt in report.unasked:
        yield Line((Run(prompt), Run(f"  {name} · {section}", "dim")), "○", "dim")
