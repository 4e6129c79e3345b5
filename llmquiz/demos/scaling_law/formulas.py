"""The formulas with their published constants, and the three laws of one variable that the sheet adds up.

The laws of one variable: Kaplan et al. (2020), Eqs. 1.1 to 1.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import linear_regression

from llmquiz.demos.lab import ladder
from llmquiz.demos.lab.results import Rung
from llmquiz.demos.scaling_law.claims import Published, ThreeLaws

GPT3 = (174.6e9, 300e9, 3640.0)
"""Parameters without embeddings, tokens, petaflop/s-days (Brown et al., 2020)."""


def line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """A power law of one variable, y = (x_c/x)^α, by least squares of logarithms: height at x = 1, and α."""
    slope, height = linear_regression([math.log(x) for x in xs], [math.log(y) for y in ys])
    return math.exp(height), -slope


def sheet(n: float, d: float, c: float) -> float:
    """The sum that the sheet prints, with the constants of Kaplan's three laws of one variable; C in PF-days."""
    return float((8.8e13 / n) ** 0.076 + (5.4e13 / d) ** 0.095 + (3.1e8 / c) ** 0.050)


def kaplan(n: float, d: float) -> float:
    """Eq. 1.5 with the constants of Kaplan's Table 2."""
    return float(((6.4e13 / n) ** (0.076 / 0.103) + 1.8e13 / d) ** 0.103)


def chinchilla(n: float, d: float) -> float:
    """Hoffmann's third approach, as published."""
    return float(1.69 + 406.4 / n**0.34 + 410.7 / d**0.28)


def gpt3(c: float) -> float:
    """What was fitted to GPT-3's own validation losses (Brown et al., 2020, Fig. 3.1); C in PF-days."""
    return float(2.57 * c**-0.048)


def published() -> Published:
    """All formulas at the size of GPT-3."""
    n, d, c = GPT3
    return Published(
        sheet=sheet(n, d, c),
        kaplan=kaplan(n, d),
        chinchilla=chinchilla(n, d),
        gpt3=gpt3(c),
    )


def three_laws(rungs: tuple[Rung, ...]) -> ThreeLaws:
    """Each law where Kaplan fitted it: one size after another, one amount of data after another, and the best of C."""
    by_name = {rung.name: rung for rung in rungs}
    sizes = [by_name[name] for name in ladder.LADDER]
    data = [by_name[name] for name in ladder.BY_DATA]
    largest = sizes[-1]

    # of operations, only models that no cheaper one equals: the frontier
    best = list[Rung]()
    for rung in sorted(rungs, key=work):
        if not best or rung.mean_loss < best[-1].mean_loss:
            best.append(rung)

    def law(fitted: list[Rung], x: Callable[[Rung], float]) -> float:
        height, alpha = line([x(rung) for rung in fitted], [rung.mean_loss for rung in fitted])
        return float(height / x(largest) ** alpha)

    return ThreeLaws(
        of_parameters=law(sizes, lambda rung: rung.parameters),
        of_tokens=law(data, lambda rung: rung.tokens),
        of_operations=law(best, work),
        measured=largest.mean_loss,
    )


def work(rung: Rung) -> float:
    """C, in operations: 6 a parameter and token, two forward and four backward."""
    return 6.0 * rung.parameters * rung.tokens
