"""One YAML file -> plain data, or every fault in it with its line.

Content is data: no tags, no anchors, no duplicate keys, and a bound on the size. The common case pays for none of
this: the events of a file are looked at only where a character in it could start an anchor, an alias or a tag, and
lines are looked up only once there is a fault to place.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from llmquiz.collection.faults import Fault
from llmquiz.messages.faults import FAULTS, wording

_M = TypeVar("_M", bound=BaseModel)

LARGEST = 25_000_000
"""Bytes of one file; a larger one is a mistake or an attack, and loading it would take minutes."""

# Several times faster where PyYAML was built with libyaml.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# An anchor, alias or tag where a value can begin. Prose matches now and then (*italic*); then the events decide.
_SUSPECT = re.compile(r"(?:^|[\s\[{,:-])(?:[&*][^\s&*]|!)")
# What YAML forbids (its own error names no line), and marks that turn the direction of text: they hide what it says.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


class _Loader(_LOADER):  # type: ignore[misc]
    """The safe loader, which also refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        # YAML itself lets the last one win without a word.
        if len(mapping) != len(node.value):
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise _Refused(key.start_mark.line + 1, str(key.value), "yaml.duplicate")
                seen.add(key.value)
        return mapping


class _Refused(Exception):
    """YAML that is well formed but not accepted as content."""

    def __init__(self, line: int, field: str, code: str) -> None:
        self.line, self.field, self.code = line, field, code


def read(path: Path, shown: str) -> tuple[Any, list[Fault]]:
    """The data of one file, or None and what is wrong with the file as YAML; `shown` is its name in messages."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return None, [fault(shown, 1, "", "yaml.too-large", size=size // 1_000_000, largest=LARGEST // 1_000_000)]
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [fault(shown, line, "", "yaml.not-utf-8")]
    except OSError as error:
        return None, [fault(shown, 1, "", "yaml.unreadable", reason=error.strerror)]
    # Editors on Windows begin a file with a byte order mark.
    return parse(text.removeprefix("\ufeff"), shown)


def parse(text: str, shown: str) -> tuple[Any, list[Fault]]:
    """The data in `text`, or None and what is wrong with it as YAML."""
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        character = f"U+{ord(control.group()):04X}"
        return None, [fault(shown, line, "", "yaml.control-character", character=character)]
    try:
        if _SUSPECT.search(text):
            _refuse_machinery(text)
        return yaml.load(text, Loader=_Loader), []  # noqa: S506  (a subclass of the safe loader)
    except _Refused as refused:
        return None, [fault(shown, refused.line, refused.field, refused.code)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"{error.problem or error.context}"
        return None, [fault(shown, mark.line + 1 if mark else 1, "", "yaml.invalid-here", problem=problem)]
    # Python's own errors, without a line: a date that does not exist, a number of too many digits, nesting too deep.
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        problem = type(error).__name__ if isinstance(error, RecursionError) else str(error).splitlines()[0][:120]
        return None, [fault(shown, 1, "", "yaml.invalid", problem=problem)]


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


def _refuse_machinery(text: str) -> None:
    for event in yaml.parse(text, Loader=_LOADER):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, "", "yaml.alias")
        if getattr(event, "tag", None):
            raise _Refused(line, str(getattr(event, "tag", "")), "yaml.tag")


def validate(
    model: type[_M], data: Any, path: Path, shown: str, at: Sequence[str | int] = ()
) -> tuple[_M | None, list[Fault]]:
    """`data` as a `model`, or every fault with the line in the file at `path`, where `data` stands at `at`."""
    try:
        return model.model_validate({} if data is None else data), []
    except ValidationError as error:
        # pydantic sees the data from `at` on, the file begins before it.
        lines = Lines(path)
        details = [{**detail, "loc": (*at, *detail["loc"])} for detail in error.errors(include_url=False)]
        return None, [_from_pydantic(shown, lines, detail) for detail in details]


class Lines:
    """The line of any field of a file; the file is composed again only when the first one is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._root: Any = None

    def of(self, loc: Sequence[str | int]) -> tuple[int, str]:
        """Line and dotted name of the field at `loc`; parts that only name a union's member are passed over."""
        if self._root is None:
            self._root = yaml.compose(self._path.read_text(encoding="utf-8"), Loader=_LOADER)
        node, line, names = self._root, 1, []
        for part in loc:
            step = _step(node, part)
            if step is None:
                # A key that is missing has no place of its own: its name, at the line of what should hold it.
                if part == loc[-1] and isinstance(part, str):
                    names.append(part)
                continue
            line, node = step
            names.append(str(part))
        return line, ".".join(names)


def _step(node: Any, part: str | int) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None


def _from_pydantic(shown: str, lines: Lines, error: dict[str, Any]) -> Fault:
    line, field = lines.of(error["loc"])
    code, values = f"value.{error['type'].replace('_', '-')}", dict(error.get("ctx", {}))
    if error["type"] in {"enum", "literal_error", "union_tag_invalid"}:
        values["known"] = re.findall("'([^']*)'", values.get("expected") or values["expected_tags"])
    if error["type"] in {"enum", "literal_error"}:
        code = "value.one-of"
    if code not in FAULTS:
        code, values["problem"] = "value.other", error["msg"][:1].lower() + error["msg"][1:]
    return fault(shown, line, field, code, **values)


def fault(shown: str, line: int, field: str, code: str, /, **values: object) -> Fault:
    return Fault(shown, line, field, "error", *wording(code, **values))


class _Dumper(yaml.SafeDumper):
    """Writes lists indented below their key, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def written(data: Any) -> str:
    """Plain data as YAML in the order given."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
