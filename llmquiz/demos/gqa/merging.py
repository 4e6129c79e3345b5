"""Fewer key and value heads in a model that was built with more: neighbours averaged (Ainslie et al., 2023)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.gqa.result import Apart, Merged, Repeated
from llmquiz.demos.lab import kv
from llmquiz.demos.lab.caching import cache_size, empty_cache, gap
from llmquiz.errors import DemoError

Change = Callable[[Tensor], Tensor]
"""Of the weight of a projection, (heads, d, ...) to (other heads, d, ...)."""


def attentions(model: Any) -> list[Any]:
    """The attention of every layer.

    Raises: DemoError where keys and values are not projected by matrices of their own, as in GPT-2.
    """
    layers = [getattr(layer, "self_attn", None) for layer in getattr(model.get_decoder(), "layers", [])]
    needed = ("k_proj", "v_proj", "num_key_value_groups")
    if not layers or not all(hasattr(attention, name) for attention in layers for name in needed):
        raise DemoError("gqa.no-projections", name=type(model).__name__)
    return layers


@contextmanager
def with_heads(model: Any, kv_heads: int, change: Change) -> Iterator[Any]:
    """The same model with `kv_heads` key and value heads, its weights put back afterwards."""
    config, before = model.config.get_text_config(), []
    usual = config.num_key_value_heads
    for attention in attentions(model):
        before.append((attention, attention.k_proj, attention.v_proj, attention.num_key_value_groups))
        attention.k_proj = _projection(attention.k_proj, usual, change)
        attention.v_proj = _projection(attention.v_proj, usual, change)
        attention.num_key_value_groups = config.num_attention_heads // kv_heads
    config.num_key_value_heads = kv_heads
    try:
        yield model
    finally:
        config.num_key_value_heads = usual
        for attention, keys, values, groups in before:
            attention.k_proj, attention.v_proj, attention.num_key_value_groups = keys, values, groups


def _projection(old: Any, heads: int, change: Change) -> Any:
    """A linear layer of which `change` made the weight (H d, C), and the bias (H d) where there is one."""
    weights = [change(w.view(heads, -1, *w.shape[1:])).flatten(0, 1) for w in (old.weight, old.bias) if w is not None]
    # on "meta" nothing is drawn or allocated: the weights are put in their places just below
    new = torch.nn.Linear(old.in_features, len(weights[0]), bias=len(weights) > 1, device="meta")
    for name, weight in zip(("weight", "bias"), weights, strict=False):
        setattr(new, name, torch.nn.Parameter(weight, requires_grad=False))
    return new


def averaged(kv_heads: int) -> Change:
    """Neighbouring heads averaged, as Ainslie et al. (2023) convert checkpoints."""
    return lambda weight: weight.view(kv_heads, -1, *weight.shape[1:]).mean(1)  # (Hkv, H / Hkv, d, ...): (Hkv, d, ...)


def repeated(times: int) -> Change:
    """Every head so many times, neighbours being equal."""
    return lambda weight: weight.repeat_interleave(times, 0)  # (H, d, ...): (times H, d, ...)


@torch.inference_mode()
def read(model: Any, ids: Tensor) -> tuple[Tensor, int]:
    """Logits (T, V) in float32 or better, and the bytes of the cache."""
    cache = empty_cache(model)
    logits = kv.call(model, ids, cache=cache).logits[0]  # (T, V)
    return logits.float() if logits.dtype.itemsize < 4 else logits, cache_size(cache)


def merged(model: Any, ids: Tensor, kv_heads: int) -> Merged:
    """`ids` (1, T) are read before and after."""
    before, _ = read(model, ids)  # (T, V)
    with with_heads(model, kv_heads, averaged(kv_heads)):
        after, cache_bytes = read(model, ids)  # (T, V)
    divergence = F.kl_div(after.log_softmax(-1), before.log_softmax(-1), reduction="batchmean", log_target=True)
    same = (after.argmax(-1) == before.argmax(-1)).float().mean()
    return Merged(kv_heads, cache_bytes // ids.shape[1], float(divergence), float(same), gap(after, before))


def apart(model: Any, ids: Tensor, share: float) -> Apart:
    """`model` is grouped: written out with `share` of noise in each head, and averaged to its groups again."""
    config, generator = model.config.get_text_config(), torch.Generator().manual_seed(0)
    groups, heads = config.num_key_value_heads, config.num_attention_heads

    def change(weight: Tensor) -> Tensor:
        copies = repeated(heads // groups)(weight)  # (Hkv, d, ...): (H, d, ...)
        return copies + share * weight.std() * torch.randn(copies.shape, generator=generator).to(copies)

    with with_heads(model, heads, change):
        return Apart(share, merged(model, ids, groups).divergence)


def fewer(kv_heads: int) -> tuple[int, ...]:
    """Numbers of heads that so many can be averaged to: halves while that goes, then one."""
    halves = [kv_heads]
    while halves[-1] % 2 == 0:
        halves.append(halves[-1] // 2)
    return tuple(halves[1:]) if halves[-1] == 1 else (*halves[1:], 1)


def written_out(model: Any, ids: Tensor) -> Repeated:
    """The same function with a larger cache."""
    config = model.config.get_text_config()
    grouped, bytes_grouped = read(model, ids)  # (T, V)
    times = config.num_attention_heads // config.num_key_value_heads
    with with_heads(model, config.num_attention_heads, repeated(times)):
        multi_head, bytes_multi_head = read(model, ids)  # (T, V)
    return Repeated(gap(multi_head, grouped), bytes_grouped, bytes_multi_head)
