"""The file and line of an id, the user's editor, and what an edit changed for the learner."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

from llmquiz import paths
from llmquiz.app.context import AppContext
from llmquiz.collection.faults import Fault
from llmquiz.errors import LlmquizError
from llmquiz.ids import Id
from llmquiz.ui.keyboard.ask import asker, at_terminal


def place(context: AppContext, name: str) -> tuple[Path, int]:
    """The file and line of an entry or of a part of it; the user's own copy where the original belongs to a wheel."""
    from llmquiz.collection.load import load

    full = context.collection.resolve(name)
    asked = context.collection.get(full)
    path = Path(asked.path)
    if path.is_relative_to(paths.shipped_content()) and paths.shipped_content().name == "_content":
        path = _own_copy(context, path)
    loaded = load([path.parent.parent])
    filed = loaded.entries[Id(full).entry]
    line, _ = loaded.line(filed.path, (*filed.loc, *_inside(filed.raw, Id(full).parts)))
    return path, line


def _own_copy(context: AppContext, path: Path) -> Path:
    """A shipped topic copied to the user's folder, where it takes the place of the original."""
    topic = paths.data() / "content" / path.parent.name
    if not topic.exists():
        shutil.copytree(path.parent, topic)
        for name in ("sources.yaml", "glossary.yaml"):
            shutil.copy(path.parent.parent / name, topic.parent / name)
        context.say(context.words("edit.copied", path=topic))
    return topic / path.name


def _inside(raw: Any, parts: Sequence[str]) -> tuple[str | int, ...]:
    """Where a point, row, cell or turn stands inside an entry as it was written."""
    for key in ("points", "rows", "sections"):
        for number, item in enumerate(raw.get(key, [])):
            if parts and item.get("id") == parts[0]:
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
        arguments = ["--wait", "--goto", f"{path}:{line}"]
    elif name in {"subl", "hx", "helix", "zed"}:
        arguments = [f"{path}:{line}"]
    elif name in {"vi", "vim", "nvim", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "mcedit"}:
        arguments = [f"+{line}", str(path)]
    else:
        arguments = [str(path)]
    try:
        subprocess.run([*editor, *arguments], check=False)
    except OSError as error:
        raise LlmquizError(
            f"The editor {editor[0]!r} cannot be started ({error.strerror}); set EDITOR. The line is {path}:{line}",
            f"编辑器“{editor[0]}”启动不了（{error.strerror}），请设置 EDITOR。位置是 {path}:{line}",
        ) from error


def faults(path: Path) -> list[Fault]:
    """Errors in one file."""
    from llmquiz.collection.audit.audit import audit
    from llmquiz.collection.load import load

    loaded = load(list(dict.fromkeys([path.parent.parent, paths.shipped_content()])))
    everything = [*loaded.faults, *audit(loaded, path)]
    return [fault for fault in sorted(everything) if fault.level == "error" and fault.path == loaded.shown.get(path)]


def entries(path: Path) -> dict[str, dict[str, str]]:
    """Every entry of a file as field -> text; empty where the file is at fault."""
    from llmquiz.collection.load import load
    from llmquiz.schema.texts import dump

    loaded = load([path.parent.parent])
    return {name: dict(_fields(dump(filed.entry))) for name, filed in loaded.entries.items() if filed.path == path}


def _fields(data: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _fields(value, f"{name}.{key}" if name else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
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
