"""No test touches the user's own data: the home of llmquiz is a temporary folder, and its default is out of reach."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

os.environ["LLMQUIZ_HOME"] = "/nonexistent/a-test-forgot-the-home-fixture"
for name in ("LLMQUIZ_LANG", "LLMQUIZ_CONTENT", "LLMQUIZ_NOW"):
    os.environ.pop(name, None)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Without the demos no file that imports torch is: that alone takes seconds."""
    if "not demo" not in config.option.markexpr or collection_path.suffix != ".py":
        return None
    demos = collection_path.is_relative_to(Path(__file__).parent / "demos")
    return True if demos and 'importorskip("torch")' in collection_path.read_text(encoding="utf-8") else None


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The shipped content, compiled once: it is a cache, made again wherever it is missing."""
    from llmquiz import paths
    from llmquiz.collection import cache

    folder = tmp_path_factory.mktemp("compiled")
    cache.open_collection([paths.shipped_content()], folder).close()
    return list(folder.iterdir())


@pytest.fixture(scope="session")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the reader has read: a text that many tests grade is read once, also by the next run where one is named."""
    from llmquiz.grading.reader.memory import file_name
    from llmquiz.grading.reader.network import card

    folder = Path(os.environ.get("LLMQUIZ_TEST_READS") or tmp_path_factory.mktemp("reads"))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / file_name(card()["version"])
    file.touch()
    return file


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, compiled: list[Path], reads: Path
) -> Iterator[Path]:
    """A fresh home for every test, which has but the compiled content and what the reader has read."""
    from llmquiz.app.settings import read_settings

    folder = tmp_path_factory.mktemp("home")
    (folder / "cache").mkdir()
    for path in compiled:
        os.link(path, folder / "cache" / path.name)  # nobody writes to it: a cache is replaced whole
    with suppress(OSError):  # on another disk: every test reads for itself
        os.link(reads, folder / "cache" / reads.name)
    monkeypatch.setenv("LLMQUIZ_HOME", str(folder))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    read_settings.cache_clear()
    yield folder
    read_settings.cache_clear()


SHIPPED: list[Callable[[], Any]] = []
"""What loads the shipped reader."""


def pytest_configure() -> None:
    """Open answers are graded by a list, also while tests are collected: most are about what is done with verdicts."""
    from llmquiz.grading.reader import judging
    from tests.grading.scripted_reader import ScriptedReader

    SHIPPED.append(judging.reader)
    judging.reader = ScriptedReader


@pytest.fixture(autouse=True)
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped reader, for tests that ask for it."""
    if request.node.get_closest_marker("reader") is not None:
        from llmquiz.grading.reader import judging

        monkeypatch.setattr(judging, "reader", SHIPPED[0])


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file of a content folder: `write("topic/questions.yaml", "...")`."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / "content" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def set_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Puts the test somewhere else on the earth: `set_zone("Asia/Shanghai")`."""
    if not hasattr(time, "tzset"):
        pytest.skip("this platform cannot change its time zone")

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()
