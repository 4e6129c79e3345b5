"""What is counted and not timed: operations, and models on the meta device, whose tensors have shapes and no memory."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode


def built(config: Any, model_class: Any) -> Any:
    """The model without memory for its weights."""
    with torch.device("meta"):
        return model_class(config).eval()


def depth(config: Any) -> int:
    """Layers, of one side where there are two."""
    return int(getattr(config, "num_decoder_layers", None) or config.num_hidden_layers)


def shallow(config: Any, layers: int) -> Any:
    """The same configuration with fewer layers, on both sides of an encoder–decoder."""
    cut = copy.deepcopy(config)
    for name in ("num_hidden_layers", "num_decoder_layers", "decoder_layers"):
        if hasattr(cut, name):
            setattr(cut, name, layers)
    return cut


def operations(run: Callable[[], object]) -> int:
    """Floating-point operations of the matrix products in `run`, counted as they are called."""
    with FlopCounterMode(display=False) as counter:
        run()
    return int(counter.get_total_flops())


def of_two_activations(operator: Any) -> bool:
    """Whether it is one of attention: batched (bmm) or inside a fused one; products with weights are neither."""
    return "bmm" in str(operator) or "attention" in str(operator)


def open_mask(length: int) -> torch.Tensor:
    """A mask of the right shape: without one the model asks for values, and here there are none."""
    return torch.ones(1, 1, length, length, dtype=torch.bool, device="meta")  # (1, 1, T, T)
