"""Kaplan's and Chinchilla's forms of the loss over parameters N and tokens D, and their fits by least squares.

Kaplan et al. (2020), Eq. 1.5: L = [(N_c/N)^(α_N/α_D) + D_c/D]^α_D. Hoffmann et al. (2022): L = E + A/N^α + B/D^β.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

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


def _sum_of_powers(constants: Tensor, sizes: Tensor, *floor: Tensor) -> tuple[Tensor, Tensor]:
    x, y = sizes.T
    a, alpha, b, beta = constants.T[..., None]
    terms = torch.stack(
        (*(one.expand(-1, len(sizes)) for one in floor), a - alpha * x, b - beta * y), -1
    )  # (R, n, 2|3)
    *rest, of_n, of_d = terms.softmax(-1).unbind(-1)
    return terms.logsumexp(-1), torch.stack((*rest, of_n, -x * of_n, of_d, -y * of_d), -1)


def kaplan(constants: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
    """Kaplan's Eq. 1.5; constants α_N log N_c, α_N, α_D log D_c, α_D at the centre."""
    x, y = sizes.T
    p, alpha_n, q, alpha_d = constants.T[..., None]
    u, t = (p - alpha_n * x) / alpha_d, q / alpha_d - y
    inner, of_n = torch.logaddexp(u, t), torch.sigmoid(u - t)
    bent = inner - of_n * u - (1 - of_n) * q / alpha_d
    return alpha_d * inner, torch.stack((of_n, -x * of_n, 1 - of_n, bent), -1)


START: dict[Form, tuple[float, ...]] = {
    excess: (math.log(0.1), 0.5, math.log(0.05), 0.8),
    chinchilla: (math.log(3.5), math.log(0.1), 0.5, math.log(0.05), 0.8),
    kaplan: (math.log(3.9), 0.02, math.log(3.9), 0.02),
}


def centred(points: Sequence[tuple[int, int]]) -> Tensor:
    """log N and log D from the centre, (n, 2)."""
    return (torch.tensor(points, dtype=torch.float64) / torch.tensor(CENTRE, dtype=torch.float64)).log()


def fit(form: Form, points: Sequence[tuple[int, int]], wanted: Tensor, weights: Tensor | None = None) -> Tensor:
    """The constants (R, k) that come nearest to each row of logarithms (R, n), by least squares; weights (R, n)."""
    sizes = centred(points)
    found = torch.tensor(START[form], dtype=torch.float64).repeat(len(wanted), 1)  # (R, k)
    damping = torch.full((len(wanted), 1, 1), 1e-2, dtype=torch.float64)
    root = torch.ones_like(wanted) if weights is None else weights.sqrt()

    value, J = form(found, sizes)
    r = root * (value - wanted)  # (R, n)
    for _ in range(ROUNDS):
        J = root[..., None] * J  # (R, n, k)
        square = J.mT @ J
        weight = damping * torch.diag_embed(square.diagonal(dim1=-2, dim2=-1) + 1e-12)
        step = torch.linalg.solve(square + weight, J.mT @ r[..., None])[..., 0]
        tried = root * (form(found - step, sizes)[0] - wanted)
        better = (tried.square().sum(1) < r.square().sum(1))[:, None]
        found, r = torch.where(better, found - step, found), torch.where(better, tried, r)
        damping = (damping * torch.where(better, 0.2, 4.0)[..., None]).clamp(1e-12, 1e6)
        if float(step.abs().max()) < STILL:
            break
        _, J = form(found, sizes)
    return found.round(decimals=6)  # the digits behind depend on where in memory the numbers lie


def predicted(form: Form, constants: Tensor, points: Sequence[tuple[int, int]]) -> list[float]:
    """What a fit (k,) says of these sizes: losses, or excesses for `excess`."""
    values: list[float] = form(constants[None], centred(points))[0][0].exp().tolist()
    return values


