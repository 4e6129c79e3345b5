"""Numbers: a value with its unit, right within a tolerance; a guess, right within a factor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.numerals import SCALES, Amount, amounts
from llmquiz.grading.text.read import fold
from llmquiz.grading.text.units import BYTES, SHARE, known

if TYPE_CHECKING:
    from llmquiz.schema.questions import NumberFact, PredictionQuestion

# People also write GB, or G, for 1024³ bytes: both readings may be right.
_BINARY = {"kb": 1024.0, "mb": 1024.0**2, "gb": 1024.0**3, "tb": 1024.0**4}
_LETTERS = {"k": "kb", "m": "mb", "g": "gb", "t": "tb", "b": "b"}
MOST = 400
"""Characters of the response that are read."""


def grade_number(question: NumberFact, response: str) -> Score:
    """Right when the one number given lies within the tolerance; several different numbers are undecided."""
    units = [unit for unit in (question.unit.en, question.unit.zh) if unit]
    present = amounts(fold(response[:MOST])[0])
    if not present:
        return single(PointState.undecided if response.strip() else PointState.missing)
    readings = [_values(amount, units) for amount in present]
    right = [any(within(value, float(question.value), question.tolerance) for value in values) for values in readings]
    if all(right):
        return single(PointState.met, response.strip()[:MOST])
    if any(right) or any(values != readings[0] for values in readings):
        return single(PointState.undecided, response.strip()[:MOST])
    return single(PointState.missing, response.strip()[:MOST])


def within(value: float, right: float, tolerance: float) -> bool:
    """Whether `value` lies within the relative tolerance of `right`; a tolerance of 0 allows rounding errors only."""
    # A hair more than the tolerance, since 0.05 is not exact in binary: the edge itself is right.
    return math.isclose(value, right, rel_tol=1e-9, abs_tol=max(abs(right) * tolerance * (1 + 1e-9), 1e-300))


def _values(amount: Amount, units: list[str]) -> frozenset[float]:
    """What an amount can mean in the question's unit; nothing where it has another kind of unit."""
    asked = _dimension(units)
    if asked is None:
        given = known(amount.unit)
        # `b` may be billions as well as bytes.
        return frozenset() if given and amount.unit != "b" else _plain(amount)
    table, size = asked
    if given_size := table.get(amount.unit):
        values = {amount.value * given_size / size}
        if table is BYTES and amount.unit in _BINARY:
            values.add(amount.value * _BINARY[amount.unit] / size)
        return frozenset(values)
    if known(amount.unit):
        return frozenset()
    return _plain(amount) | _bare(amount, table, size)


def _plain(amount: Amount) -> frozenset[float]:
    return frozenset({amount.value})


def _bare(amount: Amount, table: dict[str, float], size: float) -> frozenset[float]:
    """Other readings of a number without a unit: 0.15 for 15 %, `512 K` for bytes."""
    if table is SHARE and not amount.scale and 0 < abs(amount.value) <= 1:
        return frozenset({amount.value * 100})
    if table is BYTES and amount.scale in _LETTERS:
        # Back to the number as it was written, before its letter was taken for a multiplier.
        number = amount.value / SCALES[amount.scale]
        name = _LETTERS[amount.scale]
        return frozenset({number * BYTES[name] / size, number * _BINARY.get(name, 1.0) / size})
    return frozenset()


def _dimension(units: list[str]) -> tuple[dict[str, float], float] | None:
    for unit in units:
        if found := known(fold(unit)[0].strip()):
            return found
    return None


def grade_prediction(question: PredictionQuestion, guess: str, measured: float) -> Score:
    """Right when the one number guessed lies within the question's factor of what was measured."""
    present = amounts(fold(guess[:MOST])[0])
    values = {amount.value for amount in present}
    if len(values) != 1:
        return single(PointState.undecided if guess.strip() else PointState.missing, guess.strip()[:MOST])
    value = values.pop()
    if value == measured:
        return single(PointState.met, guess.strip()[:MOST])
    # No factor leads across zero.
    near = value * measured > 0 and max(value / measured, measured / value) <= question.factor * (1 + 1e-9)
    return single(PointState.met if near else PointState.missing, guess.strip()[:MOST])
