"""settings.yaml read critically: each fault a line, what is sound counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz import paths
from llmquiz.app.settings import read_settings
from tests.commands.conftest import Done
from tests.commands.conftest import llmquiz as llmquiz
from tests.commands.conftest import topic as topic
from tests.home import settings_say

Run = Callable[..., Done]


def settings(text: str) -> list[tuple[int, str, str]]:
    """Write settings.yaml; line, field and message of what is at fault."""
    settings_say(text)
    return [(fault.line, fault.field, fault.message) for fault in read_settings().faults]


def test_without_a_file_there_is_nothing_to_say(home: Path) -> None:
    assert (read_settings().values, read_settings().faults) == ({}, ())


def test_every_key_that_the_readme_names_is_taken(tmp_path: Path) -> None:
    text = (
        f"lang: zh\ncontent: [{tmp_path}]\nrate: 80\nencoder: a/b\n"
        "judge: {base_url: 'http://localhost:1/v1', model: m, api_key: k, timeout: 60}\n"
    )
    assert settings(text) == []
    assert sorted(read_settings().values) == ["content", "encoder", "judge", "lang", "rate"]
    assert settings(f"content: {tmp_path}\n") == []


@pytest.mark.parametrize(
    ("text", "line", "field", "message", "values"),
    [
        ("lang: en\nlangs: zh\n", 2, "langs", "use one of: lang, content, rate, encoder, judge", {"lang": "en"}),
        ("lang: fr\n", 1, "lang", "en", {}),
        ("rate: fast\nlang: zh\n", 1, "rate", "whole number", {"lang": "zh"}),
        ("lang: zh\nrate: 5\n", 2, "rate", "10", {"lang": "zh"}),
        ("encoder: 5\n", 1, "encoder", "text", {}),
        ("judge:\n  model: m\n  timeout: soon\n", 3, "judge.timeout", "number", {"judge": {"model": "m"}}),
        ("judge:\n  url: x\n", 2, "judge.url", "use one of: base_url, model, api_key, timeout", {"judge": {}}),
        ("content:\n  - /no/such/folder\n", 2, "content.0", "/no/such/folder", {"content": ["/no/such/folder"]}),
        ("content: /no/such/folder\n", 1, "content", "/no/such/folder", {"content": "/no/such/folder"}),
        ("content: 5\n", 1, "content", "list", {}),
        ("- lang\n", 1, "", "mapping", {}),
        ("lang: [\n", 0, "", "not valid YAML", {}),
        ("lang: en\nlang: zh\n", 2, "lang", "twice", {}),
    ],
)
def test_what_is_at_fault_is_said_with_its_line_and_passed_over(
    text: str, line: int, field: str, message: str, values: dict[str, object]
) -> None:
    (fault,) = settings(text)
    assert fault[0] == line or (line == 0 and 1 <= fault[0] <= 2)  # where YAML itself ends, the library says
    assert fault[1] == field
    assert message in fault[2]
    assert read_settings().values == values


def test_a_folder_that_the_environment_names_and_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMQUIZ_CONTENT", "/no/such/folder")
    assert [fault.path for fault in read_settings().faults] == ["LLMQUIZ_CONTENT"]


@pytest.mark.parametrize("arguments", [("due",), ("list",), ("check",), ("demo", "--list"), ("backup",), ("schema",)])
def test_every_command_says_it_on_standard_error_and_goes_on(
    llmquiz: Run, topic: Path, arguments: tuple[str, ...]
) -> None:
    settings("lang: zh\nrat: 5\n")
    done = llmquiz(*arguments)
    assert done.code == 0
    assert done.err.splitlines()[0] == (
        f"llmquiz: {paths.settings_file()}:2: rat: 没有这个键，请改用：lang、content、rate、encoder、judge"
    )


def test_doctor_reports_them_as_faults(llmquiz: Run, topic: Path) -> None:
    settings("rat: 5\ncontent: /no/such/folder\n")
    done = llmquiz("doctor", "--json", "--content", topic)
    assert done.code == 1
    faults = json.loads(done.out)["faults"]
    assert [fault.removeprefix(f"{paths.settings_file()}:").split(":")[0] for fault in faults] == ["1", "2"]


def test_help_is_not_interrupted_by_them(llmquiz: Run) -> None:
    settings("rat: 5\n")
    assert llmquiz("due", "--help").err == ""
