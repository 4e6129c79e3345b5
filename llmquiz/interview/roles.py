"""The words of roles.txt by which the parts of an answer are told apart: an expression a list, made when first used."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from llmquiz.grading.text.lexicon import lists

_ROLES = Path(__file__).with_name("roles.txt")


@lru_cache(maxsize=32)
def role(name: str) -> re.Pattern[str]:
    """One expression that finds any entry of a list in folded text."""
    return re.compile("|".join(f"(?:{line})" for line in lists(_ROLES)[name]))
