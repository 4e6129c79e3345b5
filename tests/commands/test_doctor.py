"""What `doctor` looks at and says, and the block for a bug report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz import paths
from tests.commands.conftest import Done
from tests.home import settings_say

Run = Callable[..., Done]
AHEAD, NOW = "2036-05-01T10:00:00Z", "2026-05-01T10:00:00Z"


def test_doctor_finds_a_sound_house_and_says_what_is_wrong_with_another(llmquiz: Run, topic: Path) -> None:
    assert llmquiz("doctor", "--content", topic).code == 0
    paths.database().parent.mkdir(parents=True, exist_ok=True)
    paths.database().write_bytes(b"not a database at all" * 100)
    done = llmquiz("doctor", "--content", topic)
    assert done.code == 1
    assert "To fix: " in done.out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_ends_with_a_block_to_paste_that_names_nobody(
    llmquiz: Run, topic: Path, home: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr(Path, "home", staticmethod(lambda: Path("/home/anna")))
    llmquiz("drill", "gpt3", "--content", topic, stdin="a secret answer of 175B\n")
    settings_say("content: /home/anna/topics\nencoder: /home/anna/model\n")
    out = llmquiz("doctor", "--content", topic, "--lang", lang).out
    head, report, tail = out.rsplit("```", 2)
    assert ("To report a bug, paste this block:" if lang == "en" else "报告问题时，请贴上这一段：") in head
    assert tail.strip() == ""
    facts = ("llmquiz 0.1.0", "Python 3.", "torch ", "models shipped: 56,", "lang " + lang, "database: sound")
    for name in (*facts, "faults: 1", "~/topics"):
        assert name in report
    for secret in ("anna", str(home), "secret"):
        assert secret not in report
    assert json.loads(llmquiz("doctor", "--content", topic, "--lang", lang, "--json").out)["report"] == report.strip()


def test_an_answer_under_a_clock_that_was_ahead_is_told_once_and_can_be_taken_back(llmquiz: Run, topic: Path) -> None:
    content = ("--content", topic)
    llmquiz("drill", "gpt3", *content, stdin="175B\n", now=AHEAD)
    for command in (("due",), ("stats",), ("drill", "pick")):
        err = llmquiz(*command, *content, now=NOW).err
        assert (err.count("was a clock ahead?"), err.count("\n")) == (1, 1)
    missed = llmquiz("drill", "gpt3", *content, stdin="3B\n", now=NOW)
    assert "tomorrow" in missed.out or "in 1 days" in missed.out
    due = json.loads(llmquiz("due", "--json", *content, now=NOW).out)
    assert [row["due"][:7] for row in due] == ["2026-05"]
    done = llmquiz("doctor", *content, "--json", now=NOW)
    assert done.code == 1
    (fault,) = json.loads(done.out)["faults"]
    assert "2036-05-01 small/gpt3 (#1)" in fault
    assert "`llmquiz doctor --void-ahead`" in fault
    voided = llmquiz("doctor", "--void-ahead", *content, now=NOW)
    assert voided.code == 0
    assert "Undone: answer #1, small/gpt3" in voided.out
    assert llmquiz("due", *content, now=NOW).err == ""
    assert "3B" in llmquiz("export", *content, now=NOW).out


def test_the_clocks_of_two_machines_may_differ_a_little(llmquiz: Run, topic: Path) -> None:
    llmquiz("drill", "gpt3", "--content", topic, stdin="175B\n", now="2026-05-01T10:30:00Z")
    assert llmquiz("due", "--content", topic, now=NOW).err == ""
    assert llmquiz("doctor", "--content", topic, now=NOW).code == 0


@pytest.mark.parametrize("command", ["due", "stats", "doctor", "list", "drill"])
@pytest.mark.parametrize("moment", ["9999-12-31", "0001-01-01", "1970-01-01T00:00:00+14:00", "soon"])
def test_a_present_beyond_the_calendar_is_refused_in_a_sentence(
    llmquiz: Run, topic: Path, command: str, moment: str
) -> None:
    done = llmquiz(command, "--content", topic, now=moment)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "LLMQUIZ_NOW" in done.err


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "8000-01-01", "2036-11-30"])
def test_a_plan_beyond_ten_years_is_refused_in_a_sentence(llmquiz: Run, topic: Path, day: str) -> None:
    llmquiz("drill", "gpt3", "--content", topic, stdin="175B\n")
    done = llmquiz("plan", "--date", day, "--content", topic)
    assert done.code == 1
    assert "more than ten years" in done.err
    assert done.err.count("\n") == 1
    assert llmquiz("plan", "--date", "2036-11-20", "--content", topic).code == 0
