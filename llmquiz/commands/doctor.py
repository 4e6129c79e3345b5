"""`llmquiz doctor`."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from llmquiz import paths
from llmquiz.commands._here import ContentOption, Here, JsonOption, LangOption
from llmquiz.commands._measure import torch_found
from llmquiz.errors import LlmquizError

EPILOG = "Example: llmquiz doctor --json"
PACKAGES = ("llmquiz", "torch", "transformers", "fsrs", "rich", "typer", "pydantic", "prompt_toolkit", "matplotlib")


def command(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Compute every memory again from the log.")] = False,
    lang: LangOption = None,
    content: ContentOption = None,
    json: JsonOption = False,
) -> None:
    """What is installed and found here, where the data is, whether content and data are sound, what to do if not."""
    here = Here(lang, content)
    if rebuild:
        here.store.rebuild()
    rows: list[tuple[str, str]] = [("python", f"{platform.python_version()} ({platform.system()})")]
    rows += [(name, _version(name) or here.words("doctor.missing")) for name in PACKAGES]
    faults: list[str] = []
    if torch_found():
        from llmquiz.demos._devices import present

        rows.append((here.words("doctor.device"), ", ".join(present())))
    else:
        faults.append(here.words("doctor.no-torch"))
    rows += [
        _content(here, faults),
        _database(here, faults),
        (here.words("doctor.settings"), str(paths.settings_file())),
    ]
    if json:
        here.json(
            {"rows": dict(rows), "faults": faults, "database": str(paths.database()), "cache": str(paths.cache())}
        )
    else:
        _show(here, rows, faults)
    raise typer.Exit(int(bool(faults)))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _content(here: Here, faults: list[str]) -> tuple[str, str]:
    wrong = [fault for fault in here.collection.faults() if fault.level == "error"]
    if wrong:
        faults.append(here.words("doctor.faults", count=len(wrong)))
    topics, entries = here.collection.topics(), here.collection.kinds()
    line = here.words("doctor.entries", entries=len(entries), topics=len(topics))
    return here.words("doctor.content"), "\n".join([line, *(str(root) for root in here.roots)])


def _database(here: Here, faults: list[str]) -> tuple[str, str]:
    name, path = here.words("doctor.database"), paths.database()
    if not path.exists():
        return name, f"{path}\n{here.words('doctor.no-database')}"
    try:
        found = here.store.check(here.lang)
    except LlmquizError as error:
        found = [error.text(here.lang)]
    faults += found
    return name, f"{path}" + ("" if found else f"\n{here.words('doctor.sound')}")


def _show(here: Here, rows: list[tuple[str, str]], faults: list[str]) -> None:
    from rich.text import Text

    from llmquiz.ui import tables
    from llmquiz.ui.prose import Styled

    table = tables.plain("", "", title=here.words("doctor.title"))
    table.show_header = False
    for name, value in rows:
        table.add_row(name, value)
    here.show(table)
    for fault in faults:
        here.show(Styled(Text(f"{here.words('doctor.mend')}: {fault}", style="red")))
    if not faults:
        here.show(here.words("doctor.fine"))
    sys.stdout.flush()
