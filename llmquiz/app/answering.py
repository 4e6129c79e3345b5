"""An answer graded as its kind asks for: by the content's own grader; a prediction by what its demo measures here."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from llmquiz.app.context import AppContext
from llmquiz.app.settings import read_settings
from llmquiz.errors import GraderError, LlmquizError
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schema.questions import (
    CellQuestion,
    Claim,
    KeyPoint,
    Misconception,
    OpenQuestion,
    PredictionQuestion,
    Term,
)

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef


def grade(context: AppContext, question: QuestionRef, response: str, hinted: Collection[str] = ()) -> Score:
    """The Score of a response; `hinted` are the points that a hint had named before."""
    from llmquiz import grading

    entry, lang, glossary = question.entry, context.lang, context.glossary(question.topic)
    if isinstance(entry, CellQuestion):
        return grading.grade_cell(entry.cell, response, lang, glossary=glossary)
    if isinstance(entry, PredictionQuestion):
        # The content does not know what is right: the demo has to run first.
        return _predicted(context, entry, response)
    terms = noted_terms(context).values() if isinstance(entry, OpenQuestion) else ()
    seconds = entry.answers.one_minute.seconds if isinstance(entry, OpenQuestion) else None
    gradable: Any = entry  # every other kind that is asked; mypy cannot know
    score = grading.grade(
        gradable, response, lang, glossary=glossary, hinted=frozenset(hinted), terms=terms, seconds=seconds
    )
    return _read_again(context, entry, response, score) if isinstance(entry, OpenQuestion) else score


def not_known(entry: object) -> Score:
    """The Score of who asked to be shown the answer: nothing of it was known, whatever was begun."""
    if isinstance(entry, OpenQuestion):
        return Score(
            0.0, tuple(PointScore(point.id, PointState.missing, weight=point.weight) for point in entry.points)
        )
    return Score(0.0, (PointScore("", PointState.missing),))


def _read_again(context: AppContext, question: OpenQuestion, response: str, score: Score) -> Score:
    """The Score with what the settings' second reader says of undecided points; never asked without `second_reader`."""
    judge = read_settings().values.get("judge")
    if not (isinstance(judge, dict) and judge.get("second_reader")):
        return score
    from llmquiz.grading.optional.llm_judge import LlmJudge
    from llmquiz.grading.optional.server import Server

    try:
        second = LlmJudge(Server.of(judge, None), context.glossary())
        score = second.second(question, response, context.lang, score)
    except GraderError as error:
        context.warn(error.text(context.lang))
        return score
    for problem in second.problems(context.lang):
        context.warn(problem)
    return score


def prepare(context: AppContext, question: QuestionRef) -> None:
    """Let the reader load and read a question's statements while the learner reads and types."""
    from llmquiz.grading.points.key_points import statements_of
    from llmquiz.grading.reader import judging

    entry = question.entry
    if isinstance(entry, OpenQuestion | Claim):
        listed: list[KeyPoint | Misconception] = [*entry.points]
        if isinstance(entry, OpenQuestion):
            listed += entry.misconceptions
        statements = [text for stated in listed for text in statements_of(stated, context.lang)]
        if statements:
            judging.prepare(statements)


def noted_terms(context: AppContext) -> dict[str, Term]:
    """The terms whose wrong forms are pointed out in an open answer."""
    entries = (question.entry for question in context.collection.entries("term"))
    return {entry.id: entry for entry in entries if isinstance(entry, Term) and entry.noted}


def measured_before(context: AppContext, entry: object) -> float | None:
    """What a prediction was compared with in this sitting; None for anything else, and where it was not measured."""
    return context.measured.get((entry.demo, entry.measures)) if isinstance(entry, PredictionQuestion) else None


def _predicted(context: AppContext, entry: PredictionQuestion, guess: str) -> Score:
    """Measure with the demo's quick settings, then compare; what cannot be measured here is not judged."""
    from llmquiz import grading
    from llmquiz.app.demos import measured

    assert entry.demo is not None
    try:
        value = measured(context, entry.demo, entry.measures)
    except LlmquizError as error:
        context.say(error.text(context.lang))
        # No fault of the learner: undecided is no review.
        return Score(0.0, (PointScore("", PointState.undecided),))
    context.measured[entry.demo, entry.measures] = value
    return grading.grade_prediction(entry, guess, value)