@dataclass(frozen=True, slots=True)
class Exponent:
    """One exponent of a fit."""

    value: float
    """On the mean of the seeds."""
    low: float
    """2.5 % of the bootstrap over seeds."""
    high: float
    """97.5 %."""
    without: tuple[float, float]
    """The smallest and the largest where one model is left out."""
    seeds: tuple[float, ...]
    """On each seed by itself."""

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def exponents(points: Sequence[tuple[int, int]], excesses: Tensor, seed: int) -> tuple[Exponent, Exponent]:
    """α and β of Chinchilla's form above a known E, from what each seed left over (S, n)."""
    S, n = excesses.shape
    drawn = torch.Generator().manual_seed(seed)
    picks = torch.randint(0, S, (DRAWS, S, n), generator=drawn)  # which seed, model by model
    resampled = excesses.gather(0, picks.flatten(0, 1)).view(DRAWS, S, n).mean(1)  # (DRAWS, n)
    mean = excesses.mean(0, keepdim=True)
    rows = torch.cat((mean, excesses, mean.expand(n, n), resampled)).log()
    weights = torch.ones_like(rows)
    weights[1 + S : 1 + S + n] = 1 - torch.eye(n, dtype=torch.float64)
    found = fit(excess, points, rows, weights)[:, [1, 3]]
    fewer = found[1 + S : 1 + S + n]
    bounds = found[1 + S + n :].quantile(torch.tensor([0.025, 0.975], dtype=torch.float64), dim=0)  # (2, 2)
    made = [
        Exponent(
            value=float(found[0, k]),
            low=float(bounds[0, k]),
            high=float(bounds[1, k]),
            without=(float(fewer[:, k].min()), float(fewer[:, k].max())),
            seeds=tuple(found[1 : 1 + S, k].tolist()),
        )
        for k in range(2)
    ]
    return made[0], made[1]


@dataclass(frozen=True, slots=True)
class Forecast:
    """The largest model's loss, by a form fitted to all the others."""

    form: str
    predicted: tuple[float, ...]
    """Seed by seed."""
    missed: float
    """By so much too high in the mean of the seeds; negative: too low."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What the losses alone say of the irreducible loss."""

    found: float
    """Chinchilla's E on the mean of the seeds."""
    seeds: tuple[float, ...]
    without: tuple[float, float]
    """The smallest and the largest where one model is left out."""
    sinks_at: float
    """Parameters at which Kaplan's form, data unlimited, goes below the entropy."""
    forecasts: tuple[Forecast, ...]
    """Chinchilla's form, Kaplan's."""


def floor(points: Sequence[tuple[int, int]], losses: Tensor, entropy: float, largest: int) -> Floor:
    """Both forms fitted to the losses (S, n), none of which is told the entropy."""
    S, n = losses.shape
    rows = torch.cat((losses.mean(0, keepdim=True), losses)).log()  # (1 + S, n)
    every = torch.cat((rows, rows[:1].expand(n, n)))
    weights = torch.ones_like(every)
    weights[1 + S :] = 1 - torch.eye(n, dtype=torch.float64)
    floors = fit(chinchilla, points, every, weights)[:, 0].exp()
    p, alpha_n, _, _ = fit(kaplan, points, rows[:1])[0].tolist()
    held = torch.ones_like(rows)
    held[:, largest] = 0
    forecasts = []
    for name, form in (("Chinchilla", chinchilla), ("Kaplan", kaplan)):
        fits = fit(form, points, rows, held)
        said = [predicted(form, one, points)[largest] for one in fits]
        forecasts.append(Forecast(name, tuple(said[1:]), said[0] - float(losses[:, largest].mean())))
    return Floor(
        found=float(floors[0]),
        seeds=tuple(floors[1 : 1 + S].tolist()),
        without=(float(floors[1 + S :].min()), float(floors[1 + S :].max())),
        sinks_at=CENTRE[0] * math.exp((p - math.log(entropy)) / alpha_n),
        forecasts=tuple(forecasts),
    )
