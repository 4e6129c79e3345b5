"""Attention heads of any decoder: silenced where they are mixed, and asked where they look. B texts, T tokens each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import torch
from torch import Tensor

from llmquiz.demos.lab.masks import given_weights
from llmquiz.errors import DemoError

HeadId: TypeAlias = tuple[int, int]
"""Layer and head, both from 0."""
PROJECTIONS = ("o_proj", "c_proj", "out_proj", "dense")
"""What models call the projection that mixes the heads of a layer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one pass over texts (B, T) gave; its first token is predicted by nothing."""

    losses: Tensor  # (B, T − 1), in nats
    right: Tensor  # (B, T − 1), bool
    attention: tuple[Tensor, ...]  # a layer: (B, H, T, T)


def mixers(model: Any) -> list[Any]:
    """The output projection of each attention layer, the first layer first.

    Raises: DemoError where some layer has none.
    """
    mixing = []
    for name, module in model.named_modules():
        *path, leaf = name.split(".")
        if leaf in PROJECTIONS and path and ("attn" in path[-1] or "attention" in path[-1]):
            mixing.append(module)
    if len(mixing) != model.config.get_text_config().num_hidden_layers:
        raise DemoError("demo.no-attention-weights")
    return mixing


@contextmanager
def silenced(model: Any, silent: Sequence[HeadId]) -> Iterator[None]:
    """Inside, these heads add nothing to the residual stream."""
    by_layer: defaultdict[int, list[int]] = defaultdict(list)
    for layer, head in silent:
        by_layer[layer].append(head)
    count, mixing = model.config.get_text_config().num_attention_heads, mixers(model)
    with ExitStack() as hooks:
        for layer, heads in by_layer.items():
            hooks.callback(mixing[layer].register_forward_pre_hook(partial(_without, heads, count)).remove)
        yield


def _without(heads: list[int], count: int, _module: Any, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What the projection is given, (B, T, H · width), with zeros in the place of `heads`, of `count` in all."""
    mixed = inputs[0].clone().view(*inputs[0].shape[:-1], count, -1)  # (B, T, H, width)
    mixed[..., heads, :] = 0
    return (mixed.flatten(-2), *inputs[1:])


@torch.inference_mode()
def read(model: Any, ids: Tensor, silent: Sequence[HeadId] = ()) -> Reading:
    """One pass over `ids` (B, T) with some heads silenced.

    Raises: DemoError where the model gives no attention weights.
    """
    with silenced(model, silent):
        output = model(ids, output_attentions=True, use_cache=False)
    logits, following = output.logits[:, :-1].float(), ids[:, 1:]  # (B, T − 1, V), (B, T − 1)
    losses = -logits.log_softmax(-1).gather(2, following[..., None])[..., 0]  # (B, T − 1)
    return Reading(losses, logits.argmax(-1) == following, given_weights(output, "attentions"))


def back(reading: Reading, distance: int, start: int) -> Tensor:
    """The share of attention that tokens from place `start` on give to the one `distance` before: (layers, H)."""
    shares = [weights.diagonal(-distance, -2, -1)[..., start - distance :] for weights in reading.attention]
    return torch.stack([share.float().mean((0, 2)) for share in shares])  # each share is (B, H, T − start)


def strongest(shares: Tensor, count: int) -> list[HeadId]:
    """The heads of the largest `shares` (layers, H), the largest first."""
    width = shares.shape[1]
    order = shares.flatten().argsort(descending=True, stable=True)[:count]
    return [(place // width, place % width) for place in order.tolist()]


def drawn(pool: Sequence[HeadId], count: int, generator: torch.Generator) -> list[HeadId]:
    """So many heads of the pool at random, none of them twice; all of a smaller pool."""
    return [pool[i] for i in torch.randperm(len(pool), generator=generator)[:count].tolist()]
