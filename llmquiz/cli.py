"""The table of contents: a line a command, in four panels; and the door through which errors become exit codes.

Only the command that runs is imported and built: typer takes longer to build twenty-five commands than all the rest of
a start takes. The overview is printed without typer for the same reason.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from itertools import pairwise
from typing import Any

PANELS: dict[str, dict[str, str]] = {
    "Learn": {
        "drill": "Questions one by one: type an answer, be credited point by point.",
        "mock": "A timed interview with follow-ups, and a report.",
        "due": "What is due, and when the rest comes back.",
        "stats": "Retention, forecast, weak points and a calendar.",
        "plan": "The day of the interview, kept: what each day asks for until then.",
        "topics": "What each topic has and how much you know; choose what is asked.",
        "list": "Every question and item; search and filter.",
        "show": "One question, claim, table or reference, with its answer.",
        "flag": "Tell the author that something is wrong with a question.",
    },
    "See": {
        "demo": "Run a model here, small or real, and measure what an answer claims.",
        "verify": "Run the demos and compare every claim with what was measured.",
        "train": "Train a demo's small model again from its seed.",
    },
    "Write": {
        "check": "Every fault in content, each with its line and what to do.",
        "grade": "Grade an answer from standard input, or measure the grader.",
        "new": "Begin a topic, question, claim, table or interview.",
        "edit": "Open a question in your editor at its line.",
        "preview": "See content as a learner does, on every save.",
        "import": "Turn a Markdown sheet, CSV or TSV into a draft topic.",
        "review": "Flags and overrules to act on, with the line to edit.",
        "schema": "The JSON schema of content files, for editors.",
    },
    "Keep": {
        "export": "The review log, or a topic as Markdown, JSON, CSV, Anki or HTML.",
        "backup": "Copy the review database.",
        "doctor": "What is installed and found here, and whether the data is sound.",
    },
}
COMMANDS = {name: line for panel in PANELS.values() for name, line in panel.items()}


def app(name: str) -> Any:
    """The click command called `name`, built by typer from its function in llmquiz.commands."""
    import typer

    module = import_module(f"llmquiz.commands.{_module(name)}")
    built = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
    built.command(name, epilog=getattr(module, "EPILOG", None))(module.command)
    return typer.main.get_command(built)


def _module(name: str) -> str:
    # Their modules may not have the names of a keyword and a builtin.
    return {"import": "import_", "list": "list_"}.get(name, name)


def overview(lang: str) -> None:
    """Print what `llmquiz --help` prints."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from llmquiz.ui.usage import translated

    def say(text: str) -> str:
        return translated(text) if lang == "zh" else text

    console = Console(highlight=False)
    console.print(
        "\n 用法：[bold]llmquiz[/] \\[命令] \\[选项]\n"
        if lang == "zh"
        else "\n Usage: [bold]llmquiz[/] \\[COMMAND] \\[OPTIONS]\n"
    )
    console.print(f" {say('Know why language models are built as they are: drill, measure, interview.')}")
    alone = say("alone says how far you are and what today asks for, and starts it on Enter. Try:")
    console.print(f" [bold]llmquiz[/] {alone} [bold]llmquiz drill[/]\n")
    for panel, names in PANELS.items():
        table = Table(
            box=None, show_header=False, padding=(0, 1), title=say(panel), title_justify="left", title_style="bold"
        )
        table.add_column(width=10)
        table.add_column()
        for name, line in names.items():
            table.add_row(Text(name, style="cyan"), Text(say(line)))
        console.print(table)
        console.print()
    of_a_command = say("(of a command: with an example)")
    console.print(
        f" {say('Everywhere:')} [cyan]--lang en|zh[/]  [cyan]--content DIR[/]  [cyan]--help[/] {of_a_command}"
    )
    console.print(f" [cyan]--version[/] {say('prints the version.')}\n")


