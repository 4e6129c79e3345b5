"""The demo scaling-law, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import ladder
from llmquiz.demos.scaling_law import fits, formulas, measure
from llmquiz.demos.scaling_law.claims import Result
from tests.demos.breaking import changed, verdict

pytestmark = pytest.mark.demo


def _holds(claim: str, result: Result, **values: Any) -> bool | None:
    return verdict("scaling-law", claim, changed(result, values))


def _losses(result: Result) -> Any:
    """Of every seed and model, (S, n)."""
    return torch.tensor([[score.loss for score in rung.scores] for rung in result.rungs]).double().T


def _points(result: Result) -> list[tuple[int, int]]:
    return [(rung.parameters, rung.tokens) for rung in result.rungs]


@pytest.mark.breaks("sheet-formula")
def test_the_sheet_would_be_right_if_it_had_printed_the_joint_law(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _holds("sheet-formula", result) is False
    monkeypatch.setattr(formulas, "sheet", lambda n, d, c: formulas.kaplan(n, d))
    assert _holds("sheet-formula", result, published=formulas.published()) is True


@pytest.mark.breaks("compute-follows")
def test_work_that_is_done_twice_is_not_six_n_d(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    loss = ladder.loss
    monkeypatch.setattr(ladder, "loss", lambda *given: loss(*given) + loss(*given))
    operations = measure._operations(ladder.LADDER[-1])
    assert operations == 2 * result.operations
    assert _holds("compute-follows", result) is True
    assert _holds("compute-follows", result, work_over_six_nd=operations / result.six_nd) is False


@pytest.mark.breaks("sum-counts-thrice")
def test_laws_of_a_third_of_the_loss_would_add_up_to_it(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    line = formulas.line
    monkeypatch.setattr(formulas, "line", lambda xs, ys: line(xs, [y / 3 for y in ys]))
    laws = formulas.three_laws(result.rungs)
    ratio = laws.added / laws.measured
    assert ratio == pytest.approx(1, abs=0.05)
    assert _holds("sum-counts-thrice", result) is True
    assert _holds("sum-counts-thrice", result, three_laws=laws, sum_over_measured=ratio) is False


@pytest.mark.breaks("never-below")
def test_the_entropy_of_a_flatter_language_is_no_floor(result: Result) -> None:
    """The same table at temperature 1.1: its texts are harder to predict than those that the models were tested on."""
    language = ladder.language()
    table = language.table**0.9 / (language.table**0.9).sum(-1, keepdim=True)
    entropy = float(-(language.often[:, None] * table * table.log()).sum())
    assert _holds("never-below", result) is True
    assert _holds("never-below", result, entropy=entropy) is False


@pytest.mark.breaks("power-law")
def test_a_ladder_upside_down_follows_no_law(result: Result) -> None:
    excesses = _losses(result) - result.entropy
    turned = excesses[:, [5, 4, 3, 2, 1, 0, 6, 7, 8]]
    alpha, beta = fits.exponents(_points(result), turned, 0)
    assert alpha.high < 0
    assert _holds("power-law", result) is True
    assert _holds("power-law", result, alpha=alpha, beta=beta) is False
    assert _holds("power-law", result, fitted=result.fitted[::-1]) is False


@pytest.mark.breaks("floor-is-found")
@pytest.mark.parametrize("shift", [-0.2, 0.2])
def test_losses_above_another_floor_do_not_find_this_one(result: Result, shift: float) -> None:
    floor = fits.floor(_points(result), _losses(result) + shift, result.entropy, 5)
    assert _holds("floor-is-found", result) is True
    assert _holds("floor-is-found", result, floor=floor) is False
    assert _holds("floor-is-found", result, entropy=result.entropy + shift) is False


@pytest.mark.breaks("both-forecast")
@pytest.mark.parametrize("shift", [-0.1, 0.1])
def test_a_largest_model_off_the_law_is_not_forecast(result: Result, shift: float) -> None:
    losses = _losses(result)
    losses[:, 5] += shift
    assert _holds("both-forecast", result) is True
    assert _holds("both-forecast", result, floor=fits.floor(_points(result), losses, result.entropy, 5)) is False


@pytest.mark.breaks("no-floor-sinks")
def test_a_loss_that_hardly_falls_with_size_stays_above_the_entropy_for_long(result: Result) -> None:
    """Every model but the smallest is as good as the next larger one by a quarter of what it really gained."""
    losses = _losses(result)
    flatter = losses[:, :1] + 0.25 * (losses - losses[:, :1])
    assert _holds("no-floor-sinks", result) is True
    assert _holds("no-floor-sinks", result, floor=fits.floor(_points(result), flatter, result.entropy, 5)) is False
