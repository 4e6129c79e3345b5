"""What a typed reply means, kind by kind, and what to say when it cannot be read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from llmquiz.messages.ui import Words
from llmquiz.schedule.layout import Layout
from llmquiz.ui.keyboard.reply import fault, ticked

EN, ZH = Words("en"), Words("zh")
OPTIONS, STEPS, FREE = Layout((2, 1)), Layout((3, 1, 2)), Layout()


@pytest.mark.parametrize(
    ("kind", "shown", "text", "advice"),
    [
        ("open", FREE, "anything", ""),
        ("open", FREE, " \n", "ask.empty"),
        ("term", FREE, "anything", ""),
        ("cell", FREE, "", "ask.empty"),
        ("choice", OPTIONS, "1", ""),
        ("choice", OPTIONS, " 2 ", ""),
        ("choice", OPTIONS, "3", "ask.option-needed"),
        ("choice", OPTIONS, "1 2", "ask.option-needed"),  # one option, not two
        ("choice", OPTIONS, "decoder", "ask.option-needed"),
        ("code", OPTIONS, "x = 1", "ask.option-needed"),
        ("code", FREE, "x = 1", ""),  # typed where there are no options
        ("order", STEPS, "2 1 3", ""),
        ("order", STEPS, "213", ""),
        ("order", STEPS, "2 1", "ask.order-needed"),  # incomplete
        ("order", STEPS, "2 1 1", "ask.order-needed"),  # one twice
        ("order", STEPS, "1 2 3 3", "ask.order-needed"),
        ("order", STEPS, "first", "ask.order-needed"),
        ("number", FREE, "about 175 billion", ""),
        ("number", FREE, "一千七百五十亿", ""),
        ("number", FREE, "many", "ask.number-needed"),
        ("prediction", FREE, "twice", "ask.number-needed"),
        ("prediction", FREE, "2x", ""),
        ("claim", FREE, "wrong", ""),
        ("claim", FREE, "错\n因为它要占内存", ""),
        ("claim", FREE, "because it takes memory\nwrong", "ask.verdict-unknown"),  # the verdict stands first
        ("claim", FREE, "perhaps", "ask.verdict-unknown"),
    ],
)
def test_what_cannot_be_read_is_asked_for_again(kind: str, shown: Layout, text: str, advice: str) -> None:
    question = SimpleNamespace(kind=kind)
    for words in (EN, ZH):
        message = words(advice, most=len(shown.order), choices=words("ask.verdict")) if advice else ""
        assert fault(question, shown, text, words) == message  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3", [3]),
        ("1 3", [1, 3]),
        ("1,3", [1, 3]),
        ("10", [10]),
        ("0", None),
        ("11", None),
        ("2 11", None),
        ("", None),
        (" , ", None),
    ],
)
def test_points_are_ticked_by_their_numbers(text: str, numbers: list[int] | None) -> None:
    assert ticked(text, 10) == numbers
