"""Where an encoder–decoder spends its time, beside decoders on the same text: the other half of `cross-attention`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from transformers import EncoderDecoderCache

from llmquiz.demos.cross_attention.two_stacks import T5_PLACES
from llmquiz.demos.lab import kv, tiny
from llmquiz.demos.lab.caching import empty_cache
from llmquiz.demos.lab.devices import synchronise
from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.timing import clock_for, stopwatch, timed


@dataclass(frozen=True, slots=True)
class Spent:
    """The seconds of an encoder–decoder by kind of module."""

    shares: Varies[tuple[tuple[str, float], ...]]
    """Of the whole; the rest is norms, embedding, head and the way between."""
    largest_over_cross: Varies[Ratio]
    """The kind that takes longest over cross-attention."""

    def share(self, name: str) -> float:
        return dict(self.shares)[name]


@dataclass(frozen=True, slots=True)
class Seconds:
    """One forward pass over the same text through three models."""

    source: int
    target: int
    encoder_decoder: Varies[Times]
    same_parameters: Varies[Ratio]
    """The decoder of as many parameters over the encoder–decoder."""
    same_work: Varies[Ratio]
    spent: Spent


@torch.inference_mode()
def seconds(models: Sequence[Any], source: int, target: int, rounds: int) -> Seconds:
    """`models`: the encoder–decoder, the decoder of equal parameters, the decoder of equal work."""
    both, large, small = models
    ids = tiny.random_tokens(both, 1, source + target, seed=source)
    first, second, device = ids[:, :source], ids[:, source:], str(ids.device)

    def forward() -> None:
        both(first, decoder_input_ids=second, use_cache=False)

    cases: dict[str, Callable[[], object]] = {
        "both": forward,
        "large": lambda: large(ids, use_cache=False),
        "small": lambda: small(ids, use_cache=False),
    }
    times = timed(cases, device=device, rounds=rounds)
    return Seconds(
        source=source,
        target=target,
        encoder_decoder=times["both"],
        same_parameters=ratio(times["large"], times["both"]),
        same_work=ratio(times["small"], times["both"]),
        spent=spent(both, forward, device, rounds),
    )


@torch.inference_mode()
def decoding(model: Any, source: int, steps: int, rounds: int) -> Spent:
    """Token by token with both caches, the source already encoded."""
    ids = tiny.random_tokens(model, 1, source + steps, seed=source)
    encoded = model.get_encoder()(ids[:, :source])

    def decode() -> None:
        both = EncoderDecoderCache(empty_cache(model), empty_cache(model))
        for i in range(source, source + steps):
            kv.call(model, decoder_input_ids=ids[:, i : i + 1], encoder_outputs=encoded, cache=both)

    decode()
    return spent(model, decode, str(ids.device), rounds)


def spent(model: Any, run: Callable[[], object], device: str, rounds: int) -> Spent:
    """Every round once, warm already, with a clock around each attention and each feed-forward part."""
    sums: dict[str, list[float]] = {name: [] for name in T5_PLACES}
    whole = []
    for _ in range(rounds):
        with clocks(model, device) as passed:
            whole.append(stopwatch(run, device))
        for name, found in sums.items():
            found.append(sum(passed[name]))
    kinds = {name: Times(tuple(found)) for name, found in sums.items()}
    largest = max((kinds[name] for name in kinds if name != "cross"), key=lambda times: times.median)
    total = Times(tuple(whole)).median
    shares = tuple((name, one.median / total) for name, one in kinds.items())
    return Spent(shares, ratio(largest, kinds["cross"]))


@contextmanager
def clocks(model: Any, device: str) -> Iterator[dict[str, list[float]]]:
    """The seconds of every call of each kind of module; none of them lies inside another."""
    passed: dict[str, list[float]] = {name: [] for name in T5_PLACES}
    clock, started = clock_for(device), [0.0]

    def before(*_: Any) -> None:
        synchronise(device)
        started[0] = clock()

    def after(into: list[float]) -> Callable[..., None]:
        def stop(*_: Any) -> None:
            synchronise(device)
            into.append(clock() - started[0])

        return stop

    with ExitStack() as hooks:
        for path, module in model.named_modules():
            for name, words in T5_PLACES.items():
                if path.split(".")[-1] in words:
                    hooks.callback(module.register_forward_pre_hook(before).remove)
                    hooks.callback(module.register_forward_hook(after(passed[name])).remove)
        yield passed
