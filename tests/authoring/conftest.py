"""The use cases of an author: a small topic in which nothing is at fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.conftest import context as context
from tests.commands.conftest import topic as topic


@pytest.fixture(autouse=True)
def sound(topic: Path, write: Callable[[str, str], Path]) -> None:
    """The facts of the small topic have a source in the place of a demo that is not there."""
    path = topic / "small" / "questions.yaml"
    text = path.read_text(encoding="utf-8").replace("    demo: kv-cache\n", "    sources: [x]\n")
    path.write_text(text, encoding="utf-8")
    write("sources/small.yaml", "sources: [{id: x, title: T, authors: A, year: 2020}]\n")
