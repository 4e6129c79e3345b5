"""Rounding keys and values to few bits, and a model that reads with keys and values that went through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor

from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.errors import DemoError

GROUP = 32
"""So many numbers share a scale and an offset, as KIVI has it by default."""
FINEST = 1e-7
"""No step is smaller: what is smaller is 0 in float16."""
CHANNEL, TOKEN = 1, 3
"""The dimension of (1, T, H, D) along which numbers share a scale: a channel's tokens, or a token's channels."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How keys or values are quantised."""

    bits: int
    axis: Literal["channel", "token"]
    group: int | None = GROUP
    """None where a channel has one scale for all tokens, and a token one for all channels of a head."""
    evened: bool = False
    """Divide every channel by its largest magnitude before, and multiply by it after."""


def grid(numbers: Tensor, bits: int, dim: int) -> Tensor:
    """`numbers` rounded to 2^`bits` values at even steps from the smallest to the largest along `dim`; same shape.

    Step and offset are rounded to 16 bits, as they are stored.
    """
    low, high = numbers.amin(dim, keepdim=True), numbers.amax(dim, keepdim=True)
    offset = low.half().float()
    step = ((high - low) / (2**bits - 1)).half().float().clamp_min(FINEST)
    codes = ((numbers - offset) / step).round().clamp(0, 2**bits - 1)
    rounded: Tensor = offset + step * codes
    return rounded


def quantised(numbers: Tensor, rule: Rule) -> Tensor:
    """Keys or values (1, T, H, D) as they come out of a cache that keeps them by `rule`; same shape."""
    exact = numbers.float()
    size = exact.abs().amax(CHANNEL, keepdim=True).clamp_min(FINEST)  # (1, 1, H, D)
    if not rule.evened:
        size = torch.ones_like(size)
    exact = exact / size
    dim = CHANNEL if rule.axis == "channel" else TOKEN
    groups = torch.split(exact, rule.group or exact.shape[dim], dim)
    rounded = torch.cat([grid(group, rule.bits, dim) for group in groups], dim)
    return (rounded * size).to(numbers.dtype)


Change = Callable[[Tensor, bool], Tensor]
"""Given keys or values (1, T, H, D) and whether they are keys: what the model reads in their place."""


@dataclass(frozen=True, slots=True)
class Projections:
    """Where a decoder makes its keys and values."""

    kv_heads: int
    width: int
    modules: tuple[tuple[Any, str], ...]
    """Each with what comes out of it: "k", "v", or "qkv" for the three of GPT-2 beside each other."""

    @property
    def layers(self) -> int:
        return sum(kind != "v" for _, kind in self.modules)


def projections(own: Checkpoint) -> Projections:
    """The projections of a decoder like Llama, Qwen or GPT-2.

    Raises: DemoError where it has none by these names.
    """
    config = own.model.config.get_text_config()
    kinds = {"k_proj": "k", "v_proj": "v", "c_attn": "qkv"}
    names = ((name.split(".")[-1], module) for name, module in own.model.named_modules())
    modules = tuple((module, kinds[name]) for name, module in names if name in kinds)
    makes = "".join(sorted({kind for _, kind in modules}))
    if makes not in ("kv", "qkv"):
        raise DemoError("demo.other-family", title=own.title, kind=config.model_type, family="llama, qwen2, gpt2")
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return Projections(heads, width, modules)


@contextmanager
def changing(where: Projections, change: Change) -> Iterator[None]:
    """The model reads what `change` makes of its keys (before RoPE) and values; afterwards it is as before."""

    def hook(kind: str) -> Callable[[Any, Any, Tensor], Tensor]:
        def seen(numbers: Tensor, *, keys: bool) -> Tensor:  # (1, T, H · D), the same shape
            return change(numbers.reshape(*numbers.shape[:-1], -1, where.width), keys).flatten(-2)

        def after(_module: Any, _inputs: Any, output: Tensor) -> Tensor:
            if kind != "qkv":
                return seen(output, keys=kind == "k")
            query, key, value = output.chunk(3, -1)
            return torch.cat([query, seen(key, keys=True), seen(value, keys=False)], -1)

        return after

    handles = [module.register_forward_hook(hook(kind)) for module, kind in where.modules]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def by_rules(keys: Rule | None, values: Rule | None) -> Change:
    """Quantise keys and values, each by its rule; None leaves them as they are."""

    def change(numbers: Tensor, is_key: bool) -> Tensor:
        rule = keys if is_key else values
        return quantised(numbers, rule) if rule else numbers

    return change
