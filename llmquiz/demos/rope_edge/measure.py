"""Random tokens and the same again at a distance, and the loss on plain text, with RoPE as trained and slower.

Distances are made by `position_ids`: the model reads a few hundred tokens, but their positions lie far apart. The mask
is always given in full: without one, transformers takes positions with gaps for several texts and hides each from the
others.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import masks, texts, tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.rope_edge.claims import Result, Rope
from llmquiz.demos.rope_edge.ropes import SLOWER, rotary, trained_length, turning

FACTOR = 4
COPIED = 24
START = 40
"""Tokens at the start of the plain text that are moved away; losses are taken over the tokens after them."""
LENGTHS = (1 / 4, 1 / 2, 3 / 4, 15 / 16, 9 / 8, 3 / 2, 2, 3, 15 / 4)
"""Distances, in trained lengths."""
QUICK = (3 / 4, 15 / 16, 9 / 8, 3 / 2, 2)
FAR = (9 / 8, 2)
"""How far the start of the plain text is moved away, in trained lengths."""


def measure(run: Run) -> Result:
    """Copy over all distances and read the text with each choice of angles; then shift all positions alike."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    model = own.model
    angles, trained = rotary(model).inv_freq, trained_length(model)
    distances = (COPIED, *(int(length * trained) for length in (QUICK if run.quick else LENGTHS)))
    drawn = tiny.random_tokens(model, 2 if run.quick else 4, COPIED, seed=run.seed)  # (draws, n)
    ids = own.tokens(texts.text("story"))[:, : 100 if run.quick else 200]  # (1, T)
    run.progress(0.02)

    ropes = []
    for number, name in enumerate(("plain", *SLOWER)):
        with turning(model, name, FACTOR):
            shares, loss = copied(model, drawn, distances), text_loss(model, ids)
        ropes.append(Rope(name, shares, loss))
        run.progress(0.02 + 0.21 * (number + 1))

    # all positions moved alike, and the start of the text moved away from the rest
    shift = FACTOR * trained
    shifted = copied(model, drawn, distances[:1], shift=shift)
    far = [(moved, text_loss(model, ids, moved=moved)) for moved in (int(length * trained) for length in FAR)]
    shifted_loss = text_loss(model, ids, shift=shift)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        trained=trained,
        factor=FACTOR,
        copied=COPIED,
        draws=len(drawn),
        distances=distances,
        ropes=tuple(ropes),
        shift=shift,
        shifted_share=shifted[0],
        shifted_loss=shifted_loss,
        text_tokens=ids.shape[1],
        far=tuple(far),
        pairs=len(angles),
        unturned=int((angles * trained < 2 * math.pi).sum()),
    )


def layout(count: int, distances: Sequence[int], shift: int = 0) -> tuple[Tensor, Tensor]:
    """Positions (T,) of `count` tokens and of their copies at each distance, and who sees whom (T, T).

    All copies stand in one row of T = count · (1 + distances) tokens; each sees the original and itself, no other copy.
    """
    steps = torch.arange(count)  # (count,)
    positions = torch.cat([steps, *(steps + distance for distance in distances)]) + shift  # (T,)
    block = torch.arange(len(positions)) // count  # (T,)
    seen = (block[:, None] == block) | (block == 0)  # (T, T)
    return positions, seen.tril()


@torch.inference_mode()
def copied(model: Any, drawn: Tensor, distances: Sequence[int], shift: int = 0) -> tuple[float, ...]:
    """The share of the tokens after the first that a copy of `drawn` (draws, n) foretells, by distance."""
    count = drawn.shape[1]
    positions, seen = layout(count, distances, shift)
    rows = []
    for ids in drawn:
        row = ids.repeat(1 + len(distances))[None]  # (1, T)
        logits = read(model, row, positions, seen, keep=count * len(distances))  # (copies · n, V)
        guesses = logits.argmax(-1).view(len(distances), count)[:, :-1]  # (copies, n − 1)
        rows.append((guesses == ids[1:]).float().mean(-1).tolist())
    return tuple(map(fmean, zip(*rows, strict=True)))


@torch.inference_mode()
def text_loss(model: Any, ids: Tensor, *, shift: int = 0, moved: int = 0) -> float:
    """Mean loss in nats over the tokens of `ids` (1, T) after its start, which lies `moved` positions further off."""
    positions = torch.arange(ids.shape[1]) + shift  # (T,)
    positions[START:] += moved
    seen = torch.ones(ids.shape[1], ids.shape[1], dtype=torch.bool).tril()  # (T, T)
    logs = read(model, ids, positions, seen).float().log_softmax(-1)[START:-1]  # (T − START − 1, V)
    return float(-logs.gather(1, ids[0, START + 1 :, None]).mean())


def read(model: Any, ids: Tensor, positions: Tensor, seen: Tensor, keep: int = 0) -> Tensor:
    """The logits (keep, V) of the last `keep` of `ids` (1, T), of all where it is 0, where each sees `seen` (T, T)."""
    hidden = masks.hiding(seen, model.dtype)  # (T, T)
    answer = model(
        ids,
        attention_mask=hidden[None, None].to(ids.device),  # (1, 1, T, T)
        position_ids=positions[None].to(ids.device),  # (1, T)
        use_cache=False,
        logits_to_keep=keep,
    )
    logits: Tensor = answer.logits[0]
    return logits
