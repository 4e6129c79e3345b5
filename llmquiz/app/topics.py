"""The topics: what each has, what is known, what is due; and which the learner wants to be asked."""

from __future__ import annotations

from collections.abc import Sequence

from llmquiz.app import progress
from llmquiz.app.chosen import choose, chosen
from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError
from llmquiz.schema.texts import Level

ALL = "all"
"""In the place of a topic or level: what was chosen is taken back."""


def topics(context: AppContext, names: Sequence[str], level: str | None, json: bool) -> None:
    """Choose topics and a level for every day where some are named, then list them all.

    Raises: LlmquizError for a topic or level that there is not.
    """
    known = context.collection.topic_names()
    for name in names:
        if name not in (*known, ALL):
            raise LlmquizError("topics.unknown", name=name, known=", ".join(known))
    if level and level not in (*(each.value for each in Level), ALL):
        raise LlmquizError("topics.no-level", level=level, known=", ".join([each.value for each in Level] + [ALL]))
    if names:
        choose(context, "topics", None if ALL in names else " ".join(names))
    if level:
        choose(context, "level", None if level == ALL else level)
    _list(context, json)


def _list(context: AppContext, json: bool) -> None:
    own, rows = chosen(context), progress.standing(context)
    titles = {topic.name: topic.deck.title[context.lang] for topic in context.collection.topics()}
    if json:
        levels = list(Level)
        context.json([
            {"topic": name, "title": titles[name], "chosen": not own.topics or name in own.topics,
             "levels": {levels[row.level].value: {"items": row.total, "known": row.known, "due": row.due}
                        for row in rows if row.topic == name}}
            for name in titles
        ])  # fmt: skip
        return
    from llmquiz.ui.tables import progress as view

    # A plan has a level too, but that goes with the plan.
    level = own.level if context.past.choice("level") else None
    context.show(*view.topics(titles, rows, own.topics, level, context.words))
