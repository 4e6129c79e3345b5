"""How fast decoding can be: the bytes of the weights against the arithmetic on them, and what a loop adds.

The limit is the time of the step's own matrix products alone, one after the other on the same matrices and measured
beside the loop.
"""

from __future__ import annotations

from copy import copy
from typing import Any

from transformers import GenerationConfig

from llmquiz.demos.decode_speed.batches import roofline
from llmquiz.demos.decode_speed.claims import SMALL, Result, Size
from llmquiz.demos.decode_speed.step_times import of_size
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text
from llmquiz.errors import DemoError

LIKE_LLAMA = ("LlamaForCausalLM", "MistralForCausalLM")
"""Classes whose weights the loop can use: no more in a layer than it knows."""


def measure(run: Run) -> Result:
    """Models of growing width at batch 1, or one small and the user's; then one model at growing batches."""
    own = _own(run) if run.model else None
    rounds, sizes = 3 if run.quick else 7, list[Size]()
    widths = ((SMALL, 4), (1024, 8)) if run.quick else ((SMALL, 4), (256, 4), (512, 8), (1024, 8))
    for d_model, n_layers in widths[:1] if own else widths:
        # wide weights: with the usual ones a random model repeats one token, and equal tokens would say little
        model = tiny.llama(d_model=d_model, n_layers=n_layers, n_heads=d_model // 64, init=0.1, **run.place)
        # a step of a small model is short: more of them, to be long enough for the clock
        sizes.append(of_size(model, 4 if d_model > 256 else 24, rounds, run.device, run.seed))
        run.progress(0.7 * len(sizes) / len(widths))
    if own:
        model = _plain(own.model)
        first = own.tokens(text("story"))[:, :1] if own.tokenizer else None  # (1, 1)
        sizes.append(of_size(model, 8, min(rounds, 5), run.device, run.seed, first))
        run.progress(0.5)
    else:  # one in the middle
        model = tiny.llama(d_model=512, n_layers=8, n_heads=8, init=0.1, **run.place)

    # until the batch is so large that arithmetic takes longer than reading the weights
    batches = (1, 8, 32, 64) if run.quick else (1, 2, 4, 8, 16, 32, 64, 128)
    of_batches = roofline(model, batches, 3 if run.quick or own else 5, run.device, run.seed)
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


def _own(run: Run) -> Checkpoint:
    """The user's model.

    Raises: DemoError where it is not built as a Llama is.
    """
    own = load_checkpoint(str(run.model), "decoder", **run.place)
    config, name = own.model.config, type(own.model).__name__
    if name not in LIKE_LLAMA or getattr(config, "attention_bias", False) or getattr(config, "mlp_bias", False):
        raise DemoError("demo.other-family", title=own.title, kind=name, family=" / ".join(LIKE_LLAMA))
    return own


def _plain(model: Any) -> Any:
    """The same weights, and a `generate()` that goes on to the last step: no end of text, no penalties."""
    plain = copy(model)
    plain.generation_config = GenerationConfig(pad_token_id=0)  # type: ignore[no-untyped-call]
    return plain
