"""Kaplan's and Chinchilla's forms of the loss over parameters N and tokens D, and their fits by least squares.

Kaplan et al. (2020), Eq. 1.5: L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D. Hoffmann et al. (2022): L = E + A/N^α + B/D^β.
Both are fitted to log L, many rows of losses at once, by the method of Levenberg (1944) and Marquardt (1963).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from llmquiz.demos.scaling_law.claims import Exponent, Floor, Forecast

ROUNDS = 60
"""Of Levenberg and Marquardt's method, at most."""
STILL = 1e-9
"""Steps shorter than this end it."""
DRAWS = 300
"""Of the bootstrap."""
CENTRE = (1e4, 4e5)
"""N and D that fits count from, so that constants and exponents do not depend on each other much."""

Form = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""Of constants (R, k) and of log N and log D from the centre (n, 2): logarithms (R, n) and their slopes (R, n, k)."""


def excess(constants: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Chinchilla's form above a known E: log(A/N^α + B/D^β); constants log A, α, log B, β at the centre."""
    return _sum_of_powers(constants, sizes)


def chinchilla(constants: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Chinchilla's form with E to be found: log E first, then as `excess`."""
    return _sum_of_powers(constants[:, 1:], sizes, constants[:, :1])


def _sum_of_powers(constants: Tensor, sizes: Tensor, *log_floor: Tensor) -> tuple[Tensor, Tensor]:
    x, y = sizes.T  # each (n,)
    a, alpha, b, beta = constants.T[..., None]  # each (R, 1)
    floor = [log_e.expand(-1, len(sizes)) for log_e in log_floor]  # (R, n), or nothing
    terms = torch.stack((*floor, a - alpha * x, b - beta * y), -1)  # (R, n, 2 or 3): the logarithm of each term
    # the slope of a log-sum is the share that a term has in the sum
    *of_floor, of_n, of_d = terms.softmax(-1).unbind(-1)  # each (R, n)
    return terms.logsumexp(-1), torch.stack((*of_floor, of_n, -x * of_n, of_d, -y * of_d), -1)


def kaplan(constants: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Kaplan's Eq. 1.5; constants α_N log N_c, α_N, α_D log D_c, α_D at the centre."""
    x, y = sizes.T  # each (n,)
    p, alpha_n, q, alpha_d = constants.T[..., None]  # each (R, 1)
    u, t = (p - alpha_n * x) / alpha_d, q / alpha_d - y  # (R, n): logarithms of the two terms inside the bracket
    inner, of_n = torch.logaddexp(u, t), torch.sigmoid(u - t)  # (R, n): of their sum; the first one's share in it
    by_alpha_d = inner - of_n * u - (1 - of_n) * q / alpha_d
    return alpha_d * inner, torch.stack((of_n, -x * of_n, 1 - of_n, by_alpha_d), -1)


START: dict[Form, tuple[float, ...]] = {
    excess: (math.log(0.1), 0.5, math.log(0.05), 0.8),
    chinchilla: (math.log(3.5), math.log(0.1), 0.5, math.log(0.05), 0.8),
    kaplan: (math.log(3.9), 0.02, math.log(3.9), 0.02),
}
"""Constants that the fit of each form begins at."""


def centred(points: Sequence[tuple[int, int]]) -> Tensor:
    """log N and log D from the centre, (n, 2)."""
    return (torch.tensor(points, dtype=torch.float64) / torch.tensor(CENTRE, dtype=torch.float64)).log()


def fit(form: Form, points: Sequence[tuple[int, int]], logs: Tensor, weights: Tensor | None = None) -> Tensor:
    """The constants (R, k) that come nearest to each row of logarithms (R, n), by least squares; weights (R, n)."""
    sizes = centred(points)  # (n, 2)
    constants = torch.tensor(START[form], dtype=torch.float64).repeat(len(logs), 1)  # (R, k)
    damping = torch.full((len(logs), 1, 1), 1e-2, dtype=torch.float64)
    root = torch.ones_like(logs) if weights is None else weights.sqrt()  # (R, n)

    value, J = form(constants, sizes)  # (R, n), (R, n, k)
    r = root * (value - logs)  # (R, n): what is left
    for _ in range(ROUNDS):
        J = root[..., None] * J  # (R, n, k)
        square = J.mT @ J  # (R, k, k)
        damped = square + damping * torch.diag_embed(square.diagonal(dim1=-2, dim2=-1) + 1e-12)
        step = torch.linalg.solve(damped, J.mT @ r[..., None])[..., 0]  # (R, k)
        tried = root * (form(constants - step, sizes)[0] - logs)  # (R, n)

        # row by row: a step that helps is taken and the next may be longer, one that does not makes it shorter
        better = (tried.square().sum(1) < r.square().sum(1))[:, None]  # (R, 1)
        constants, r = torch.where(better, constants - step, constants), torch.where(better, tried, r)
        damping = (damping * torch.where(better, 0.2, 4.0)[..., None]).clamp(1e-12, 1e6)
        if float(step.abs().max()) < STILL:
            break
        _, J = form(constants, sizes)
    return constants.round(decimals=6)  # the digits behind depend on where in memory the numbers lie


def predicted(form: Form, constants: Tensor, points: Sequence[tuple[int, int]]) -> list[float]:
    """What a fit (k,) says of these sizes: losses, or excesses for `excess`."""
    values: list[float] = form(constants[None], centred(points))[0][0].exp().tolist()
    return values


def exponents(points: Sequence[tuple[int, int]], excesses: Tensor, seed: int) -> tuple[Exponent, Exponent]:
    """α and β of Chinchilla's form above a known E, from what each seed left over (S, n).

    Intervals by the bootstrap (Efron, 1979): of each model as many seeds are drawn again, with repetition.
    """
    S, n = excesses.shape
    generator = torch.Generator().manual_seed(seed)
    picks = torch.randint(0, S, (DRAWS, S, n), generator=generator)  # which seed, model by model
    resampled = excesses.gather(0, picks.flatten(0, 1)).view(DRAWS, S, n).mean(1)  # (DRAWS, n)
    mean = excesses.mean(0, keepdim=True)  # (1, n)

    # all fits at once: the mean, each seed, the mean without each model in turn, the bootstrap
    rows = torch.cat((mean, excesses, mean.expand(n, n), resampled)).log()  # (1 + S + n + DRAWS, n)
    constants = fit(excess, points, rows, _weights(rows, n, 1 + S))[:, [1, 3]]  # (…, 2): α and β
    of_mean, of_seeds, without, drawn = constants.split_with_sizes([1, S, n, DRAWS])
    bounds = drawn.quantile(torch.tensor([0.025, 0.975], dtype=torch.float64), dim=0)  # (2, 2)
    alpha, beta = (
        Exponent(
            value=float(of_mean[0, k]),
            low=float(bounds[0, k]),
            high=float(bounds[1, k]),
            without=(float(without[:, k].min()), float(without[:, k].max())),
            seeds=tuple(of_seeds[:, k].tolist()),
        )
        for k in range(2)
    )
    return alpha, beta


def _weights(rows: Tensor, n: int, start: int) -> Tensor:
    """1 everywhere (R, n), but 0 on the diagonal of the n rows from `start` on: each of them leaves out one model."""
    weights = torch.ones_like(rows)
    weights[start : start + n] = 1 - torch.eye(n, dtype=torch.float64)
    return weights


def floor(points: Sequence[tuple[int, int]], losses: Tensor, entropy: float, largest: int) -> Floor:
    """Both forms fitted to the losses (S, n), neither told the entropy; `largest` is the place of the largest model."""
    S, n = losses.shape
    rows = torch.cat((losses.mean(0, keepdim=True), losses)).log()  # (1 + S, n): the mean, each seed

    # Chinchilla's E: on the mean, on each seed, and on the mean without each model in turn
    every = torch.cat((rows, rows[:1].expand(n, n)))  # (1 + S + n, n)
    of_mean, of_seeds, without = (
        fit(chinchilla, points, every, _weights(every, n, 1 + S))[:, 0].exp().split_with_sizes([1, S, n])
    )

    # without end of data only (N_c/N)^α_N is left of Kaplan's form: where that equals the entropy
    p, alpha_n, _, _ = fit(kaplan, points, rows[:1])[0].tolist()
    return Floor(
        found=float(of_mean),
        seeds=tuple(of_seeds.tolist()),
        without=(float(without.min()), float(without.max())),
        sinks_at=CENTRE[0] * math.exp((p - math.log(entropy)) / alpha_n),
        forecasts=(
            _forecast("Chinchilla", chinchilla, points, losses, largest),
            _forecast("Kaplan", kaplan, points, losses, largest),
        ),
    )


def _forecast(name: str, form: Form, points: Sequence[tuple[int, int]], losses: Tensor, largest: int) -> Forecast:
    """The largest model's losses, by a form fitted to all the others; losses (S, n)."""
    rows = torch.cat((losses.mean(0, keepdim=True), losses)).log()  # (1 + S, n)
    weights = torch.ones_like(rows)
    weights[:, largest] = 0
    of_mean, *of_seeds = (predicted(form, k, points)[largest] for k in fit(form, points, rows, weights))
    return Forecast(name, tuple(of_seeds), of_mean - float(losses[:, largest].mean()))
