"""How fast decoding can be: the bytes of the weights against the arithmetic on them, and what a loop adds.

The limit is the time of the step's own matrix products alone, one after the other on the same matrices and measured
beside the loop.
"""

from __future__ import annotations

from llmquiz.demos.decode_speed.batches import roofline
from llmquiz.demos.decode_speed.claims import SMALL, Result, Size
from llmquiz.demos.decode_speed.step_times import of_size
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Run


def measure(run: Run) -> Result:
    """Models of growing width at batch 1, then one model at growing batches."""
    rounds, sizes = 3 if run.quick else 7, list[Size]()
    widths = ((SMALL, 4), (1024, 8)) if run.quick else ((SMALL, 4), (256, 4), (512, 8), (1024, 8))
    for d_model, n_layers in widths:
        # wide weights: with the usual ones a random model repeats one token, and equal tokens would say little
        model = tiny.llama(d_model=d_model, n_layers=n_layers, n_heads=d_model // 64, init=0.1, **run.place)
        # a step of a small model is short: more of them, to be long enough for the clock
        sizes.append(of_size(model, 4 if d_model > 256 else 24, rounds, run.device, run.seed))
        run.progress(0.7 * len(sizes) / len(widths))

    # one model in the middle, until the batch is so large that arithmetic takes longer than reading the weights
    model = tiny.llama(d_model=512, n_layers=8, n_heads=8, init=0.1, **run.place)
    batches = (1, 8, 32, 64) if run.quick else (1, 2, 4, 8, 16, 32, 64, 128)
    of_batches = roofline(model, batches, 3 if run.quick else 5, run.device, run.seed)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        sizes=tuple(sizes),
        batches=of_batches.batches,
        bytes_per_second=of_batches.bytes_per_second,
        operations_per_second=of_batches.operations_per_second,
        crossing_batch=of_batches.crossing_batch,
        many=of_batches.many,
        doubled=of_batches.doubled,
        half_batch=of_batches.half_batch,
        near_limit=sizes[-1].near.value,
        gain_small=sizes[0].gain.value,
        tokens_per_second=1 / sizes[-1].seconds,
    )
