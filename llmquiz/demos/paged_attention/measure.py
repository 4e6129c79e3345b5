"""Decode through blocks, then count what drawn workloads do to a server's memory.

Kwon et al. (2023): memory for keys and values is handed out in blocks of a few tokens, on demand and from anywhere, in
place of one stretch a request that is as long as the longest answer could be.
"""

from __future__ import annotations

from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.run import Run
from llmquiz.demos.paged_attention import paged_decoding, workloads
from llmquiz.demos.paged_attention.paged_cache import Memory
from llmquiz.demos.paged_attention.result import LONGEST, SIZE, Result
from llmquiz.demos.paged_attention.throughput import throughput


def measure(run: Run) -> Result:
    """Decode through blocks, then count what drawn workloads do to a server's memory."""
    # wide weights: with the usual ones a random model repeats one token, and equal tokens would say little
    model = tiny.llama(init=0.2, **run.place)

    # the same tokens through blocks: requests that come and go, a beginning in common, samples of one prompt
    mixed = paged_decoding.mixed_requests(model, requests=6 if run.quick else 12, blocks=12, seed=run.seed)
    shared = paged_decoding.shared_prefix(model, questions=4 if run.quick else 6, prefix=72, seed=run.seed)
    samples = paged_decoding.samples(model, 4, prompt=40, seed=run.seed)
    behind_another = paged_decoding.other_beginning(model, run.seed)
    run.progress(0.4)

    # a server's memory under drawn workloads, counted step by step; each way of handing it out gets the same requests
    seeds = range(run.seed, run.seed + (1 if run.quick else 3))
    memory = workloads.memory_uses(seeds, run.part(0.4, 0.9))
    reserved, blocks = memory.ways[0], memory.ways[-1]

    # what it is worth in tokens a second: the small model at as many requests at once as either way had room for
    batches = (round(reserved.served.live), round(blocks.served.live))
    rates, gain = throughput(run.device, run.dtype, batches, 3 if run.quick else 7)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        server=workloads.SERVER,
        pool_bytes=workloads.POOL,
        token_bytes=workloads.token_bytes(),
        longest=LONGEST,
        workloads=len(seeds),
        fit_reserved=reserved.served.live,
        fit_blocks=blocks.served.live,
        used_percent_reserved=100 * reserved.share,
        ways=memory.ways,
        sizes=memory.sizes,
        common=memory.common,
        full=memory.full,
        mixed=mixed,
        shared=shared,
        shared_positions=shared.positions,
        samples=samples,
        copies=samples.copies,
        other=behind_another,
        block_bytes=Memory(model, blocks=1, size=SIZE).block_bytes,
        contiguous_bytes=caching.cache_size_at(model, SIZE),
        batches=batches,
        rates=rates,
        gain=gain,
    )
