"""`llmquiz flag`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz import clock
from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption
from llmquiz.errors import LlmquizError

EPILOG = 'Example: llmquiz flag drawbacks "the second hint gives everything away"'


def command(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="The question.")] = None,
    note: Annotated[str, typer.Argument(help="What is wrong with it.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Show all flags.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the flag of this question away.")] = False,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """Tell the author that something is wrong with a question; without an id, show all flags."""
    context = AppContext(lang, content)
    if name is None or listed:
        _list(context, json)
        return
    context.must_keep()
    full = context.collection.get(name).id
    if remove:
        context.store.unflag(full)
        context.show(context.words("flag.removed", id=full))
    elif note:
        context.store.flag(full, note, at=clock.now())
        context.show(context.words("flag.saved", id=full))
    else:
        raise LlmquizError(
            f'Say what is wrong: llmquiz flag {name} "..."', f'请写明哪里有问题：llmquiz flag {name} "……"'
        )


def _list(context: AppContext, json: bool) -> None:
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
