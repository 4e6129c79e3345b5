"""The word lists and regular expressions of phrases.txt, compiled when first used."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_PHRASES = Path(__file__).with_name("phrases.txt")


@lru_cache(maxsize=2)
def lists(path: Path) -> dict[str, list[str]]:
    """The lines of each list of a file: a list begins with its name in brackets."""
    named: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.fullmatch(r"\[[a-z-]+\]", line):
            lines = named.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return named


@lru_cache(maxsize=64)
def pattern(name: str) -> re.Pattern[str]:
    """One expression that finds any entry of a list."""
    return re.compile("|".join(lists(_PHRASES)[name]), re.M)  # ^ and $ at every line of an answer


@lru_cache(maxsize=64)
def patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """An expression for each entry of a list."""
    return tuple(re.compile(line) for line in lists(_PHRASES)[name])


@lru_cache(maxsize=64)
def word_list(name: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(word for line in lists(_PHRASES)[name] for word in line.split())


@lru_cache(maxsize=1)
def forms() -> dict[str, str]:
    """Irregular forms of English words, and the word that each is counted as."""
    listed = (line.partition(":") for line in lists(_PHRASES)["irregular"])
    return {form: word for word, _, forms in listed for form in forms.split()}
