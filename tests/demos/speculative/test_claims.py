"""What each claim of speculative says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.speculative import formulas
from llmquiz.demos.speculative.claims import speedups
from llmquiz.demos.speculative.result import GAMMAS, USUAL_GAMMA, ChiSquareTest, Result, Way
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT: Result = recorded("speculative")
GOOD_FIT = ChiSquareTest(100, 10.0, 10, 0.44)


def _finding(claim: str, **values: Any) -> bool | None:
    return verdict("speculative", claim, changed(RESULT, values))


def _ratio(*rounds: float) -> Ratio:
    return Ratio(sorted(rounds)[len(rounds) // 2], rounds)


def _quiet(value: float) -> Ratio:
    return _ratio(value, value, value)


def _ways(*rounds: float) -> tuple[Way, ...]:
    return tuple(replace(way, speedup=_ratio(*rounds)) for way in RESULT.ways)


@pytest.mark.parametrize("text", ["greedy", "greedy_untrained"])
def test_one_token_that_differs_is_noticed(text: str) -> None:
    one_less = {f"{text}.equal": getattr(RESULT, text).tokens - 1}
    assert _finding("same-tokens") is True
    assert _finding("same-tokens", **one_less) is False
    assert _finding("same-tokens", **one_less, dtype="bfloat16") is None


@pytest.mark.parametrize(
    ("p_values", "holds"),
    [((0.002,), True), ((0.002, 0.44, 0.44), True), ((0.0002, 0.44, 0.44), False), ((0.0,), False)],
)
def test_p_values_are_corrected_for_their_number(p_values: tuple[float, ...], holds: bool) -> None:
    fits = tuple(replace(GOOD_FIT, p_value=p_value) for p_value in p_values)
    assert _finding("same-law", fits=fits, every_token=GOOD_FIT) is holds
    assert _finding("same-law", fits=(GOOD_FIT,), every_token=min(fits, key=lambda fit: fit.p_value)) is holds
    assert _finding("same-law", fits=fits, every_token=GOOD_FIT, dtype="bfloat16") is None


def test_the_control_must_be_noticed_everywhere() -> None:
    assert _finding("other-rule") is True
    assert _finding("other-rule", fits_lenient=RESULT.fits) is False
    assert _finding("other-rule", fits_lenient=(*RESULT.fits_lenient, GOOD_FIT)) is False


@pytest.mark.parametrize(("errors", "holds"), [(4.0, True), (-4.0, True), (4.1, False), (-4.1, False)])
def test_acceptance_lies_within_four_standard_errors_of_the_overlap(errors: float, holds: bool) -> None:
    assert _finding("overlap-is-acceptance", **{"checked.errors": errors}) is holds


def test_the_calls_of_an_untrained_draft_are_not_those_of_the_formula() -> None:
    usual = next(way for way in RESULT.ways if way.gamma == USUAL_GAMMA)
    ways = tuple(RESULT.untrained if way is usual else way for way in RESULT.ways)
    assert _finding("tokens-by-formula") is True
    assert _finding("tokens-by-formula", ways=ways) is False
    assert _finding("tokens-by-formula", acceptance=RESULT.overlap.untrained) is False


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_whose_target_is_no_better_is_noticed(seed: int) -> None:
    equal = replace(RESULT.seeds[seed], target_loss=RESULT.seeds[seed].draft_loss)
    seeds = (*RESULT.seeds[:seed], equal, *RESULT.seeds[seed + 1 :])
    assert _finding("target-is-better") is True
    assert _finding("target-is-better", seeds=seeds) is False
    assert _finding("target-is-better", target_loss=RESULT.draft_loss) is False


def test_another_word_that_is_refused_more_is_noticed() -> None:
    swapped = {"colors": "things", "things": "colors"}
    kinds = tuple((swapped.get(kind, kind), overlap) for kind, overlap in RESULT.overlap.kinds)
    assert _finding("refused-at-colors") is True
    assert _finding("refused-at-colors", **{"overlap.kinds": kinds}) is False


@pytest.mark.parametrize(
    ("rounds", "device", "holds"),
    [
        ((1.4, 1.5, 1.6), "cpu", True),
        ((1.0, 1.0, 1.05), "cpu", False),
        ((1.0, 1.0, 1.05), "cuda", None),  # starting a step may take longer than the step
        ((1.0, 1.0, 1.2, 1.2, 1.2), "cpu", None),
    ],
)
def test_a_draft_pays_by_the_rounds_of_the_fastest_way(
    rounds: tuple[float, ...], device: str, holds: bool | None
) -> None:
    assert _finding("pays", ways=_ways(*rounds), device=device) is holds


@pytest.mark.parametrize(
    ("rounds", "holds"),
    [((0.5, 0.6, 0.7), True), ((1.2, 1.3, 1.4), False), ((0.9, 0.9, 0.9, 1.1, 1.1), None)],
)
def test_a_bad_draft_is_slower_by_the_rounds(rounds: tuple[float, ...], holds: bool | None) -> None:
    assert _finding("bad-draft", **{"untrained.speedup": _ratio(*rounds)}) is holds


DRAFT, CHECK = 0.3, 1.2
PRICED = changed(
    RESULT, {"prices.draft": _quiet(DRAFT), "prices.checks": tuple(_quiet(CHECK) for _ in RESULT.prices.checks)}
)


def _measured(factor: float, noise: float = 1.0) -> Result:
    """Speed-ups `factor` times those by the formula with the price of a check, in rounds `noise` times apart."""
    foreseen = [formulas.speedup(RESULT.acceptance, way.gamma, DRAFT, CHECK) * factor for way in RESULT.ways]
    ways = tuple(
        replace(way, speedup=_ratio(value, value, value * noise))
        for way, value in zip(RESULT.ways, foreseen, strict=True)
    )
    result: Result = changed(PRICED, {"ways": ways})
    return result


@pytest.mark.breaks("below-the-formula")
@pytest.mark.parametrize(
    ("factor", "noise", "device", "holds"),
    [
        (1.0, 1.0, "cpu", True),
        (0.71, 1.0, "cpu", True),
        (0.69, 1.0, "cpu", False),  # below what the formula with the price of a check says
        (1.4, 1.0, "cpu", False),  # above what the paper allows
        (1.0, 1.6, "cpu", True),
        (1.4, 1.6, "cpu", None),
        (1.4, 1.0, "cuda", None),
    ],
)
def test_a_speed_up_off_the_formula_is_noticed(factor: float, noise: float, device: str, holds: bool | None) -> None:
    result = changed(_measured(factor, noise), {"device": device})
    assert verdict("speculative", "below-the-formula", result) is holds


@pytest.mark.breaks("below-the-formula")
def test_an_untrained_draft_is_far_below_the_formula_of_the_trained_one() -> None:
    slow = tuple(replace(way, speedup=_quiet(RESULT.untrained.speedup.value)) for way in RESULT.ways)
    assert verdict("speculative", "below-the-formula", changed(PRICED, {"ways": slow})) is False


def test_a_speed_up_is_foreseen_with_and_without_the_price_of_a_check() -> None:
    usual = speedups(PRICED)[GAMMAS.index(USUAL_GAMMA)]
    assert usual.by_formula == formulas.speedup(RESULT.acceptance, USUAL_GAMMA, DRAFT)
    assert usual.with_check == formulas.speedup(RESULT.acceptance, USUAL_GAMMA, DRAFT, CHECK)


@pytest.mark.parametrize(
    ("draft", "checks", "holds"),
    [
        ((0.25, 0.25, 0.25), (4.0, 4.2, 4.4), True),
        ((0.05, 0.05, 0.05), (1.6, 1.7, 1.8), False),
        ((0.05, 0.05, 0.05), (1.0, 1.1, 1.2), False),  # no dearer than alone
        ((0.25, 0.25, 0.25, 0.25, 0.25), (2.0, 2.2, 2.8, 4.2, 4.4), None),
    ],
)
def test_a_batch_in_which_drafts_pay_is_noticed(
    draft: tuple[float, ...], checks: tuple[float, ...], holds: bool | None
) -> None:
    alone = tuple(_quiet(1.3) for _ in RESULT.prices.checks)
    batched = {"batched.draft": _ratio(*draft), "batched.checks": (_ratio(*checks),)}
    assert _finding("batch-eats-it", acceptance=0.85, **{"prices.checks": alone}, **batched) is holds


@pytest.mark.breaks("batch-eats-it")
def test_a_batch_of_one_eats_nothing() -> None:
    single = {
        "batched.draft": RESULT.prices.draft,
        "batched.checks": (RESULT.prices.checks[GAMMAS.index(USUAL_GAMMA)],),
    }
    assert _finding("batch-eats-it") is True
    assert _finding("batch-eats-it", **single) is False


@pytest.mark.parametrize(
    ("alpha", "gamma", "tokens"), [(0, 4, 1), (1, 4, 5), (0.5, 1, 1.5), (0.8, 4, 3.3616), (0.8, 0, 1)]
)
def test_tokens_a_call(alpha: float, gamma: int, tokens: float) -> None:
    assert formulas.tokens_per_call(alpha, gamma) == pytest.approx(tokens)


def test_the_formula_of_the_speed_up() -> None:
    assert formulas.speedup(0.8, 4, 0.1) == pytest.approx(3.3616 / 1.4)
    assert formulas.speedup(0.8, 4, 0.1, 2.0) == pytest.approx(3.3616 / 2.4)
    assert formulas.speedup(1, 4, 1) == 1, "the target as its own draft gains nothing"
