"""Help and usage errors in Chinese: every text has its Chinese, and every error of a command line is told in it."""

from __future__ import annotations

import re
from inspect import cleandoc

import pytest

from llmquiz.cli import COMMANDS, PANELS, app, run
from llmquiz.messages.help import HELP
from llmquiz.ui.usage import translated

EVERY = [*COMMANDS, "start"]


def texts(name: str) -> list[str]:
    """What the help of a command prints."""
    command = app(name)
    helps = [getattr(parameter, "help", None) or "" for parameter in command.params]
    return [text for text in (cleandoc(command.help or ""), command.epilog or "", *helps) if text]


@pytest.mark.parametrize("name", EVERY)
def test_every_help_has_its_chinese(name: str) -> None:
    assert [text for text in texts(name) if text not in HELP] == []


def test_the_overview_has_its_chinese_and_nothing_is_left_over() -> None:
    lines = {*PANELS, *COMMANDS.values()}
    assert lines - set(HELP) == set()
    printed = lines | {text for name in EVERY for text in texts(name)}
    overview = {text for text in HELP if text not in printed}
    assert len(overview) == 5, overview  # the sentences around the table of commands


@pytest.mark.parametrize("text", HELP.values())
def test_chinese_is_chinese_with_its_own_punctuation(text: str) -> None:
    assert re.search("[\u4e00-\u9fff]", text)
    prose = re.sub(r"`[^`]*`|llmquiz [^\n。]*", "", text)
    assert not re.search(r"[\u4e00-\u9fff][,;?!(]|[,;?!)][\u4e00-\u9fff]", prose)


@pytest.mark.parametrize("name", ["drill", "demo", "export"])
def test_a_help_is_wholly_chinese(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert run([name, "--help", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert f"用法：llmquiz {name} [选项]" in shown
    assert [text for text in texts(name) if text in shown and translated(text) != text] == []
    assert all(word not in shown for word in ("Usage", "Options", "Show this message"))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("drill --limit 0", "--limit 的值无效：应不小于 1。"),
        ("drill --limit x", "--limit 的值无效：应为数字。"),
        ("drill --levl core", "没有选项 --levl"),
        ("drill --level x", "--level 的值无效：x 不在 "),
        ("drill --limit", "选项 --limit 需要一个值。"),
        ("show", "缺少参数 ID。"),
        ("plan a b", "多余的参数：a b。"),
        ("drlil", "没有命令 drlil；是不是 drill？"),
    ],
)
def test_a_usage_error_is_told_in_chinese(arguments: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, *others = arguments.split()
    assert run([command, "--lang", "zh", *others]) == 2
    shown = capsys.readouterr().err
    assert text in shown
    assert not re.search(r"(Invalid|Missing|Usage|such|Got)", shown)
