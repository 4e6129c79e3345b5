"""Multi-head latent attention (DeepSeek-V2, 2024): one short vector a token in the place of keys and values by head.

Decoding in the absorbed form: what would expand the latent into keys is multiplied into the query, what would expand
it into values is multiplied onto the result. So attention runs on the cache as it is, as with a single shared head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import DeepseekV3ForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.caching import cache_size, empty_cache, gap, step

RANK, TURNED = 4, 0.5
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
        qk_rope_head_dim=int(TURNED * d_head),
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
    """One such model with room for `length` tokens of one sequence; called like `_decode.Decoder`."""

    def __init__(self, model: Any, *, length: int) -> None:
        config = model.config
        self.n_heads, self.d_head, self.d_turned = (
            config.num_attention_heads,
            config.v_head_dim,
            config.qk_rope_head_dim,
        )
        self.rank, self.scale = config.kv_lora_rank, model.model.layers[0].self_attn.scaling
        self.embedding, self.head = model.model.embed_tokens.weight, model.lm_head.weight
        self.norm, self.eps = model.model.norm.weight, config.rms_norm_eps
        self.layers = [absorbed(layer, self.n_heads) for layer in model.model.layers]
        shape = (len(self.layers), 1, 1, length, self.rank + self.d_turned)
        self.cache = torch.zeros(shape, dtype=self.head.dtype, device=self.head.device)  # (L, B, 1, length, r + t)
        cos, sin = model.model.rotary_emb(self.embedding, torch.arange(length, device=self.head.device)[None])
        half = self.d_turned // 2
        self.cos, self.sin = cos[:, :, None, :half], sin[:, :, None, :half]  # (1, length, 1, t / 2)
        self.position = 0

    @torch.inference_mode()
    def __call__(self, ids: Tensor) -> Tensor:
        """Logits after one more token, ids (1, 1): (1, V)."""
        start, end = self.position, self.position + 1
        cos, sin = self.cos[:, start:end], self.sin[:, start:end]
        x = F.embedding(ids, self.embedding)  # (1, 1, C)
        for layer, cache in zip(self.layers, self.cache, strict=True):
            h = self.rms(x, layer.norm1)
            q = F.linear(h, layer.q).view(self.n_heads, 1, -1)  # (H, 1, d + t)
            latent, turned = F.linear(h, layer.down).split_with_sizes([self.rank, self.d_turned], -1)
            cache[:, :, start:end, : self.rank] = self.rms(latent, layer.latent_norm)
            cache[:, :, start:end, self.rank :] = turn_pairs(turned[:, :, None], cos, sin)[:, :, 0]
            by_content = torch.bmm(q[..., : self.d_head], layer.to_keys)  # (H, 1, r)
            by_place = turn_pairs(q[None, ..., self.d_head :], cos, sin)[0]  # (H, 1, t)
            seen = cache[:, :, :end]  # (1, 1, S, r + t)
            query = torch.cat((by_content, by_place), -1).view(1, 1, self.n_heads, -1)  # (1, 1, H, r + t)
            mixed = F.scaled_dot_product_attention(query, seen, seen, scale=self.scale)[..., : self.rank]
            y = torch.bmm(mixed.view(self.n_heads, 1, -1), layer.to_values)  # (H, 1, d)
            x = x + F.linear(y.view(1, 1, -1), layer.out)
            gate, up = F.linear(self.rms(x, layer.norm2), layer.gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, layer.mlp_down)
        self.position = end
        return F.linear(self.rms(x[:, -1], self.norm), self.head)

    def rms(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.rms_norm(x, weight.shape, weight, self.eps)


@dataclass(frozen=True, slots=True)
class AbsorbedLayer:
    """The weights of a layer in the order of their use."""

    norm1: Tensor
    q: Tensor  # (H * (d + t), C)
    down: Tensor  # (r + t, C)
    latent_norm: Tensor
    to_keys: Tensor  # (H, d, r)
    to_values: Tensor  # (H, r, d)
    out: Tensor
    norm2: Tensor
    gate_up: Tensor
    mlp_down: Tensor


def absorbed(layer: Any, n_heads: int) -> AbsorbedLayer:
    """The two halves of the expanding matrix apart, by head."""
    attention, mlp = layer.self_attn, layer.mlp
    to_keys, to_values = attention.kv_b_proj.weight.view(n_heads, 2, -1, attention.kv_lora_rank).unbind(1)  # (H, d, r)
    return AbsorbedLayer(
        norm1=layer.input_layernorm.weight,
        q=attention.q_proj.weight,
        down=attention.kv_a_proj_with_mqa.weight,
        latent_norm=attention.kv_a_layernorm.weight,
        to_keys=to_keys.contiguous(),
        to_values=to_values.transpose(1, 2).contiguous(),
        out=attention.o_proj.weight,
        norm2=layer.post_attention_layernorm.weight,
        gate_up=torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]),
        mlp_down=mlp.down_proj.weight,
    )


def turn_pairs(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions, coordinates 2i and 2i + 1 being a pair: x (B, T, heads, t) or (1, H, 1, t)."""
    first, second = x[..., 0::2], x[..., 1::2]
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)


@dataclass(frozen=True, slots=True)
class Latent:
    """The absorbed form on its small cache against the model, which expands keys and values for every head."""

    steps: int
    tokens: tuple[int, ...]
    """What it wrote, greedily."""
    equal: int
    """So many of them are the model's own."""
    gap: float
    """Largest difference of the logits, relative to the largest one."""
    kept_by_transformers: int
    """Bytes a token in the cache that `transformers` keeps for this model in the version here."""


@torch.inference_mode()
def against_the_model(model: Any, decoder: LatentDecoder, prompt: Tensor, steps: int) -> Latent:
    """The prompt (1, T) token by token, then `steps` tokens, each chosen by the decoder and fed to both."""
    text, cache, pairs = prompt, empty_cache(model), []
    decoder.position = 0
    for i in range(prompt.shape[1] + steps - 1):
        fed = text[:, i : i + 1]
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
