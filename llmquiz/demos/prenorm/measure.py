"""Where the norm stands: gradients by depth, and the largest learning rate that still trains.

Xiong et al. (2020, arXiv:2002.04745), theorem 1: at the start the gradient of the last layer stays of one size behind a
post-norm, and falls with the square root of the depth with a pre-norm.
"""

from __future__ import annotations

import math

import torch
from transformers.models.llama.modeling_llama import LlamaRMSNorm

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Run
from llmquiz.demos.prenorm import trials, variants
from llmquiz.demos.prenorm.claims import CHANCE, Result
from llmquiz.demos.prenorm.variants import D_MODEL, VARIANTS

RATES = (0.001, 0.004, 0.016, 0.064)
DEPTHS = (2, 4, 8, 16, 24)


def measure(run: Run) -> Result:
    """Gradients at the start, then every variant at every rate."""
    # the quick run keeps the two rates that part the decoders, and leaves out the model of which no claim speaks
    rates, depths = RATES[1:3] if run.quick else RATES, DEPTHS[:4] if run.quick else DEPTHS
    names = [name for name in VARIANTS if name != "both-post"] if run.quick else VARIANTS

    # before any step: how large is the gradient of the last layer in models of more and more layers?
    post, pre = (tuple(trials.gradient(name, n, run.seed, **run.place) for n in depths) for name in ("post", "pre"))
    run.progress(0.1)

    # each variant from the same start at each rate
    trained = []
    for name in names:
        trained.append(trials.trained(name, rates, run.seed, **run.place))
        run.progress(0.1 + 0.9 * len(trained) / len(names))

    # what the parts cost, and what RMSNorm leaves out
    layer_norm_parameters, rms_norm_parameters = norm_parameters()
    plain_weights, gated_weights = feed_forward_weights()
    return Result(
        device=run.device,
        dtype=run.dtype,
        rates=rates,
        steps=trials.STEPS,
        chance=CHANCE,
        variants=tuple(trained),
        depths=depths,
        post_gradients=post,
        pre_gradients=pre,
        post_exponent=exponent(depths, post),
        pre_exponent=exponent(depths, pre),
        norm_gap=norm_gap(run.seed),
        layer_norm_parameters=layer_norm_parameters,
        rms_norm_parameters=rms_norm_parameters,
        plain_weights=plain_weights,
        gated_weights=gated_weights,
        gradient_ratio=post[-1] / pre[-1],
    )


def exponent(depths: tuple[int, ...], values: tuple[float, ...]) -> float:
    """The slope of the values over the depths, both logarithmic, by least squares."""
    x, y = [math.log(n) for n in depths], [math.log(v) for v in values]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    rise = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return rise / sum((a - mean_x) ** 2 for a in x)


def _norms() -> tuple[torch.nn.Module, torch.nn.Module]:
    return torch.nn.LayerNorm(D_MODEL, eps=1e-5), LlamaRMSNorm(D_MODEL, eps=1e-5)


def norm_gap(seed: int) -> float:
    """Largest difference of LayerNorm from RMSNorm of what is left when the mean is taken away."""
    x = 3 + torch.randn(64, D_MODEL, generator=torch.Generator().manual_seed(seed))  # (B, C), with a mean
    layer_norm, rms_norm = _norms()
    gap = (layer_norm(x) - rms_norm(x - x.mean(-1, keepdim=True))).abs().max()
    return float(gap.detach())


def norm_parameters() -> tuple[int, int]:
    """Of a LayerNorm, scale and shift, and of an RMSNorm, scale alone."""
    layer_norm, rms_norm = (tiny.parameters(norm) for norm in _norms())
    return layer_norm, rms_norm


def feed_forward_weights() -> tuple[int, int]:
    """Of a plain and of a gated feed-forward layer, without biases."""
    layers = (variants.make(name, 1, seed=0, device="cpu", dtype="float32") for name in ("pre", "swiglu"))
    plain, gated = (sum(p.numel() for p in m.transformer.h[0].mlp.parameters() if p.dim() == 2) for m in layers)
    return plain, gated
