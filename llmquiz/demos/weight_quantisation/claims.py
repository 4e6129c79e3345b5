"""What is measured of weights rounded to few bits, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

ROW = 0
"""The group size that stands for a whole row of a matrix."""

ON_GRID = 0.01
"""Weights with a relative error below this lay on that grid already: 4 bits off it make several times as much."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """The model with the linear layers of its blocks rounded in one way."""

    bits: int
    group: int
    """So many weights of a row share a scale and a minimum; `ROW`: all of them."""
    in_order: bool
    """Whether a group holds neighbours; else the columns are shuffled first, off any grid of the checkpoint."""
    stored: float
    """Bits per weight with the scale and the minimum counted, 16 bits each."""
    error: float
    """Norm of what changed in the weights, relative to the norm of the weights."""
    perplexity: float


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    text: str
    tokens: int
    weights: int
    """In the matrices that are rounded."""
    share: float
    """Of all parameters, how many those are."""
    full: float
    """The perplexity with the weights as they are."""
    rounded: tuple[Rounded, ...]

    def at(self, bits: int, group: int, *, in_order: bool = False) -> Rounded:
        """The one of these bits and this group."""
        return next(r for r in self.rounded if (r.bits, r.group, r.in_order) == (bits, group, in_order))

    def rise(self, bits: int, group: int) -> float:
        """How many times the perplexity of the weights as they are."""
        return self.at(bits, group).perplexity / self.full

    @property
    def four_bit_rows(self) -> float:
        """The rise at 4 bits with a scale a row."""
        return self.rise(4, ROW)

    @property
    def stored_in_groups(self) -> float:
        """Bits per weight of 4 bits in groups of 32."""
        return self.at(4, 32).stored


def number(value: float) -> str:
    """A perplexity as it is written."""
    return f"{value:.1f}" if value < 1000 else f"{value:,.0f}"


def eight_bits_free(r: Result) -> Finding:
    change = r.rise(8, ROW) - 1
    return Finding(
        abs(change) < 0.03,
        f"{number(r.full)} → {number(r.at(8, ROW).perplexity)} ({change:+.1%})",
        figures={"full": number(r.full), "eight": number(r.at(8, ROW).perplexity)},
    )


def four_bits_lossless(r: Result) -> Finding:
    groups, rows = r.at(4, 64).perplexity, r.at(4, ROW).perplexity
    return Finding(
        r.rise(4, 64) < 1.05,
        f"{number(r.full)} → {number(groups)} (64), {number(rows)} (W)",
        figures={"full": number(r.full), "groups": number(groups), "rows": number(rows)},
    )


def small_groups_help(r: Result) -> Finding:
    groups, rows = log(r.rise(4, 32)), log(r.rise(4, ROW))
    return Finding(
        groups < 0.7 * rows,
        f"{groups:+.2f} / {rows:+.2f} nat",
        figures={"groups": f"{groups:.2f}", "rows": f"{rows:.2f}"},
    )


def three_bits_break(r: Result) -> Finding:
    rows = r.at(3, ROW).perplexity
    return Finding(
        r.rise(3, ROW) >= 10,
        f"{number(r.full)} → {number(rows)} (×{r.rise(3, ROW):,.0f})",
        figures={"full": number(r.full), "rows": number(rows), "groups": number(r.at(3, 32).perplexity)},
    )


def groups_before_bits(r: Result) -> Finding:
    groups, rows = r.at(3, 32), r.at(4, ROW)
    return Finding(
        groups.perplexity < rows.perplexity,
        f"{number(groups.perplexity)} ({groups.stored:.2f} bit) / {number(rows.perplexity)} ({rows.stored:.2f} bit)",
        figures={
            "groups": number(groups.perplexity),
            "groups_bits": f"{groups.stored:.2f}",
            "rows": number(rows.perplexity),
            "rows_bits": f"{rows.stored:.2f}",
        },
    )


def own_grid_free(r: Result) -> Finding:
    grid, other = r.at(4, 32, in_order=True), r.at(4, 32)
    measured = f"{number(r.full)} → {number(grid.perplexity)}, {number(other.perplexity)} (Δw {grid.error:.1%})"
    if grid.error > ON_GRID:
        return Finding(None, measured, "other-grid")
    return Finding(
        abs(grid.perplexity / r.full - 1) < 0.01 and r.rise(4, 32) > 1.1,
        measured,
        figures={"full": number(r.full), "grid": number(grid.perplexity), "other": number(other.perplexity)},
    )


CLAIMS = findings.claims(
    eight_bits_free, four_bits_lossless, small_groups_help, three_bits_break, groups_before_bits, own_grid_free
)
