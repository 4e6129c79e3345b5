"""`llmquiz mock`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from llmquiz.app.context import AppContext, ContentOption, LangOption

EPILOG = "Example: llmquiz mock --interviewer sceptic --minutes 15 --report report.html"


def command(
    interviewer: Annotated[
        str | None,
        typer.Option("--interviewer", metavar="ID", help="depth, practice, sceptic, designer, screener or your own."),
    ] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", min=1, max=240, help="How long it lasts.")] = None,
    question: Annotated[str | None, typer.Option("--question", metavar="ID", help="Only about this question.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="When the time is up, what is there is taken.")] = False,
    practice: Annotated[bool, typer.Option("--practice", help="Allow pauses (Ctrl-P).")] = False,
    rate: Annotated[
        int | None,
        typer.Option("--rate", min=10, max=3000, help="Words (Chinese: characters) a minute that you type or speak."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Ask the same again.")] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the report: .html, .md or .json.")
    ] = None,
    no_schedule: Annotated[bool, typer.Option("--no-schedule", help="Leave the schedule of items alone.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the interview that was broken off.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Past interviews and the trend of each area.")] = False,
    json: Annotated[bool, typer.Option("--json", help="With --history: print JSON.")] = False,
    lang: LangOption = None,
    content: ContentOption = None,
) -> None:
    """A timed interview: it asks, digs where an answer was thin, and says at the end whether it would hire, and why.

    In a pipe an answer ends at a line with a single dot (a choice, number or term is one line), :skip and :quit are
    commands, and an answer takes as long as it takes to type it. --history with --report writes the last report again.
    """
    from llmquiz.app import mock
    from llmquiz.app.mock import MockOptions

    context = AppContext(lang, content)
    options = MockOptions(interviewer, minutes, question, strict, practice, rate, seed, report, not no_schedule)
    if history:
        raise typer.Exit(mock.history(context, report, json))
    raise typer.Exit(mock.resume(context, options) if resume else mock.hold(context, options))
