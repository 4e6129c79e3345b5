"""RoPE made to reach further than it was trained, without training: its angles turned more slowly.

Position interpolation divides every position by the factor (PI; Chen et al., 2023). NTK raises the base, so that the
slow angles are stretched and the fast ones hardly (bloc97, 2023). YaRN chooses between the two for each angle and
sharpens the scores (Peng et al., 2023). All are transformers' own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from llmquiz.demos.positions.claims import TRAINED
from llmquiz.demos.positions.encodings import BASE


@contextmanager
def stretched(model: Any, how: str, factor: float) -> Iterator[None]:
    """Inside, the model's rotary embedding is one of the class's own for texts `factor` times as long as trained.

    Nothing is changed where `how` is empty. NTK is transformers' `dynamic`, whose base follows the length of each text:
    its own factor of 1 makes the slowest angle end where it ended in training, 4 goes further.
    """
    if not how:
        yield
        return
    settings: dict[str, Any] = {"rope_theta": BASE}
    match how:
        case "PI":
            settings |= {"rope_type": "linear", "factor": factor}
        case "YaRN":
            settings |= {"rope_type": "yarn", "factor": factor, "original_max_position_embeddings": TRAINED}
        case _:
            settings |= {"rope_type": "dynamic", "factor": 4.0 if how == "NTK 4" else 1.0}
    plain = model.model.rotary_emb
    config = LlamaConfig(**model.config.to_dict() | {"rope_parameters": settings})
    model.model.rotary_emb = LlamaRotaryEmbedding(config).to(next(model.parameters()).device)
    try:
        yield
    finally:
        model.model.rotary_emb = plain
