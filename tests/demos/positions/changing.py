"""A Result of positions with another curve, and what follows from it."""

from __future__ import annotations

from dataclasses import replace

from llmquiz.demos.positions.claims import Curve, Result


def with_curve(result: Result, name: str, losses: tuple[float, ...]) -> Result:
    """The result with another curve of that name."""

    def exchanged(curves: tuple[Curve, ...]) -> tuple[Curve, ...]:
        return tuple(Curve(name, losses) if curve.name == name else curve for curve in curves)

    result = replace(result, ways=exchanged(result.ways), stretches=exchanged(result.stretches))
    alibi = losses_of(result, "alibi")
    share = 100 * (alibi[0] - alibi[-1]) / (result.floors[0] - result.floors[-1])
    return replace(result, alibi_share=share)


def losses_of(result: Result, name: str) -> tuple[float, ...]:
    return next(curve.losses for curve in (*result.ways, *result.stretches) if curve.name == name)
