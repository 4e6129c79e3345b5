"""The file and line of an id, the user's editor, and what an edit changed for the learner."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING, Any

from llmquiz import paths
from llmquiz.app.context import AppContext
from llmquiz.collection.faults import Fault
from llmquiz.errors import LlmquizError
from llmquiz.ids import Id
from llmquiz.ui.keyboard.ask import asker, at_terminal

if TYPE_CHECKING:
    from llmquiz.collection.loaded import LoadResult


def place(context: AppContext, name: str) -> tuple[Path, int]:
    """The file and line of an entry or of a part of it; the user's own copy where the original belongs to a wheel."""
    full, path = file_of(context, name)
    return path, line_in(load_beside(path), full)


def file_of(context: AppContext, name: str) -> tuple[Id, Path]:
    """The full id of an entry or of a part of it, and the file, which is copied first where it belongs to a wheel."""
    full = context.collection.resolve(name)
    question = context.collection.get(full)
    path, shipped = Path(question.path), paths.shipped_content()
    # Inside a wheel an edit would be lost with the next version; in a checkout the original is edited.
    if path.is_relative_to(shipped) and shipped.name == "_content":
        _copy_topic(context, question.topic, shipped)
        path = _own() / path.relative_to(shipped)
    return full, path


def line_in(result: LoadResult, full: Id) -> int:
    """The line of an entry or of a part of it."""
    loaded = result.entries[full.entry]
    return result.place(loaded, _inside(loaded.raw, full.parts))[1]


def _own() -> Path:
    return paths.data() / "content"


def _copy_topic(context: AppContext, topic: str, shipped: Path) -> None:
    """Copy a shipped topic to the user's folder, where it takes its place, with the files that it shares with others.

    What is there already is left alone.
    """
    if (_own() / topic).exists():
        return
    predictions = {Path(question.path) for question in context.collection.entries("prediction", topic)}
    shared = [*predictions, *(path for name in ("sources", "interviewers") for path in (shipped / name).glob("*.yaml"))]
    for path in [*shared, shipped / "glossary.yaml", *(shipped / topic).rglob("*.yaml")]:
        target = _own() / path.relative_to(shipped)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copy(path, target)
    context.say(context.words("edit.copied", path=_own() / topic))


def load_beside(path: Path) -> LoadResult:
    """What lies beside a file, and what it may name of the shipped content."""
    from llmquiz.collection.discover import root_of
    from llmquiz.collection.load import load

    return load(list(dict.fromkeys([root_of(path), paths.shipped_content()])))


def _inside(raw: Any, parts: Sequence[str]) -> tuple[str | int, ...]:
    """Where a point, row, cell or turn stands inside an entry as it was written."""
    for key in ("points", "rows", "sections"):
        for number, part in enumerate(raw.get(key, [])):
            if parts and part.get("id") == parts[0]:
                return (key, number, *(("cells", parts[1]) if len(parts) > 1 else ()))
    return ()


def open_editor(path: Path, line: int) -> None:
    """Open the user's editor at a line and wait until it is closed.

    Raises: LlmquizError where none can be started.
    """
    windows = sys.platform == "win32"
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("notepad" if windows else "vi")
    # A backslash is a folder's there, not the escape of a shell.
    editor = [word.strip('"') for word in shlex.split(named, posix=False)] if windows else shlex.split(named)
    name = (PureWindowsPath if windows else Path)(editor[0]).stem
    if name in {"code", "codium", "cursor"}:
        # Without --wait they return at once, and the file would be checked before it is edited.
        arguments = ["--wait", "--goto", f"{path}:{line}"]
    elif name in {"subl", "hx", "helix", "zed"}:
        arguments = [f"{path}:{line}"]
    elif name in {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mcedit"}:
        arguments = [f"+{line}", str(path)]
    else:
        # To an editor that is not known, `+12` may be the name of a file.
        arguments = [str(path)]
    try:
        subprocess.run([*editor, *arguments], check=False)  # how an editor leaves says nothing about the file
    except OSError as error:
        raise LlmquizError("edit.no-editor", editor=editor[0], strerror=error.strerror, path=path, line=line) from error


def faults(path: Path) -> list[Fault]:
    """Errors in one file."""
    from llmquiz.collection.audit.audit import audit

    result = load_beside(path)
    every = sorted([*result.faults, *audit(result, path)])
    return [fault for fault in every if fault.level == "error" and fault.path == result.shown.get(path)]


def entries(path: Path) -> dict[str, dict[str, str]]:
    """Every entry of a file as field -> text; empty where the file is at fault."""
    from llmquiz.schema.texts import dump

    placed = load_beside(path).entries.items()
    return {name: dict(_fields(dump(loaded.entry))) for name, loaded in placed if loaded.path == path}


def _fields(data: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _fields(value, f"{name}.{key}" if name else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            # By id where there is one, so that an inserted point does not change all that follow it.
            label = value["id"] if isinstance(value, dict) and "id" in value else number
            yield from _fields(value, f"{name}.{label}")
    else:
        yield name, str(data)


def changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    """What was removed (-) and what is new (+), field by field."""
    lines = []
    for entry in [*before, *(name for name in after if name not in before)]:
        old, new = before.get(entry, {}), after.get(entry, {})
        for field in [*old, *(name for name in new if name not in old)]:
            if old.get(field) != new.get(field):
                lines += [f"- {entry} {field}: {old[field]}"] if field in old else []
                lines += [f"+ {entry} {field}: {new[field]}"] if field in new else []
    return lines


def edit(context: AppContext, name: str) -> bool:
    """Open a question in the user's editor, again as long as its file is at fault; whether it is sound in the end."""
    path, line = place(context, name)
    while True:
        before = entries(path)
        open_editor(path, line)
        left = faults(path)
        _report(context, path, before, left)
        if not left or not at_terminal():
            return not left
        if asker(context.words).key(context.words("edit.again"), "\nq") == "q":
            return False
        line = left[0].line


def _report(context: AppContext, path: Path, before: dict[str, dict[str, str]], remaining: list[Fault]) -> None:
    from llmquiz.app.check import print_faults

    if remaining:
        print_faults(context, remaining)
        return
    context.console.print(context.words("edit.sound", path=path), soft_wrap=True)
    changed = changes(before, entries(path))
    context.show(context.words("edit.changed" if changed else "edit.unchanged"))
    for change in changed:
        context.console.print(change, soft_wrap=True)
