"""A decoder and its key-value cache: single steps, greedy decoding with the cache and without, and what these cost.

The first half is used by every demo that calls a model with a cache; `same_text`, `speed`, `moved` and
`second_question` compare ways to use one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from llmquiz.demos.lab import kv
from llmquiz.demos.lab.quantities import Times, ratio
from llmquiz.demos.lab.results import SameText, SecondQuestion, Speed
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import stopwatch

MOVED = 1e-3
"""A state has changed when a coordinate moved by more than this share of the states' standard deviation."""


def step(model: Any, ids: Tensor, cache: Any = None) -> Tensor:
    """Logits of the last position of `ids` (B, T): (B, V); new keys and values go into `cache`."""
    # the head is computed for that position alone where the model can do so
    last_only = {"logits_to_keep": 1} if kv.takes(model, "logits_to_keep") else {}
    logits: Tensor = kv.call(model, ids, cache=cache, **last_only).logits  # (B, 1 or T, V)
    return logits[:, -1]


def empty_cache(model: Any) -> Any:
    """A cache that holds nothing yet."""
    return DynamicCache(config=model.config)


def cache_size(cache: Any) -> int:
    """Bytes of all keys and values, each (B, KV heads, T, d) a layer."""
    return sum(t.nbytes for layer in cache.layers for t in (layer.keys, layer.values))


def formula(config: Any, length: int, bytes_each: int) -> int:
    """Bytes of a cache: 2 (keys and values) · layers · KV heads · head width · tokens · bytes a number."""
    config = config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * width * length * bytes_each)


def gap(a: Tensor, b: Tensor) -> float:
    """Largest difference, relative to the largest of `b`."""
    return float((a - b).abs().max() / b.abs().max())


@contextmanager
def counting(*modules: Any) -> Iterator[list[int]]:
    """Positions in every call of the modules: batch times length of the argument, (B, T) or (B, T, C)."""
    positions: list[int] = []
    with ExitStack() as hooks:
        for module in modules:
            hook = module.register_forward_hook(lambda _, inputs, __: positions.append(inputs[0].shape[:2].numel()))
            hooks.callback(hook.remove)
        yield positions


@dataclass(frozen=True, slots=True)
class Decoding:
    """A greedy decoding and what it cost."""

    tokens: Tensor  # (1, N)
    logits: Tensor  # (N, V)
    seconds: tuple[float, ...]
    """Of each step."""
    cache: Any


@torch.inference_mode()
def decode(model: Any, prompt: Tensor, new: int, *, cached: bool) -> Decoding:
    """`new` tokens after `prompt` (1, P), one at a time: with a cache only the newest is fed, else the whole text."""
    text, cache, logits, seconds = prompt, empty_cache(model) if cached else None, [], []  # text is (1, T)
    for i in range(new):
        fed = text[:, -1:] if cached and i else text  # the first step reads the whole prompt in any case
        seconds.append(stopwatch(lambda ids=fed: logits.append(step(model, ids, cache)), str(prompt.device)))  # type: ignore[misc]
        text = torch.cat((text, logits[-1].argmax(-1, keepdim=True)), 1)  # (1, T), (1, V) -> (1, T + 1)
    return Decoding(text[:, prompt.shape[1] :], torch.cat(logits), tuple(seconds), cache)


def same_text(model: Any, prompt: Tensor, new: int) -> SameText:
    """Tokens, logits and positions with a cache, without one, and from a cache that never saw `prompt` (1, P)."""
    with counting(model.get_input_embeddings()) as fed_with:
        with_cache = decode(model, prompt, new, cached=True)
    with counting(model.get_input_embeddings()) as fed_without:
        without = decode(model, prompt, new, cached=False)
    blind = decode(model, prompt[:, -1:], new, cached=True)
    return SameText(
        prompt=prompt.shape[1],
        new=new,
        tokens=tuple(with_cache.tokens[0].tolist()),
        equal=int((with_cache.tokens == without.tokens).sum()),
        gap=gap(with_cache.logits, without.logits),
        positions_with=sum(fed_with),
        positions_without=sum(fed_without),
        empty_start_equal=int((blind.tokens == without.tokens).sum()),
        empty_start_gap=gap(blind.logits[0], without.logits[0]),
        cache_bytes=cache_size(with_cache.cache),
        cache_bytes_formula=formula(
            model.config.get_text_config(), prompt.shape[1] + new - 1, without.logits.element_size()
        ),
    )


def speed(model: Any, prompt: Tensor, new: int, rounds: int, progress: Progress) -> Speed:
    """Both ways in turn, `rounds` times."""
    runs: dict[bool, list[tuple[float, ...]]] = {True: [], False: []}
    for turn in range(rounds):
        for cached in (True, False) if turn % 2 else (False, True):
            runs[cached].append(decode(model, prompt, new, cached=cached).seconds)
        progress((turn + 1) / rounds)
    total = {cached: Times(tuple(sum(seconds) for seconds in turns)) for cached, turns in runs.items()}
    last = {cached: Times(tuple(sum(seconds[-10:]) for seconds in turns)) for cached, turns in runs.items()}
    steps = {c: tuple(Times(step).median for step in zip(*turns, strict=True)) for c, turns in runs.items()}
    return Speed(ratio(total[False], total[True]), ratio(last[False], last[True]), steps[True], steps[False])


@torch.inference_mode()
def moved(model: Any, ids: Tensor, appended: int) -> tuple[float, ...]:
    """Share of the first positions whose state changes when the last `appended` of `ids` (1, T) follow, by layer."""
    short = model(ids[:, :-appended], output_hidden_states=True).hidden_states[1:]  # a layer (1, T − appended, C)
    long = model(ids, output_hidden_states=True).hidden_states[1:]  # a layer (1, T, C)
    shares = []
    for before, after in zip(short, long, strict=True):
        change = (after[:, :-appended] - before).abs().amax(-1) / before.std()  # (1, T − appended)
        shares.append(float((change > MOVED).float().mean()))
    return tuple(shares)


@torch.inference_mode()
def second_question(model: Any, context: Tensor, question: Tensor, rounds: int) -> SecondQuestion:
    """A question (1, Q) after a context (1, P) that stays in the cache, against the whole text from the start."""
    cache, device, asked = empty_cache(model), str(context.device), question.shape[1]
    whole = torch.cat((context, question), 1)  # (1, P + Q)
    step(model, context, cache)
    logits: list[Tensor] = []
    from_cache, from_start = [], []
    for _ in range(rounds + 1):
        with counting(model.get_input_embeddings()) as fed:
            from_cache.append(stopwatch(lambda: logits.append(step(model, question, cache)), device))
        cache.crop(-asked)  # the question leaves, the context stays
        fresh = empty_cache(model)
        from_start.append(stopwatch(lambda empty=fresh: step(model, whole, empty), device))  # type: ignore[misc]
    times = ratio(Times(tuple(from_start[1:])), Times(tuple(from_cache[1:])))  # the first round warms up
    return SecondQuestion(context.shape[1], asked, sum(fed), gap(logits[-1], step(model, whole)), times)
