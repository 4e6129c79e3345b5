"""FlashAttention: exact attention that never holds the score matrix, and what it leaves as it was."""

from __future__ import annotations

from typing import Any

import torch

from llmquiz.demos.flash_attention import costs
from llmquiz.demos.flash_attention.claims import CACHED, Result
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.run import Run

HEADS, WIDTH = 4, 64
TRAINED_AT = (512, 1024)
"""Tokens at which operations, and what training keeps, are counted."""


def measure(run: Run) -> Result:
    """Results and times first, then peak memory in processes, then what training and the cache keep."""
    settings: dict[str, Any] = {"heads": HEADS, "width": WIDTH, **run.place, "seed": run.seed}
    scale = 4 if run.device.startswith("cuda") else 1  # a kernel has to take longer than its start
    timed_at = [scale * n for n in ((256, 512, 1024) if run.quick else (256, 512, 1024, 2048))]
    peaks_at = [scale * n for n in ((512, 1024, 2048) if run.quick else (512, 1024, 2048, 4096))]

    # one attention alone, three ways: seconds, then the memory at the peak
    lengths = costs.times(timed_at, settings, 5, run.part(0.0, 0.4))
    peaks, step_peak = costs.peaks(peaks_at, settings)
    run.progress(0.8)

    # the same Llama with either attention reads a text: are the logits the same, and is the cache any smaller?
    eager, fused = (tiny.llama(attention=kind, **run.place) for kind in ("eager", "sdpa"))
    ids = tiny.random_tokens(fused, 1, CACHED, seed=run.seed)  # (1, CACHED)
    (cache_eager, logits_eager), (cache_fused, logits_fused) = (read(model, ids) for model in (eager, fused))
    number = logits_fused.element_size()  # bytes

    # what the forward pass of training holds on to until the backward pass
    for_backward = tuple(costs.kept_for_backward(tokens, settings) for tokens in TRAINED_AT)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(fused),
        gaps=costs.gaps(timed_at[-1], settings),
        model_gap=caching.gap(logits_fused, logits_eager),
        lengths=lengths,
        peaks=peaks,
        operations=tuple(costs.operations(n, settings) for n in TRAINED_AT),
        kept=for_backward,
        kept_ratio=for_backward[-1].eager / for_backward[-1].fused,
        cache_eager=cache_eager,
        cache_fused=cache_fused,
        cache_formula=caching.formula(fused.config, CACHED, number),
        cache_ratio=cache_eager / cache_fused,
        step_peak=step_peak,
        step_cache=2 * HEADS * WIDTH * peaks_at[-1] * number,
    )


@torch.inference_mode()
def read(model: Any, ids: torch.Tensor) -> tuple[int, torch.Tensor]:
    """Bytes of the cache after `ids` (1, T), and the last logits (1, V)."""
    cache = caching.empty_cache(model)
    logits = caching.step(model, ids, cache)  # (1, V)
    return caching.cache_size(cache), logits
