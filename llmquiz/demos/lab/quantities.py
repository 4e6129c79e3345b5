"""Times and sizes that can be compared, as values: medians beside their spread, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


def three_figures(value: float) -> str:
    """A number from 0.0001 to a million without a power of ten: 0.0421, 3.3, 1010."""
    return f"{float(f'{value:.3g}'):g}"


@dataclass(frozen=True, slots=True)
class Times:
    """The seconds that one case took, round by round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.seconds)

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        return f"{duration(self.median)} (n={len(self.seconds)}, {duration(low)}–{duration(high)})"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as long one case took as another: the ratio of the medians, and that of every round."""

    value: float
    rounds: tuple[float, ...]

    def __str__(self) -> str:
        low, high = three_figures(min(self.rounds)), three_figures(max(self.rounds))
        return f"×{three_figures(self.value)} (n={len(self.rounds)}, {low}–{high})"

    def reaches(self, least: float) -> bool | None:
        """Whether it is at least `least`; None where fewer than four rounds in five agree with the medians."""
        agree = sum((ratio >= least) is (self.value >= least) for ratio in self.rounds)
        return self.value >= least if agree >= 0.8 * len(self.rounds) else None


def ratio(slow: Times, fast: Times) -> Ratio:
    """`slow` over `fast`, both from one call of `timed`: round i of the one ran beside round i of the other."""
    rounds = tuple(a / b for a, b in zip(slow.seconds, fast.seconds, strict=True))
    return Ratio(slow.median / fast.median, rounds)


def duration(seconds: float) -> str:
    """Three figures and the unit that fits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{three_figures(seconds / size)} {unit}"
    return f"{three_figures(seconds / 1e-9)} ns"


def byte_size(count: float) -> str:
    """Bytes in powers of 1024, three figures."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{three_figures(count / size)} {unit}"
    return f"{count:.0f} B"


def big(count: float) -> str:
    """A large count in short: 3.3M, 175B."""
    for unit, size in (("T", 1e12), ("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if count >= size:
            return f"{three_figures(count / size)}{unit}"
    return f"{count:.0f}"
