"""What is measured of five position encodings, and what each claim says of them; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.positions.language import LETTERS

WAYS = ("learned", "sinusoidal", "rope", "alibi", "none")
STRETCHES = ("PI", "NTK", "NTK 4", "YaRN")
"""Position interpolation, NTK as far as the length asks for, NTK about four times as far, YaRN."""
TRAINED = 48
"""Letters a text in the training."""
MARKS = (2, 4, 8)
"""Times the trained length: where a card says what stretching does."""
SHOWN = (1, *MARKS)
"""Times the trained length, in tables and claims."""
SAME = 1e-12
"""Of the largest score: rounding in float64."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Loss by length, in nats a letter."""

    name: str
    """A way, or how RoPE is stretched."""
    losses: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """The same figure of three trainings."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Writing:
    """Texts that a model wrote letter by letter."""

    name: str
    text: str
    """The first of them."""
    inside: float
    """Share of words that exist, within the trained length."""
    beyond: float
    """Behind twice that length."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    parameters: tuple[int, ...]
    """Of each way."""
    lengths: tuple[int, ...]
    """Letters shown, of which the last ones are judged."""
    floors: tuple[float, ...]
    """Nats a letter of a prediction by the urn's own rule."""
    guess: float
    """Of all letters equally likely."""
    ways: tuple[Curve, ...]
    stretches: tuple[Curve, ...]
    seeds: tuple[Spread, ...]
    """From the cards: `NAME 2x` and so on, and what a few steps of tuning do."""
    drift: float
    """Change of a score of RoPE when query and key move along together, of the largest score; angles in float64."""
    drift_own_angles: float
    """The same with the angles of the model itself, in float32."""
    drift_sinusoidal: float
    written: tuple[Writing, ...]
    rope_perplexity: float
    """At eight times the trained length: among so many equally likely letters RoPE is as good as choosing."""
    alibi_share: float
    """Percent of what eight times the context is worth that ALiBi gets."""


def loss_at(r: Result, name: str, times: int) -> float:
    """Of a way or a stretch of RoPE, at so many times the trained length: nats a letter."""
    losses = next(curve.losses for curve in (*r.ways, *r.stretches) if curve.name == name)
    return losses[r.lengths.index(times * TRAINED)]


def _series(r: Result, name: str, *times: int) -> str:
    return f"{name} " + " → ".join(f"{loss_at(r, name, t):.2f}" for t in times)


def _losses(r: Result, name: str) -> dict[str, str]:
    """At once, twice, four and eight times the trained length, as `at1` to `at8`."""
    return {f"at{t}": f"{loss_at(r, name, t):.2f}" for t in SHOWN}


def offset_only(r: Result) -> Finding:
    holds = r.drift <= SAME < r.drift_own_angles < 1e-4 and r.drift_sinusoidal > 0.1
    measured = f"max|Δ| {r.drift:.0e} ≤ {SAME:g} (float64), {r.drift_own_angles:.0e} (float32)"
    return Finding(
        holds,
        f"{measured}; sinusoidal {r.drift_sinusoidal:.1f}",
        figures={"rope": f"{r.drift:.0e}", "sinusoidal": f"{r.drift_sinusoidal:.0%}"},
    )


def all_learn(r: Result) -> Finding:
    best, worst = r.floors[0], max(loss_at(r, way, 1) for way in WAYS)
    return Finding(
        worst <= best + 0.2,
        f"{best:.2f} ≤ {worst:.2f} ≤ {best:.2f} + 0.2 (ln {len(LETTERS)} = {r.guess:.2f})",
        figures={"best": f"{best:.2f}", "worst": f"{worst:.2f}", "guess": f"{r.guess:.2f}"},
    )


def extrapolates(r: Result) -> Finding:
    holds = loss_at(r, "rope", 8) <= loss_at(r, "rope", 1) + 0.1
    figures = _losses(r, "rope") | {"guess": f"{r.guess:.2f}"}
    return Finding(holds, _series(r, "rope", *SHOWN), figures=figures)


def added_break(r: Result) -> Finding:
    names = ("learned", "sinusoidal")
    holds = all(loss_at(r, name, 4) >= loss_at(r, name, 1) + 1 for name in names)
    figures = {f"{name}{t}": f"{loss_at(r, name, t):.2f}" for name in names for t in (1, 4)}
    return Finding(holds, ", ".join(_series(r, name, 1, 4) for name in names), figures=figures)


def alibi_holds(r: Result) -> Finding:
    worst = max(loss_at(r, "alibi", t) for t in MARKS)
    holds = worst <= loss_at(r, "alibi", 1) + 0.02
    return Finding(holds, _series(r, "alibi", *SHOWN), figures=_losses(r, "alibi"))


def alibi_gains_nothing(r: Result) -> Finding:
    best, best8 = f"{r.floors[0]:.2f}", f"{r.floors[-1]:.2f}"
    return Finding(
        r.alibi_share < 10,
        f"{_series(r, 'alibi', 1, 8)} ({best} → {best8}): {r.alibi_share:.0f} %",
        figures=_losses(r, "alibi") | {"best": best, "best8": best8, "share": f"{r.alibi_share:.0f}%"},
    )


def stretching_helps(r: Result) -> Finding:
    losses = {name: loss_at(r, name, 4) for name in ("rope", "NTK 4", "YaRN")}
    plain, ntk, yarn = losses.values()
    return Finding(
        max(ntk, yarn) <= plain - 1,
        "4×: " + ", ".join(f"{name} {loss:.2f}" for name, loss in losses.items()),
        figures={"rope": f"{plain:.2f}", "ntk": f"{ntk:.2f}", "yarn": f"{yarn:.2f}"},
    )


def interpolation_alone(r: Result) -> Finding:
    plain, interpolated, yarn = loss_at(r, "rope", 1), loss_at(r, "PI", 2), loss_at(r, "YaRN", 2)
    return Finding(
        interpolated >= max(plain, yarn) + 0.5,
        f"1×: rope {plain:.2f}; 2×: PI {interpolated:.2f}, YaRN {yarn:.2f}",
        figures={"plain": f"{plain:.2f}", "interpolated": f"{interpolated:.2f}", "yarn": f"{yarn:.2f}"},
    )


CLAIMS = findings.claims(
    offset_only,
    all_learn,
    extrapolates,
    added_break,
    alibi_holds,
    alibi_gains_nothing,
    stretching_helps,
    interpolation_alone,
)
