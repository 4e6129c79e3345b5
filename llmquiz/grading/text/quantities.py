"""The quantity that a typed answer means: one small grammar of numbers, units, powers, products, ratios and ranges.

What it does not know is undecided: never wrong, and never credited. `amounts` of `numerals` finds the numbers of any
text; here the whole text is one answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from llmquiz.grading.text.counted import Counted, numbers
from llmquiz.grading.text.lexicon import pattern
from llmquiz.grading.text.numerals import multiplied
from llmquiz.grading.text.read import fold
from llmquiz.grading.text.units import known

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
_SUPERSCRIPT = re.compile(f"[{''.join(_RAISED)}]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it is meant, with what tells it from the others of an answer."""

    low: float
    high: float
    """The same as `low`, but for a range."""
    unit: str = ""
    """As it was written, without what it is counted by (`kb` of `512 KB/token`); empty without one."""
    scale: str = ""
    """The multiplier as it was written: `b` may have meant billions or bytes."""
    strange: bool = False
    """The unit is one that nobody here knows."""
    ratio: bool = False
    about: bool = False
    """Words before it say that it is the answer: about, 大概, ≈."""
    result: bool = False
    """It stands after the last `=`."""
    open: bool = False
    """Bounded on one side only, negated or vague: more than ten, 几千亿, not 175B."""
    aside: bool = False
    """A word more than a number (一个, the 2 of Llama 2): it counts only where it is alone."""


_TIMES, _OVER = re.compile(r"\s*(?:×|x|\*|·|times|乘以?)\s*"), re.compile(r"\s*(?:/|÷|除以)\s*")
_TO = re.compile(r"\s*(?:-(?!>)|–|—|~|to|到|至|and|和)\s*")
_BY = re.compile(r"\s*(?::|比|to|/)\s*")
_LIGHT = re.compile(r"(?:\s|[:,]|about|around|exactly|the|a|really|quite|its?|it's|to|就是|是|有|为)*")
"""Words that may stand between a word such as 大概 and its number."""


def quantities(text: str) -> list[Quantity]:
    """Every quantity of an answer, in its order."""
    folded = fold(_SUPERSCRIPT.sub(lambda run: "^" + "".join(_RAISED[c] for c in run[0]), text))[0]
    folded = folded.replace("−", "-").replace("∼", "~")
    last = max(folded.rfind("="), folded.rfind("等于"))
    meant = []
    for group in _groups(folded, numbers(folded)):
        first, before = group[0], folded[: group[0].start]
        read = _combined(folded, group)
        if read is None:
            continue
        bounded = (
            _ends(before, "not-this-number")
            or _ends(before, "bound-of-a-number")
            or any(number.vague for number in group)
        )
        meant.append(
            replace(
                read,
                about=_ends(before, "about-a-number"),
                result=last >= 0 and first.start > last,
                open=bool(bounded),
                aside=all(number.aside for number in group),
            )
        )
    alone = [quantity for quantity in meant if not quantity.aside]
    return alone or meant


def _ends(before: str, name: str) -> bool:
    """Whether what stands before a number ends with an entry of a list; words without weight may follow it."""
    # The shortest ending first: an entry stands as near to its number as possible.
    return any(
        match.end() >= len(before.rstrip()) or _LIGHT.fullmatch(before, match.end())
        for match in pattern(name).finditer(before)
    )


def _groups(folded: str, counted: Sequence[Counted]) -> list[list[Counted]]:
    """Numbers that an operator joins."""
    groups: list[list[Counted]] = []
    for number in counted:
        between = folded[groups[-1][-1].end : number.start] if groups else ""
        joined = groups and any(
            operator.fullmatch(between) and between.strip() for operator in (_TIMES, _OVER, _TO, _BY)
        )
        # 10-20: the hyphen was read as a sign
        signed = groups and not between.strip() and number.value < 0 and folded[number.start] == "-"
        if joined or (signed and not between):
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _combined(folded: str, group: list[Counted]) -> Quantity | None:
    """What joined numbers mean together; None where that is not known."""
    first, *others = group
    if not others:
        return Quantity(first.value, first.value, first.unit, first.scale, first.strange)
    second = others[0]
    between = folded[first.end : second.start]
    unit, scale = next(((f.unit, f.scale) for f in reversed(group) if f.unit), ("", ""))
    strange = any(number.strange for number in group)
    if len(group) == 2:
        if _BY.fullmatch(between) and 1 in (first.value, second.value) and not _OVER.fullmatch(between):
            value = max(first.value, second.value)
            return Quantity(value, value, unit, scale, strange, ratio=True)
        if not between or _TO.fullmatch(between):
            low, high = first.value, abs(second.value) if not between else second.value
            if second.scale and not first.scale and low < high:  # 10 到 20 万
                low = multiplied(low, second.scale)
            if not (low < high):
                return None
            return Quantity(low, high, unit or first.unit, second.scale, strange)
        if _BY.fullmatch(between) and not _OVER.fullmatch(between):
            return None  # 3:4, 5 to 2
    value = first.value
    for before, number in zip(group, others, strict=False):
        sign = folded[before.end : number.start]
        if _TIMES.fullmatch(sign):
            if re.fullmatch(r"10(?!24)\d\d", folded[number.start : number.end]):
                return None  # 3x1023 may be 3 x 10^23
            value *= number.value
        elif _OVER.fullmatch(sign) and number.value:
            value /= number.value
        else:
            return None
    # 8×100 is a product of plain numbers; what it is counted in comes last.
    return Quantity(value, value, group[-1].unit, group[-1].scale if group[-1].unit else "", strange)


def meant(text: str, asked: str) -> list[Quantity]:
    """The quantities that are the answer: those in the dimension of the unit `asked`, else the result, else the guess.

    Empty where there is none, or where it is not known which.
    """
    every = quantities(text)
    if not every:
        return []
    table = known(asked)
    # Said and taken back: not 28, it is 14.
    left = [quantity for quantity in every if not quantity.open]
    if not left:
        return []
    results = [quantity for quantity in left if quantity.result]
    for chosen in (results, left):
        fitting = [q for q in chosen if q.unit and (_same(q.unit, asked) or (table and q.unit in table[0]))]
        exact = [q for q in fitting if _same(q.unit, asked)]
        for several in (exact, fitting):
            if several:
                return _guess(several)
    chosen = results or left
    # 70B * 2 = 140, plus 20 % more: what is counted in something else is another matter.
    plain = [q for q in chosen if not known(q.unit)]
    return _guess(plain if table and plain else chosen)


def _guess(several: list[Quantity]) -> list[Quantity]:
    """Of several those that are called the answer, or are a ratio, where some are."""
    for named in ([q for q in several if q.ratio], [q for q in several if q.about]):
        if named:
            return named
    return several


def _same(unit: str, asked: str) -> bool:
    return unit == asked or unit.rstrip("s") == asked.rstrip("s")
