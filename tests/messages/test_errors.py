"""Every error that the package raises has a wording in both languages, which says what its values say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from llmquiz import errors
from llmquiz.errors import LlmquizError, StoreError
from llmquiz.messages.errors import ERRORS, wording

PACKAGE = Path(__file__).parents[2] / "llmquiz"
CLASSES = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, LlmquizError)}
LOCAL = {"Failed", "ServerFailed"}
"""Subclasses that a module keeps to itself."""


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """(file, code, names of its values) of every error that is made."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CLASSES | LOCAL:
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant):
                        values = {keyword.arg for keyword in node.keywords if keyword.arg}
                        yield path.relative_to(PACKAGE).as_posix(), argument.value, values


RAISED = list(raised())


def test_every_error_that_is_raised_has_a_wording() -> None:
    assert [(path, code) for path, code, _ in RAISED if code not in ERRORS] == []


def test_the_values_of_each_error_fill_its_wording() -> None:
    for path, code, values in RAISED:
        for text in ERRORS[code]:
            named = {name for _, name, _, _ in Formatter().parse(text) if name}
            assert named <= values, f"{path}: {code}"


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_each_language_is_its_own(code: str) -> None:
    english, chinese = ERRORS[code]
    assert re.search("[\u4e00-\u9fff：]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_no_wording_is_left_over() -> None:
    indirect = {"id.unknown", "id.unknown-near", "store.disk-full", "backup.disk-full"}
    indirect |= {"judge.no-mapping", "judge.unknown-keys"}
    assert set(ERRORS) - {code for _, code, _ in RAISED} - indirect == set()


def test_lists_are_joined_and_errors_told_in_the_language() -> None:
    inner = StoreError("store.no-answer", number=7, path="x.db", answer=7)
    values = {"error": inner, "kind": "riddle", "known": ("open", "choice")}
    assert wording("drill.no-kind", "en", values) == "No kind 'riddle'; kinds: open, choice."
    assert "open、choice" in wording("drill.no-kind", "zh", values)
    assert inner.text("zh") in wording("drill.unsaved", "zh", values)
    assert str(inner) in wording("drill.unsaved", "en", values)
