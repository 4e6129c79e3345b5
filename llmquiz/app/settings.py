"""What a user may write into settings.yaml, read critically: what is at fault is said with its line and passed over."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from llmquiz import paths
from llmquiz.collection.faults import Fault
from llmquiz.language import Lang
from llmquiz.messages.faults import wording
from llmquiz.schema.texts import Model


def listed(value: Any) -> Any:
    """A text as a list of one; all else as it is."""
    return [value] if isinstance(value, str) else value


class JudgeSettings(Model):
    """The server of `--grader judge`, and of the second reader."""

    base_url: str | None = None
    model: str | None = None
    api_key: str | None = None
    timeout: Annotated[float, Field(gt=0, le=3600)] | None = None
    """Seconds."""
    second_reader: bool | None = None
    """Whether a drill asks it about the points that the reader leaves undecided."""


class Settings(Model):
    """The keys of settings.yaml."""

    lang: Lang | None = None
    """Of the screen."""
    content: Annotated[list[str], BeforeValidator(listed)] | None = None
    """Folders of topics, or one."""
    rate: Annotated[int, Field(ge=10, le=3000)] | None = None
    """Words or characters a minute in a mock."""
    encoder: str | None = None
    """The checkpoint of `--grader encoder`."""
    judge: JudgeSettings | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What settings.yaml says."""

    values: dict[str, Any]
    """Its keys, without what is at fault."""
    faults: tuple[Fault, ...]


@cache
def read_settings() -> Read:
    """The user's settings; none where there is no file."""
    path = paths.settings_file()
    if not os.path.exists(path):
        return Read({}, _elsewhere())
    from llmquiz.collection.yaml import read, validate

    data, faults = read(path, str(path))
    if faults:
        return Read({}, (*faults, *_elsewhere()))
    _, faults = validate(Settings, data, path, str(path))
    values = dict(data) if isinstance(data, dict) else {}  # a list or a text at the top has no keys
    for fault in faults:
        _drop(values, fault.field.split("."))
    return Read(values, (*map(_with_keys, faults), *_missing_folders(values, path), *_elsewhere()))


def _with_keys(fault: Fault) -> Fault:
    """The fault of an unknown key with the keys that there are."""
    # The only fault whose advice depends on the keys that there are.
    if fault.message != wording("value.extra-forbidden")[0]:
        return fault
    inside = JudgeSettings if fault.field.startswith("judge.") else Settings
    text = wording("settings.unknown-key", keys=list(inside.model_fields))
    return Fault(fault.path, fault.line, fault.field, fault.level, *text)


def _drop(values: dict[str, Any], field: list[str]) -> None:
    """Take away the smallest thing that is at fault."""
    inside = values.get(field[0])
    if len(field) > 1 and isinstance(inside, dict):
        values[field[0]] = {key: value for key, value in inside.items() if key != field[1]}
    else:
        values.pop(field[0], None)


def _missing_folders(values: dict[str, Any], path: Path) -> list[Fault]:
    from llmquiz.collection.yaml import Lines

    lines, named, faults = Lines(path), values.get("content"), []
    for number, name in enumerate(listed(named) or []):
        if not os.path.isdir(os.path.expanduser(name)):
            line, field = lines.of(("content",) if isinstance(named, str) else ("content", number))
            faults.append(_no_folder(str(path), line, field, name))
    return faults


def from_environment() -> list[str]:
    """The folders of content that LLMQUIZ_CONTENT names, as they are written."""
    return [name for name in os.environ.get("LLMQUIZ_CONTENT", "").split(os.pathsep) if name]


def _elsewhere() -> tuple[Fault, ...]:
    """The folders that LLMQUIZ_CONTENT names and that are not there."""
    missing = [name for name in from_environment() if not os.path.isdir(os.path.expanduser(name))]
    return tuple(_no_folder("LLMQUIZ_CONTENT", 0, "", name) for name in missing)


def described(fault: Fault, lang: str) -> str:
    """A fault of the settings in a line: where, what, and what to do."""
    place = f"{fault.path}:{fault.line}" if fault.line else fault.path  # a variable has no lines
    return f"{place}: {fault.field}{': ' if fault.field else ''}{fault.text(lang)}"


def _no_folder(path: str, line: int, field: str, name: str) -> Fault:
    return Fault(path, line, field, "error", *wording("settings.no-folder", name=name))
