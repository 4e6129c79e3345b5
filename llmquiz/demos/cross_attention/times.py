"""Where an encoder–decoder spends its time, beside decoders on the same text: seconds by kind of module."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from transformers import EncoderDecoderCache

from llmquiz.demos.cross_attention.models import T5_NAMES, modules_of
from llmquiz.demos.cross_attention.result import Seconds, Spent
from llmquiz.demos.lab import kv, tiny
from llmquiz.demos.lab.caching import empty_cache
from llmquiz.demos.lab.devices import synchronise
from llmquiz.demos.lab.quantities import Times, ratio
from llmquiz.demos.lab.timing import clock_for, stopwatch, timed


@torch.inference_mode()
def seconds(models: Sequence[Any], source: int, target: int, rounds: int) -> Seconds:
    """`models`: the encoder–decoder, the decoder of equal parameters, the decoder of equal work."""
    pair, large, small = models
    ids = tiny.random_tokens(pair, 1, source + target, seed=source)  # (1, S + T)
    source_ids, target_ids, device = ids[:, :source], ids[:, source:], str(ids.device)  # (1, S), (1, T)

    def forward() -> None:
        pair(source_ids, decoder_input_ids=target_ids, use_cache=False)

    cases: dict[str, Callable[[], object]] = {
        "pair": forward,
        "large": lambda: large(ids, use_cache=False),
        "small": lambda: small(ids, use_cache=False),
    }
    times = timed(cases, device=device, rounds=rounds)
    return Seconds(
        source=source,
        target=target,
        encoder_decoder=times["pair"],
        same_parameters=ratio(times["large"], times["pair"]),
        same_work=ratio(times["small"], times["pair"]),
        spent=spent(pair, forward, device, rounds),
    )


@torch.inference_mode()
def decoding(model: Any, source: int, steps: int, rounds: int) -> Spent:
    """Token by token with both caches, the source already encoded."""
    ids = tiny.random_tokens(model, 1, source + steps, seed=source)  # (1, S + steps)
    encoded = model.get_encoder()(ids[:, :source])  # (1, S, d)

    def decode() -> None:
        caches = EncoderDecoderCache(empty_cache(model), empty_cache(model))
        for i in range(source, source + steps):
            kv.call(model, decoder_input_ids=ids[:, i : i + 1], encoder_outputs=encoded, cache=caches)  # (1, 1)

    decode()  # warm
    return spent(model, decode, str(ids.device), rounds)


def spent(model: Any, run: Callable[[], object], device: str, rounds: int) -> Spent:
    """Every round once, warm already, with a clock around each attention and each feed-forward part."""
    by_kind: dict[str, list[float]] = {kind: [] for kind in T5_NAMES}
    whole = []
    for _ in range(rounds):
        with clocks(model, device) as calls:
            whole.append(stopwatch(run, device))
        for kind, rounds_of_kind in by_kind.items():
            rounds_of_kind.append(sum(calls[kind]))
    times = {kind: Times(tuple(rounds_of_kind)) for kind, rounds_of_kind in by_kind.items()}
    largest = max((times[kind] for kind in times if kind != "cross"), key=lambda of_kind: of_kind.median)
    total = Times(tuple(whole)).median
    shares = tuple((kind, of_kind.median / total) for kind, of_kind in times.items())
    return Spent(shares, ratio(largest, times["cross"]))


@contextmanager
def clocks(model: Any, device: str) -> Iterator[dict[str, list[float]]]:
    """The seconds of every call of each kind of module; none of them lies inside another."""
    calls: dict[str, list[float]] = {kind: [] for kind in T5_NAMES}
    clock, started = clock_for(device), [0.0]

    # an accelerator works on after the call has returned: wait before each look at the clock
    def before(*_: Any) -> None:
        synchronise(device)
        started[0] = clock()

    def after(seconds: list[float]) -> Callable[..., None]:
        def stop(*_: Any) -> None:
            synchronise(device)
            seconds.append(clock() - started[0])

        return stop

    with ExitStack() as hooks:
        for kind, seconds in calls.items():
            for module in modules_of(kind, model):
                hooks.callback(module.register_forward_pre_hook(before).remove)
                hooks.callback(module.register_forward_hook(after(seconds)).remove)
        yield calls
