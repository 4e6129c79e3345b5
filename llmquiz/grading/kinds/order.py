"""Steps to be put in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.read import fold

if TYPE_CHECKING:
    from llmquiz.schema.questions import OrderQuestion


def grade_order(question: OrderQuestion, response: str) -> Score:
    """`response` names the steps by their right places, in the order given: right as 1 2 3 ..."""
    given = [int(number) for number in re.findall(r"\d+", fold(response[:400])[0])]
    # A step left out or named twice: the order was not given, so it is not wrong.
    if sorted(given) != list(range(1, len(question.steps) + 1)):
        return single(PointState.undecided)
    return single(PointState.met if given == sorted(given) else PointState.missing, response.strip())
