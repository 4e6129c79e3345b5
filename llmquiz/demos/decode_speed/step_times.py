"""A decoding step of one model by our loop and by `generate()`, against its matrix products alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from llmquiz.demos.decode_speed.claims import Size
from llmquiz.demos.lab import decoding, tiny
from llmquiz.demos.lab.quantities import ratio
from llmquiz.demos.lab.timing import timed


def of_size(model: Any, steps: int, rounds: int, device: str, seed: int, first: Tensor | None = None) -> Size:
    """Our loop, `generate()` and the products alone, in turn; `first` (1, 1) in the place of a random first token."""
    # a prompt of one token: reading it is a step like the others
    prompt = tiny.random_tokens(model, 1, 1, seed=seed) if first is None else first  # (1, 1)
    decoder = decoding.Decoder(model, length=steps + 1)
    products = decoding.products(decoder.matrices)

    def loop() -> Tensor:
        decoder.rewind()
        return decoding.greedy(decoder, prompt, steps)  # (1, steps)

    def generate() -> Tensor:
        with_prompt: Tensor = model.generate(prompt, max_new_tokens=steps, do_sample=False)  # (1, 1 + steps)
        return with_prompt[:, 1:]  # (1, steps)

    times = timed({"loop": loop, "generate": generate}, device=device, rounds=rounds)
    tokens = loop()  # (1, steps)
    # single steps in turn with the products: what disturbs one of a pair disturbs the other
    pairs = timed({"step": one_step(decoder, model, 1, seed), "limit": products}, device=device, rounds=3 * rounds)
    return Size(
        model=tiny.describe(model),
        d_model=model.config.hidden_size,
        parameters=tiny.parameters(model),
        matrix_bytes=sum(matrix.nbytes for matrix in decoder.matrices),
        tokens=tuple(tokens[0].tolist()),
        equal=int((tokens == generate()).sum()),
        seconds=pairs["step"].median,
        generate_seconds=times["generate"].median / steps,
        product_seconds=pairs["limit"].median,
        near=ratio(pairs["limit"], pairs["step"]),
        gain=ratio(times["generate"], times["loop"]),
    )


def one_step(decoder: decoding.Decoder, model: Any, batch: int, seed: int) -> Callable[[], object]:
    """One step of `batch` sequences of eight tokens."""
    sized = decoder.sized(batch=batch, length=16)
    ids = tiny.random_tokens(model, batch, 1, seed=seed)  # (B, 1)
    return decoding.one_step(sized, ids, 8)
