"""The angles of RoPE made slower within a model, without training.

Position interpolation (PI) slows every pair alike. NTK-aware scaling raises the base, so that the fastest pair keeps
its angle and the slowest is slowed by the whole factor. YaRN keeps the pairs that turn often within the trained length,
interpolates those that do not turn once, goes over from the one to the other between, and sharpens the scores.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from llmquiz.errors import DemoError

SLOWER = ("NTK", "YaRN", "PI")
OFTEN = 32
"""YaRN leaves a pair as it is that turns so often within the trained length, by default."""


def rotary(model: Any) -> Any:
    """The module that gives a model its angles.

    Raises: DemoError where there is not exactly one with fixed angles.
    """
    parts = [part for part in model.modules() if hasattr(part, "inv_freq") and hasattr(part, "attention_scaling")]
    if len(parts) != 1 or getattr(parts[0], "rope_type", "default") in ("dynamic", "longrope"):
        kind = model.config.model_type
        raise DemoError("demo.other-family", title=type(model).__name__, kind=kind, family="decoder + RoPE")
    return parts[0]


def trained_length(model: Any) -> int:
    """Tokens of the longest text that the checkpoint says it was trained on."""
    return int(model.config.get_text_config().max_position_embeddings)


def slowed(angles: Tensor, how: str, factor: float, trained: int) -> tuple[Tensor, float]:
    """The angles (pairs,) for texts `factor` times as long as `trained`, and the factor on cos and sin.

    `angles` are radians a position, the fastest first.
    """
    place = torch.arange(len(angles), device=angles.device, dtype=angles.dtype)  # (pairs,)
    match how:
        case "PI":
            return angles / factor, 1.0
        case "NTK":
            return angles * factor ** (-place / (len(angles) - 1)), 1.0
        case "YaRN":
            turns = angles * trained / (2 * math.pi)  # (pairs,)
            start, end = max(int((turns > OFTEN).sum()) - 1, 0), int((turns > 1).sum())
            share = ((place - start) / max(end - start, 0.001)).clamp(0, 1)  # of the interpolated angle
            return angles / factor * share + angles * (1 - share), 0.1 * math.log(factor) + 1
        case _:
            return angles, 1.0


@contextmanager
def turning(model: Any, how: str, factor: float) -> Iterator[None]:
    """Inside, the model turns by the slower angles `how`; "plain" changes nothing."""
    part = rotary(model)
    angles, scaling = part.inv_freq, part.attention_scaling
    slower, sharper = slowed(angles.float(), how, factor, trained_length(model))
    part.inv_freq, part.attention_scaling = slower, scaling * sharper
    try:
        yield
    finally:
        part.inv_freq, part.attention_scaling = angles, scaling
