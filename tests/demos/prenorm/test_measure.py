"""The demo prenorm, and what becomes of its claims when the norm is moved, swapped or left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.prenorm import measure, trials, variants
from llmquiz.demos.prenorm.claims import CHANCE, Result, Variant
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo
PLACE = {"device": "cpu", "dtype": "float32"}


def _exponent(variant: str) -> float:
    depths = (2, 4, 8, 16)
    return measure.exponent(depths, tuple(trials.gradient(variant, n, 0, **PLACE) for n in depths))


def _with(result: Result, trained: Variant) -> tuple[Variant, ...]:
    """The variants, that one in the place of its name."""
    return tuple(trained if variant.name == trained.name else variant for variant in result.variants)


def _trained_as(name: str, variant: str) -> Variant:
    """The variant trained at the rate that parts them, under another name."""
    return replace(trials.trained(variant, (0.016,), 0, **PLACE), name=name)


@pytest.mark.breaks("shrinks-before", "stays-behind")
def test_with_the_norm_behind_the_gradient_does_not_shrink(result: Result) -> None:
    """Each claim about depth is given the other model's gradients."""
    assert finding("shrinks-before", result, pre_exponent=_exponent("post")) is False
    assert finding("stays-behind", result, post_exponent=_exponent("pre")) is False


@pytest.mark.breaks("larger-rate", "structure-is-enough")
def test_a_pre_norm_model_with_its_norm_behind_no_longer_trains_at_the_larger_rate(result: Result) -> None:
    moved = _with(result, _trained_as("pre", "post"))
    assert finding("larger-rate", result, variants=moved) is False
    assert finding("structure-is-enough", result, variants=moved) is True


@pytest.mark.breaks("both-is-unstable")
def test_an_encoder_decoder_with_its_norm_behind_is_unstable(result: Result) -> None:
    moved = _with(result, _trained_as("both-pre", "both-post"))
    assert finding("both-is-unstable", result, variants=moved) is True


@pytest.mark.breaks("rms-trains-alike", "recipe-trains")
@pytest.mark.parametrize(("claim", "name"), [("rms-trains-alike", "rms"), ("recipe-trains", "swiglu")])
def test_without_any_norm_the_recipe_does_not_train(
    claim: str, name: str, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing(torch.nn.Identity):
        def __init__(self, *_: Any) -> None:
            super().__init__()

    monkeypatch.setattr(variants, "LlamaRMSNorm", Nothing)
    assert finding(claim, result, variants=_with(result, _trained_as(name, name))) is False


@pytest.mark.breaks("rms-without-mean")
def test_an_rms_norm_that_is_fed_the_mean_is_not_layer_norm(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "mean", lambda x, *_, **__: torch.zeros_like(x[..., :1]))
    gap = measure.norm_gap(0)
    assert gap > 0.1
    assert finding("rms-without-mean", result, norm_gap=gap) is False


@pytest.mark.breaks("gate-costs-nothing")
def test_a_gated_layer_of_full_width_has_half_as_many_weights_again(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "swiglu_width", lambda width: 4 * width)
    plain, gated = measure.feed_forward_weights()
    assert gated * 2 == plain * 3
    assert finding("gate-costs-nothing", result, plain_weights=plain, gated_weights=gated) is False


@pytest.mark.parametrize(
    ("values", "slope"), [((8.0, 4.0, 2.0), -1.0), ((3.0, 3.0, 3.0), 0.0), ((1.0, 2**-0.5, 0.5), -0.5)]
)
def test_the_exponent_is_the_slope_in_logarithms(values: tuple[float, ...], slope: float) -> None:
    assert measure.exponent((1, 2, 4), values) == pytest.approx(slope)


def test_a_loss_that_runs_away_is_kept_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "loss_of", lambda model, ids: sum(p.sum() for p in model.parameters()) * torch.nan)
    monkeypatch.setattr(trials, "STEPS", 1)
    assert trials.final_loss("pre", 0.1, 0, **PLACE) == 2 * CHANCE
