"""The fits of scaling-law against constants that are known, and its formulas as published."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.scaling_law import fits, formulas

pytestmark = pytest.mark.demo

POINTS = [(n, 819_200) for n in (852, 2344, 7248, 14_800, 24_736, 52_464)] + [
    (24_736, d) for d in (102_400, 204_800, 409_600)
]
FORMS = (fits.excess, fits.chinchilla, fits.kaplan)


@pytest.mark.parametrize("form", FORMS)
def test_the_slopes_of_a_form_are_those_of_its_value(form: fits.Form) -> None:
    at, sizes = torch.tensor([fits.START[form]], dtype=torch.float64), fits.centred(POINTS)
    for k in range(at.shape[1]):
        aside = at.clone()
        aside[0, k] += 1e-6
        slope = (form(aside, sizes)[0] - form(at, sizes)[0]) / 1e-6
        torch.testing.assert_close(form(at, sizes)[1][..., k], slope, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_a_fit_finds_the_constants_that_made_the_points(form: fits.Form) -> None:
    true = torch.tensor(fits.START[form], dtype=torch.float64) * 1.15
    constants = fits.fit(form, POINTS, form(true[None], fits.centred(POINTS))[0])
    torch.testing.assert_close(constants[0], true, rtol=1e-3, atol=1e-3)


def test_a_point_of_no_weight_is_left_out() -> None:
    true = torch.tensor(fits.START[fits.excess], dtype=torch.float64)
    logs = fits.excess(true[None], fits.centred(POINTS))[0].repeat(2, 1)
    logs[:, 3] += 1.0
    weights = torch.ones_like(logs)
    weights[0, 3] = 0
    constants = fits.fit(fits.excess, POINTS, logs, weights)
    torch.testing.assert_close(constants[0], true, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(constants[1], true, rtol=1e-2)


def test_the_interval_holds_the_exponent_and_widens_with_the_noise() -> None:
    true = torch.tensor(fits.START[fits.excess], dtype=torch.float64)
    clean = fits.excess(true[None], fits.centred(POINTS))[0]
    noise = torch.randn(3, len(POINTS), generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    narrow, wide = (fits.exponents(POINTS, (clean + size * noise).exp(), 0)[0] for size in (0.01, 0.05))
    assert narrow.low < float(true[1]) < narrow.high
    assert wide.high - wide.low > 3 * (narrow.high - narrow.low)


def test_a_line_on_logarithmic_axes() -> None:
    height, alpha = formulas.line([1, 10, 100], [8, 4, 2])
    assert (height, alpha) == pytest.approx((8, 0.30103), rel=1e-5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (formulas.sheet(*formulas.GPT3), 5.01),
        (formulas.kaplan(*formulas.GPT3[:2]), 1.66),
        (formulas.sheet(8.8e13, 5.4e13, 3.1e8), 3),  # every term is 1 at its own constant
        (formulas.chinchilla(1e30, 1e30), 1.69),  # only E is left
        (formulas.kaplan(1e300, 1.8e13), 1),
    ],
)
def test_the_formulas_as_published(value: float, expected: float) -> None:
    assert value == pytest.approx(expected, abs=0.005)