def main(arguments: list[str] | None = None) -> None:
    """Run llmquiz and leave with its exit code."""
    from llmquiz import log, streams

    streams.prepare()
    log.install(_language)
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run llmquiz on `arguments`: 0 done, 1 something to fix, 2 usage, 130 Ctrl-C.

    What the user can mend becomes one line; a bug keeps its traceback.
    """
    from llmquiz.errors import DemoError, LlmquizError

    try:
        code = _dispatched(arguments)
        # Here, while it can still be told: a full disk shows itself only when the buffer is written.
        sys.stdout.flush()
    except LlmquizError as error:
        code = _say({"en": error.text("en"), "zh": error.text("zh")}, arguments)
        # Of a demo 1 means that a claim surprised, and nothing else.
        return 2 if isinstance(error, DemoError) or arguments[:1] in (["demo"], ["verify"]) else code
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    except OSError as error:
        return _failed(error, arguments)
    return code


def _dispatched(arguments: list[str]) -> int:
    if arguments and arguments[0] in {"--help", "-h", "help"}:
        overview(_language(_value(arguments, "--lang")))
        return 0
    if arguments[:1] == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"llmquiz {version('llmquiz')}\n")
        return 0
    leading: list[str] = []
    # `llmquiz --lang zh due`: what stands before the command goes behind it, where typer looks.
    while arguments and arguments[0] in {"--lang", "--content"} and len(arguments) > 1:
        leading, arguments = [*leading, *arguments[:2]], arguments[2:]
    if arguments and not arguments[0].startswith("-"):
        first, arguments = arguments[0], [*arguments[1:], *leading]
        if first not in COMMANDS:
            return _unknown(first, _value(arguments, "--lang"))
        return _command(first, arguments)
    return _command("start", [*arguments, *leading])


def _unknown(name: str, option: str | None) -> int:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=2)
    if _language(option) == "zh":
        hint = f"是不是 {' 或 '.join(near)}？" if near else "用 `llmquiz --help` 查看全部命令。"
        sys.stderr.write(f"llmquiz: 没有命令 {name}；{hint}\n")
        return 2
    hint = f"did you mean {' or '.join(near)}?" if near else "`llmquiz --help` lists them."
    sys.stderr.write(f"llmquiz: no command {name!r}; {hint}\n")
    return 2


def _command(name: str, arguments: list[str]) -> int:
    """Run one command, after a line for each fault of the settings."""
    from llmquiz.app.settings import described, read_settings

    # Whoever asks for help is not interrupted by faults of the settings.
    if "--help" not in arguments:
        for fault in read_settings().faults:
            _say({lang: described(fault, lang) for lang in ("en", "zh")}, arguments)
    called = f"llmquiz {name}" if name != "start" else "llmquiz"
    if _language(_value(arguments, "--lang")) == "zh":
        return _in_chinese(app(name), called, arguments)
    try:
        app(name)(arguments, prog_name=called)
    except SystemExit as leaving:
        # As Python has it: no code is 0, a text is 1.
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0


def _in_chinese(command: Any, called: str, arguments: list[str]) -> int:
    """Run a command whose help and usage errors are told in Chinese, where typer has only English."""
    from llmquiz.ui import usage

    if "--help" in arguments:
        usage.show_help(command, called)
        return 0
    try:
        code = command.main(arguments, prog_name=called, standalone_mode=False)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except Exception as error:
        if type(error).__name__ == "Abort":  # what click makes of Ctrl-C
            raise KeyboardInterrupt from error
        # Of typer's own click or of click itself, as the version has it.
        if hasattr(error, "format_message") and hasattr(error, "exit_code"):
            return usage.said(error, called)
        raise
    return code if isinstance(code, int) else 0


def _failed(error: OSError, arguments: list[str]) -> int:
    """What to make of a file that could not be opened, and of an output that takes no more."""
    import traceback

    from llmquiz import log, paths, streams

    # Opening a file names it; writing to the output names nothing.
    if error.filename is not None:
        log.write("failed", traceback.format_exc())
        what = ("Check the path and its permissions.", "请检查路径和权限。")
        # A file of llmquiz itself is not one that the user named, so the way out is another.
        if str(error.filename).startswith(str(paths.data().parent)):
            what = ("Allow access to it, or set LLMQUIZ_HOME to another folder.",
                    "请允许访问，或把 LLMQUIZ_HOME 设为别的文件夹。")  # fmt: skip
        en, zh = f"{error.filename}: {error.strerror}. {what[0]}", f"{error.filename}：{error.strerror}。{what[1]}"
        return _say({"en": en, "zh": zh}, arguments)
    if error.errno in streams.FULL:
        streams.silence()
        en = f"the output cannot be written: {error.strerror}. Free some space, or send it elsewhere."
        return _say({"en": en, "zh": f"输出无法写入：{error.strerror}。请腾出空间，或输出到别处。"}, arguments)
    if error.errno not in streams.GONE:
        raise error
    streams.silence()  # `| head` has read enough, or the terminal is closed
    return 0


def _say(text: Mapping[str, str], arguments: list[str]) -> int:
    """Say in one line what is to be mended."""
    sys.stderr.write(f"llmquiz: {text[_language(_value(arguments, '--lang'))]}\n")
    return 1


def _language(option: str | None = None) -> str:
    """The language of the lines that stand outside every command: one that is not ours is passed over."""
    from llmquiz.app.settings import read_settings
    from llmquiz.language import choose

    return choose(option, read_settings().values.get("lang"), strict=False)


def _value(arguments: list[str], option: str) -> str | None:
    return next((b for a, b in pairwise(arguments) if a == option), None)
