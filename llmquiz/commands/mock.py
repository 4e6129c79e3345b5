"""`llmquiz mock`."""

from __future__ import annotations

import typer

from llmquiz.app.context import AppContext
from llmquiz.commands import options

EPILOG = "Example: llmquiz mock --interviewer sceptic --minutes 15 --report report.html"


def command(
    interviewer: options.Interviewer = None,
    minutes: options.Minutes = None,
    topic: options.OfTopic = None,
    question: options.About = None,
    strict: options.Strict = False,
    practice: options.Practice = False,
    rate: options.Rate = None,
    seed: options.Same = None,
    report: options.Report = None,
    no_schedule: options.NoSchedule = False,
    resume: options.Resume = False,
    history: options.History = False,
    json: options.HistoryJson = False,
    lang: options.Lang = None,
    content: options.Content = None,
) -> None:
    """A timed interview: it asks, digs where an answer was thin, and says at the end whether it would hire, and why.

    In a pipe an answer ends at a line with a single dot (a choice, number or term is one line), :skip and :quit are
    commands, and an answer takes as long as it takes to type it. --history with --report writes the last report again.
    """
    from llmquiz.app import mock

    asked = (interviewer, minutes, question, strict, practice, rate, seed, report, not no_schedule, topic)
    raise typer.Exit(
        mock.run(AppContext(lang, content), mock.MockOptions(*asked), resumed=resume, past=history, json=json)
    )
