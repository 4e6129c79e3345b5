"""Attention as the processes that measure memory do it, broken: run by name in the place of `attention:work`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llmquiz.demos.flash_attention import attention

INSTEAD = {"eager": "fused", "fused": "eager", "tiled": "tiled"}


def work(*, kind: str, tokens: int, queries: int | None = None, **settings: Any) -> Callable[[], object]:
    """The formula in the place of the fused kernel and the reverse, and a whole pass in the place of a step."""
    return attention.work(kind=INSTEAD[kind] if queries is None else kind, tokens=tokens, **settings)
