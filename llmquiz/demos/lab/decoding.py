"""Decoding by hand: the weights of a Llama, a cache of fixed size, and nothing else.

`generate()` prepares inputs, updates a growing cache (which it copies at every step) and checks stopping criteria;
here a step is the matrix products of the model and little besides. All speed comparisons of the demos use this loop.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Layer = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
"""Norm (C,), q, k and v ((H + 2 Hkv) d, C), output (C, H d), norm (C,), gate and up (2 F, C), down (C, F)."""


def one_step(decoder: Any, ids: Tensor, position: int) -> Callable[[], object]:
    """A step on `ids` with `position` tokens before it, each time the same one."""

    def step() -> Any:
        decoder.position = position  # the cache counts as full up to there, whatever numbers are in it
        return decoder(ids)

    return step


class Decoder:
    """One Llama with room for `length` tokens of `batch` sequences; `position` tokens are in its cache."""

    def __init__(self, model: Any, *, batch: int = 1, length: int) -> None:
        config, first = model.config, model.model.layers[0].self_attn
        self.n_heads, self.n_kv, self.d_head = config.num_attention_heads, config.num_key_value_heads, first.head_dim
        self.widths = [n * self.d_head for n in (self.n_heads, self.n_kv, self.n_kv)]
        self.embedding, self.head = model.model.embed_tokens.weight, model.lm_head.weight
        self.norm, self.eps, self.rotary = model.model.norm.weight, config.rms_norm_eps, model.model.rotary_emb
        self.layers = [fused(layer) for layer in model.model.layers]
        self.make_room(batch, length)

    def make_room(self, batch: int, length: int) -> None:
        """An empty cache, and the angles of its positions."""
        shape = (len(self.layers), 2, batch, self.n_kv, length, self.d_head)
        self.cache = torch.zeros(shape, dtype=self.head.dtype, device=self.head.device)  # (L, 2, B, Hkv, length, d)
        cos, sin = self.rotary(self.embedding, torch.arange(length, device=self.head.device)[None])  # (1, length, d)
        # rotate-half: the first half of the coordinates gets the second one with a minus, so the sign goes into sin
        sign = torch.ones_like(sin[0, 0])  # (d,)
        sign[: self.d_head // 2] = -1
        self.cos, self.sin = cos[:, :, None], (sin * sign)[:, :, None]  # (1, length, 1, d)
        self.position = 0

    @torch.inference_mode()
    def __call__(self, ids: Tensor) -> Tensor:
        """Logits of the last of the new tokens `ids` (B, T), which join the cache: (B, V)."""
        return F.linear(self.rms(self.states(ids)[:, -1], self.norm), self.head)

    @torch.inference_mode()
    def every(self, ids: Tensor) -> Tensor:
        """Logits of every one of the new tokens `ids` (B, T), which join the cache: (B, T, V)."""
        return F.linear(self.rms(self.states(ids), self.norm), self.head)

    def states(self, ids: Tensor) -> Tensor:
        """What the last layer makes of the new tokens: (B, T, C)."""
        (B, T), start, end = ids.shape, self.position, self.position + ids.shape[1]
        cos, sin = self.cos[:, start:end], self.sin[:, start:end]  # (1, T, 1, d)
        x = F.embedding(ids, self.embedding)  # (B, T, C)
        for (norm1, qkv, out, norm2, gate_up, down), cache in zip(self.layers, self.cache, strict=True):
            q, k, v = F.linear(self.rms(x, norm1), qkv).split_with_sizes(self.widths, -1)  # (B, T, H d), (B, T, Hkv d)
            q = turn(q.view(B, T, -1, self.d_head), cos, sin).transpose(1, 2)  # (B, H, T, d)
            cache[0, :, :, start:end] = turn(k.view(B, T, -1, self.d_head), cos, sin).transpose(1, 2)  # (B, Hkv, T, d)
            cache[1, :, :, start:end] = v.view(B, T, -1, self.d_head).transpose(1, 2)
            y = attend(q, cache[0, :, :, :end], cache[1, :, :, :end])  # (B, T, H d)
            x = x + F.linear(y, out)  # (B, T, C)
            gate, up = F.linear(self.rms(x, norm2), gate_up).chunk(2, -1)  # (B, T, F) both
            x = x + F.linear(F.silu(gate).mul_(up), down)
        self.position = end
        return x

    def rms(self, x: Tensor, weight: Tensor) -> Tensor:
        """RMSNorm of the last dimension, in the shape of x."""
        return F.rms_norm(x, weight.shape, weight, self.eps)

    def rewind(self, position: int = 0) -> None:
        """Forget all but the first `position` tokens."""
        self.position = position

    def sized(self, *, batch: int, length: int) -> Decoder:
        """Another decoder on the same weights, with a cache of its own."""
        decoder = copy(self)
        decoder.make_room(batch, length)
        return decoder

    @property
    def matrices(self) -> list[Tensor]:
        """Every matrix that a step multiplies by, in order."""
        return [m for _, qkv, out, _, gate_up, down in self.layers for m in (qkv, out, gate_up, down)] + [self.head]


def fused(layer: Any) -> Layer:
    """A layer's weights, those that multiply the same vector as one matrix."""
    attention, mlp = layer.self_attn, layer.mlp
    qkv = torch.cat([attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight])  # ((H + 2 Hkv) d, C)
    gate_up = torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight])  # (2 F, C)
    return (
        layer.input_layernorm.weight,
        qkv,
        attention.o_proj.weight,
        layer.post_attention_layernorm.weight,
        gate_up,
        mlp.down_proj.weight,
    )


def turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions (Su et al., 2021): each pair of coordinates turned by its angle; one half's sign is in `sin`."""
    return torch.addcmul(x * cos, x.roll(x.shape[-1] // 2, -1), sin)  # (B, T, H, d)


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention of the last T positions over all S: q (B, H, T, d), k and v (B, Hkv, S, d) -> (B, T, H d)."""
    (B, H, T, d), (groups, S) = q.shape, k.shape[1:3]
    if T == 1:  # the heads that share keys stand in for query positions: nothing is repeated
        y = F.scaled_dot_product_attention(q.reshape(B, groups, H // groups, d), k, v)  # (B, Hkv, H / Hkv, d)
        return y.reshape(B, 1, H * d)
    # the row of the first new token is S − T positions down: its own mask where some tokens were there before
    mask = torch.ones(T, S, dtype=torch.bool, device=q.device).tril(S - T) if S > T else None  # (T, S)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None, enable_gqa=groups < H)
    # (B, H, T, d) -> (B, T, H d)
    return y.transpose(1, 2).reshape(B, T, H * d)


def greedy(step: Callable[[Tensor], Tensor], prompt: Tensor, new: int) -> Tensor:
    """The `new` tokens that follow the prompt (B, T), each the most probable one: (B, new)."""
    tokens = [step(prompt).argmax(-1, keepdim=True)]  # (B, 1)
    while len(tokens) < new:
        tokens.append(step(tokens[-1]).argmax(-1, keepdim=True))
    return torch.cat(tokens, 1)


def products(matrices: list[Tensor], batch: int = 1) -> Callable[[], None]:
    """The matrix products of one decoding step alone, nothing between them: the rate that a step is held against."""
    inputs = {m.shape[1]: torch.ones(batch, m.shape[1], dtype=m.dtype, device=m.device) for m in matrices}  # (B, in)

    @torch.inference_mode()
    def run() -> None:
        for matrix in matrices:
            F.linear(inputs[matrix.shape[1]], matrix)

    return run
