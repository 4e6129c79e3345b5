"""`llmquiz` alone: where one stands, and what its keys start."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmquiz.app import home as module
from llmquiz.app.chosen import choose
from llmquiz.app.context import AppContext
from llmquiz.app.home import home
from llmquiz.export.export import export
from llmquiz.schedule.selection import DrillOptions
from tests.app.scripted import Scripted


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[DrillOptions]:
    """What a drill was started with, at a terminal."""
    options: list[DrillOptions] = []
    monkeypatch.setattr(module, "at_terminal", lambda: True)
    monkeypatch.setattr(module, "drill", lambda context, chosen: options.append(chosen) or 0)
    return options


def at_home(context: AppContext, monkeypatch: pytest.MonkeyPatch, *keys: str) -> Scripted:
    asker = Scripted(keys=keys)
    monkeypatch.setattr(module, "asker", lambda words: asker)
    assert home(context, json=False, export=export) == 0
    return asker


def test_it_says_how_far_one_is_and_enter_starts(
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
    started: list[DrillOptions],
    capsys: pytest.CaptureFixture[str],
) -> None:
    at_home(context, monkeypatch, "\n")
    assert started == [DrillOptions()]
    assert "0 of 8 points known" in capsys.readouterr().out
    at_home(context, monkeypatch, "q")
    assert len(started) == 1


def test_with_a_plan_enter_starts_todays_share(
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
    started: list[DrillOptions],
    capsys: pytest.CaptureFixture[str],
) -> None:
    choose(context, "plan", "2026-11-26 core")
    asker = at_home(context, monkeypatch, "\n")
    assert started == [DrillOptions(limit=4, new=4)]
    shown = capsys.readouterr().out
    assert "Interview on 2026-11-26, in 3 days." in shown
    assert "0 due and 4 new questions" in shown
    assert asker.labels == [context.words("due.start")]


def test_on_the_last_day_all_that_is_weak_and_the_crib_sheet_are_a_key_away(
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
    started: list[DrillOptions],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    choose(context, "plan", "2026-11-24 core")
    asker = at_home(context, monkeypatch, "c", "w")
    assert asker.labels == [context.words("due.start-last")] * 2
    assert started == [DrillOptions(cram=True, seen=True, limit=30)]
    assert (tmp_path / "llmquiz.en.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_without_a_terminal_it_prints_what_is_due(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    assert home(context, json=True, export=export) == 0
    assert capsys.readouterr().out == "[]\n"
