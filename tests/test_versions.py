"""What is installed: the versions that were tested, and the ranges that hold them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.test_readme import block

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAMED = [
    Requirement(line)
    for line in [
        *PROJECT["dependencies"],
        *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
    ]
    if not line.startswith("llmquiz[")
]


def name_of(text: str) -> str:
    """A name as pip compares it."""
    return re.sub(r"[-_.]+", "-", text).lower()


def versions(text: str) -> dict[str, Version]:
    """Lines `name==version` by name; comments left out."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name_of(name): Version(number) for name, number in (line.split("==") for line in lines)}


TESTED = versions((ROOT / ".ci" / "constraints.txt").read_text(encoding="utf-8"))
each = pytest.mark.parametrize("requirement", NAMED, ids=str)


@each
def test_what_was_tested_lies_in_the_range(requirement: Requirement) -> None:
    assert TESTED[name_of(requirement.name)] in requirement.specifier


@each
def test_the_low_end_of_every_range_is_tried(requirement: Requirement) -> None:
    """All but that of torch: one build of it serves every environment."""
    lowest = versions(
        subprocess.run([sys.executable, ROOT / ".ci" / "lowest"], capture_output=True, text=True, check=True).stdout
    )
    if requirement.name == "torch":
        assert "torch" not in lowest
        return
    least = [Version(bound.version) for bound in requirement.specifier if bound.operator == ">="]
    assert lowest[name_of(requirement.name)] == max(least)


def test_no_version_is_that_of_one_build() -> None:
    """`+cpu` exists for one index only."""
    assert [name for name, number in TESTED.items() if number.local] == []


@pytest.mark.parametrize(("name", "line"), [("set-up", "-e . && llmquiz drill"), ("test", "-e '.[dev]' && pytest")])
def test_the_readme_installs_what_was_tested(name: str, line: str) -> None:
    assert block("sh", name) == f"pip install -c .ci/constraints.txt {line}\n"
