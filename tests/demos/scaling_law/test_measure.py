"""The demo scaling-law, its fits, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, ladder
from llmquiz.demos.scaling_law import fits, formulas
from llmquiz.demos.scaling_law import measure as scaling_law

pytestmark = pytest.mark.demo

POINTS = [(n, 819_200) for n in (852, 2344, 7248, 14_800, 24_736, 52_464)] + [
    (24_736, d) for d in (102_400, 204_800, 409_600)
]


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> scaling_law.Result:
    found = quick_run("scaling-law").result
    assert isinstance(found, scaling_law.Result)
    return found


def _holds(claim: str, result: scaling_law.Result, **changes: Any) -> bool | None:
    return scaling_law.CLAIMS[claim](replace(result, **changes)).holds


def test_the_sheet_would_be_right_if_it_had_printed_the_joint_law(
    result: scaling_law.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _holds("sheet-formula", result) is False
    monkeypatch.setattr(formulas, "sheet", lambda n, d, c: formulas.kaplan(n, d))
    assert _holds("sheet-formula", result, published=formulas.published()) is True


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


def test_work_that_is_done_twice_is_not_six_n_d(result: scaling_law.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    loss = ladder.loss
    monkeypatch.setattr(ladder, "loss", lambda *given: loss(*given) + loss(*given))
    operations, _ = scaling_law._operations(ladder.LADDER[-1])
    assert operations == 2 * result.operations
    assert _holds("compute-follows", result) is True
    assert _holds("compute-follows", result, work_over_six_nd=operations / result.six_nd) is False


def test_one_law_alone_does_not_count_thrice(result: scaling_law.Result) -> None:
    one = replace(result.three_laws, of_tokens=0.0, of_operations=0.0)
    assert _holds("sum-counts-thrice", result) is True
    ratio = one.added / one.measured
    assert ratio == pytest.approx(1, abs=0.05)
    assert _holds("sum-counts-thrice", result, three_laws=one, sum_over_measured=ratio) is False


def test_a_loss_below_the_entropy_is_noticed(result: scaling_law.Result) -> None:
    assert _holds("never-below", result) is True
    assert _holds("never-below", result, entropy=result.entropy + 0.05) is False


def test_a_ladder_upside_down_follows_no_law(result: scaling_law.Result) -> None:
    excesses = torch.tensor([[s.loss - result.entropy for s in rung.scores] for rung in result.rungs]).double().T
    points = [(rung.parameters, rung.tokens) for rung in result.rungs]
    turned = excesses[:, [5, 4, 3, 2, 1, 0, 6, 7, 8]]
    alpha, beta = fits.exponents(points, turned, 0)
    assert alpha.high < 0
    assert _holds("power-law", result) is True
    assert _holds("power-law", result, alpha=alpha, beta=beta) is False
    assert _holds("power-law", result, fitted=result.fitted[::-1]) is False


def test_another_entropy_is_not_the_floor_that_is_found(result: scaling_law.Result) -> None:
    assert _holds("floor-is-found", result) is True
    for shift in (-0.2, 0.2):
        assert _holds("floor-is-found", result, entropy=result.entropy + shift) is False


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
    found = fits.fit(form, POINTS, form(true[None], fits.centred(POINTS))[0])
    torch.testing.assert_close(found[0], true, rtol=1e-3, atol=1e-3)


def test_a_point_of_no_weight_is_left_out() -> None:
    true = torch.tensor(fits.START[fits.excess], dtype=torch.float64)
    wanted = fits.excess(true[None], fits.centred(POINTS))[0].repeat(2, 1)
    wanted[:, 3] += 1.0
    weights = torch.ones_like(wanted)
    weights[0, 3] = 0
    found = fits.fit(fits.excess, POINTS, wanted, weights)
    torch.testing.assert_close(found[0], true, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(found[1], true, rtol=1e-2)


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
