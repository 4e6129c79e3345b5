"""One model over several processes: tensor and pipeline parallelism on the layers of a real Llama.

Tensor parallelism as in Megatron-LM (Shoeybi et al., 2019): heads and the feed-forward width are cut, columns first and
rows second, so that each half of a layer needs one all-reduce forwards and one backwards. Pipeline as in GPipe (Huang
et al., 2018): all micro-batches forwards, then all of them backwards.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn import Linear, Parameter

from llmquiz.demos.parallelism.comm import Wire

COLUMNS = ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj")
"""Each process keeps some of the outputs."""
ROWS = ("o_proj", "down_proj")
"""Each process keeps some of the inputs, and the outputs are sums over all of them."""


def loss_of(logits: Tensor, ids: Tensor) -> Tensor:
    """Mean cross-entropy of every next token: logits (B, T, V), ids (B, T)."""
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())


class Enter(torch.autograd.Function):
    """Into the cut part of a layer: nothing forwards, the sum of all processes' gradients backwards."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, wire: Wire) -> Tensor:
        ctx.wire = wire
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return ctx.wire.all_reduce(gradient), None


class Leave(torch.autograd.Function):
    """Out of it: the sum of all processes' shares forwards, nothing backwards."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, wire: Wire) -> Tensor:
        return wire.all_reduce(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None


def tensor_parallel(model: Any, wire: Wire) -> Any:
    """A copy with this process's share of every layer; embeddings, norms and head stay whole."""
    own = deepcopy(model)
    for layer in own.model.layers:
        for name, linear in layer.named_modules():
            if isinstance(linear, Linear):
                linear.weight = Parameter(share(name, linear.weight, wire).clone())
                if name.endswith(ROWS):
                    linear.register_forward_hook(lambda _, __, out: Leave.apply(out, wire))  # type: ignore[no-untyped-call]
        for norm in (layer.input_layernorm, layer.post_attention_layernorm):
            norm.register_forward_hook(lambda _, __, out: Enter.apply(out, wire))  # type: ignore[no-untyped-call]
    return own


def share(name: str, whole: Tensor, wire: Wire) -> Tensor:
    """What this process keeps of a parameter."""
    part = name.removesuffix(".weight")
    if part.endswith(COLUMNS):
        return whole.chunk(wire.size, 0)[wire.rank]
    return whole.chunk(wire.size, 1)[wire.rank] if part.endswith(ROWS) else whole


class Stage:
    """A stretch of a model's layers; the first stage embeds, the last one has the head and the loss."""

    def __init__(self, model: Any, wire: Wire) -> None:
        self.model, self.wire, self.first, self.last = model, wire, wire.rank == 0, wire.rank == wire.size - 1
        layers = model.model.layers
        each = len(layers) // wire.size
        self.layers = layers[wire.rank * each : (wire.rank + 1) * each]

    def parameters(self) -> dict[str, Any]:
        """Those of this stage, by their names in the model."""
        inner = self.model.model
        modules = [*self.layers] + [inner.embed_tokens] * self.first + [inner.norm, self.model.lm_head] * self.last
        own = {id(p) for module in modules for p in module.parameters()}
        return {name: p for name, p in self.model.named_parameters() if id(p) in own}

    def forward(self, x: Tensor) -> Tensor:
        """States (B, T, C) in and out, except ids into the first and logits out of the last stage."""
        inner = self.model.model
        x = inner.embed_tokens(x) if self.first else x
        angles = inner.rotary_emb(x, torch.arange(x.shape[1], device=x.device)[None])
        for layer in self.layers:
            x = layer(x, attention_mask=None, position_embeddings=angles, use_cache=False)
        return self.model.lm_head(inner.norm(x)) if self.last else x

    def run(self, ids: Tensor, micro_batches: int) -> Tensor:
        """Forwards and backwards over the micro-batches of ids (B, T); the logits where this is the last stage."""
        wire, parts = self.wire, ids.chunk(micro_batches)
        states = torch.empty(*parts[0].shape, self.model.config.hidden_size, device=ids.device, dtype=self.model.dtype)
        kept: list[tuple[Tensor, Tensor]] = []
        for part in parts:
            x = part if self.first else wire.receive(states, wire.rank - 1).requires_grad_()
            y = self.forward(x)
            wire.work()
            kept.append((x, y))
            if not self.last:
                wire.send(y.detach(), wire.rank + 1)
        for part, (x, y) in reversed(list(zip(parts, kept, strict=True))):
            if self.last:
                (loss_of(y, part) / micro_batches).backward()  # type: ignore[no-untyped-call]
            else:
                y.backward(wire.receive(states, wire.rank + 1))  # type: ignore[no-untyped-call]
            wire.work()
            if not self.first:
                assert x.grad is not None
                wire.send(x.grad, wire.rank - 1)
        return torch.cat([y.detach() for _, y in kept])
