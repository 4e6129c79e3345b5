"""The demo prenorm, and what becomes of its claims when the norm is moved, swapped or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.lab import demo
from llmquiz.demos.prenorm import measure as prenorm
from llmquiz.demos.prenorm import variants

pytestmark = pytest.mark.demo
WHERE = {"device": "cpu", "dtype": "float32"}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> prenorm.Result:
    found = quick_run("prenorm").result
    assert isinstance(found, prenorm.Result)
    return found


def _finding(claim: str, result: prenorm.Result, **changes: Any) -> bool | None:
    return prenorm.CLAIMS[claim](replace(result, **changes)).holds


def _exponent(variant: str) -> float:
    depths = (2, 4, 8, 16)
    return prenorm.exponent(depths, tuple(prenorm.gradient(variant, n, 0, **WHERE) for n in depths))


def _with(result: prenorm.Result, *trained: prenorm.Variant) -> tuple[prenorm.Variant, ...]:
    new = {variant.name: variant for variant in trained}
    return tuple(new.get(variant.name, variant) for variant in result.variants)


def _trained_as(name: str, variant: str) -> prenorm.Variant:
    """The variant trained at the rate that parts them, under the name of another."""
    return replace(prenorm.trained(variant, (0.016,), 0, **WHERE), name=name)


def test_with_the_norm_behind_the_gradient_does_not_shrink(result: prenorm.Result) -> None:
    """Each claim about depth is given the other model's gradients."""
    assert _finding("shrinks-before", result, pre_exponent=_exponent("post")) is False
    assert _finding("stays-behind", result, post_exponent=_exponent("pre")) is False


def test_a_pre_norm_model_with_its_norm_behind_no_longer_trains_at_the_larger_rate(result: prenorm.Result) -> None:
    moved = _with(result, _trained_as("pre", "post"))
    assert _finding("larger-rate", result, variants=moved) is False
    assert _finding("structure-is-enough", result, variants=moved) is True


def test_an_encoder_decoder_with_its_norm_behind_is_unstable(result: prenorm.Result) -> None:
    moved = _with(result, _trained_as("both-pre", "both-post"))
    assert _finding("both-is-unstable", result, variants=moved) is True


@pytest.mark.parametrize(("claim", "name"), [("rms-trains-alike", "rms"), ("recipe-trains", "swiglu")])
def test_without_any_norm_the_recipe_does_not_train(
    claim: str, name: str, result: prenorm.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Nothing(torch.nn.Identity):
        def __init__(self, *_: Any) -> None:
            super().__init__()

    monkeypatch.setattr(variants, "LlamaRMSNorm", Nothing)
    assert _finding(claim, result, variants=_with(result, _trained_as(name, name))) is False


def test_an_rms_norm_that_is_fed_the_mean_is_not_layer_norm(
    result: prenorm.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.Tensor, "mean", lambda x, *_, **__: torch.zeros_like(x[..., :1]))
    gap = prenorm.norms(0)["norm_gap"]
    assert gap > 0.1
    assert _finding("rms-without-mean", result, norm_gap=gap) is False


def test_a_gated_layer_of_full_width_has_half_as_many_weights_again(
    result: prenorm.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "swiglu_width", lambda width: 4 * width)
    counts = prenorm.feed_forward()
    assert counts["gated_weights"] * 2 == counts["plain_weights"] * 3
    assert _finding("gate-costs-nothing", result, **counts) is False


def test_post_and_pre_norm_start_from_the_same_matrices() -> None:
    post, pre = (variants.make(name, 2, seed=5, **WHERE) for name in ("post", "pre"))
    for behind, before in zip(post.transformer.h, pre.transformer.h, strict=True):
        assert torch.equal(behind.attn.c_attn.weight, before.attn.c_attn.weight)
        assert torch.equal(behind.mlp.c_proj.weight, before.mlp.c_proj.weight)
    assert torch.equal(post.transformer.tokens_embed.weight, pre.transformer.wte.weight)
    again = variants.make("pre", 2, seed=6, **WHERE)
    assert not torch.equal(again.transformer.wte.weight, pre.transformer.wte.weight)


def test_the_norm_is_where_the_name_says() -> None:
    """The last thing that a post-norm block does is to normalize: every state has mean 0 and variance 1."""
    ids = variants.chain(0, seed=0, device="cpu")
    spreads = {}
    for name in ("post", "pre"):
        model = variants.make(name, 4, seed=0, **WHERE)
        states = model(ids, output_hidden_states=True).hidden_states[2].detach()
        spreads[name] = float(states.var(-1, correction=0).mean())
    assert spreads["post"] == pytest.approx(1, abs=1e-3)
    assert spreads["pre"] != pytest.approx(1, abs=0.1)


def test_a_chain_has_one_successor_for_each_token() -> None:
    ids = torch.cat([variants.chain(step, seed=3, device="cpu") for step in range(9)])
    pairs = {(a, b) for row in ids.tolist() for a, b in pairwise(row)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) == variants.VOCAB


@pytest.mark.parametrize(
    ("values", "slope"), [((8.0, 4.0, 2.0), -1.0), ((3.0, 3.0, 3.0), 0.0), ((1.0, 2**-0.5, 0.5), -0.5)]
)
def test_the_exponent_is_the_slope_in_logarithms(values: tuple[float, ...], slope: float) -> None:
    assert prenorm.exponent((1, 2, 4), values) == pytest.approx(slope)


def test_a_loss_that_runs_away_is_kept_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "loss_of", lambda model, ids: sum(p.sum() for p in model.parameters()) * torch.nan)
    monkeypatch.setattr(prenorm, "STEPS", 1)
    assert prenorm.final_loss("pre", 0.1, 0, **WHERE) == 2 * prenorm.CHANCE
