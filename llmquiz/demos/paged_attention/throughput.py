"""What more requests at once are worth: tokens a second of a small model at two batch sizes."""

from __future__ import annotations

from collections.abc import Callable

from llmquiz.demos.lab import decoding, tiny
from llmquiz.demos.lab.quantities import Ratio, ratio
from llmquiz.demos.lab.timing import timed

START = 32
"""Tokens that are in the cache when a step is timed."""


def throughput(device: str, dtype: str, batches: tuple[int, int], rounds: int) -> tuple[tuple[float, float], Ratio]:
    """Tokens a second of the small model at both batch sizes, and the ratio of time a token."""
    model = tiny.llama(init=0.2, device=device, dtype=dtype)
    decoder = decoding.Decoder(model, length=1)

    def steps(batch: int) -> Callable[[], object]:
        """One decoding step of so many requests, always the same one: the cache is wound back before it."""
        sized, ids = decoder.sized(batch=batch, length=START + 1), tiny.random_tokens(model, batch, 1, seed=0)  # (B, 1)
        return decoding.one_step(sized, ids, START)

    times = timed({str(batch): steps(batch) for batch in batches}, device=device, rounds=rounds)
    few, many = (times[str(batch)] for batch in batches)
    rates = (batches[0] / few.median, batches[1] / many.median)

    # a step of the larger batch takes longer and writes `scale` times as many tokens
    a_step, scale = ratio(few, many), batches[1] / batches[0]
    return rates, Ratio(a_step.value * scale, tuple(round_ * scale for round_ in a_step.rounds))
