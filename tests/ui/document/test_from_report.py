"""The report of an interview as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from llmquiz.interview.ask.interviewer import Interviewer
from llmquiz.interview.calibration import DOUBTFUL, EXPECTED, LATE, PART_LATE
from llmquiz.interview.judge.best_answer import Best, Segment
from llmquiz.interview.judge.reasons import Area, Reason, Recommendation
from llmquiz.interview.judge.structure import Check, PartTime, Structure
from llmquiz.interview.report.records import FollowReport, PointReport, Report, Slot
from llmquiz.interview.report.report import build
from llmquiz.interview.turns import Why
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.document.blocks import Heading, ReportBlock
from llmquiz.ui.document.from_report import STATE, blocks, interviewer_said, probe, reason_text, shortened, why
from llmquiz.ui.document.markdown import markdown
from llmquiz.ui.document.report_blocks import Bars, Grid, Line, Quote, TimeLine
from llmquiz.ui.document.runs import Run, spoken_words
from tests.interview import candidates
from tests.interview.candidates import AT, reported
from tests.interview.small import SOFTMAX, VARIANCE, WRONG, exchange, hearing, spoken

EN, ZH = Words("en"), Words("zh")


@cache
def small() -> Report:
    """The report on a half right answer with a follow-up, a wrong number, a skipped claim; `mask` was not reached."""
    exchanges = [
        exchange(f"{VARIANCE} {WRONG}"),
        spoken(SOFTMAX, Why.missed, "softmax"),
        exchange("13B", "gpt3", number=3, section="facts"),
        exchange("", "free", number=4, section="facts"),
    ]
    return build("test", AT, exchanges, Interviewer(hearing()), finished=True)


def changed(place: int = 0, **more: Any) -> Report:
    """The small report of one question alone, with this of it changed."""
    return replace(small(), questions=(replace(small().questions[place], **more),))


def part(title: str, result: Report, words: Words = EN) -> list[ReportBlock]:
    """The blocks under a heading that begins so; none where there is no such heading."""

    def under() -> Iterator[ReportBlock]:
        level = 0
        for block in blocks(result, words):
            if isinstance(block, Heading):
                inside = level and block.level > level
                level = level if inside else block.level if block.text.startswith(title) else 0
                if not inside:
                    continue
            if level:
                yield block

    return list(under())


def texts(shown: list[ReportBlock]) -> list[str]:
    """The lines among blocks, each with its bullet."""
    lines = (block for block in shown if isinstance(block, Line))
    return [" ".join(filter(None, (line.bullet, "".join(run.text for run in line.runs)))) for line in lines]


@pytest.mark.parametrize("lang", LANGS)
def test_a_report_is_wholly_in_the_users_language(lang: Lang) -> None:
    """Every word of the interface is in one language: what stays in Latin letters in Chinese is content."""
    from llmquiz.messages.mock import MOCK

    text = markdown(blocks(reported("practice", lang, candidates.knows_half), Words(lang)))
    other = 0 if lang == "zh" else 1
    foreign = [
        key for key, both in MOCK.items() if len(both[other]) > 6 and "{" not in both[other] and both[other] in text
    ]
    assert foreign == []


def test_markdown_holds_every_part_and_nothing_of_the_answer_becomes_markup() -> None:
    def hostile(seat: candidates.Seat) -> str:
        return f"<script>alert(1)</script> | {candidates.knows_half(seat)}"

    text = markdown(blocks(reported("practice", "en", hostile), EN))
    assert "<script>" not in text
    for key in ("report.verdict", "report.areas", "report.timeline", "report.next", "report.best"):
        assert EN(key) in text


@pytest.mark.parametrize(
    ("more", "end", "unfinished"),
    [
        ({}, "2:10 of 10 min used · seed 1", []),
        ({"strict": True, "practice": True, "elapsed": 130.0}, "seed 1 · strict · practice", []),
        ({"finished": False}, "seed 1", [EN("report.unfinished")]),
    ],
)
def test_it_begins_with_who_asked_and_how(more: dict[str, Any], end: str, unfinished: list[str]) -> None:
    result = replace(small(), **{"elapsed": 130.0} | more)
    title, circumstances, *others = blocks(result, EN)
    assert title == Heading(1, "Interview report", "Dr. Lin")
    assert texts([circumstances])[0].endswith(end)
    assert texts(others[: others.index(Heading(2, EN("report.verdict")))]) == unfinished


@pytest.mark.parametrize(
    ("step", "style", "scale"),
    [
        (Recommendation.strong_no, "bad", "●○○○○"),
        (Recommendation.no, "bad", "○●○○○"),
        (Recommendation.unsure, "warn", "○○●○○"),
        (Recommendation.yes, "good", "○○○●○"),
        (Recommendation.strong_yes, "good", "○○○○●"),
    ],
)
def test_the_verdict_is_a_step_of_five_with_its_reasons(step: Recommendation, style: str, scale: str) -> None:
    reasons = (Reason("brevity", True), Reason("evidence", False))
    verdict = replace(small().verdict, step=step, score=0.666, reasons=reasons)
    first, *others = part(EN("report.verdict"), replace(small(), verdict=verdict))
    assert first == Line((Run(EN(f"step.{step}"), style), Run(f"  {scale}  67 %", "dim")))  # type: ignore[arg-type]
    assert [(line.bullet, line.style) for line in others if isinstance(line, Line)] == [("+", "good"), ("−", "bad")]


@pytest.mark.parametrize(
    ("reason", "en"),
    [
        (Reason("coverage", False, "small/scale", "softmax"), f": for example, not said: {SOFTMAX}"),
        (Reason("coverage", True, "small/scale"), ": “Why divide by the square root of d?”"),
        (Reason("correctness", False, "small/gpt3", words="13B"), ": you said “13B”"),
        (Reason("structure", False, point="absolutes", words="always"), ": absolute wording (“always”)"),
        (Reason("structure", True, point="order"), ": the parts stand in order"),
        (Reason("evidence", True, words="for example T5"), ": you said “for example T5”"),
        (Reason("brevity", True), ""),
        (Reason("coverage", False, "small/lost"), ""),  # a question that is not in the report
    ],
)
def test_a_reason_is_shown_by_what_was_said_or_left_out(reason: Reason, en: str) -> None:
    sentence = EN(f"reason.{reason.area}-{'good' if reason.good else 'bad'}")
    assert reason_text(reason, small(), EN) == sentence + en


def test_who_said_too_little_is_not_told_of_lost_time() -> None:
    short = Reason("brevity", False, point="short")
    assert [reason_text(short, small(), words) for words in (EN, ZH)] == [
        words("reason.brevity-short") for words in (EN, ZH)
    ]


def test_an_area_is_good_from_what_is_expected_and_bad_below_what_is_doubtful() -> None:
    areas = tuple(Area("coverage", value, 1.5) for value in (EXPECTED, EXPECTED - 0.01, DOUBTFUL, DOUBTFUL - 0.01))
    result = replace(small(), verdict=replace(small().verdict, areas=areas))
    (chart,) = (block for block in blocks(result, EN) if isinstance(block, Bars))
    assert [bar.style for bar in chart.bars] == ["good", "warn", "warn", "bad"]
    assert (chart.bars[0].label, chart.bars[0].text, chart.bars[0].mark) == ("Coverage", "68 %, weight 1.5", EXPECTED)


def test_on_the_time_line_what_took_too_long_is_bad_whatever_it_was_worth() -> None:
    slots = (
        Slot(1, 0.0, 60.0 * LATE, 60.0, "small/scale", "planned", "met"),
        Slot(2, 66.0, 60.0 * LATE + 1, 60.0, "small/gpt3", "planned", "met"),
        Slot(3, 133.0, 5.0, 60.0, "", "closing", "undecided"),
    )
    (line,) = (
        block for block in blocks(replace(small(), timeline=slots, elapsed=0.0), EN) if isinstance(block, TimeLine)
    )
    assert [(stop.label, stop.style, stop.text) for stop in line.stops] == [
        ("scale", "good", "1:06 / 1:00"),
        ("gpt3", "bad", "1:07 / 1:00"),
        ("At the end", STATE["undecided"][1], "0:05 / 1:00"),
    ]
    assert line.total > 0  # what is drawn is divided by it


def test_what_to_do_next_is_a_command_and_what_it_is_for() -> None:
    first = part(EN("report.next"), small())[0]
    assert isinstance(first, Line)
    assert (first.bullet, first.runs[0]) == ("1.", Run("llmquiz drill scale", "code"))
    missed = sum(point.state == "missing" for point in small().questions[0].points)
    assert first.runs[1].text.endswith(f"missed points ({missed}): Why divide by the square root of d?")


def test_a_question_begins_with_its_circumstances_and_what_was_said() -> None:
    facts, answer, *_ = part("1. ", small())
    assert texts([facts]) == ["Ideas · small/scale · one minute · answered · 2 of 3 points · 0:30 of 1:00"]
    assert answer == Quote(spoken_words(f"{VARIANCE} {WRONG}"))
    skipped = part("4. ", small())
    assert texts(skipped)[0] == "Facts · small/free · claim to judge · not answered · 0:30 of 1:00"
    assert not [block for block in skipped if isinstance(block, Quote)]
    assert EN("how.void") in texts(part("1. ", changed(void=True)))[0]


def test_a_point_says_how_it_stands_unless_it_was_met_at_once() -> None:
    states = [("met", "first"), ("met", "passing"), ("met", "follow-up"), ("partly", ""), ("undecided", "")]
    points = tuple(PointReport(state, "P.", state, where, "", 1) for state, where in states)
    shown = part(EN("back.points"), changed(points=(*points, PointReport("x", "P.", "contradicted", "", "no", 1))))
    assert texts(shown) == [
        "✓ P.",
        "✓ P. (said in passing, elsewhere)",
        "✓ P. (only when asked again)",
        "◐ partly: P.",
        "· undecided: P.",
        "✗ contradicted: P. (“no”)",
    ]


@pytest.mark.parametrize(
    ("more", "state", "where", "outcome"),
    [
        ({}, "met", "first", "✓ Right"),
        ({}, "missing", "", "○ Not right"),
        ({}, "undecided", "", "· Could not be decided"),
        ({"answer": ""}, "missing", "", "○ not answered"),
        ({}, "met", "follow-up", "✓ Right at the second try"),
        ({"answer": ""}, "met", "follow-up", "✓ Right at the second try"),
    ],
)
def test_a_single_answer_is_right_or_not(more: dict[str, str], state: str, where: str, outcome: str) -> None:
    point = PointReport("", "", state, where, "", 1)
    shown = texts(part("3. ", changed(1, points=(point,), **more)))
    assert shown[1:] == [outcome, "Right answer: 175 billion parameters"]


def test_the_right_answer_to_a_claim_begins_with_the_verdict() -> None:
    assert [texts(part("4. ", small(), words))[-1] for words in (EN, ZH)] == [
        "Right answer: wrong. It takes memory.",
        "正确答案：错误。It takes memory.",
    ]


def test_what_was_wrong_is_followed_by_what_holds_and_the_better_term() -> None:
    result = changed(terms=(("sequential", "autoregressive"),))
    assert texts(part(EN("back.misconceptions"), result)) == [
        f"✗ {WRONG} (“{WRONG}”)",
        "→ It changes no cost.",
    ]
    assert texts(part(EN("report.terms"), result)) == ["· “sequential”: better autoregressive"]


CHECKS = (
    Check("answer-first", True, True, "It grows."),
    Check("reasons", False, True),
    Check("outlook", True, False),
    Check("comparison", False, False),
)
TIMES = (PartTime("answer", 10.0 * PART_LATE, 10.0), PartTime("reasons", 20.0 * PART_LATE + 1, 20.0))


def test_of_how_an_answer_is_built_what_nobody_asked_for_is_praised_and_never_missed() -> None:
    shown = part(EN("report.structure"), changed(structure=Structure(CHECKS, TIMES)))
    assert texts(shown) == [
        "✓ the answer comes first (“It grows.”)",
        "✗ no reasons given",
        "✓ ends with the state of things",
    ]
    (grid,) = (block for block in shown if isinstance(block, Grid))
    assert [row[1] for row in grid.rows] == [Run("15 s"), Run("31 s", "bad")]


def test_the_one_part_of_a_short_answer_has_no_time_of_its_own() -> None:
    shown = part(EN("report.structure"), changed(structure=Structure(CHECKS, TIMES[:1])))
    assert not [block for block in shown if isinstance(block, Grid)]


@pytest.mark.parametrize(("more", "has"), [({}, True), ({"answer": ""}, False), ({"void": True}, False)])
def test_only_an_answer_of_ones_own_has_a_structure(more: dict[str, Any], has: bool) -> None:
    result = changed(**more)
    assert bool(part(EN("report.structure"), result)) is has
    assert (EN("report.void") in texts(part("1. ", result))) is bool(more.get("void"))


def test_a_follow_up_says_why_it_was_asked_and_how_it_was_answered() -> None:
    assert texts(part(EN("report.follow-ups"), small())) == [
        f"2. {EN('probe.missed')}",
        f"Asked because this was missing: {SOFTMAX}",
        f"✓ {SOFTMAX}  answered",
    ]
    silent = replace(small().questions[0].follow_ups[0], answer="", state="missing")
    assert texts(part(EN("report.follow-ups"), changed(follow_ups=(silent,))))[-1] == "○ (no answer)  not answered"


def followed(reason: str, **more: str) -> FollowReport:
    """A follow-up for that reason."""
    return replace(small().questions[0].follow_ups[0], **{"why": reason, "say": "", "prompt": "", "point": ""} | more)


@pytest.mark.parametrize(
    ("asked", "en"),
    [
        (followed("missed", say="And the softmax?"), "And the softmax?"),
        (followed("met", prompt="How many?"), "How many?"),  # a question of the content speaks for itself
        (followed("met", say="Then.", prompt="How many?"), "Then. How many?"),
        (followed("wrong-number", prompt="How many?"), f"{EN('probe.wrong-number')} How many?"),
        (followed("absolute", because="always"), "“always”? Is there no exception?"),
    ],
)
def test_the_contents_own_words_go_before_those_of_the_interface(asked: FollowReport, en: str) -> None:
    assert interviewer_said(asked, EN) == en


def test_in_chinese_no_space_stands_between_two_sentences() -> None:
    assert interviewer_said(followed("met", say="那么。", prompt="多少？"), ZH) == "那么。多少？"


def test_who_cannot_be_quoted_is_asked_without_a_quotation() -> None:
    assert probe("contradicted", "", EN) == EN("probe.contradicted-plain")
    assert probe("contradicted", "it shrinks", EN) == "You said: “it shrinks”. Are you sure? Explain it to me."


def test_the_reason_of_a_follow_up_names_the_point_and_the_words() -> None:
    asked = followed("contradicted", point="It grows.", because="it shrinks")
    assert why(asked, EN) == "Asked because what you said goes against this: It grows. (“it shrinks”)"
    assert why(asked, ZH) == "问这个，是因为你的说法与要点相反：It grows.（“it shrinks”）"


SEGMENTS = (
    Segment("kept", "A "), Segment("dropped", "always."), Segment("mended", "B."), Segment("moved", "C."),
    Segment("added", "D."), Segment("kept", " so."),
)  # fmt: skip


def test_the_best_version_is_one_paragraph_in_which_each_change_can_be_seen() -> None:
    for words, gap in ((EN, [Run(" ")]), (ZH, [])):
        line, left = part(words("report.best"), changed(best=Best(SEGMENTS, ("x", "y"))), words)
        assert isinstance(line, Line)
        assert list(line.runs) == [
            Run("A ", "", True), Run("always.", "dropped", True), *gap, Run("B.", "added"), *gap,
            Run("C.", "moved", True), *gap, Run("D.", "added"), Run(" so.", "", True),
        ]  # fmt: skip
        assert texts([left]) == [words("report.left-out", count=2)]


@pytest.mark.parametrize("best", [None, Best(()), Best(SEGMENTS)])
def test_where_nothing_can_be_kept_there_is_no_best_version(best: Best | None) -> None:
    assert len(part(EN("report.best"), changed(best=best))) == (1 if best and best.segments else 0)


def test_it_ends_with_what_was_not_asked_and_what_the_candidate_said_last() -> None:
    assert texts(part(EN("report.unasked"), small())) == [
        "○ What does the causal mask hide?  small/mask · Ideas",
        "○ Which one is causal?  small/pick · Facts",
    ]
    result = replace(small(), unasked=(), closing="Thank you.")
    assert list(blocks(result, EN))[-2:] == [Heading(2, EN("report.closing")), Quote(spoken_words("Thank you."))]
    assert not part(EN("report.unasked"), result)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\n b", "a b"), ("a" * 9 + "b", "a" * 9 + "b"), ("aaaa aaa bbb", "aaaa aaa…"), ("a" * 11, "a" * 9 + "…")],
)
def test_what_is_quoted_is_one_line_cut_where_it_is_long(text: str, line: str) -> None:
    assert shortened(text, 10) == line
