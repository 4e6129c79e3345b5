"""Multi-head latent attention (DeepSeek-V2, 2024): one short vector a token in the place of keys and values by head.

Decoding in the absorbed form: what would expand the latent into keys is multiplied into the query, what would expand
it into values is multiplied onto the result. So attention runs on the cache as it is, as with a single shared head.
Positions cannot go through that product; they have t coordinates of their own, of which all heads share the keys.

Letters: H heads of width d, r the width of the latent, t that of its rotary part, S tokens in the cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import DeepseekV3ForCausalLM

from llmquiz.demos.gqa.result import Latent
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.caching import cache_size, empty_cache, gap, step

RANK, ROPE = 4, 0.5
"""Width of the latent and of its rotary part, in head widths: the proportions of DeepSeek-V2 and V3 (512, 64, 128)."""


def latent_llama(*, d_model: int, n_layers: int, n_heads: int, device: str, dtype: str, init: float = 0.1) -> Any:
    """A DeepSeek-V3 without experts, as wide and deep as a Llama with that many heads."""
    d_head = d_model // n_heads
    model = tiny.build(
        DeepseekV3ForCausalLM,
        vocab_size=tiny.VOCAB,
        hidden_size=d_model,
        intermediate_size=tiny.swiglu_width(d_model),
        num_hidden_layers=n_layers,
        first_k_dense_replace=n_layers,
        num_attention_heads=n_heads,
        num_key_value_heads=n_heads,
        kv_lora_rank=RANK * d_head,
        q_lora_rank=None,
        qk_rope_head_dim=int(ROPE * d_head),
        qk_nope_head_dim=d_head,
        v_head_dim=d_head,
        max_position_embeddings=4096,
        initializer_range=init,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
        seed=0,
        device=device,
        dtype=dtype,
    )
    return model.requires_grad_(False)


class LatentDecoder:
    """One such model with room for `length` tokens of one sequence; called like `decoding.Decoder` of the lab."""

    def __init__(self, model: Any, *, length: int) -> None:
        config = model.config
        self.n_heads, self.d_head = config.num_attention_heads, config.v_head_dim
        self.d_rope = config.qk_rope_head_dim
        self.rank, self.scale = config.kv_lora_rank, model.model.layers[0].self_attn.scaling
        self.embedding, self.head = model.model.embed_tokens.weight, model.lm_head.weight
        self.norm, self.eps = model.model.norm.weight, config.rms_norm_eps
        self.layers = [absorbed(layer, self.n_heads) for layer in model.model.layers]
        shape = (len(self.layers), 1, 1, length, self.rank + self.d_rope)
        self.cache = torch.zeros(shape, dtype=self.head.dtype, device=self.head.device)  # (L, B, 1, length, r + t)
        cos, sin = model.model.rotary_emb(self.embedding, torch.arange(length, device=self.head.device)[None])
        half = self.d_rope // 2
        self.cos, self.sin = cos[:, :, None, :half], sin[:, :, None, :half]  # (1, length, 1, t / 2)
        self.position = 0

    @torch.inference_mode()
    def __call__(self, ids: Tensor) -> Tensor:
        """Logits after one more token, ids (1, 1): (1, V)."""
        start, end = self.position, self.position + 1
        cos, sin = self.cos[:, start:end], self.sin[:, start:end]
        x = F.embedding(ids, self.embedding)  # (1, 1, C)
        for layer, cache in zip(self.layers, self.cache, strict=True):
            h = self.rms(x, layer.norm1)  # (1, 1, C)
            q = F.linear(h, layer.q).view(self.n_heads, 1, -1)  # (H, 1, d + t)

            # all that is kept of the token, one vector for all heads: the latent, and the turned key of its position
            latent, k_rope = F.linear(h, layer.down).split_with_sizes([self.rank, self.d_rope], -1)  # (1, 1, r or t)
            cache[:, :, start:end, : self.rank] = self.rms(latent, layer.latent_norm)
            cache[:, :, start:end, self.rank :] = turn_pairs(k_rope[:, :, None], cos, sin)[:, :, 0]

            # q · (W_k c) = (W_kᵀ q) · c: the query goes to the latent, and no latent is expanded into a key
            q_latent = torch.bmm(q[..., : self.d_head], layer.to_keys)  # (H, 1, d) x (H, d, r) -> (H, 1, r)
            q_rope = turn_pairs(q[None, ..., self.d_head :], cos, sin)[0]  # (H, 1, t)
            query = torch.cat((q_latent, q_rope), -1).view(1, 1, self.n_heads, -1)  # (1, 1, H, r + t)

            # one shared head: the query heads stand in the place of positions; the cache is keys and values at once
            seen = cache[:, :, :end]  # (1, 1, S, r + t)
            mixed = F.scaled_dot_product_attention(query, seen, seen, scale=self.scale)  # (1, 1, H, r + t)
            values = mixed[..., : self.rank].view(self.n_heads, 1, -1)  # (H, 1, r)
            y = torch.bmm(values, layer.to_values)  # (H, 1, r) x (H, r, d) -> (H, 1, d)
            x = x + F.linear(y.view(1, 1, -1), layer.out)  # (1, 1, H d) -> (1, 1, C)

            gate, up = F.linear(self.rms(x, layer.norm2), layer.gate_up).chunk(2, -1)  # (1, 1, d_ff) each
            x = x + F.linear(F.silu(gate) * up, layer.mlp_down)
        self.position = end
        return F.linear(self.rms(x[:, -1], self.norm), self.head)

    def rms(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(x, weight.shape, weight, self.eps)


@dataclass(frozen=True, slots=True)
class AbsorbedLayer:
    """The weights of a layer in the order of their use."""

    norm1: Tensor  # (C,)
    q: Tensor  # (H * (d + t), C)
    down: Tensor  # (r + t, C)
    latent_norm: Tensor  # (r,)
    to_keys: Tensor  # (H, d, r)
    to_values: Tensor  # (H, r, d)
    out: Tensor  # (C, H * d)
    norm2: Tensor  # (C,)
    gate_up: Tensor  # (2 * d_ff, C)
    mlp_down: Tensor  # (C, d_ff)


def absorbed(layer: Any, n_heads: int) -> AbsorbedLayer:
    """The two halves of the expanding matrix apart, by head."""
    attention, mlp = layer.self_attn, layer.mlp
    expanding = attention.kv_b_proj.weight.view(n_heads, 2, -1, attention.kv_lora_rank)  # (H, 2, d, r)
    to_keys, to_values = expanding.unbind(1)  # (H, d, r) each
    return AbsorbedLayer(
        norm1=layer.input_layernorm.weight,
        q=attention.q_proj.weight,
        down=attention.kv_a_proj_with_mqa.weight,
        latent_norm=attention.kv_a_layernorm.weight,
        to_keys=to_keys.contiguous(),
        to_values=to_values.transpose(1, 2).contiguous(),  # (H, r, d)
        out=attention.o_proj.weight,
        norm2=layer.post_attention_layernorm.weight,
        gate_up=torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]),
        mlp_down=mlp.down_proj.weight,
    )


def turn_pairs(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions, coordinates 2i and 2i + 1 being a pair: x (B, T, heads, t) or (1, H, 1, t)."""
    first, second = x[..., 0::2], x[..., 1::2]  # (..., t / 2) each
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)


@torch.inference_mode()
def against_the_model(model: Any, decoder: LatentDecoder, prompt: Tensor, steps: int) -> Latent:
    """The prompt (1, T) token by token, then `steps` tokens, each chosen by the decoder and fed to both."""
    text, cache, pairs = prompt, empty_cache(model), []
    decoder.position = 0
    for i in range(prompt.shape[1] + steps - 1):
        fed = text[:, i : i + 1]  # (1, 1)
        ours, theirs = decoder(fed), step(model, fed, cache)  # (1, V) each
        if i + 1 >= prompt.shape[1]:
            pairs.append((ours, theirs))
            text = torch.cat((text, ours.argmax(-1, keepdim=True)), 1)
    ours, theirs = (torch.cat(logits) for logits in zip(*pairs, strict=True))  # (steps, V)
    return Latent(
        steps=steps,
        tokens=tuple(ours.argmax(-1).tolist()),
        equal=int((ours.argmax(-1) == theirs.argmax(-1)).sum()),
        gap=gap(ours, theirs),
        kept_by_transformers=cache_size(cache) // (text.shape[1] - 1),
    )
