"""Calls of a model, and the positions computed in them, counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.results import Passes


@torch.inference_mode()
def passes(model: Any, run: Callable[[], object]) -> Passes:
    """Counted at the embedding, which every position passes."""
    with caching.counting(model.get_input_embeddings()) as counts:
        run()
    return Passes(len(counts), sum(counts))
