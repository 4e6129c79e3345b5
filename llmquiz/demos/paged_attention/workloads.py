"""A server's memory, shared out in several ways among drawn requests, in bytes of a published model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from transformers import LlamaConfig

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.paged_attention import arrivals
from llmquiz.demos.paged_attention.allocation import Allocator, Blocks, Contiguous
from llmquiz.demos.paged_attention.arrivals import Request
from llmquiz.demos.paged_attention.result import LONGEST, SIZE, MemoryUse
from llmquiz.demos.paged_attention.serving import serve

SERVER = "Llama 2 7B"
"""The model whose memory the workload is drawn for, in 16 bits."""
SHAPE = {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32}
"""As published."""
POOL = 24 * 2**30
"""Bytes for keys and values, about what its weights leave of 40 GB."""
COMMON = 256
"""Tokens of a system prompt that all requests begin with, where they share one."""
SIZES = (4, SIZE, 64, 256)
"""Tokens a block."""


@dataclass(frozen=True, slots=True)
class MemoryUses:
    """The memory under every way of handing it out; the fields are those of the Result."""

    ways: tuple[MemoryUse, ...]
    sizes: tuple[MemoryUse, ...]
    common: tuple[MemoryUse, MemoryUse]
    full: tuple[MemoryUse, MemoryUse]


def token_bytes() -> int:
    """Keys and values of one token of the server's model."""
    return caching.formula(LlamaConfig(**SHAPE), 1, 2)  # type: ignore[arg-type]


def memory_uses(seeds: range, progress: Progress) -> MemoryUses:
    """Every way of handing out the memory on the drawn workloads."""
    pool = POOL // token_bytes()  # tokens
    blocks, once = partial(Blocks, pool, SIZE), partial(Blocks, pool, SIZE, sharing=True)
    chats, prompted, full = arrivals.chats, partial(arrivals.chats, common=COMMON), arrivals.full_length

    # one stretch a request: as long as any could be, as the next power of two, as this one will be
    stretches: dict[str, Callable[[Request], int]] = {
        "longest": lambda _: LONGEST,
        "power": lambda request: 1 << (request.end - 1).bit_length(),
        "oracle": lambda request: request.end,
    }
    contiguous = {name: partial(Contiguous, pool, stretch) for name, stretch in stretches.items()}
    ways = [memory_use(name, chats, allocator, seeds) for name, allocator in contiguous.items()]
    progress(0.3)

    # blocks on demand, of several sizes
    sizes = [memory_use("blocks", chats, partial(Blocks, pool, size), seeds, size) for size in SIZES]
    progress(0.7)

    # a beginning that all requests have in common, and requests that fill their stretch from the start
    return MemoryUses(
        ways=(*ways, sizes[SIZES.index(SIZE)]),
        sizes=tuple(sizes),
        common=(
            memory_use("apart", prompted, blocks, seeds, SIZE),
            memory_use("once", prompted, once, seeds, SIZE),
        ),
        full=(
            memory_use("longest", full, contiguous["longest"], seeds),
            memory_use("blocks", full, blocks, seeds, SIZE),
        ),
    )


def memory_use(
    name: str,
    requests: Callable[[int], Iterator[Request]],
    allocator: Callable[[], Allocator],
    seeds: range,
    size: int = 0,
) -> MemoryUse:
    """One way of handing out the memory, from tokens to bytes."""
    run = serve(requests, allocator, seeds)
    reserved, used = (round(tokens * token_bytes()) for tokens in (run.reserved, run.used))
    return MemoryUse(name, size, reserved, used, reserved - used, run)
