"""Editing: the line of an id, the call of each editor, and what a change means to the learner."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.app.context import AppContext
from llmquiz.authoring import edit
from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.language import LANGS
from tests.app.scripted import Scripted

Write = Callable[[str, str], Path]
Calls = list[list[str]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """How editors were called; none is named yet, and none changes anything."""
    called: Calls = []
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(subprocess, "run", lambda command, check: called.append(command))
    return called


@pytest.fixture
def saving(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """An editor that replaces one text by another each time it is opened; the lines at which it was."""

    def install(*changes: tuple[str, str]) -> list[int]:
        left, lines = list(changes), []

        def save(path: Path, line: int) -> None:
            lines.append(line)
            path.write_text(path.read_text(encoding="utf-8").replace(*left.pop(0)), encoding="utf-8")

        monkeypatch.setattr(edit, "open_editor", save)
        return lines

    return install


def line_of(path: Path, text: str) -> int:
    """The first line that holds a text."""
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("scale", "- id: scale"),
        ("small/scale.variance", "- id: variance"),
        ("scale.kernel", "- id: kernel"),
        ("free", "- id: free"),
        ("kinds", "- id: kinds"),
        ("kinds.encoder", "- id: encoder"),
        ("kinds.encoder.sees", "cells: {sees:"),
        ("talk", "- id: talk"),
        ("talk.second", "- id: second"),
    ],
)
def test_an_id_stands_where_its_entry_or_its_part_begins(topic: Path, write: Write, name: str, text: str) -> None:
    words = "".join(f"    {field}: {{en: A, zh: A}}\n" for field in PERSON)
    sections = "".join(SECTION.format(name=section) for section in ("first", "second"))
    interview = write("small/interview.yaml", f"interviews:\n  - id: talk\n{words}    sections:\n{sections}")
    path = interview if name.startswith("talk") else topic / "small/questions.yaml"
    assert edit.place(AppContext("en", topic), name) == (path, line_of(path, text))


PERSON = ("name", "manner", "cares", "irritated", "opening", "closing")
SECTION = "      - id: {name}\n        title: {{en: A, zh: A}}\n        minutes: 5\n        ask: [scale]\n"


def test_an_id_that_nothing_has_stands_nowhere(context: AppContext) -> None:
    with pytest.raises(UnknownId, match="scale"):
        edit.place(context, "scales")


@pytest.mark.parametrize(
    ("editor", "command"),
    [
        ("vim", ["vim", "+7", "q.yaml"]),
        ("/usr/bin/nano -w", ["/usr/bin/nano", "-w", "+7", "q.yaml"]),
        ("emacsclient -c", ["emacsclient", "-c", "+7", "q.yaml"]),
        ("code -n", ["code", "-n", "--wait", "--goto", "q.yaml:7"]),
        ("'/opt/VS Code/codium'", ["/opt/VS Code/codium", "--wait", "--goto", "q.yaml:7"]),
        ("subl -w", ["subl", "-w", "q.yaml:7"]),
        ("hx", ["hx", "q.yaml:7"]),
        ("gedit", ["gedit", "q.yaml"]),  # for all one knows, it would make a file called +7
    ],
)
def test_an_editor_is_told_the_line_in_its_own_way(
    monkeypatch: pytest.MonkeyPatch, calls: Calls, editor: str, command: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("EDITOR", editor)
    edit.open_editor(Path("q.yaml"), 7)
    assert calls == [command]


def test_the_editor_for_a_screen_goes_before_the_other_and_without_either_it_is_vi(
    monkeypatch: pytest.MonkeyPatch, calls: Calls
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    edit.open_editor(Path("q.yaml"), 7)
    monkeypatch.setenv("EDITOR", "nano")
    edit.open_editor(Path("q.yaml"), 7)
    monkeypatch.setenv("VISUAL", "emacs")
    edit.open_editor(Path("q.yaml"), 7)
    assert [command[0] for command in calls] == ["vi", "nano", "emacs"]


@pytest.mark.parametrize(
    ("editor", "program", "options"),
    [
        (r'"C:\Program Files\VS Code\code.exe" -n', r"C:\Program Files\VS Code\code.exe", ["-n", "--wait", "--goto"]),
        (r"C:\tools\vim.exe", r"C:\tools\vim.exe", ["+7"]),
        ("", "notepad", []),
    ],
)
def test_an_editor_of_windows_is_named_with_backslashes(
    monkeypatch: pytest.MonkeyPatch, calls: Calls, editor: str, program: str, options: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("EDITOR", editor)
    edit.open_editor(Path("questions.yaml"), 7)
    assert calls[0][0] == program
    assert calls[0][1 : 1 + len(options)] == options
    assert "questions.yaml" in calls[0][-1]


def test_an_editor_that_cannot_be_started_is_named_with_what_it_should_have_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor -n")
    with pytest.raises(LlmquizError) as refused:
        edit.open_editor(Path("q.yaml"), 7)
    for lang in LANGS:
        assert [text in refused.value.text(lang) for text in ("no-such-editor", "EDITOR", "q.yaml:7")] == [True] * 3


def test_faults_are_the_errors_of_that_file_alone(topic: Path, write: Write) -> None:
    questions = topic / "small/questions.yaml"
    broken = write("small/broken.yaml", "claims:\n  - id: x\n    verdict: rong\n")
    assert edit.faults(questions) == []  # which has no examples: a warning
    assert {fault.path for fault in edit.faults(broken)} == {"content/small/broken.yaml"}
    assert "claims.0.verdict" in [fault.field for fault in edit.faults(broken)]


def test_entries_are_those_of_the_file_field_by_field(topic: Path, write: Write) -> None:
    other = write("small/other.yaml", OTHER)
    assert edit.entries(other) == {
        "small/other": {
            "id": "other",
            "level": "core",
            "text.en": "It is free.",
            "text.zh": "没有代价。",
            "verdict": "wrong",
            "right.en": "It is not.",
            "right.zh": "有。",
            "why.en": "It is.",
            "why.zh": "是的。",
            "sources.0": "gone",
        }
    }
    assert "small/other" not in edit.entries(topic / "small/questions.yaml")


OTHER = """id: other
type: claim
level: core
text: {en: It is free., zh: 没有代价。}
verdict: wrong
right: {en: It is not., zh: 有。}
why: {en: It is., zh: 是的。}
sources: [gone]
"""


def test_a_point_that_is_put_in_changes_none_of_those_that_follow(topic: Path) -> None:
    path = topic / "small/questions.yaml"
    before = edit.entries(path)
    point = "    points:\n      - {id: new, text: {en: New., zh: 新。}}\n"
    path.write_text(path.read_text(encoding="utf-8").replace("    points:\n", point), encoding="utf-8")
    assert edit.changes(before, edit.entries(path)) == [
        "+ small/scale points.new.id: new",
        "+ small/scale points.new.text.en: New.",
        "+ small/scale points.new.text.zh: 新。",
    ]


def test_changes_are_what_was_there_then_what_is_there_now_and_nothing_that_stayed() -> None:
    before = {"t/a": {"id": "a", "why": "old", "note": "gone"}, "t/b": {"id": "b"}}
    after = {"t/c": {"id": "c"}, "t/a": {"id": "a", "demo": "new", "why": "new"}}
    assert edit.changes(before, after) == [
        "- t/a why: old",
        "+ t/a why: new",
        "- t/a note: gone",
        "+ t/a demo: new",
        "- t/b id: b",
        "+ t/c id: c",
    ]
    assert edit.changes(after, after) == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_save_that_changes_nothing_says_so(
    topic: Path, saving: Callable[..., list[int]], capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    saving(("sources: [x]", "sources:  [x]"))
    context = AppContext(lang, topic)
    assert edit.edit(context, "free")
    path = topic / "small/questions.yaml"
    assert capsys.readouterr().out.splitlines() == [
        context.words("edit.sound", path=path),
        context.words("edit.unchanged"),
    ]


def at_terminal(monkeypatch: pytest.MonkeyPatch, *keys: str) -> Scripted:
    """Somebody who presses these keys."""
    author = Scripted(keys=keys)
    monkeypatch.setattr(edit, "at_terminal", lambda: True)
    monkeypatch.setattr(edit, "asker", lambda words: author)
    return author


def test_a_file_at_fault_is_offered_again_at_the_line_of_the_fault_until_it_is_sound(
    context: AppContext,
    topic: Path,
    saving: Callable[..., list[int]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    author, path = at_terminal(monkeypatch, "\n", "\n"), topic / "small/questions.yaml"
    opened = saving(
        ("verdict: wrong", "verdict: rong"), ("verdict: rong", "verdict: wong"), ("verdict: wong", "verdict: sound")
    )
    verdict = line_of(path, "verdict: wrong")
    first = line_of(path, "- id: free")
    assert edit.edit(context, "free")
    assert opened == [first, verdict, verdict]
    assert author.labels == [context.words("edit.again")] * 2
    out = capsys.readouterr().out
    assert out.count("claims.0.verdict: ") == 2
    assert "+ small/free verdict: sound" in out


def test_who_leaves_a_file_at_fault_finds_it_as_it_was_saved(
    context: AppContext, topic: Path, saving: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_terminal(monkeypatch, "q")
    opened = saving(("verdict: wrong", "verdict: rong"))
    assert not edit.edit(context, "free")
    assert len(opened) == 1
    assert "verdict: rong" in (topic / "small/questions.yaml").read_text(encoding="utf-8")


def test_without_a_terminal_a_file_at_fault_is_opened_once(
    context: AppContext, saving: Callable[..., list[int]]
) -> None:
    opened = saving(("verdict: wrong", "verdict: rong"))
    assert not edit.edit(context, "free")
    assert len(opened) == 1
