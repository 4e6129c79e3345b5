"""What an attention score depends on: the positions of query and key, or their distance alone.

With RoPE the score is q · R(n − m) k, R a rotation by angles that grow with the distance (Su et al., 2021, eq. 16).
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from llmquiz.demos.positions import encodings, language
from llmquiz.demos.positions.claims import TRAINED

QUERY, KEY = language.ids("te")


@torch.inference_mode()
def drift(way: str, model: Any, positions: int, *, own_angles: bool = False) -> float:
    """How much a score of the first layer changes when query and key move along together, of the largest score.

    The same two letters stand at every distance within the trained length, everywhere among so many positions. All in
    float64, on the CPU; `own_angles`: as the class computes them, in float32 whatever the model's format.
    """
    double = copy.deepcopy(model).to("cpu", torch.float64)
    by_position = scores(way, double, torch.arange(positions), own_angles)  # (H, P, P)
    # equal distances lie along the diagonals below the main one
    by_distance = (by_position.diagonal(-distance, 1, 2) for distance in range(TRAINED))  # each (H, P - distance)
    return float(max((along.amax(1) - along.amin(1)).max() for along in by_distance) / by_position.abs().max())


def scores(way: str, model: Any, positions: Tensor, own_angles: bool) -> Tensor:
    """Of the query letter at each position (P,) with the key letter at each, before scaling, (H, P, P)."""
    layer = model.model.layers[0]
    letters = torch.tensor([[QUERY], [KEY]])  # (2, 1)
    hidden = model.get_input_embeddings()(letters).expand(-1, len(positions), -1)  # (2, P, D)
    vectors = encodings.added(way, model, positions)  # (P, D)
    hidden = layer.input_layernorm(hidden if vectors is None else hidden + vectors)  # (2, P, D)
    by_head = (1, len(positions), -1, layer.self_attn.head_dim)
    q = layer.self_attn.q_proj(hidden[0]).view(by_head).transpose(1, 2)  # (1, H, P, d)
    k = layer.self_attn.k_proj(hidden[1]).view(by_head).transpose(1, 2)  # (1, H, P, d)
    if way == "rope":
        rotary = model.model.rotary_emb
        angles = positions[None, :, None].double() * rotary.inv_freq.double().repeat(2)  # (1, P, d)
        cos, sin = rotary(q, positions[None]) if own_angles else (angles.cos(), angles.sin())  # (1, P, d) each
        q, k = apply_rotary_pos_emb(q, k, cos, sin)
    by_position: Tensor = (q @ k.transpose(2, 3))[0]  # (1, H, P, d) x (1, H, d, P) -> (H, P, P)
    return by_position
