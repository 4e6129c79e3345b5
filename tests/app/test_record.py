"""What the answers of one sitting earn, the learner's own verdicts in their place, and the way back."""

from __future__ import annotations

from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt
from llmquiz.app.drill_session import DrillSession
from llmquiz.app.record import AnswerRecorder
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schedule.due_dates import Rating
from llmquiz.schedule.reviews import Review
from llmquiz.schedule.selection import Candidate
from tests.app.scripted import Scripted

MET, PARTLY, MISSING, CONTRADICTED, UNDECIDED = PointState


def candidate(question: str = "scale", *items: str) -> Candidate:
    """A question of the small topic, with the items of it that were seen before."""
    return Candidate(f"small/{question}", "open", 0, 0, tuple(f"small/{item}" for item in items), "9999", True)


def attempt(context: AppContext, question: str = "scale", hinted: frozenset[str] = frozenset()) -> Attempt:
    return Attempt(context.collection.get(f"small/{question}"), "words", 1.0, len(hinted), hinted)


def score(variance: PointState, softmax: PointState = MET, kernel: PointState = MISSING) -> Score:
    """The Score of an answer to `scale`; its last point is above the learner's level."""
    points = (PointScore("variance", variance), PointScore("softmax", softmax), PointScore("kernel", kernel))
    return Score(0.5, points)


def recorder(context: AppContext, *, cram: bool = False) -> AnswerRecorder:
    return DrillSession(context, [], 0, cram=cram, asker=Scripted()).recorder


def test_an_answer_is_committed_and_counted(context: AppContext) -> None:
    drill = recorder(context)
    number = drill.record(attempt(context), candidate(), score(MET, MISSING))
    earned = [
        Review("small/scale.variance", MET, Rating.good, 1.0),
        Review("small/scale.softmax", MISSING, Rating.again, 0.0),
    ]
    assert drill.tally.answers == {number: earned}
    assert drill.history == [(number, candidate())]
    (answer,) = context.store.answers()
    assert [(review.item, review.rating) for review in answer.reviews] == [
        ("small/scale.variance", Rating.good),
        ("small/scale.softmax", Rating.again),
    ]


def test_items_that_were_seen_before_count_above_the_level_and_hints_cost(context: AppContext) -> None:
    drill = recorder(context)
    seen = candidate("scale", "scale.kernel")
    number = drill.record(attempt(context, hinted=frozenset({"variance"})), seen, score(MET))
    assert [(review.item, review.rating) for review in drill.tally.answers[number]] == [
        ("small/scale.variance", Rating.again),
        ("small/scale.softmax", Rating.good),
        ("small/scale.kernel", Rating.again),
    ]


def test_cramming_counts_and_commits_nothing(context: AppContext) -> None:
    drill = recorder(context, cram=True)
    numbers = [drill.record(attempt(context), candidate(), score(MET)) for _ in range(2)]
    assert numbers == [-1, -2]
    assert (drill.tally.met, drill.history, context.store.answers()) == (4, [], ())


def test_only_undecided_points_that_would_be_reviewed_are_asked_back(context: AppContext) -> None:
    drill = recorder(context)
    undecided = score(UNDECIDED, MET, UNDECIDED)
    assert drill.open_points(attempt(context), candidate(), undecided) == [PointScore("variance", UNDECIDED)]
    seen = candidate("scale", "scale.kernel")
    assert [point.id for point in drill.open_points(attempt(context), seen, undecided)] == ["variance", "kernel"]
    single = Score(0.0, (PointScore("", UNDECIDED),))
    assert drill.open_points(attempt(context, "gpt3"), candidate("gpt3"), single) == []


def test_the_learners_verdict_on_an_undecided_point_is_a_further_line(context: AppContext) -> None:
    drill, question = recorder(context), context.collection.get("small/scale")
    first = score(UNDECIDED, MISSING)
    number = drill.record(attempt(context), candidate(), first)
    settled = drill.settle(question, first, number, {"variance": MET})
    assert settled == Score(
        round(1 / 3, 4), (PointScore("variance", MET), PointScore("softmax", MISSING), PointScore("kernel", MISSING))
    )
    assert drill.tally.answers[number][0] == Review("small/scale.variance", MET, Rating.good, 1.0)
    lines = list(context.store.log())
    assert [(line["item"], line["state"], line["overruled"]) for line in lines] == [
        ("small/scale.variance", "undecided", False),
        ("small/scale.softmax", "missing", False),
        ("small/scale.variance", "met", True),
    ]
    assert context.store.memories()["small/scale.variance"].reviews == 1


def test_where_nothing_was_asked_back_the_score_stays(context: AppContext) -> None:
    drill, question = recorder(context), context.collection.get("small/scale")
    first = score(UNDECIDED)
    number = drill.record(attempt(context), candidate(), first)
    assert drill.settle(question, first, number, {}) is first
    assert len(list(context.store.log())) == 2


def test_a_hinted_point_settled_as_met_still_comes_back_soon(context: AppContext) -> None:
    drill, question = recorder(context), context.collection.get("small/scale")
    hinted = Score(0.0, (PointScore("variance", UNDECIDED, hinted=True),))
    number = drill.record(attempt(context, hinted=frozenset({"variance"})), candidate(), hinted)
    drill.settle(question, hinted, number, {"variance": MET})
    assert drill.tally.answers[number] == [Review("small/scale.variance", MET, Rating.again, 1.0)]


def test_only_what_was_reviewed_can_be_overruled(context: AppContext) -> None:
    drill, question = recorder(context), context.collection.get("small/scale")
    first = score(MISSING, MISSING)
    number = drill.record(attempt(context), candidate(), first)
    # kernel is shown, but above the level and never seen
    settled = drill.settle(question, first, number, {"softmax": MET, "kernel": MET})
    assert [point.state for point in settled.points] == [MISSING, MET, MET]
    assert [review.state for review in drill.tally.answers[number]] == [MISSING, MET]
    assert [PointState(review.state) for review in context.store.answers()[0].reviews] == [MISSING, MET]


def test_a_single_answer_is_overruled_as_a_whole(context: AppContext) -> None:
    drill, question = recorder(context), context.collection.get("small/gpt3")
    first = Score(0.0, (PointScore("", MISSING),))
    number = drill.record(attempt(context, "gpt3"), candidate("gpt3"), first)
    assert drill.settle(question, first, number, {"": MET}).value == 1.0
    assert drill.tally.answers[number] == [Review("small/gpt3", MET, Rating.good, 1.0)]
    assert context.store.answers()[0].reviews[0].rating is Rating.good


def test_a_crammed_answer_is_overruled_in_the_tally_alone(context: AppContext) -> None:
    drill, question = recorder(context, cram=True), context.collection.get("small/gpt3")
    first = Score(0.0, (PointScore("", MISSING),))
    number = drill.record(attempt(context, "gpt3"), candidate("gpt3"), first)
    drill.settle(question, first, number, {"": MET})
    assert (drill.tally.met, list(context.store.log())) == (1, [])


def test_undo_takes_back_the_newest_answer_and_names_its_question(context: AppContext) -> None:
    drill = recorder(context)
    number = drill.record(attempt(context), candidate(), score(MET))
    newest = drill.record(attempt(context, "gpt3"), candidate("gpt3"), Score(1.0, (PointScore("", MET),)))
    assert drill.undo() == (newest, candidate("gpt3"))
    assert list(drill.tally.answers) == [number]
    assert [answer.undone for answer in context.store.answers()] == [False, True]
    assert drill.undo() == (number, candidate())
    assert (drill.history, drill.tally.answers, context.store.memories()) == ([], {}, {})
