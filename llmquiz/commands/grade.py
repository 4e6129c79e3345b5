"""`llmquiz grade`."""

from __future__ import annotations

import io
import json as plain_json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption
from llmquiz.app.graders import Name, OpenGrader, named
from llmquiz.app.settings import read_settings
from llmquiz.errors import ContentError, LlmquizError
from llmquiz.grading.score import Score
from llmquiz.schema.questions import CellQuestion, Claim, OpenQuestion, PredictionQuestion, Question

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.grading.evaluation.cases import Case

EPILOG = "Example: echo 'Every position carries loss.' | llmquiz grade why-decoder-only"


def command(
    name: Annotated[
        str | None, typer.Argument(metavar="ID", help="The question; its answer is read from standard input.")
    ] = None,
    grader: Annotated[
        Name, typer.Option("--grader", help="Who judges open answers: points (offline rules), encoder or judge.")
    ] = Name.points,
    model: Annotated[
        str | None, typer.Option("--model", help="The encoder (a folder or hub name), or the judge's model.")
    ] = None,
    bench: Annotated[
        Path | None, typer.Option("--bench", help="Measure the grader on labelled answers: a folder or a .jsonl file.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="With --bench: write a line for each answer.")
    ] = None,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """Grade an answer from standard input, or measure the grader against labelled answers.

    Options and steps are numbered as the author wrote them; the first line of an answer to a claim is the verdict.
    """
    if (name is None) == (bench is None):
        raise typer.BadParameter("give an ID, or --bench PATH.")
    if predictions is not None and bench is None:
        raise typer.BadParameter("--predictions goes with --bench PATH.")
    context = AppContext(lang, content)
    if bench is not None:
        _measure(context, grader, model, bench, predictions, json)
    elif name is not None:
        _grade(context, grader, model, name, json)


def _grade(context: AppContext, name: Name, model: str | None, question: str, json: bool) -> None:
    asked = context.collection.get(question)
    if not isinstance(asked.entry, Question | CellQuestion | Claim):
        raise LlmquizError(
            f"{asked.id} is not asked ({asked.kind}); `llmquiz list` shows what is, a table by its cells.",
            f"{asked.id} 不是题目（{context.words(f'kind.{asked.kind}')}）；"
            "`llmquiz list` 列出题目，表格按单元格出题。",
        )
    chosen = named(name, model, context.glossary, read_settings().values)
    if sys.stdin.isatty():
        context.warn(context.words("grade.type"))
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes that are no text are no reason for a traceback
    response = sys.stdin.read()
    score = _score(context, chosen, asked, response)
    for problem in chosen.problems(context.lang):
        context.warn(problem)
    if json:
        context.json(as_json(asked, score, context.lang))
    else:
        _show(context, asked, score, response)


def _score(context: AppContext, chosen: OpenGrader, asked: QuestionRef, response: str) -> Score:
    from llmquiz import grading
    from llmquiz.app import answering
    from llmquiz.app.demos import measured

    entry = asked.entry
    if isinstance(entry, OpenQuestion):
        terms = tuple(answering.noted_terms(context).values())
        return chosen(entry, response, context.lang, terms, entry.answers.one_minute.seconds)
    if isinstance(entry, PredictionQuestion):
        assert entry.demo is not None
        return grading.grade_prediction(entry, response, measured(context, entry.demo, entry.measures))
    return answering.grade(context, asked, response)


def as_json(asked: QuestionRef, score: Score, lang: str) -> dict[str, Any]:
    """A score as scripts read it; the point of a question of a single answer has an empty id."""
    return {
        "question": asked.id,
        "lang": lang,
        "grader": score.grader,
        "score": score.value,
        "points": [
            {"id": point.id, "state": point.state.value, "because": point.because.strip()} for point in score.points
        ],
        "misconceptions": [found.id for found in score.misconceptions],
        "terms": [found.id for found in score.terms],
        "style": [found.id for found in score.style],
    }


def _show(context: AppContext, asked: QuestionRef, score: Score, response: str) -> None:
    from llmquiz.app import answering
    from llmquiz.ui.document import show

    if isinstance(asked.entry, OpenQuestion):
        context.show(*show.open_feedback(asked, asked.entry, score, response, context.words, 2))
        context.show(*show.noticed(asked.entry, score, context.words, answering.noted_terms(context)))
    else:
        context.show(*show.single_feedback(asked, score, context.words))


def _measure(
    context: AppContext, name: Name, model: str | None, path: Path, predictions: Path | None, json: bool
) -> None:
    from llmquiz.app.demos import bar
    from llmquiz.grading.evaluation.bench import measure

    cases = read_cases(path)
    chosen = named(name, model, context.glossary, read_settings().values)
    with bar(context, context.words("bench.running")) as progress:
        found, lines = measure(cases, chosen, progress=progress)
    for problem in dict.fromkeys(chosen.problems(context.lang)):
        context.warn(problem)
    if predictions is not None:
        _write(predictions, lines)
    if json:
        context.json({"grader": name.value, **found})
        return
    from llmquiz.ui.tables import bench as view

    context.show(*view.report(found, name.value, context.words))


def read_cases(path: Path) -> list[Case]:
    """The labelled answers at `path`: a folder with questions.yaml and answers.jsonl, or a JSON-lines file."""
    from llmquiz.collection.yaml import read
    from llmquiz.grading.evaluation.cases import from_folder, from_lines

    if not path.is_dir():
        cases = from_lines(_lines(path))
    else:
        data, faults = read(path / "questions.yaml", "questions.yaml")
        if faults:
            first = faults[0]
            raise ContentError(
                f"{first.path}:{first.line}: {first.text('en')}", f"{first.path}:{first.line}：{first.text('zh')}"
            )
        cases = from_folder(data, _lines(path / "answers.jsonl"))
    if not cases:
        raise ContentError(f"{path}: there is no answer in it.", f"{path}：里面没有回答。")
    return cases


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path} cannot be read: {error}", f"读不了 {path}：{error}") from error


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    text = "".join(plain_json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ContentError(f"{path} cannot be written: {error}", f"写不了 {path}：{error}") from error
