"""A question as lines of a pipe."""

from __future__ import annotations

from collections.abc import Iterable

from llmquiz.ui.document.front import Front


def below(front: Front, order: Iterable[int]) -> list[str]:
    """What stands below the prompt: the code, and the choices in the order in which they are shown."""
    code = ["    " + line for line in front.code.rstrip().splitlines()]
    return code + [f"  {number}. {choice}" for number, choice in enumerate(front.chosen_from(order), 1)]
