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
                    raise _Refused(key.start_mark.line + 1, str(key.value), "duplicate")
                seen.add(key.value)
        return mapping


class _Refused(Exception):
    """YAML that is well formed but not accepted as content."""

    def __init__(self, line: int, field: str, why: str) -> None:
        self.line, self.field, self.why = line, field, why


_REFUSED = {
    "duplicate": ("this key stands here twice; keep one of them", "这个键写了两次，请只留一个"),
    "alias": (
        "anchors and aliases (&, *) are not allowed; write the text out",
        "不允许锚点和别名（&、*），请把内容直接写出来",
    ),
    "tag": (
        "tags (!) are not allowed: content is data; remove it or put quotes around the text",
        "不允许标签（!）：内容只是数据。请删掉它，或给文本加引号",
    ),
}


def read(path: Path, shown: str) -> tuple[Any, list[Fault]]:
    """The data of one file, or None and what is wrong with the file as YAML; `shown` is its name in messages."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return None, [
                fault(
                    shown,
                    1,
                    "",
                    f"the file has {size // 1_000_000} MB, the most is {LARGEST // 1_000_000}; split it",
                    f"文件有 {size // 1_000_000} MB，上限是 {LARGEST // 1_000_000} MB，请拆开",
                )
            ]
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [
            fault(shown, line, "", "this is not UTF-8; save the file as UTF-8", "这里不是 UTF-8，请把文件存成 UTF-8")
        ]
    except OSError as error:
        return None, [fault(shown, 1, "", f"cannot be read: {error.strerror}", f"读不了：{error.strerror}")]
    # Editors on Windows begin a file with a byte order mark.
    return parse(text.removeprefix("\ufeff"), shown)


def parse(text: str, shown: str) -> tuple[Any, list[Fault]]:
    """The data in `text`, or None and what is wrong with it as YAML."""
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        code = f"U+{ord(control.group()):04X}"
        return None, [fault(shown, line, "", f"control character {code}; remove it", f"有控制字符 {code}，请删掉")]
    try:
        if _SUSPECT.search(text):
            _refuse_machinery(text)
        return yaml.load(text, Loader=_Loader), []  # noqa: S506  (a subclass of the safe loader)
    except _Refused as refused:
        en, zh = _REFUSED[refused.why]
        return None, [fault(shown, refused.line, refused.field, en, zh)]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"{error.problem or error.context}"
        return None, [
            fault(
                shown,
                mark.line + 1 if mark else 1,
                "",
                f"not valid YAML: {problem}; is a quote, a colon or the indent wrong here or just above?",
                f"这里或上一行的 YAML 写法有误，请检查引号、冒号、括号和缩进（{problem}）",
            )
        ]
    # Python's own errors, without a line: a date that does not exist, a number of too many digits, nesting too deep.
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        problem = type(error).__name__ if isinstance(error, RecursionError) else str(error).splitlines()[0][:120]
        return None, [fault(shown, 1, "", f"not valid YAML: {problem}", f"YAML 写法有误（{problem}）")]


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 1


def _refuse_machinery(text: str) -> None:
    for event in yaml.parse(text, Loader=_LOADER):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, "", "alias")
        if getattr(event, "tag", None):
            raise _Refused(line, str(getattr(event, "tag", "")), "tag")


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


_KINDS = {
    "missing": ("this key is missing; add it", "缺了这个键，请补上"),
    "extra_forbidden": (
        "unknown key; remove it or mend its spelling (`llmquiz schema` lists the keys)",
        "没有这个键，请删掉或改正拼写（`llmquiz schema` 列出所有键）",
    ),
    "string_type": ("should be text; put quotes around it", "应为文本，请加引号"),
    "list_type": ("should be a list, one `- ` a line", "应为列表，每行以 `- ` 开头"),
    "model_type": ("should be a mapping of keys to values", "应为“键: 值”的映射"),
    "dict_type": ("should be a mapping of keys to values", "应为“键: 值”的映射"),
    "int_type": ("should be a whole number without quotes", "应为不带引号的整数"),
    "float_type": ("should be a number without quotes", "应为不带引号的数"),
    "bool_type": ("should be true or false", "应为 true 或 false"),
    "greater_than_equal": ("should be at least {ge}", "不能小于 {ge}"),
    "less_than_equal": ("should be at most {le}", "不能大于 {le}"),
    "greater_than": ("should be more than {gt}", "应大于 {gt}"),
    "string_pattern_mismatch": (
        "only small letters, digits and single hyphens are allowed here",
        "这里只能用小写字母、数字和单个连字符",
    ),
    "string_too_short": ("must not be empty", "不能为空"),
    "too_short": ("has too few entries", "条目太少"),
    "too_long": ("has too many entries", "条目太多"),
    "union_tag_not_found": (
        "`type` is missing: open, choice, code, order or prediction",
        "缺了 `type`：open、choice、code、order 或 prediction",
    ),
    "union_tag_invalid": (
        "unknown `type`; use open, choice, code, order or prediction",
        "没有这种 `type`，请用 open、choice、code、order 或 prediction",
    ),
}


def _from_pydantic(shown: str, lines: Lines, error: dict[str, Any]) -> Fault:
    line, field = lines.of(error["loc"])
    en, zh = _KINDS.get(error["type"], (error["msg"][:1].lower() + error["msg"][1:], f"值不合要求：{error['msg']}"))
    if error["type"] in {"enum", "literal_error"}:
        zh = f"只能是：{error['ctx']['expected'].replace(' or ', ' 或 ')}"
    if error["type"] in {"greater_than_equal", "less_than_equal", "greater_than"}:
        en, zh = en.format(**error["ctx"]), zh.format(**error["ctx"])
    return fault(shown, line, field, en, zh)


def fault(shown: str, line: int, field: str, en: str, zh: str) -> Fault:
    return Fault(shown, line, field, "error", en, zh)


class _Dumper(yaml.SafeDumper):
    """Writes lists indented below their key, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def written(data: Any) -> str:
    """Plain data as YAML in the order given."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
