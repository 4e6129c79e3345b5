"""What learners say is wrong with a question, kept for its author."""

from __future__ import annotations

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.errors import LlmquizError


def flag(context: AppContext, name: str, note: str, remove: bool) -> None:
    """Keep what is wrong with a question, or forget it.

    Raises: Unwritable; UnknownId; LlmquizError where nothing is said.
    """
    context.must_keep()
    # Under its full and present id, whatever was typed.
    full = context.collection.get(name).id
    if remove:
        context.store.unflag(full)
        context.show(context.words("flag.removed", id=full))
    elif note:
        context.store.flag(full, note, at=clock.now())
        context.show(context.words("flag.saved", id=full))
    else:
        raise LlmquizError("flag.no-note", name=name)


def listing(context: AppContext, json: bool) -> None:
    """Print all flags."""
    flags = context.past.flags()
    if json:
        context.json([{"id": flag.question, "at": flag.at.isoformat(), "note": flag.note} for flag in flags])
        return
    from llmquiz.ui.tables import lists

    if not flags:
        context.show(context.words("flag.none"))
        return
    table = lists.plain(context.words("due.question"), context.words("back.remark"), title=context.words("flag.list"))
    for flag in flags:
        table.add_row(flag.question, flag.note)
    context.show(table)
