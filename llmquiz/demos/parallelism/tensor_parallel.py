"""Tensor parallelism: every process has a share of each layer's heads and feed-forward width.

As in Megatron-LM (Shoeybi et al., 2019): the first matrix of each half of a layer is cut by its columns and the second
by its rows. Between them no process needs anything of the others, so each half takes one all-reduce forwards and one
backwards.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor
from torch.nn import Linear, Parameter

from llmquiz.demos.parallelism.comm import Wire

COLUMNS = ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj")
"""Each process keeps some of the outputs."""
ROWS = ("o_proj", "down_proj")
"""Each process keeps some of the inputs, and the outputs are sums over all of them."""


class Enter(torch.autograd.Function):
    """Into the cut part of a layer: nothing forwards, the sum of all processes' gradients backwards."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, wire: Wire) -> Tensor:
        ctx.wire = wire
        return x.view_as(x)  # (B, T, C), whole in every process

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        # every process's heads used all of x, so its gradient is the sum over the processes
        return ctx.wire.all_reduce(gradient), None  # (B, T, C)


class Leave(torch.autograd.Function):
    """Out of it: the sum of all processes' shares forwards, nothing backwards."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, wire: Wire) -> Tensor:
        return wire.all_reduce(x)  # (B, T, C) from every process's inputs -> (B, T, C) from all of them

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None  # a sum hands its gradient to each term as it is


def tensor_parallel(model: Any, wire: Wire) -> Any:
    """A copy with this process's share of every layer; embeddings, norms and head stay whole."""
    own = deepcopy(model)
    for layer in own.model.layers:
        for name, linear in layer.named_modules():
            if isinstance(linear, Linear):
                linear.weight = Parameter(share(name, linear.weight, wire).clone())
                if name.endswith(ROWS):  # the last matrix of a half of the layer
                    linear.register_forward_hook(lambda _, __, out: Leave.apply(out, wire))  # type: ignore[no-untyped-call]
        for norm in (layer.input_layernorm, layer.post_attention_layernorm):  # what each half begins with
            norm.register_forward_hook(lambda _, __, out: Enter.apply(out, wire))  # type: ignore[no-untyped-call]
    return own


def share(name: str, whole: Tensor, wire: Wire) -> Tensor:
    """What this process keeps of a parameter; a weight of `Linear` is (outputs, inputs)."""
    part = name.removesuffix(".weight")
    if part.endswith(COLUMNS):
        return whole.chunk(wire.size, 0)[wire.rank]  # (outputs / p, inputs): of q, k and v whole heads
    return whole.chunk(wire.size, 1)[wire.rank] if part.endswith(ROWS) else whole  # (outputs, inputs / p)
