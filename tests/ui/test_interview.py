"""What the interviewer says, on a terminal and in a pipe."""

from __future__ import annotations

from typing import Any

import pytest

from llmquiz.interview.plan.pace import clock
from llmquiz.interview.turns import Turn, Why
from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.schedule.layout import Layout
from llmquiz.ui.interview import asked_text, introduction, line, question, section, speech
from tests.entries import ref
from tests.interview.small import content, planned, turn
from tests.ui.drawn import coloured, drawn

EN, ZH = Words("en"), Words("zh")
SCALE = "Why divide by the square root of d?"


def asked(turned: Turn, words: Words = EN) -> str:
    """All that is said at a turn that is about a question of the topic."""
    return asked_text(turned, content()[0].get(turned.question), words)


def shown(turned: Turn, order: tuple[int, ...] = (), allowed: float = 60.0, name: str = "Dr. Lin") -> list[str]:
    """The turn on a terminal."""
    about = content()[0].get(turned.question) if turned.question else None
    return drawn(*question(turned, about, Layout(order), allowed, name, EN))


def piped(turned: Turn, order: tuple[int, ...] = ()) -> str:
    """The turn in a pipe."""
    about = content()[0].get(turned.question) if turned.question else None
    return line(turned, about, Layout(order), EN)


@pytest.mark.parametrize("lang", LANGS)
def test_the_introduction_says_who_asks_how_long_an_answer_may_take_and_what_happens_then(lang: Lang) -> None:
    plan, words = planned(lang), Words(lang)
    lines = drawn(*introduction(plan, [], words), width=500)
    text = "\n".join(lines)
    blueprint = plan.blueprint
    assert lines[1].startswith(f"{words('mock.title')} · {words('mock.minutes', minutes='10')} ")
    assert lines[2] == blueprint.name[lang]
    for key, text_of in (("manner", blueprint.manner), ("cares", blueprint.cares), ("irritated", blueprint.irritated)):
        assert f"  {words(f'mock.{key}')}{words('report.colon')}{text_of[lang]}" in lines
    times = {name: clock(plan.pace.allowed(seconds)) for name, seconds in (("line", 15), ("minute", 60), ("full", 240))}
    assert f"  · {words('mock.budgets', **times, rate=plan.setting.rate)}" in lines
    assert words("mock.soft") in text
    assert words("mock.kept") in text
    assert words("mock.strict") not in text
    assert words("mock.practice") not in text
    assert words("mock.others", names="") not in text


def test_what_was_chosen_and_who_else_could_ask_is_told() -> None:
    plan = planned(strict=True, practice=True, minutes=7.5)
    lines = drawn(*introduction(plan, ["Marco", "Ana"], EN), width=500)
    assert lines[1].startswith("Mock interview · 7.5 min ")
    assert {f"  · {EN(f'mock.{key}')}" for key in ("strict", "practice")} <= set(lines)
    assert lines[-1] == f"  · {EN('mock.others', names='Marco, Ana')}"
    assert EN("mock.soft") not in "\n".join(lines)


def test_what_the_interviewer_is_like_is_not_as_faint_as_its_label() -> None:
    label = EN("mock.manner") + EN("report.colon")
    assert f"\x1b[2m{label}\x1b[0mCalm." in coloured(*introduction(planned(), [], EN))


@pytest.mark.parametrize("name", ["Marco", "Marco, principal engineer", "Marco，首席工程师"])
def test_who_speaks_is_called_by_the_name_alone(name: str) -> None:
    assert drawn(*speech(name, "Hi.")) == ["", "Marco", "  Hi."]


def test_a_section_says_what_time_is_left() -> None:
    for words, left in ((EN, "2:05 left"), (ZH, "剩余 2:05")):
        assert drawn(*section("Ideas", 125, words))[1].startswith(f"Ideas · {left} ")


@pytest.mark.parametrize(
    ("more", "en"),
    [
        ({}, SCALE),
        ({"say": "Let us begin."}, f"Let us begin.\n\n{SCALE}"),
        ({"prompt": "Why the root?"}, "Why the root?"),
        ({"question": "free"}, "“The KV cache is free.”"),
        (
            {"question": "gpt3", "why": Why.wrong_number},
            f"{EN('probe.wrong-number')}\n\nHow many parameters has GPT-3?",
        ),
        ({"question": "gpt3", "why": Why.wrong_number, "say": "Hm."}, "Hm.\n\nHow many parameters has GPT-3?"),
        ({"kind": "spoken", "why": Why.absolute, "because": "always"}, "“always”? Is there no exception?"),
        ({"kind": "spoken", "why": Why.missed, "say": "And the softmax?"}, "And the softmax?"),
        ({"why": Why.met, "because": "variance"}, SCALE),  # a question asks itself
    ],
)
def test_the_contents_own_words_go_before_those_of_the_interface(more: dict[str, Any], en: str) -> None:
    assert asked(turn(**more)) == en


def test_a_probe_is_in_the_language_of_the_interview() -> None:
    assert asked(turn(kind="spoken", why=Why.missed), ZH) == ZH("probe.missed")


def test_a_question_of_several_sorts_shows_what_it_puts_and_the_time() -> None:
    assert shown(turn()) == ["", "Dr. Lin", f"  {SCALE}", "  one minute · 1:00", ""]
    assert shown(turn("pick"), (2, 1)) == [
        "",
        "Dr. Lin",
        "  Which one is causal?",
        "  1. Decoder",
        "  2. Encoder",
        "  1:00",
        "",
    ]
    claim = shown(turn("free"))
    assert [text.strip() for text in claim[3:5]] == [EN("ask.claim.short"), EN("ask.verdict")]


def test_code_stands_below_the_question() -> None:
    code = ref("code", name="small/code")
    asking = Turn(1, "ideas", "small/code", "code", "one-line", 60)
    lines = drawn(*question(asking, code, Layout((2, 1)), 60.0, "Dr. Lin", EN))
    assert lines[2:7] == ["  What is wrong?", "", "    mask = triu(x)", "  1. a decoder", "  2. an encoder"]


def test_a_follow_up_in_words_shows_nothing_of_the_question_that_it_is_about() -> None:
    spoken = turn("pick", kind="spoken", why=Why.always, depth="one-line")
    assert shown(spoken, (2, 1), 15) == ["", "Dr. Lin", "  How do you know?", "  one line · 0:15", ""]
    assert piped(spoken, (2, 1)) == "[small/pick] follow-up: How do you know?"


def test_the_closing_is_what_the_interviewer_says() -> None:
    closing = turn("", why=Why.closing, say="Thanks.")
    assert shown(closing) == ["", "Dr. Lin", "  Thanks.", "  1:00", ""]


def test_in_a_pipe_a_question_is_one_line_with_its_options_below() -> None:
    assert piped(turn("pick", say="Now\nthen."), (2, 1)) == (
        "[small/pick] choice: Now then. Which one is causal?\n  1. Decoder\n  2. Encoder"
    )
