"""Numbers: a value with its unit, right within a tolerance; a guess, right within a factor."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.numerals import SCALES
from llmquiz.grading.text.quantities import Quantity, meant
from llmquiz.grading.text.read import fold
from llmquiz.grading.text.units import BYTES, SHARE, known

if TYPE_CHECKING:
    from llmquiz.schema.questions import NumberFact, PredictionQuestion

# People also write GB, or G, for 1024³ bytes: both readings may be right.
_BINARY = {"kb": 1024.0, "mb": 1024.0**2, "gb": 1024.0**3, "tb": 1024.0**4}
_LETTERS = {"k": "kb", "m": "mb", "g": "gb", "t": "tb", "b": "b"}
SMALL_B = re.compile(r"\d\s?[KMGT]b\b")
"""Gb may be gigabits or a slip for gigabytes."""
_REDUCTION = re.compile(r"reduc|less|smaller|fewer|save|cut|drop|shrink|减|省|少|降|缩|压")
NARROW = 0.25
"""How wide a range may be, of its value, that is right as a whole: 14 to 16 for 15."""
MOST = 400
"""Characters of the response that are read."""


def grade_number(question: NumberFact, response: str) -> Score:
    """Right when what was meant lies within the tolerance; what cannot be read with confidence is undecided."""
    units = [fold(unit)[0].strip() for unit in (question.unit.en, question.unit.zh) if unit]
    given = response[:MOST]
    if not response.strip():
        return single(PointState.missing)
    asked = next((unit for unit in units if known(unit)), units[0] if units else "")
    present = [] if SMALL_B.search(given) else meant(given, asked)
    # The sign is free where the question asks by how much something is less.
    reduction = _REDUCTION.search(f"{question.prompt.en} {question.prompt.zh}".lower())
    outcomes = {_outcome(question, quantity, units, bool(reduction)) for quantity in present}
    # Several that are all right, or all wrong in the same way, are one answer.
    state = outcomes.pop() if len(outcomes) == 1 else PointState.undecided
    wrong = state is PointState.missing
    if wrong and len({(quantity.low, quantity.high, quantity.unit) for quantity in present}) > 1:
        state = PointState.undecided
    return single(state, given.strip())


def _outcome(question: NumberFact, quantity: Quantity, units: list[str], reduction: bool) -> PointState:
    """What one quantity is worth as the answer."""
    right, tolerance = float(question.value), question.tolerance

    def values(number: float) -> frozenset[float]:
        read = _values(number, quantity, units)
        return frozenset(map(abs, read)) if reduction and right > 0 else read

    lows, highs = values(quantity.low), values(quantity.high)
    if not lows or quantity.strange:
        return PointState.undecided
    if quantity.low == quantity.high:
        return PointState.met if any(within(low, right, tolerance) for low in lows) else PointState.missing
    for low, high in zip(sorted(lows), sorted(highs), strict=False):
        if within(low, right, tolerance) and within(high, right, tolerance):
            return PointState.met
        if low <= right <= high:  # a range that holds the answer, and how narrow it is
            return PointState.met if high - low <= max(tolerance, NARROW) * abs(right) else PointState.partly
    return PointState.missing


def within(value: float, right: float, tolerance: float) -> bool:
    """Whether `value` lies within the relative tolerance of `right`; a tolerance of 0 allows rounding errors only."""
    # A hair more than the tolerance, since 0.05 is not exact in binary: the edge itself is right.
    return math.isclose(value, right, rel_tol=1e-9, abs_tol=max(abs(right) * tolerance * (1 + 1e-9), 1e-300))


def _values(number: float, quantity: Quantity, units: list[str]) -> frozenset[float]:
    """What a number can mean in the question's unit; nothing where it has another kind of unit."""
    asked, given = _dimension(units), known(quantity.unit)
    if asked is None:
        # `b` may be billions as well as bytes.
        return frozenset() if given and quantity.unit != "b" else frozenset({number})
    table, size = asked
    if given_size := table.get(quantity.unit):
        values = {number * given_size / size}
        if table is BYTES and quantity.unit in _BINARY:
            values.add(number * _BINARY[quantity.unit] / size)
        return frozenset(values)
    # 14 bananas: where a unit of measure is asked for, another word is not taken for it.
    if given or quantity.unit:
        return frozenset()
    return frozenset({number}) | _bare(number, quantity, table, size)


def _bare(number: float, quantity: Quantity, table: dict[str, float], size: float) -> frozenset[float]:
    """Other readings of a number without a unit: 0.15 for 15 %, `512 K` for bytes."""
    if table is SHARE and not quantity.scale and 0 < abs(number) <= 1:
        return frozenset({number * 100})
    if table is BYTES and quantity.scale in _LETTERS:
        # Back to the number as it was written, before its letter was taken for a multiplier.
        written = number / SCALES[quantity.scale]
        name = _LETTERS[quantity.scale]
        return frozenset({written * BYTES[name] / size, written * _BINARY.get(name, 1.0) / size})
    return frozenset()


def _dimension(units: list[str]) -> tuple[dict[str, float], float] | None:
    for unit in units:
        if kind := known(fold(unit)[0].strip()):
            return kind
    return None


def guessed(guess: str) -> float | None:
    """The one number of a guess, of a range its middle; None where there is none, or more than one."""
    values = {
        (quantity.low * quantity.high) ** 0.5 if quantity.low > 0 else quantity.high
        for quantity in meant(guess[:MOST], "")
    }
    return values.pop() if len(values) == 1 else None


def grade_prediction(question: PredictionQuestion, guess: str, measured: float) -> Score:
    """Right when the one number guessed lies within the question's factor of what was measured."""
    value = guessed(guess)
    if value is None:
        return single(PointState.undecided if guess.strip() else PointState.missing, guess.strip()[:MOST])
    if value == measured:
        return single(PointState.met, guess.strip()[:MOST])
    # No factor leads across zero.
    near = value * measured > 0 and max(value / measured, measured / value) <= question.factor * (1 + 1e-9)
    return single(PointState.met if near else PointState.missing, guess.strip()[:MOST])
