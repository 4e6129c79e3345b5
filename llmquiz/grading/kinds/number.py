"""Numbers: a value with its unit, right within a tolerance; a guess, right within a factor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from llmquiz.grading.kinds.single import single
from llmquiz.grading.score import PointState, Score
from llmquiz.grading.text.numerals import SCALES, Amount, amounts
from llmquiz.grading.text.read import fold

if TYPE_CHECKING:
    from llmquiz.schema.questions import NumberFact, PredictionQuestion

_BYTES = {"b": 1.0, "byte": 1.0, "bytes": 1.0, "字节": 1.0}
# kB, MB ... by 1000 and KiB, MiB ... by 1024; lower case, since they meet the folded answer.
for _power, _letter in enumerate("kmgtp", start=1):
    for _name, _size in ((f"{_letter}b", 1000.0), (f"{_letter}ib", 1024.0), (f"{_letter}byte", 1000.0)):
        _BYTES[_name] = _size**_power
    _BYTES[f"{_letter}bytes"] = 1000.0**_power
_TIME = {
    "ns": 1e-9, "us": 1e-6, "μs": 1e-6, "µs": 1e-6, "微秒": 1e-6, "ms": 1e-3, "毫秒": 1e-3, "milliseconds": 1e-3,
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0, "秒钟": 1.0, "min": 60.0,
    "mins": 60.0, "minute": 60.0, "minutes": 60.0, "分钟": 60.0, "分": 60.0, "h": 3600.0, "hour": 3600.0,
    "hours": 3600.0, "小时": 3600.0, "day": 86400.0, "days": 86400.0, "天": 86400.0,
}  # fmt: skip
_SHARE = {"%": 1.0, "percent": 1.0, "per cent": 1.0, "pct": 1.0, "百分点": 1.0, "percentage": 1.0}
_DIMENSIONS = (_BYTES, _TIME, _SHARE)
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
        given = _known(amount.unit)
        # `b` may be billions as well as bytes.
        return frozenset() if given and amount.unit != "b" else _plain(amount)
    table, size = asked
    if given_size := table.get(amount.unit):
        values = {amount.value * given_size / size}
        if table is _BYTES and amount.unit in _BINARY:
            values.add(amount.value * _BINARY[amount.unit] / size)
        return frozenset(values)
    if _known(amount.unit):
        return frozenset()
    return _plain(amount) | _bare(amount, table, size)


def _plain(amount: Amount) -> frozenset[float]:
    return frozenset({amount.value})


def _bare(amount: Amount, table: dict[str, float], size: float) -> frozenset[float]:
    """Other readings of a number without a unit: 0.15 for 15 %, `512 K` for bytes."""
    if table is _SHARE and not amount.scale and 0 < abs(amount.value) <= 1:
        return frozenset({amount.value * 100})
    if table is _BYTES and amount.scale in _LETTERS:
        # Back to the number as it was written, before its letter was taken for a multiplier.
        number = amount.value / SCALES[amount.scale]
        name = _LETTERS[amount.scale]
        return frozenset({number * _BYTES[name] / size, number * _BINARY.get(name, 1.0) / size})
    return frozenset()


def _dimension(units: list[str]) -> tuple[dict[str, float], float] | None:
    for unit in units:
        known = _known(fold(unit)[0].strip())
        if known:
            return known
    return None


def _known(unit: str) -> tuple[dict[str, float], float] | None:
    for units in _DIMENSIONS:
        if unit in units:
            return units, units[unit]
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
