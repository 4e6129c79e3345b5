"""A model and its key–value cache: single steps, what a cache takes, and which positions are computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from llmquiz.demos.lab import kv
from llmquiz.demos.lab.decoding import greedy
from llmquiz.demos.lab.timing import stopwatch
from llmquiz.demos.lab.tiny import random_tokens


def step(model: Any, ids: Tensor, cache: Any = None) -> Tensor:
    """Logits of the last position of `ids` (B, T): (B, V); new keys and values go into `cache`."""
    # the head is computed for that position alone where the model can do so
    last_only = {"logits_to_keep": 1} if kv.takes(model, "logits_to_keep") else {}
    logits: Tensor = kv.call(model, ids, cache=cache, **last_only).logits  # (B, 1 or T, V)
    return logits[:, -1]


def apart_of(model: Any, ids: Tensor) -> Tensor:
    """The last logits of every prefix of `ids` (1, T), each in a pass of its own: (T, V)."""
    return torch.cat([step(model, ids[:, : t + 1]) for t in range(ids.shape[1])])


def stepwise(model: Any, ids: Tensor) -> Tensor:
    """The same logits in steps of one token with a cache, as in generation: (T, V)."""
    cache = empty_cache(model)
    return torch.cat([step(model, ids[:, t : t + 1], cache) for t in range(ids.shape[1])])


def empty_cache(model: Any) -> Any:
    """A cache that holds nothing yet."""
    return DynamicCache(config=model.config)


def cache_size(cache: Any) -> int:
    """Bytes of all keys and values, each (B, KV heads, T, d) a layer."""
    return sum(t.nbytes for layer in cache.layers for t in (layer.keys, layer.values))


@torch.inference_mode()
def cache_size_at(model: Any, length: int) -> int:
    """Bytes of the cache after `length` tokens, measured."""
    cache, ids = empty_cache(model), random_tokens(model, 1, length, seed=0)  # (1, T)
    for start in range(0, length, 512):  # in pieces: less memory
        step(model, ids[:, start : start + 512], cache)
    return cache_size(cache)


def formula(config: Any, length: int, bytes_each: int) -> int:
    """Bytes of a cache: 2 (keys and values) · layers · KV heads · head width · tokens · bytes a number."""
    config = config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * width * length * bytes_each)


@torch.inference_mode()
def written(model: Any, prompt: Tensor, new: int) -> Tensor:
    """The next tokens after `prompt` (B, P), each the likeliest, one a pass with a cache: (B, new)."""
    cache = empty_cache(model)
    return greedy(lambda ids: step(model, ids, cache), prompt, new)


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
