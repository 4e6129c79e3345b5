"""`llmquiz` alone: how far one is, what today asks for, and a key that starts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from llmquiz.app import due, progress
from llmquiz.app.chosen import chosen, resolved
from llmquiz.app.context import AppContext
from llmquiz.app.drill import drill
from llmquiz.errors import LlmquizError
from llmquiz.schedule.selection import DrillOptions
from llmquiz.schedule.share import Share
from llmquiz.ui.keyboard.ask import asker, at_terminal

Export = Callable[[AppContext, str, str, Path], None]
"""Writes a topic in a format to a file."""
CRIB = "llmquiz.{lang}.html"
"""The crib sheet, in the folder one stands in."""
LAST = 1
"""Days left on which everything weak is looked at once more."""


def home(context: AppContext, json: bool, export: Export) -> int:
    """Show where the learner stands and start what they choose; the exit code."""
    if json or not at_terminal():
        due.report(context, json)
        return 0
    from llmquiz.ui.tables import progress as view

    own, share = chosen(context), progress.today_share(context)
    rows = progress.standing(context)
    context.show("", *view.levels(progress.by_level(rows, own), context.words))
    topics = own.topics or tuple(context.collection.topic_names())
    if len(topics) < len(context.collection.topic_names()) or (len(topics) > 1 and not context.past.dues()):
        context.show(*view.choice(own.topics, context.words))
    if share and own.goal:
        minutes = progress.pace(context).minutes(candidate.kind for candidate in share.questions)
        context.show(*view.share(share, own.goal, minutes, context.words))
    else:
        context.show(due.line(context))
    return _wait(context, share, export)


def _wait(context: AppContext, share: Share | None, export: Export) -> int:
    """Do what a key says."""
    last = share is not None and share.days <= LAST
    words, allowed = context.words, "\nqwc" if last else "\nq"
    while True:
        match asker(words).key(words("due.start-last" if last else "due.start"), allowed):
            case "\n":
                return drill(context, _options(share))
            case "w":
                return drill(context, DrillOptions(cram=True, seen=True, limit=30))
            case "c":
                _crib(context, export)
            case _:
                return 0


def _options(share: Share | None) -> DrillOptions:
    """Today's share, else what a sitting asks without a plan."""
    if share is None or not share.questions:
        return DrillOptions()
    return DrillOptions(limit=len(share.questions), new=len(share.new))


def _crib(context: AppContext, export: Export) -> None:
    """Write the crib sheet."""
    own = resolved(context, DrillOptions())
    topic = next(iter(own.topics), None) or context.collection.topic_names()[0]
    try:
        export(context, "html", topic, Path(CRIB.format(lang=context.lang)))
    except LlmquizError as error:
        context.say(error.text(context.lang))
