"""An answer from standard input graded, and a grader measured on labelled answers."""

from __future__ import annotations

import io
import json as plain_json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz.app.context import AppContext
from llmquiz.app.graders import Name, OpenGrader, named
from llmquiz.app.settings import read_settings
from llmquiz.errors import ContentError, LlmquizError
from llmquiz.grading.score import Score
from llmquiz.messages.ui import Words
from llmquiz.schema.questions import CellQuestion, Claim, OpenQuestion, PredictionQuestion, Question

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.grading.evaluation.cases import Case


def grade(context: AppContext, grader: Name, model: str | None, name: str, json: bool) -> None:
    """Grade what stands on standard input as an answer to the question called `name`."""
    question = context.collection.get(name)
    if not isinstance(question.entry, Question | CellQuestion | Claim):
        raise LlmquizError(
            "grade.not-asked", id=question.id, kind=question.kind, kind_zh=Words("zh")(f"kind.{question.kind}")
        )
    chosen = named(grader, model, context.glossary(question.topic), read_settings().values)
    if sys.stdin.isatty():
        context.warn(context.words("grade.type"))
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes that are no text are no reason for a traceback
    response = sys.stdin.read()
    score = _score(context, chosen, question, response)
    for problem in chosen.problems(context.lang):
        context.warn(problem)
    if json:
        context.json(as_json(question, score, context.lang))
    else:
        _show(context, question, score, response)


def _score(context: AppContext, chosen: OpenGrader, question: QuestionRef, response: str) -> Score:
    from llmquiz import grading
    from llmquiz.app import answering
    from llmquiz.app.demos import measured

    entry = question.entry
    if isinstance(entry, OpenQuestion):
        terms = tuple(answering.noted_terms(context).values())
        return chosen(entry, response, context.lang, terms, entry.answers.one_minute.seconds)
    if isinstance(entry, PredictionQuestion):
        assert entry.demo is not None
        # Unlike in a drill, a demo that cannot run is an error: no next question waits.
        return grading.grade_prediction(entry, response, measured(context, entry.demo, entry.measures))
    return answering.grade(context, question, response)


def as_json(question: QuestionRef, score: Score, lang: str) -> dict[str, Any]:
    """A score as scripts read it; the point of a question of a single answer has an empty id."""
    return {
        "question": question.id,
        "lang": lang,
        "grader": score.grader,
        "score": score.value,
        "points": [
            {"id": point.id, "state": point.state.value, "because": point.because.strip()} for point in score.points
        ],
        "misconceptions": [noticed.id for noticed in score.misconceptions],
        "terms": [noticed.id for noticed in score.terms],
        "style": [noticed.id for noticed in score.style],
    }


def _show(context: AppContext, question: QuestionRef, score: Score, response: str) -> None:
    from llmquiz.app import answering
    from llmquiz.ui.document.fitting import Fitted
    from llmquiz.ui.document.prose import Indent, Styled
    from llmquiz.ui.document.verdict import marked, verdict

    if isinstance(question.entry, OpenQuestion):
        context.show(Indent(Styled(marked(response, score)), 2, top=1))
    terms = answering.noted_terms(context)
    context.show("", Fitted(verdict(question, score, response, context.words, terms=terms)))


def measure(
    context: AppContext, grader: Name, model: str | None, path: Path, predictions: Path | None, json: bool
) -> None:
    """Measure a grader on the labelled answers at `path`; `predictions` is given a line for each."""
    from llmquiz.app.demos import bar
    from llmquiz.grading.evaluation import bench

    cases = read_cases(path)
    chosen = named(grader, model, context.glossary(), read_settings().values)
    with bar(context, context.words("bench.running")) as progress:
        figures, lines = bench.measure(cases, chosen, progress=progress)
    # A server that is down would be told once an answer.
    for problem in dict.fromkeys(chosen.problems(context.lang)):
        context.warn(problem)
    if predictions is not None:
        _write(predictions, lines)
    if json:
        context.json({"grader": grader.value, **figures})
        return
    from llmquiz.ui.tables import bench as view

    context.show(*view.report(figures, grader.value, context.words))


def read_cases(path: Path) -> list[Case]:
    """The labelled answers at `path`: a folder with questions.yaml and answers.jsonl, or a JSON-lines file."""
    from llmquiz.collection.yaml import read
    from llmquiz.grading.evaluation.cases import from_folder, from_lines

    if not path.is_dir():
        cases = from_lines(_lines(path))
    else:
        data, faults = read(path / "questions.yaml", "questions.yaml")
        if faults:
            raise ContentError("content.fault", path=faults[0].path, line=faults[0].line, fault=faults[0])
        cases = from_folder(data, _lines(path / "answers.jsonl"))
    if not cases:
        raise ContentError("grade.no-answers", path=path)
    return cases


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines(): U+2028 may stand inside a JSON string.
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError("file.unreadable", path=path, error=error) from error


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    text = "".join(plain_json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ContentError("file.unwritable", path=path, error=error) from error
