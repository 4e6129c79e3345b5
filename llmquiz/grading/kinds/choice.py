"""A choice: the number of the right option."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.read import fold

if TYPE_CHECKING:
    from llmquiz.schema.questions import Option


def grade_choice(options: Sequence[Option], response: str) -> Score:
    """`response` is the number of an option as the author ordered them, from 1."""
    numbers = re.findall(r"\d+", fold(response[:200])[0])
    # Two numbers may be a change of mind: which of them holds is not guessed.
    if len(numbers) != 1 or not 1 <= int(numbers[0]) <= len(options):
        return single(PointState.undecided)
    return single(PointState.met if options[int(numbers[0]) - 1].right else PointState.missing, response.strip())
