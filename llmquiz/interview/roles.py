"""The words of roles.txt by which the parts of an answer are told apart: an expression a list, made when first used."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _lists() -> dict[str, list[str]]:
    lists: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in Path(__file__).with_name("roles.txt").read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\[[a-z-]+\]", line):
            lines = lists.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return lists


@lru_cache(maxsize=32)
def role(name: str) -> re.Pattern[str]:
    """One expression that finds any entry of a list in folded text."""
    return re.compile("|".join(f"(?:{line})" for line in _lists()[name]))
