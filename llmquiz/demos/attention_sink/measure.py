"""The loss of a text through a window, with and without its first tokens; and who attends to the first token."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.attention_sink.claims import MUCH, Kept, Result
from llmquiz.demos.lab import masks, tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text

WINDOW = 32
LONGEST = 512
OTHERS = (3, 7, 12, 20)
"""Places of the tokens that are kept in the place of the first one."""


def measure(run: Run) -> Result:
    """Read the text through windows, then look at the attention of one pass without any."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place, attention="eager")
    ids = own.tokens(run.text or text("story"), least=3 * WINDOW)[:, :LONGEST]  # (1, T)
    run.progress(0.2)

    # what a window costs, with the first tokens kept and with others in their place
    firsts = (0, 1, 4) if run.quick else (0, 1, 2, 4, 8)
    windows = [Kept(first, loss(own.model, ids, visible(ids, range(first)))) for first in firsts]
    run.progress(0.6)
    others = [loss(own.model, ids, visible(ids, [place])) for place in OTHERS]
    run.progress(0.8)

    # who attends to the first token, and whether it matters which one it is
    shares, norms = first_token(own.model, ids)  # (layers, heads), (T,)
    swapped = ids.clone()
    swapped[0, 0] = ids[0, -1]
    swapped_shares, _ = first_token(own.model, swapped)
    strongest = int(shares.argmax())
    heads = shares.shape[1]
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        text=own.text(ids[0]),
        tokens=ids.shape[1],
        window=WINDOW,
        full_loss=loss(own.model, ids, None),
        kept=tuple(windows),
        other_loss=fmean(others),
        heads=shares.numel(),
        sink_heads=int((shares >= MUCH).sum()),
        share=float(shares.mean()),
        swapped_share=float(swapped_shares.mean()),
        strongest=(strongest // heads, strongest % heads, float(shares.max())),
        first_norm=float(norms[0]),
        usual_norm=float(norms[1:].median()),
    )


def visible(ids: Tensor, places: range | list[int]) -> Tensor:
    """Which tokens each of `ids` (1, T) sees: itself, the `WINDOW` − 1 before it, and those at `places`. (T, T)"""
    place = torch.arange(ids.shape[1], device=ids.device)
    distance = place[:, None] - place  # (T, T)
    seen = (distance >= 0) & (distance < WINDOW)
    for column in places:
        seen[:, column] = distance[:, column] >= 0
    return seen


@torch.inference_mode()
def loss(model: Any, ids: Tensor, seen: Tensor | None) -> float:
    """Mean loss in nats over the tokens of `ids` (1, T) that follow those for which the window (T, T) hides some."""
    mask = None
    if seen is not None:
        mask = masks.hiding(seen, model.dtype)[None, None]  # (1, 1, T, T)
    logs = model(ids, attention_mask=mask).logits[0, :-1].float().log_softmax(-1)  # (T − 1, V)
    losses = -logs.gather(1, ids[0, 1:, None])[:, 0]  # (T − 1,)
    return float(losses[WINDOW:].mean())


@torch.inference_mode()
def first_token(model: Any, ids: Tensor) -> tuple[Tensor, Tensor]:
    """The share of attention that the first of `ids` (1, T) gets, by layer and head; norms of the states (T,)."""
    seen = model(ids, output_attentions=True, output_hidden_states=True)
    shares = torch.stack([weights[0, :, 1:, 0].float().mean(-1) for weights in seen.attentions])  # (layers, heads)
    middle = seen.hidden_states[len(seen.hidden_states) // 2][0].float()  # (T, C)
    return shares, middle.norm(dim=-1)
