"""Sums of one-digit numbers as prompts: answered at once, after a chain of steps, or after what stands in for one.

Nothing here needs a model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Numbers = tuple[int, ...]
Filler = Callable[[str], str]
"""Makes of a chain something as long that says nothing."""
Way = Literal["direct", "chain", "equation", "dots", "other", "after"]
"""How an example answers: at once, steps first, the whole sum in one step, dots or foreign steps first, steps last."""

CUE = " The answer is"


@dataclass(frozen=True, slots=True)
class Draw:
    """Sums that serve as examples and others that are asked for, all different."""

    shots: tuple[Numbers, ...]
    tests: tuple[Numbers, ...]


def drawn(source: random.Random, terms: int, shots: int, tests: int) -> Draw:
    """Rows of `terms` digits from 1 to 9; at most 81 in all, so many there are of two."""
    rows: dict[Numbers, None] = {}
    while len(rows) < shots + tests:
        rows[tuple(source.randint(1, 9) for _ in range(terms))] = None
    listed = tuple(rows)
    return Draw(listed[:shots], listed[shots:])


def question(numbers: Numbers) -> str:
    """What is asked, up to where the answer begins."""
    return f"Q: {' + '.join(map(str, numbers))} = ?\nA:"


def chain(numbers: Numbers, slip: int = 0) -> str:
    """One addition after the other; `slip` is added to the first result and carried on."""
    total, steps = numbers[0], []
    for i, number in enumerate(numbers[1:]):
        result = total + number + (slip if i == 0 else 0)
        steps.append(f"{total} + {number} = {result}")
        total = result
    return f" {', '.join(steps)}."


def lead(way: Way, numbers: Numbers, other: Numbers, filler: Filler) -> str:
    """What stands between the question and the number; `other` are those whose steps say nothing of this sum."""
    match way:
        case "chain":
            return chain(numbers) + CUE
        case "equation":
            return f" {' + '.join(map(str, numbers))} ="
        case "dots":
            return filler(chain(numbers)) + CUE
        case "other":
            return chain(other) + CUE
    return CUE


def examples(way: Way, shots: Sequence[Numbers], filler: Filler) -> str:
    """The sums with their right answers, an empty line behind each."""
    text = ""
    for numbers, other in zip(shots, others(shots), strict=True):
        total = sum(numbers)
        behind = {"after": chain(numbers), "equation": f"{CUE} {total}."}.get(way, "")
        text += f"{question(numbers)}{lead(way, numbers, other, filler)} {total}.{behind}\n\n"
    return text


def others(rows: Sequence[Numbers]) -> list[Numbers]:
    """For each of the rows the next one."""
    return [*rows[1:], rows[0]]


def answer_in(text: str) -> int | None:
    """The first answer in the first line of `text`, which follows the colon; None where there is none."""
    match = re.search(rf"{CUE}\s*(\d+)", text.split("\n")[0])
    return int(match[1]) if match else None
