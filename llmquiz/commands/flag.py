"""`llmquiz flag`."""

from __future__ import annotations

from typing import Annotated

import typer

from llmquiz import clock
from llmquiz.app.context import ContentOption, Here, JsonOption, LangOption
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
    here = Here(lang, content)
    if name is None or listed:
        _list(here, json)
        return
    here.must_keep()
    full = here.collection.get(name).id
    if remove:
        here.store.unflag(full)
        here.show(here.words("flag.removed", id=full))
    elif note:
        here.store.flag(full, note, at=clock.now())
        here.show(here.words("flag.saved", id=full))
    else:
        raise LlmquizError(
            f'Say what is wrong: llmquiz flag {name} "..."', f'请写明哪里有问题：llmquiz flag {name} "……"'
        )


def _list(here: Here, json: bool) -> None:
    flags = here.past.flags()
    if json:
        here.json([{"id": flag.question, "at": flag.at.isoformat(), "note": flag.note} for flag in flags])
        return
    from llmquiz.ui.tables import lists

    if not flags:
        here.show(here.words("flag.none"))
        return
    table = lists.plain(here.words("due.question"), here.words("back.remark"), title=here.words("flag.list"))
    for flag in flags:
        table.add_row(flag.question, flag.note)
    here.show(table)
