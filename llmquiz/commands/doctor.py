"""`llmquiz doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from llmquiz import clock, paths
from llmquiz.app.context import AppContext, ContentOption, JsonOption, LangOption

if TYPE_CHECKING:
    from llmquiz.app.diagnosis import Diagnosis

EPILOG = "Example: llmquiz doctor --json"


def command(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Compute every memory again from the log.")] = False,
    void_ahead: Annotated[
        bool, typer.Option("--void-ahead", help="Undo the answers dated in the future (given while a clock was ahead).")
    ] = False,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """What is installed and found here, where the data is; whether settings, content and data are sound, what if not.

    It ends with a block for a bug report: your home folder is shown as ~, and the text of your answers is not in it.
    """
    from llmquiz.app.diagnosis import Diagnosis, ahead

    context, now = AppContext(lang, content), clock.now()
    if rebuild:
        context.store.rebuild()
    if void_ahead:
        for answer in ahead(context):
            context.store.undo(answer.id, at=now)
            context.say(context.words("doctor.voided", number=answer.id, id=answer.question))
    found = Diagnosis(context)
    if json:
        context.json({
            "rows": dict(found.rows), "faults": found.faults, "database": str(paths.database()),
            "cache": str(paths.cache()), "log": str(paths.log_file()), "report": found.report(),
        })  # fmt: skip
    else:
        _show(context, found)
    raise typer.Exit(int(bool(found.faults)))


def _show(context: AppContext, found: Diagnosis) -> None:
    from rich.text import Text

    from llmquiz.ui.document.prose import Styled
    from llmquiz.ui.tables import lists

    table = lists.plain("", "", title=context.words("doctor.title"))
    table.show_header = False
    for name, value in found.rows:
        table.add_row(name, value)
    context.show(table)
    for fault in found.faults:
        context.show(Styled(Text(f"{context.words('doctor.mend')}{fault}", style="red")))
    if not found.faults:
        context.show(context.words("doctor.fine"))
    context.show("")
    context.say(context.words("doctor.report"))
    context.console.print(f"```\n{found.report()}\n```", soft_wrap=True)
