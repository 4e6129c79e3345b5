"""What an attention score depends on: the positions of query and key, or their distance alone."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from llmquiz.demos.positions import language, placing
from llmquiz.demos.positions.placing import TRAINED

QUERY, KEY = language.ids("te")


@torch.inference_mode()
def drift(way: str, model: Any, positions: int, *, own_angles: bool = False) -> float:
    """How much a score of the first layer changes when query and key move along together, of the largest score.

    The same two letters stand at every distance within the trained length, everywhere among so many positions. All in
    float64, on the CPU; `own_angles`: as the class computes them, in float32 whatever the model's format.
    """
    found = scores(way, copy.deepcopy(model).to("cpu", torch.float64), torch.arange(positions), own_angles)
    along = (found.diagonal(-distance, 1, 2) for distance in range(TRAINED))  # each (H, positions - distance)
    return float(max((one.amax(1) - one.amin(1)).max() for one in along) / found.abs().max())


def scores(way: str, model: Any, positions: Tensor, own_angles: bool) -> Tensor:
    """Of the query letter at each position with the key letter at each, before scaling, (H, P, P)."""
    layer = model.model.layers[0]
    vectors = model.get_input_embeddings()(torch.tensor([[QUERY], [KEY]])).expand(-1, len(positions), -1)  # (2, P, D)
    added = placing.placed(way, model, positions)
    vectors = layer.input_layernorm(vectors if added is None else vectors + added)
    heads = (1, len(positions), -1, layer.self_attn.head_dim)
    q = layer.self_attn.q_proj(vectors[0]).view(heads).transpose(1, 2)  # (1, H, P, d)
    k = layer.self_attn.k_proj(vectors[1]).view(heads).transpose(1, 2)
    if way == "rope":
        rotary = model.model.rotary_emb
        angles = positions[None, :, None].double() * rotary.inv_freq.double().repeat(2)  # (1, P, d)
        cos, sin = rotary(q, positions[None]) if own_angles else (angles.cos(), angles.sin())
        q, k = apply_rotary_pos_emb(q, k, cos, sin)
    found: Tensor = (q @ k.transpose(2, 3))[0]
    return found
