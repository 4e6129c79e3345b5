"""Where things are: under LLMQUIZ_HOME where it is set, else where the system keeps such things."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import platformdirs
import pytest

from llmquiz import paths


def written() -> list[Path]:
    """Every place to which llmquiz writes."""
    return [paths.data(), paths.database(), paths.cache(), paths.log_file(), paths.settings_file()]


def as_on_windows(kind: str) -> Callable[..., str]:
    """A function of platformdirs as it is there: a folder of the author is put around ours unless there is none."""

    def folder(name: str, appauthor: str | Literal[False] | None = None) -> str:
        return str(Path(kind, name if appauthor is False else f"{appauthor or name}/{name}"))

    return folder


def test_one_variable_moves_all_that_llmquiz_writes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LLMQUIZ_HOME", str(tmp_path))
    assert [path.relative_to(tmp_path).as_posix() for path in written()] == [
        "data",
        "data/llmquiz.db",
        "cache",
        "log/llmquiz.log",
        "config/settings.yaml",
    ]


def test_a_home_may_be_named_from_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("LLMQUIZ_HOME", "~/quiz")
    assert paths.data() == tmp_path / "quiz" / "data"


@pytest.mark.parametrize("home", [None, ""])
def test_without_it_each_thing_is_where_the_system_keeps_such_things_with_no_folder_of_an_author_around_ours(
    monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    monkeypatch.delenv("LLMQUIZ_HOME")
    if home is not None:
        monkeypatch.setenv("LLMQUIZ_HOME", home)
    for kind in ("data", "cache", "log", "config"):
        monkeypatch.setattr(platformdirs, f"user_{kind}_dir", as_on_windows(kind))
    assert written() == [
        Path("data/llmquiz"),
        Path("data/llmquiz/llmquiz.db"),
        Path("cache/llmquiz"),
        Path("log/llmquiz/llmquiz.log"),
        Path("config/llmquiz/settings.yaml"),
    ]


@pytest.mark.parametrize("installed", [True, False])
def test_content_lies_in_an_installed_package_or_beside_one_in_a_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, installed: bool
) -> None:
    package = tmp_path / "llmquiz"
    inside, beside = package / "_content", tmp_path / "content"
    beside.mkdir()
    package.mkdir()
    if installed:
        inside.mkdir()
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))
    assert paths.shipped_content() == (inside if installed else beside)
