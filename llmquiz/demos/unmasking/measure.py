"""One token of many windows predicted with and without the causal mask, by what stands behind it and who sees it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import kv, tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text
from llmquiz.demos.unmasking import cached
from llmquiz.demos.unmasking.claims import Guess, Result

BEFORE = 32
AFTER = 8
LENGTH = BEFORE + 1 + AFTER
"""Of a window; the token that is predicted is at place `BEFORE`."""


def measure(run: Run) -> Result:
    """Predict a token of each window in six ways, then see what becomes of earlier states and of the cache."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    ids = own.tokens(run.text or text("story"), least=3 * LENGTH)  # (1, T)
    model, read = own.model, windows(ids, 12 if run.quick else 24)  # (B, LENGTH)
    mixed = swapped(read)  # (B, LENGTH)
    run.progress(0.05)

    # only what stands before: with the mask, and without it
    start = read[:, :BEFORE]  # (B, BEFORE)
    causal = before_gap(model, start, None)
    run.progress(0.15)
    alone = before_gap(model, start, open_mask(model, BEFORE))
    run.progress(0.25)

    # the text goes on, the token itself to be seen or hidden from every position; then with the text from elsewhere
    whole, gap = open_mask(model, LENGTH), hiding(model, LENGTH, BEFORE)
    outputs = []
    for i, (given, mask) in enumerate(((read, whole), (mixed, whole), (read, gap), (mixed, gap))):
        outputs.append(before_gap(model, given, mask))
        run.progress(0.25 + 0.125 * (i + 1))
    answers = read[:, BEFORE]  # (B,)
    visible, other, hidden, hidden_other = (guess(logs, answers) for logs in outputs)

    # what the last token does to the states before it, and to the cache that keeps them
    prompts = read[:: len(read) // 3, :16][: 2 if run.quick else 3]  # (P, 16)
    new = 8 if run.quick else 12
    causal_written = cached.written(own, prompts, new, hides=True)
    run.progress(0.87)
    open_written = cached.written(own, prompts, new, hides=False)
    causal_moved, open_moved = (cached.moved(model, read[:1], mask) for mask in (None, whole))
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        text=own.text(ids[0]),
        tokens=ids.shape[1],
        windows=len(read),
        before=BEFORE,
        after=AFTER,
        causal=guess(causal, answers),
        open_visible=visible,
        open_swapped=other,
        copied=guess(outputs[1], mixed[:, BEFORE]).right,
        open_alone=guess(alone, answers),
        open_hidden=hidden,
        open_hidden_swapped=hidden_other,
        causal_moved=causal_moved,
        open_moved=open_moved,
        causal_written=causal_written,
        open_written=open_written,
    )


def windows(ids: Tensor, count: int) -> Tensor:
    """`count` windows, evenly spread over `ids` (1, T): (count, LENGTH)."""
    starts = torch.linspace(0, ids.shape[1] - LENGTH, count, device=ids.device).long()  # (count,)
    return ids[0, starts[:, None] + torch.arange(LENGTH, device=ids.device)]


def swapped(read: Tensor) -> Tensor:
    """Windows (B, LENGTH) in which the token that is predicted and all behind it come from a window far away."""
    return torch.cat((read[:, :BEFORE], read.roll(len(read) // 2, 0)[:, BEFORE:]), 1)


def open_mask(model: Any, length: int) -> Tensor:
    """A mask that hides nothing, added to the scores: (1, 1, T, T)."""
    return tiny.open_mask(model, 1, length)


def hiding(model: Any, length: int, column: int) -> Tensor:
    """A mask that hides the token at `column` from every position, and no other: (1, 1, T, T)."""
    mask = open_mask(model, length).clone()
    mask[..., column] = torch.finfo(mask.dtype).min
    return mask


@torch.inference_mode()
def before_gap(model: Any, ids: Tensor, mask: Tensor | None) -> Tensor:
    """Log-probabilities (B, V) at the place before the gap of `ids` (B, T), under `mask` (1, 1, T, T) or the causal."""
    places = ids.shape[1] - BEFORE + 1
    shown = None if mask is None else mask.expand(len(ids), -1, -1, -1)  # (B, 1, T, T)
    # the head is computed from that place on where the model can do so
    last_only = {"logits_to_keep": places} if kv.takes(model, "logits_to_keep") else {}
    logits = model(ids, attention_mask=shown, use_cache=False, **last_only).logits[:, -places]  # (B, V)
    return logits.float().log_softmax(-1)  # type: ignore[no-any-return]


def guess(logs: Tensor, answers: Tensor) -> Guess:
    """Log-probabilities (B, V) against the tokens `answers` (B,)."""
    loss = -logs.gather(1, answers[:, None]).mean()
    return Guess(float(loss), float((logs.argmax(-1) == answers).float().mean()))
