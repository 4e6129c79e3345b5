"""The time of reading a prompt in one pass, of writing behind it step by step, and the arithmetic of both."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from llmquiz.demos.lab import caching, kv, tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.quantities import Times, ratio
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.timing import stopwatch
from llmquiz.demos.prefill_decode.claims import Length, Result

LENGTHS = (32, 128, 512)
STEPS = 8
"""Tokens that are written in one round."""
BATCH = 8


def measure(run: Run) -> Result:
    """Rounds in turn: read each prompt, write behind it; then write for many at once, and count the arithmetic."""
    assert run.model, "a demo that needs a real model is given one"
    model = load_checkpoint(run.model, "decoder", **run.place).model
    rounds = 3 if run.quick else 5
    steps = 4 if run.quick else STEPS
    ids = tiny.random_tokens(model, BATCH, LENGTHS[-1] + steps, seed=run.seed)  # (B, T + steps)
    read: dict[int, list[float]] = {length: [] for length in LENGTHS}
    written: dict[int, list[float]] = {length: [] for length in LENGTHS}
    alone, together = list[float](), list[float]()
    round_of(model, ids[:1], LENGTHS[0], steps, run.device)  # the first pass warms up
    for turn in range(rounds):
        for length in LENGTHS:
            prefill, step = round_of(model, ids[:1], length, steps, run.device)
            read[length].append(prefill)
            written[length].append(step)
        alone.append(round_of(model, ids[:1], LENGTHS[0], steps, run.device)[1])
        together.append(round_of(model, ids, LENGTHS[0], steps, run.device)[1] / BATCH)
        run.progress(0.9 * (turn + 1) / rounds)
    prefill_flops, decode_flops = arithmetic(model, ids[:1, : LENGTHS[-1] + 1])
    run.progress(1.0)
    longest, shortest = LENGTHS[-1], LENGTHS[0]
    a_token = Times(tuple(seconds / longest for seconds in read[longest]))
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        parameters=tiny.parameters(model),
        weight_bytes=tiny.weight_bytes(model),
        lengths=tuple(
            Length(length, Times(tuple(read[length])).median, Times(tuple(written[length])).median)
            for length in LENGTHS
        ),
        prefill_flops=round(prefill_flops / longest),
        decode_flops=decode_flops,
        batch=BATCH,
        slower=ratio(Times(tuple(written[longest])), a_token),
        batched=ratio(Times(tuple(alone)), Times(tuple(together))),
        longer_prompt=ratio(Times(tuple(read[longest])), Times(tuple(read[shortest]))),
        longer_cache=ratio(Times(tuple(written[longest])), Times(tuple(written[shortest]))),
    )


@torch.inference_mode()
def round_of(model: Any, ids: Tensor, length: int, steps: int, device: str) -> tuple[float, float]:
    """Seconds to read the first `length` of `ids` (B, T) in one pass, and of one of the `steps` behind it."""
    cache = caching.empty_cache(model)
    prefill = stopwatch(lambda: caching.step(model, ids[:, :length], cache), device)

    def write() -> None:
        for place in range(length, length + steps):
            caching.step(model, ids[:, place : place + 1], cache)

    return prefill, stopwatch(write, device) / steps


@torch.inference_mode()
def arithmetic(model: Any, ids: Tensor) -> tuple[int, int]:
    """Floating-point operations of one pass over all but the last of `ids` (1, T + 1), and of the step for the last.

    Those of the weights' products. The head is left out of both, since a pass over a prompt needs it once; what torch
    does not count, such as attention itself on a CPU, is small beside them at these lengths.
    """
    cache, counts = caching.empty_cache(model), []
    for part in (ids[:, :-1], ids[:, -1:]):
        with FlopCounterMode(display=False) as counter:
            kv.call(model.base_model, part, cache=cache)
        counts.append(int(counter.get_total_flops()))
    return counts[0], counts[1]
