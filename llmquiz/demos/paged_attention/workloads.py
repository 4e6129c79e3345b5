"""A server's memory, shared out in several ways among drawn requests, in bytes of a published model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from transformers import LlamaConfig

from llmquiz.demos.lab import caching, decoding, tiny
from llmquiz.demos.lab.quantities import Ratio, ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.paged_attention import serving
from llmquiz.demos.paged_attention.serving import LONGEST, Blocks, Contiguous, Job, Policy, Served

SERVER = "Llama 2 7B"
"""The model whose memory the workload is drawn for, in 16 bits."""
SHAPE = {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32}
"""As published."""
SIZE = 16
"""Tokens a block, as vLLM has it by default."""
POOL = 24 * 2**30
"""Bytes for keys and values, about what its weights leave of 40 GB."""
COMMON = 256
"""Tokens of a system prompt that all requests begin with, where they share one."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one way of handing out the memory did with it, in bytes."""

    name: str
    size: int
    """Tokens a block; 0 where a request has one stretch."""
    reserved_bytes: int
    used_bytes: int
    wasted_bytes: int
    """Reserved and not used."""
    served: Served

    @property
    def share(self) -> float:
        """Used, of what is reserved."""
        return self.used_bytes / self.reserved_bytes


def token_bytes() -> int:
    """Keys and values of one token of the server's model."""
    return caching.formula(LlamaConfig(**SHAPE), 1, 2)  # type: ignore[arg-type]


def workloads(seeds: range, progress: Progress) -> dict[str, tuple[Held, ...]]:
    """Every way of handing out the memory on the drawn workloads."""
    pool = POOL // token_bytes()
    common = partial(serving.chats, common=COMMON)
    stretches: dict[str, Callable[[Job], int]] = {
        "longest": lambda _: LONGEST,
        "power": lambda job: 1 << (job.end - 1).bit_length(),
        "oracle": lambda job: job.end,
    }

    def held(name: str, jobs: Callable[[int], Any], policy: Callable[[], Policy], size: int = 0) -> Held:
        found = serving.served(jobs, policy, seeds)
        reserved, used = (round(tokens * token_bytes()) for tokens in (found.reserved, found.used))
        return Held(name, size, reserved, used, reserved - used, found)

    ways = [held(name, serving.chats, partial(Contiguous, pool, reach)) for name, reach in stretches.items()]
    progress(0.3)
    sizes = [held("blocks", serving.chats, partial(Blocks, pool, size), size) for size in (4, SIZE, 64, 256)]
    progress(0.7)
    return {
        "ways": (*ways, sizes[1]),
        "sizes": tuple(sizes),
        "common": (
            held("apart", common, partial(Blocks, pool, SIZE), SIZE),
            held("once", common, partial(Blocks, pool, SIZE, sharing=True), SIZE),
        ),
        "full": (
            held("longest", serving.full_length, partial(Contiguous, pool, stretches["longest"])),
            held("blocks", serving.full_length, partial(Blocks, pool, SIZE), SIZE),
        ),
    }


def throughput(device: str, dtype: str, batches: tuple[int, int], rounds: int) -> tuple[tuple[float, float], Ratio]:
    """Tokens a second of the small model at both batch sizes, and the ratio of time a token."""
    model = tiny.llama(init=0.2, device=device, dtype=dtype)
    decoder, start = decoding.Decoder(model, length=1), 32

    def steps(batch: int) -> Callable[[], object]:
        """As many steps as bring each of the larger number of requests one token."""
        sized, ids = decoder.sized(batch=batch, length=start + 1), tiny.random_tokens(model, batch, 1, seed=0)

        def step() -> Any:
            sized.rewind(start)
            return sized(ids)

        return step

    times = timed({str(batch): steps(batch) for batch in batches}, device=device, rounds=rounds)
    few, many = (times[str(batch)] for batch in batches)
    found = ratio(few, many)
    scale = batches[1] / batches[0]
    return (batches[0] / few.median, batches[1] / many.median), Ratio(
        found.value * scale, tuple(one * scale for one in found.rounds)
    )
