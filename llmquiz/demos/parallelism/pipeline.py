"""A pipeline over the layers: every process has a stretch of them, and micro-batches pass from one to the next.

As in GPipe (Huang et al., 2018): all micro-batches forwards, then all of them backwards.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.parallelism.comm import Wire
from llmquiz.demos.parallelism.model import loss_of


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
        """States (B, T, C) in and out, except ids (B, T) into the first and logits (B, T, V) out of the last stage."""
        inner = self.model.model
        x = inner.embed_tokens(x) if self.first else x  # (B, T, C)
        angles = inner.rotary_emb(x, torch.arange(x.shape[1], device=x.device)[None])  # cos and sin, (1, T, d) each
        for layer in self.layers:
            x = layer(x, attention_mask=None, position_embeddings=angles, use_cache=False)  # (B, T, C)
        return self.model.lm_head(inner.norm(x)) if self.last else x

    def run(self, ids: Tensor, micro_batches: int) -> Tensor:
        """Forwards and backwards over the micro-batches of ids (B, T).

        Returns: the logits (B, T, V) where this is the last stage; elsewhere what it handed on, (B, T, C).
        """
        wire, parts = self.wire, ids.chunk(micro_batches)  # m times (B / m, T)
        states = torch.empty(*parts[0].shape, self.model.config.hidden_size, device=ids.device, dtype=self.model.dtype)

        # forwards: inputs and outputs of all micro-batches are held until their gradients come
        passed: list[tuple[Tensor, Tensor]] = []
        for part in parts:
            x = part if self.first else wire.receive(states, wire.rank - 1).requires_grad_()  # (B / m, T, C)
            y = self.forward(x)
            wire.work()
            passed.append((x, y))
            if not self.last:
                wire.send(y.detach(), wire.rank + 1)

        # backwards, the last micro-batch first: the gradient of a stage's output is that of the next one's input
        for part, (x, y) in reversed(list(zip(parts, passed, strict=True))):
            if self.last:
                # each part's loss is a mean over B / m texts; the mean over all B is the mean of these
                (loss_of(y, part) / micro_batches).backward()  # type: ignore[no-untyped-call]
            else:
                y.backward(wire.receive(states, wire.rank + 1))  # type: ignore[no-untyped-call]
            wire.work()
            if not self.first:
                assert x.grad is not None
                wire.send(x.grad, wire.rank - 1)  # (B / m, T, C)
        return torch.cat([y.detach() for _, y in passed])
