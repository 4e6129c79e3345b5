"""The attention heads that find an answer: where each looks as the last token is asked, and what fails without it.

That a head copies is shown by what it looks at and by silencing it (Olsson et al., 2022). In all shapes B are texts, T
the tokens that are looked at, H heads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from llmquiz.demos.icl_circuit.claims import Head
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.icl import architectures, induction
from llmquiz.demos.lab.icl.architectures import outputs
from llmquiz.demos.lab.icl.arms import INDUCTION, InductionArm, Reader
from llmquiz.demos.lab.icl.induction import LENGTH


class HeadId(NamedTuple):
    """Which head of a model."""

    kind: str
    """self, or cross."""
    layer: int
    head: int
    """Both from 0."""


class Look(NamedTuple):
    """Where a head looks as the last token is asked, as in `Head`."""

    head: HeadId
    places: tuple[float, ...]
    previous: float


@torch.no_grad()
def heads(name: str, model: Any, *, seed: int, count: int = 500) -> list[Head]:
    """Every head of a model that is asked for the last token; of the encoder–decoder those of its decoder."""
    measured = []
    for head, places, previous in _looks(INDUCTION[name], model, seed, count):
        with silenced(INDUCTION[name], model, head):
            without = induction.right(name, model, seed=seed, count=count)
        measured.append(Head(*head, places, previous, round(without, 4)))
    return measured


@torch.no_grad()
def largest_share(name: str, model: Any, *, seed: int, count: int = 500) -> float:
    """The largest share of attention that any head has for one of its three places."""
    return max(max(look.places) for look in _looks(INDUCTION[name], model, seed, count))


def _looks(arm: InductionArm, model: Any, seed: int, count: int) -> Iterator[Look]:
    """Head by head."""
    ids = induction.draw_texts(count, torch.Generator().manual_seed(40_000 + seed)).to(model.device)  # (B, LENGTH)
    for kind, (read, layers) in _attention(arm, model, ids).items():
        # where the last token stood before, where the one before it did, and the one before that
        stood = [(read == ids[:, -1 - back, None]) for back in range(3)]  # (B, T) each
        for layer, weights in enumerate(layers):  # (B, H, T, T)
            for head in range(weights.shape[1]):
                last = weights[:, head, -1]  # (B, T): the row that predicts the last token
                places = tuple(round(float((last * where).sum(-1).mean()), 4) for where in stood)
                previous = float(last[:, -2].mean()) if kind == "self" else 0.0
                yield Look(HeadId(kind, layer, head), places, round(previous, 4))


def _attention(arm: InductionArm, model: Any, ids: Tensor) -> dict[str, tuple[Tensor, tuple[Tensor, ...]]]:
    """By kind: the tokens that are looked at (B, T), and each layer's weights (B, H, T, T)."""
    implementation = model.config._attn_implementation
    tiny.attend(model, "eager")  # the only one that returns weights
    try:
        match arm.reader:
            case Reader.encoder:
                hidden = ids.where(~induction.last_asked(ids), 0)
                return {"self": (hidden, outputs(arm.reader, model, hidden, output_attentions=True).attentions)}
            case Reader.two_stacks:
                source, target = ids[:, : LENGTH // 2], ids[:, LENGTH // 2 - 1 : -1]
                output = model(input_ids=source, decoder_input_ids=target, use_cache=False, output_attentions=True)
                return {"self": (target, output.decoder_attentions), "cross": (source, output.cross_attentions)}
        read = ids[:, :-1]
        return {"self": (read, outputs(arm.reader, model, read, output_attentions=True).attentions)}
    finally:
        tiny.attend(model, implementation)


@contextmanager
def silenced(arm: InductionArm, model: Any, *silent: HeadId) -> Iterator[None]:
    """Inside, these heads add nothing to the residual stream."""
    with ExitStack() as hooks:
        for kind, layer, head in silent:
            projection = output_projection(arm.reader, model, kind, layer)
            hooks.callback(projection.register_forward_pre_hook(partial(_silence, head)).remove)
        yield


def output_projection(reader: Reader, model: Any, kind: str, layer: int) -> Any:
    """The projection that mixes the heads of a layer."""
    match reader:
        case Reader.encoder:
            return model.bert.encoder.layer[layer].attention.output.dense
        case Reader.two_stacks:
            block = model.decoder.block[layer].layer
            return block[1].EncDecAttention.o if kind == "cross" else block[0].SelfAttention.o
    return model.model.layers[layer].self_attn.o_proj


def _silence(head: int, module: Any, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What the projection is given, (B, T, H · width), with zeros in the place of one head."""
    width = module.in_features // architectures.HEADS
    mixed = inputs[0].clone()
    mixed[..., head * width : (head + 1) * width] = 0
    return (mixed, *inputs[1:])
