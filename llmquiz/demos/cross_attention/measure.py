"""Cross-attention: what it costs, what an encoder–decoder costs beside a decoder, and whether it is the bottleneck."""

from __future__ import annotations

from llmquiz.demos.cross_attention import counts, models, times
from llmquiz.demos.cross_attention.models import EQUAL_PARAMETERS, EQUAL_WORK
from llmquiz.demos.cross_attention.result import LAYERS, Result, Seconds
from llmquiz.demos.lab import caching, tiny, two_caches
from llmquiz.demos.lab.run import Run


def measure(run: Run) -> Result:
    """Count on the meta device, then time the same text through three models, then decode step by step."""
    # an encoder–decoder, and three decoders of its width: of as many parameters, of as much work, as deep as one side
    width, heads, rounds = (192, 4, 4) if run.quick else (240, 4, 5)
    pair = models.encoder_decoder(width, heads, **run.place)
    large, small, shallow = (
        models.decoder(width, heads, layers, **run.place) for layers in (EQUAL_PARAMETERS, EQUAL_WORK, LAYERS)
    )

    # parameters and operations by kind of module: exact, and the same on every machine
    S = T = 128
    costs = [counts.cost(model, S, T) for model in (pair, large, small, shallow)]
    run.progress(0.1)

    # one pass over the same text: source and target equally long, then either of them much longer
    timing, seconds = run.part(0.1, 0.8), list[Seconds]()
    for source, target in (lengths := ((128, 128), (256, 32), (32, 256))):
        seconds.append(times.seconds((pair, large, small), source, target, rounds))
        timing(len(seconds) / len(lengths))

    # step by step the decoder alone works: here cross-attention has its largest part
    decoding = times.decoding(pair, S, 16, 2 * rounds)

    # the published T5s, counted without memory for their weights: does the share grow with the model?
    family = counts.family(512, 512)
    run.progress(0.9)

    # what decoding keeps, and whether a loss on the target reaches the encoder
    ids = tiny.random_tokens(pair, 1, 64, seed=run.seed)  # (1, 64)
    source_ids, target_ids = ids[:, :40], ids[:, 40:]  # (1, 40), (1, 24)
    caches = two_caches.two_caches(pair, source_ids, target_ids)
    moved, moved_of = counts.reached(models.trainable(run.seed, **run.place), source_ids, target_ids)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        encoder_decoder=costs[0],
        same_parameters=costs[1],
        same_work=costs[2],
        same_depth=costs[3],
        source=S,
        target=T,
        work_ratio=costs[1].matrix_flops / costs[0].matrix_flops,
        seconds=tuple(seconds),
        decoding=decoding,
        family=family,
        ownership=counts.ownership(pair),
        moved=moved,
        moved_of=moved_of,
        caches=caches,
        cross_key_positions=caches.cross_positions,
        self_key_positions=caches.layers * caches.target,
        cache_bytes=caches.self_bytes + caches.cross_bytes,
        same_depth_cache=caching.cache_size_at(shallow, caches.source + caches.target),
        same_parameters_cache=caching.cache_size_at(large, caches.source + caches.target),
    )
