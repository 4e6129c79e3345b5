"""What is searched and what is asked: claims of llmquiz and the sentences that set them right; without torch.

They were taken from the content once, so that what is measured does not move with it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Pair(NamedTuple):
    """A claim and its answer."""

    id: str
    """Of the entry in content/decoder-only from which it was taken."""
    claim: str
    """What is searched: often false."""
    right: str
    """The query: what is the case instead."""


@cache
def pairs() -> tuple[Pair, ...]:
    """All of them, in the order of their ids."""
    rows = json.loads(Path(__file__).with_name("pairs.json").read_text(encoding="utf-8"))
    return tuple(Pair(**row) for row in rows)
