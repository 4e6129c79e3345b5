"""The perplexity of a text once the matrices of the blocks are rounded to nearest, by bits and group size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import exp
from typing import Any

import torch
from torch import Tensor, nn
from transformers.pytorch_utils import Conv1D

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text
from llmquiz.demos.weight_quantisation.claims import ROW, Result, Rounded

LONGEST, LONGEST_QUICK = 320, 96
LEAST = 64
CASES = ((8, ROW), (6, ROW), (5, ROW), (4, ROW), (3, ROW), (4, 64), (3, 64), (4, 32), (3, 32), (2, 32))
QUICK = ((8, ROW), (4, ROW), (3, ROW), (4, 64), (4, 32), (3, 32))
"""Bits, and how many weights share a scale."""
PARAMETERS_OF_A_GROUP = 2 * 16
"""Bits of a scale and a minimum in float16."""


def measure(run: Run) -> Result:
    """Read the text with the weights as they are, then once for each way of rounding them."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    ids = own.tokens(run.text or text("essay"), LEAST)[:, : LONGEST_QUICK if run.quick else LONGEST]  # (1, T)
    run.progress(0.05)
    full = perplexity(own.model, ids)
    layers = linear_layers(own.model)

    # shuffled columns: groups of neighbours may coincide with those in which the checkpoint was stored
    cases = [(bits, group, False) for bits, group in (QUICK if run.quick else CASES)] + [(4, 32, True)]
    rounded = []
    for i, (bits, group, in_order) in enumerate(cases):
        run.progress(0.1 + 0.9 * i / len(cases))
        seed = None if in_order or group == ROW else run.seed
        with rounding(layers, bits, group, seed) as error:
            read = perplexity(own.model, ids)
        rounded.append(Rounded(bits, group, in_order, stored(layers, bits, group), error, read))
    run.progress(1.0)
    weights = sum(layer.weight.numel() for layer in layers)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        text=own.text(ids[0]),
        tokens=ids.shape[1],
        weights=weights,
        share=weights / tiny.parameters(own.model),
        full=full,
        rounded=tuple(rounded),
    )


@torch.inference_mode()
def perplexity(model: Any, ids: Tensor) -> float:
    """exp of the mean loss over the tokens of `ids` (1, T) but the first."""
    logs = model(ids, use_cache=False).logits[0, :-1].float().log_softmax(-1)  # (T − 1, V)
    return exp(-float(logs.gather(1, ids[0, 1:, None]).mean()))


def linear_layers(model: Any) -> list[Any]:
    """Every linear layer but the output head: those of the blocks, GPT-2's `Conv1D` among them."""
    head = model.get_output_embeddings()
    return [layer for layer in model.modules() if isinstance(layer, nn.Linear | Conv1D) and layer is not head]


def rows_of(layer: Any) -> Tensor:
    """The weights of a layer, a row for each output: (out, in)."""
    weight: Tensor = layer.weight.data
    return weight.T if isinstance(layer, Conv1D) else weight


def stored(layers: Sequence[Any], bits: int, group: int) -> float:
    """Bits per weight over all `layers`, with a scale and a minimum for each group."""
    shapes = [rows_of(layer).shape for layer in layers]  # (out, in) each
    groups = sum(rows * -(-columns // (group or columns)) for rows, columns in shapes)
    return bits + PARAMETERS_OF_A_GROUP * groups / sum(shape.numel() for shape in shapes)


@contextmanager
def rounding(layers: Sequence[Any], bits: int, group: int, seed: int | None) -> Iterator[float]:
    """The layers with rounded weights, and the relative error of those; afterwards they have their own again.

    With a `seed` the columns of each matrix are shuffled before they are grouped, and then put back.
    """
    draw = None if seed is None else torch.Generator().manual_seed(seed)
    before = [layer.weight.data for layer in layers]
    changed = norm = 0.0
    try:
        for layer in layers:
            rows = rows_of(layer)  # (out, in)
            new = shuffled(rows, bits, group, draw) if draw else nearest(rows, bits, group)
            changed += float((new.float() - rows.float()).square().sum())
            norm += float(rows.float().square().sum())
            layer.weight.data = (new.T if isinstance(layer, Conv1D) else new).contiguous()
        yield (changed / norm) ** 0.5
    finally:
        for layer, weight in zip(layers, before, strict=True):
            layer.weight.data = weight


def shuffled(rows: Tensor, bits: int, group: int, draw: torch.Generator) -> Tensor:
    """`rows` (out, in) rounded in groups of columns that are drawn at random, back in their order."""
    order = torch.randperm(rows.shape[1], generator=draw).to(rows.device)  # (in,)
    return nearest(rows[:, order], bits, group)[:, order.argsort()]


def nearest(rows: Tensor, bits: int, group: int) -> Tensor:
    """`rows` (out, in) rounded to 2^bits levels from the least to the largest weight of each group along a row.

    Scale and minimum are rounded to float16, as they are stored. A last group that is not full stays smaller.
    """
    count, columns = rows.shape
    size = group or columns
    spare = -columns % size
    full = torch.cat((rows, rows[:, -1:].expand(-1, spare)), 1) if spare else rows  # (out, in + spare)
    groups = full.float().reshape(-1, size)  # (groups, size)
    least, largest = groups.aminmax(dim=1, keepdim=True)  # (groups, 1) each
    scale = ((largest - least) / (2**bits - 1)).half().float()
    least = least.half().float()
    steps = ((groups - least) / scale.where(scale > 0, 1.0)).round_().clamp_(0, 2**bits - 1)
    levels: Tensor = steps.mul_(scale).add_(least).reshape(count, -1)  # (out, in + spare)
    return levels[:, :columns].to(rows.dtype)
