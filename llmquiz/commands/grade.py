"""`llmquiz grade`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz.app.context import AppContext
from llmquiz.app.graders import Name
from llmquiz.commands import options

EPILOG = "Example: echo 'Every position carries loss.' | llmquiz grade why-decoder-only"


def command(
    name: options.Answered = None,
    grader: Annotated[Name, typer.Option("--grader", help=options.GRADERS)] = Name.points,
    model: options.GraderModel = None,
    bench: options.Bench = None,
    predictions: options.Predictions = None,
    lang: options.Lang = None,
    content: options.Content = None,
    json: options.Json = False,
) -> None:
    """Grade an answer from standard input, or measure the grader against labelled answers.

    Options and steps are numbered as the author wrote them; the first line of an answer to a claim is the verdict.
    """
    from llmquiz.app import grade

    if (name is None) == (bench is None):
        raise typer.BadParameter("give an ID, or --bench PATH.")
    if predictions is not None and bench is None:
        raise typer.BadParameter("--predictions goes with --bench PATH.")
    if bench is not None:
        grade.measure(AppContext(lang, content), grader, model, bench, predictions, json)
    elif name is not None:
        grade.grade(AppContext(lang, content), grader, model, name, json)
