"""Every fault that `check` finds has a wording in both languages, which says what its values say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from llmquiz.grading.score import PointState
from llmquiz.messages.faults import FAULTS, wording

PACKAGE = Path(__file__).parents[2] / "llmquiz"
NOTED_BY = {"wording", "error", "warning", "say", "note", "refuse", "fault", "_Refused", "ExampleFault"}
"""What a fault's code is handed to."""


def codes_in(node: ast.expr) -> Iterator[str]:
    """The codes that an argument can be: written down, or one of two."""
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z-]+\.[a-z0-9-]+", node.value)
    ):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from codes_in(node.body)
        yield from codes_in(node.orelse)


def noted() -> Iterator[tuple[str, str, set[str]]]:
    """(file, code, names of its values) of every fault that is noted down."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in NOTED_BY:
                values = {keyword.arg for keyword in node.keywords if keyword.arg}
                for argument in node.args:
                    if isinstance(argument, ast.Dict):
                        values |= {key.value for key in argument.keys if isinstance(key, ast.Constant)}
                for code in (code for argument in node.args for code in codes_in(argument)):
                    yield path.relative_to(PACKAGE).as_posix(), code, values


NOTED = list(noted())


def test_every_fault_that_is_noted_has_a_wording() -> None:
    assert [(path, code) for path, code, _ in NOTED if code not in FAULTS] == []


def test_the_values_of_each_fault_fill_its_wording() -> None:
    for path, code, values in NOTED:
        for text in FAULTS[code]:
            assert {name for _, name, _, _ in Formatter().parse(text) if name} <= values, f"{path}: {code}"


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_each_language_is_its_own(code: str) -> None:
    english, chinese = FAULTS[code]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[\u4e00-\u9fff]", english)


def test_no_wording_is_left_over() -> None:
    made_of_a_state = {f"example.{state}" for state in PointState}
    made_of_an_example = {f"example.{kind}-{met}" for kind in ("reject", "partial") for met in ("met", "partly")}
    left = set(FAULTS) - {code for _, code, _ in NOTED} - made_of_a_state - made_of_an_example
    assert {code for code in left if not code.startswith("value.")} == set()


def test_a_list_is_joined_in_each_language() -> None:
    english, chinese = wording("interviewer.unknown", interviewer="ann", known=["bo", "cy"])
    assert english.endswith("those there are: bo, cy")
    assert chinese.endswith("现有：bo、cy")
    assert [text[-4:] for text in wording("interviewer.unknown", interviewer="ann", known=[])] == ["none", "现有：无"]
