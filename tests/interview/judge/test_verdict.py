"""The five areas, what closes the door, and the step that a score comes to, from outcomes made by hand."""

from __future__ import annotations

import pytest

from llmquiz.grading.score import PointState, Remark
from llmquiz.interview.ask.hearing import Hearing
from llmquiz.interview.judge.question_outcome import Point, QuestionOutcome
from llmquiz.interview.judge.reasons import Built, Recommendation
from llmquiz.interview.judge.structure import Check, Structure
from llmquiz.interview.judge.verdict import AREAS, Verdict, verdict
from llmquiz.interview.turns import Exchange, Why
from llmquiz.schema.topics import Weights
from tests.interview.small import VARIANCE, content, exchange, hearing, spoken

MET, PARTLY, MISSING, CONTRADICTED = (
    PointState.met,
    PointState.partly,
    PointState.missing,
    PointState.contradicted,
)
BELIEF = Remark("speed", "makes faster")


def outcome(*states: PointState, misconceptions: int = 0, par: float = 1.0, **more: object) -> QuestionOutcome:
    """A question whose points stand like this."""
    points = tuple(Point(f"p{number}", state, "first" if state is MET else "") for number, state in enumerate(states))
    return QuestionOutcome(exchange(VARIANCE, **more), points, (BELIEF,) * misconceptions, par)  # type: ignore[arg-type]


def single(state: PointState, text: str = "175B", **more: object) -> QuestionOutcome:
    """A question of one answer."""
    return QuestionOutcome(exchange(text, "gpt3", depth="one-line", seconds=10), (Point("", state, **more),))  # type: ignore[arg-type]


def judged(
    *outcomes: QuestionOutcome, listener: Hearing | None = None, unasked: int = 0, built: float = 1.0
) -> Verdict:
    """The verdict where each long answer was built to `built`."""
    exchanges = [standing.exchange for standing in outcomes]
    checks = tuple(Check(str(number), number < round(1000 * built), wanted=True) for number in range(1000))
    structures = [Built(answer, Structure(checks, ())) for answer in exchanges if answer.turn.kind == "open"]
    missed = [content()[0].get("small/mask")] * unasked
    return verdict(exchanges, outcomes, structures, missed, listener or hearing())


def area(result: Verdict, name: str) -> float:
    """What an area came to."""
    return next(area.value for area in result.areas if area.id == name)


def test_the_areas_are_always_the_same_five() -> None:
    assert tuple(area.id for area in judged(outcome(MET)).areas) == AREAS


@pytest.mark.parametrize(
    ("standing", "correctness"),
    [
        (outcome(MET, MET), 1.0),
        (outcome(MET, MET, misconceptions=1), 0.5),  # a misconception costs what two right points earn
        (outcome(MET, MET, misconceptions=2), 0.333),
        (outcome(MISSING, MISSING, misconceptions=1), 0.0),
        (outcome(MISSING, MISSING), 0.0),  # nothing said that could be right
        (outcome(MET, MISSING), 1.0),  # what is missing is not wrong
        (outcome(MET, CONTRADICTED), 0.5),
        (outcome(PARTLY, CONTRADICTED), 0.333),
        (single(MET), 1.0),
        (single(MISSING), 0.0),
        (single(MISSING, text=""), 0.0),
    ],
)
def test_correctness_is_what_was_right_over_what_was_said(standing: QuestionOutcome, correctness: float) -> None:
    assert area(judged(standing), "correctness") == correctness


def test_a_wrong_number_counts_as_two_points_and_an_unanswered_one_as_none() -> None:
    right = outcome(MET, MET)
    assert area(judged(right, single(MISSING)), "correctness") == 0.5
    assert area(judged(right, single(MISSING, text="")), "correctness") == 1.0
    assert area(judged(right, single(CONTRADICTED)), "correctness") == 0.5


def test_a_point_denied_before_it_was_met_costs_half_of_one() -> None:
    denied = QuestionOutcome(exchange(VARIANCE), (Point("p0", MET, "follow-up", denied=True),))
    assert area(judged(denied), "correctness") == 0.5  # 0.6 - 0.1 right, 0.5 wrong


def test_coverage_weighs_questions_by_the_depth_that_was_asked() -> None:
    full, line = outcome(MET, depth="full"), outcome(MISSING, depth="one-line")
    assert area(judged(full, line), "coverage") == 0.75
    assert area(judged(outcome(MISSING, depth="full"), outcome(MET, depth="one-line")), "coverage") == 0.25


def test_nobody_is_asked_for_more_than_the_model_answer_holds() -> None:
    assert area(judged(outcome(MET, MISSING, par=0.5)), "coverage") == 1.0


def test_what_cannot_be_decided_is_left_out_of_coverage() -> None:
    assert area(judged(outcome(MET), outcome(PointState.undecided)), "coverage") == 1.0


def test_unreached_questions_count_only_where_answers_ran_over_their_time() -> None:
    """The budget of 60 s is overrun by 84 s more than the 1.1 that is let pass: 84 of a quarter of 600 s is 0.56."""
    late = QuestionOutcome(exchange(VARIANCE, seconds=150.0), (Point("p0", MET, "first"),))
    assert area(judged(outcome(MET), unasked=2), "coverage") == 1.0
    assert area(judged(late, unasked=2), "coverage") == pytest.approx(2 / (2 + 2 * 84 / 150), abs=1e-3)


def test_structure_is_that_of_the_long_answers_and_brevity_where_nothing_long_was_asked() -> None:
    assert area(judged(outcome(MET), built=0.4), "structure") == 0.4
    short = judged(single(MET))
    assert area(short, "structure") == area(short, "brevity")
    assert area(judged(single(MISSING, text="")), "structure") == 0.0


