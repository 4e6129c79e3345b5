"""Sizes of published models, counted from their configurations: parameters, bytes, cache, training work."""

from __future__ import annotations

from llmquiz.demos.lab.run import Run
from llmquiz.demos.model_sizes import counting
from llmquiz.demos.model_sizes.published import PUBLISHED
from llmquiz.demos.model_sizes.result import Result

STEPS = (("GPT-3", (2048,)), ("Llama 2 7B", (4096,)), ("T5-11B", (512, 114)))
"""Sequences as in pretraining; T5's has 512 tokens of source and 114 of target."""


def measure(run: Run) -> Result:
    """Build every model on the meta device, where weights have a shape and no memory, and count."""
    sizes = {}
    for published in PUBLISHED:
        sizes[published.name] = counting.count(published)
        run.progress(len(sizes) / (len(PUBLISHED) + 1))

    # a training step of three of them, operation by operation: what the rule of 6 · N · D leaves out
    by_name = {published.name: published for published in PUBLISHED}
    steps = tuple(counting.work(by_name[name], *lengths) for name, lengths in STEPS)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        sizes=tuple(sizes.values()),
        steps=steps,
        mixtral_billion_parameters=sizes["Mixtral 8x7B"].parameters / 1e9,
        gpt3_context_cache_gb=sizes["GPT-3"].context_bytes / 1e9,
    )
