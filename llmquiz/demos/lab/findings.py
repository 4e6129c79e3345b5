"""What a claim's test says of a measurement; without torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeAlias, TypeVar

if TYPE_CHECKING:
    from llmquiz.demos.lab.quantities import Ratio

R = TypeVar("R")


T = TypeVar("T")


Varies: TypeAlias = Annotated[T, "varies"]
"""A field of a Result that is a time or comes from one: the only kind that may differ between equal runs."""


class Finding(NamedTuple):
    """What a claim's test says of a Result."""

    holds: bool | None
    """None where this machine cannot show it."""
    measured: str
    """Figures with their units and signs, no sentence: it reads the same in every language."""
    why: str = ""
    """Where `holds` is None: the name of the reason, in the demo's own words or in `REASONS`."""
    figures: Mapping[str, str] = MappingProxyType({})
    """The figures by the names that they have in the claim's sentence `measured`."""


def exactly(dtype: str, holds: bool, measured: str) -> Finding:
    """The finding of an equality, which is claimed in float32 and float64 only: shown, not judged, elsewhere."""
    if dtype in ("float32", "float64"):
        return Finding(holds, measured)
    return Finding(None, measured, "float32-only")


def unless_noisy(holds: bool | None, measured: str) -> Finding:
    """The finding from times: none where their rounds disagree."""
    return Finding(holds, measured, "" if holds is not None else "too-noisy")


def reaching(times: Ratio, least: float) -> Finding:
    """The finding that a ratio of times is at least `least`: not judged where the rounds disagree."""
    return unless_noisy(times.reaches(least), f"{times} ≥ {least:g}")


def below(times: Ratio, most: float) -> Finding:
    """The finding that a ratio of times does not reach `most`: not judged where the rounds disagree."""
    reached = times.reaches(most)
    return unless_noisy(None if reached is None else not reached, f"{times} < {most:g}")


def claims(*tests: Callable[[R], Finding]) -> Mapping[str, Callable[[R], Finding]]:
    """The tests by the ids of their claims: `same_tokens` tests the claim `same-tokens`."""
    return {test.__name__.replace("_", "-"): test for test in tests}