@pytest.mark.parametrize(
    ("answer", "evidence"),
    [
        (VARIANCE, 0.0),
        (f"{VARIANCE} For example, with d of 64 it is 64.", 0.5),  # one of the two that a minute should hold
        ("For example, I had lunch with a friend.", 0.0),  # a good example of nothing is none
    ],
)
def test_evidence_counts_where_the_answer_says_something(answer: str, evidence: float) -> None:
    asked = exchange(answer)
    assert area(verdict([asked], [], [], [], hearing()), "evidence") == evidence


@pytest.mark.parametrize(
    ("reply", "evidence"), [("It was measured by Wang in a controlled study.", 1.0), ("I do not know.", 0.0)]
)
def test_evidence_that_was_asked_for_counts_by_what_came_of_it(reply: str, evidence: float) -> None:
    main, asked = exchange("", seconds=0.0), spoken(reply, Why.always)
    result = verdict([main, asked], [], [], [], hearing())
    assert area(result, "evidence") == pytest.approx(evidence / 3, abs=1e-3)  # beside a minute that holds none


def weighing(**weights: float) -> Hearing:
    """An interviewer to whom only these areas count."""
    return hearing(weights=Weights(**(dict.fromkeys(AREAS, 0.0) | weights)))


def test_an_interviewer_weighs_the_areas_their_own_way() -> None:
    mixed = outcome(MET, CONTRADICTED)  # coverage 0.5, correctness 0.5
    assert judged(mixed, listener=weighing(structure=1)).areas[2].value == 1.0
    assert judged(outcome(MET, MET), built=0.2, listener=weighing(coverage=3, structure=1)).score == 0.8
    assert judged(outcome(MET, MET), listener=weighing()).score == 0.0


@pytest.mark.parametrize(
    ("built", "step"),
    [
        (0.85, Recommendation.strong_yes),
        (0.849, Recommendation.yes),
        (0.68, Recommendation.yes),
        (0.679, Recommendation.unsure),
        (0.5, Recommendation.unsure),
        (0.499, Recommendation.no),
        (0.28, Recommendation.no),
        (0.279, Recommendation.strong_no),
        (0.0, Recommendation.strong_no),
    ],
)
def test_each_step_begins_at_its_score(built: float, step: Recommendation) -> None:
    brief = outcome(MET, MET)
    assert judged(brief, built=built, listener=weighing(structure=1)).step is step


def ended(correctness: float, coverage: float) -> tuple[float, Recommendation]:
    """Score and step where all that this interviewer weighs is perfect, but two areas came to this."""
    wrong = round(100 * (1 - correctness))
    points = [Point("right", MET, "first", weight=100 - wrong), Point("wrong", CONTRADICTED, weight=wrong)]
    share = (100 - wrong) / 100
    result = judged(
        QuestionOutcome(exchange(VARIANCE), tuple(points), par=share / coverage), listener=weighing(structure=1)
    )
    assert (area(result, "correctness"), area(result, "coverage")) == (correctness, coverage)
    return result.score, result.step


@pytest.mark.parametrize(
    ("correctness", "coverage", "score"),
    [
        (0.9, 0.9, 1.0),
        (0.76, 0.9, 1.0),
        (0.74, 0.9, 0.67),
        (0.64, 0.9, 0.49),
        (0.34, 0.9, 0.27),
        (0.9, 0.87, 0.84),
        (0.9, 0.67, 0.67),
        (0.9, 0.29, 0.49),
        (0.9, 0.11, 0.27),
        (0.34, 0.29, 0.27),  # the lower of two limits holds
    ],
)
def test_much_that_is_wrong_or_too_little_closes_the_door(correctness: float, coverage: float, score: float) -> None:
    assert ended(correctness, coverage)[0] == score


def test_a_closed_door_is_among_the_reasons() -> None:
    result = judged(outcome(MET, CONTRADICTED), listener=weighing(structure=1))
    assert (result.step, result.score) == (Recommendation.no, 0.49)
    assert result.reasons[0].area == "correctness"


def test_who_does_not_come_to_an_end_does_not_pass() -> None:
    endless = QuestionOutcome(exchange(VARIANCE, seconds=120.0), (Point("p0", MET, "first"),))
    result = judged(endless, listener=weighing(coverage=1))
    assert (area(result, "brevity"), result.score, result.step) == (0.0, 0.49, Recommendation.no)


def test_a_closing_is_no_answer() -> None:
    closing = exchange("Thank you.", "", number=2)
    spoken_first = outcome(MET, MET)
    with_closing = verdict([spoken_first.exchange, closing], [spoken_first], [], [], hearing())
    assert with_closing == verdict([spoken_first.exchange], [spoken_first], [], [], hearing())


def test_saying_nothing_at_all_is_a_strong_no() -> None:
    silent: list[Exchange] = [exchange("", seconds=0.0)]
    result = verdict(silent, [QuestionOutcome(silent[0], (Point("p0", MISSING),))], [], [], hearing())
    assert (result.score, result.step) == (0.0, Recommendation.strong_no)


@pytest.mark.parametrize(("finished", "unasked", "passes"), [(True, 3, True), (False, 0, True), (False, 1, False)])
def test_who_leaves_before_half_of_it_is_not_hired_on_the_rest(finished: bool, unasked: int, passes: bool) -> None:
    answer = outcome(*[MET] * 12)
    checks = tuple(Check(str(number), True, wanted=True) for number in range(9))
    built, missed = [Built(answer.exchange, Structure(checks, ()))], [content()[0].get("small/mask")] * unasked
    result = verdict([answer.exchange], [answer], built, missed, hearing(), finished=finished)
    assert (result.step.rank >= Recommendation.yes.rank) is passes
