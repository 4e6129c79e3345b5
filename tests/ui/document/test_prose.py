"""Markdown on a terminal, with lines broken as both languages break them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from llmquiz.ui.document.prose import Indent, Prose, inline, wrap


def lines(renderable: object, width: int = 20) -> list[str]:
    """What is printed at a width."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(renderable)
    return console.file.getvalue().rstrip("\n").split("\n")  # type: ignore[attr-defined]


def test_chinese_fills_the_line_and_keeps_its_punctuation() -> None:
    assert lines(Prose("解码器每一步只看左边，所以前面的 K、V 都能留着用。"), 22) == [
        "解码器每一步只看左边，",
        "所以前面的 K、V 都能留",
        "着用。",
    ]


def test_a_line_never_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    text = "一二三四（五六七八）九，十。" * 6
    for width in range(8, 40):
        for line in wrap(Text(text), width):
            assert line.plain[0] not in "，。）"
            assert line.plain[-1] != "（"


def test_english_breaks_at_spaces() -> None:
    assert lines(Prose("every position carries loss"), 16) == ["every position", "carries loss"]


def test_a_word_longer_than_the_line_is_cut() -> None:
    assert lines(Prose("a" * 25), 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_lists_paragraphs_and_code_keep_their_form() -> None:
    text = "First:\n- one two three four five\n- two\n\n```\nx = 1\n```\nlast"
    assert lines(Prose(text), 18) == ["First:", "• one two three", "  four five", "• two", "", "    x = 1", "last"]


def test_markup_of_rich_is_shown_as_it_stands() -> None:
    assert lines(Prose("[bold]x[/bold] and [red]y"), 40) == ["[bold]x[/bold] and [red]y"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("`code` and **bold**", "code and bold"),
        ("2*3*4", "2*3*4"),
        ("a *b* c", "a b c"),
        ("[paper](https://arxiv.org/abs/1)", "paper (https://arxiv.org/abs/1)"),
    ],
)
def test_inline_markdown(text: str, plain: str) -> None:
    assert inline(text).plain == plain


def test_an_indent_leaves_no_trailing_spaces() -> None:
    assert lines(Indent(Prose("one two"), 4, top=1)) == ["", "    one two"]


@settings(deadline=None)
@given(st.text(alphabet="ab 中文，。（）\n-*`", max_size=80), st.integers(8, 40))
def test_no_line_is_wider_than_the_terminal(text: str, width: int) -> None:
    for line in wrap(Text(text), width):
        assert cell_len(line.plain) <= width


@settings(deadline=None)
@given(st.text(alphabet="ab 中文，。", max_size=80), st.integers(8, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    shown = "".join(line.plain for line in wrap(Text(text), width))
    assert shown.replace(" ", "") == text.replace(" ", "")
