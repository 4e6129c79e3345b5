"""Help and usage errors in Chinese: what typer would print in English."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Any

from llmquiz.messages.help import HELP, USAGE, VALUES


def show_help(command: Any, name: str) -> None:
    """Print the help of a click command called `name`."""
    from rich.console import Console

    Console(highlight=False, markup=False, emoji=False).print(*_help(command, name), sep="\n")


def _help(command: Any, name: str) -> Iterator[Any]:
    from rich.table import Table
    from rich.text import Text

    from llmquiz.ui.document.prose import Styled

    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    yield Text(f"\n 用法：{name} [选项] {' '.join(map(_label, arguments))}\n", "bold")
    for paragraph in translated(cleandoc(command.help or "")).split("\n\n"):
        yield Styled(Text(f"{paragraph}\n"), " ")
    for title, parameters in (("参数", arguments), ("选项", options)):
        rows = [(_label(parameter), _described(parameter)) for parameter in parameters]
        rows += [("--help", "显示这份帮助。")] if title == "选项" else []
        if rows:
            table = Table(box=None, show_header=False, padding=(0, 1), title=title, title_justify="left")
            table.add_column(style="cyan", no_wrap=True)
            table.add_column()
            for row in rows:
                table.add_row(row[0], Styled(Text(row[1])))
            yield table
            yield Text("")
    if command.epilog:
        yield Styled(Text(f"{translated(command.epilog)}\n"), " ")


def _label(parameter: Any) -> str:
    kind = str(parameter.metavar or parameter.name.upper())
    if parameter.param_type_name == "argument":
        return kind
    names = " ".join(parameter.opts)
    return names if getattr(parameter, "is_flag", False) else f"{names} {kind}"


def _described(parameter: Any) -> str:
    choices = getattr(getattr(parameter, "type", None), "choices", None)
    extra = f"（{'、'.join(map(str, choices))}）" if choices else ""
    default = parameter.default
    shown = default not in (None, False, "", [], ()) and isinstance(default, str | int | float)
    return translated(getattr(parameter, "help", "") or "") + extra + (f"默认 {default}。" if shown else "")


def translated(text: str) -> str:
    """The Chinese of a help text; one that has none stays as it is, and a test finds it."""
    return HELP.get(text, text)


def said(error: Any, name: str) -> int:
    """Say in Chinese what is wrong with a command line; its exit code."""
    sys.stderr.write(f"llmquiz: {_message(error.format_message(), USAGE)}用 `{name} --help` 查看用法。\n")
    return int(error.exit_code)


def _message(text: str, patterns: Iterable[tuple[str, str]]) -> str:
    for pattern, chinese in patterns:
        if match := re.fullmatch(pattern, text.strip(), re.S):
            groups = [group or "" for group in match.groups()]
            if patterns is USAGE and "的值无效" in chinese:
                groups[1] = _message(groups[1], VALUES)
            return chinese.format(*groups)
    return text.strip()
