"""Random tokens read twice, with and without the heads that copy; an ordinary text as a control."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.induction_heads.claims import MUCH, Head, Result, Silenced
from llmquiz.demos.induction_heads.heads import HeadId, Reading, back, drawn, read, strongest
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text

LENGTH = 32
"""Random tokens, read twice."""
MOST = 8
"""Induction heads that are silenced."""
FEEDERS = 2
"""Previous-token heads that are silenced."""
LEAST, LONGEST = 64, 320
"""Tokens of the ordinary text."""


def measure(run: Run) -> Result:
    """Look for the heads on some texts, then silence them on others."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place, attention="eager")
    model = own.model
    ids = own.tokens(run.text or text("story"), LEAST)[:, : LONGEST // 3 if run.quick else LONGEST]  # (1, T)
    texts, draws = (2, 9) if run.quick else (4, 12)
    generator = torch.Generator().manual_seed(run.seed)
    run.progress(0.05)

    # the heads that look at what followed last time, and those before them that look a token back
    first = read(model, twice(model, texts, seed=3 * run.seed))
    to_copy, to_previous = back(first, LENGTH - 1, LENGTH), back(first, 1, 1)  # (layers, H) each
    finders = strongest(to_copy, MOST)
    before = finders[0][0]
    feeders = strongest(to_previous[:before], FEEDERS)
    alone = read(model, tiny.random_tokens(model, texts, 2 * LENGTH, seed=3 * run.seed + 1))
    run.progress(0.15)

    # what is left of the copying without them, and without others
    repeated = twice(model, texts, seed=3 * run.seed + 2)  # (B, 2 · LENGTH)
    counts = (0, 2, MOST) if run.quick else (0, 1, 2, 4, MOST)
    readings = [read(model, repeated, finders[:count]) for count in counts]
    run.progress(0.35)
    rest = [head for head in everything(to_copy) if head not in finders]
    layers = {layer for layer, _ in finders}
    near = [head for head in rest if head[0] in layers]
    random_heads = [drawn(rest, MOST, generator) for _ in range(draws)]
    others = each_on_a_text(model, repeated, random_heads)
    run.progress(0.5)
    beside = each_on_a_text(model, repeated, [drawn(near, MOST, generator) for _ in range(5)])
    run.progress(0.65)

    # without the previous-token heads that feed them
    unfed = read(model, repeated, feeders)
    early = [head for head in everything(to_copy[:before]) if head not in feeders]
    fed = [read(model, repeated, drawn(early, FEEDERS, generator)) for _ in range(3)]
    run.progress(0.8)

    # and what an ordinary text loses
    text_loss, text_silenced, *text_others = (
        float(read(model, ids, silent).losses.mean())
        for silent in ([], finders, *random_heads[: 1 if run.quick else 3])
    )
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        text=own.text(ids[0]),
        tokens=ids.shape[1],
        repeated=shown(own.text(repeated[0, :LENGTH])),
        length=LENGTH,
        texts=texts,
        heads=to_copy.numel(),
        finders=named(finders, to_copy),
        finding=int((to_copy >= MUCH).sum()),
        unrepeated_share=float(back(alone, LENGTH - 1, LENGTH)[finders[0]]),
        first_right=float(readings[0].right[:, : LENGTH - 1].float().mean()),
        silenced=tuple(Silenced(count, second_right(reading)) for count, reading in zip(counts, readings, strict=True)),
        others=tuple(others),
        beside=tuple(beside),
        losses=tuple(readings[0].losses.mean(0).tolist()),
        silenced_losses=tuple(readings[-1].losses.mean(0).tolist()),
        text_loss=text_loss,
        text_silenced=text_silenced,
        text_others=tuple(text_others),
        feeders=named(feeders, to_previous),
        place_share=place_share(readings[0], finders),
        place_unfed=place_share(unfed, finders),
        place_others=tuple(place_share(reading, finders) for reading in fed),
        unfed_right=second_right(unfed),
        unfed_others=tuple(map(second_right, fed)),
    )


def twice(model: Any, texts: int, *, seed: int) -> Tensor:
    """Random tokens, each text the same `LENGTH` of them twice: (texts, 2 · LENGTH)."""
    return tiny.random_tokens(model, texts, LENGTH, seed=seed).repeat(1, 2)


def second_right(reading: Reading) -> float:
    """The share of the tokens of the second reading that are predicted, but for the first, which nothing announces."""
    return float(reading.right[:, LENGTH:].float().mean())


def each_on_a_text(model: Any, ids: Tensor, draws: Sequence[Sequence[HeadId]]) -> list[float]:
    """What is right of `ids` (B, 2 · LENGTH) with each of these sets of heads silenced, each on one of the texts."""
    return [second_right(read(model, ids[[i % len(ids)]], silent)) for i, silent in enumerate(draws)]


def place_share(reading: Reading, heads: Sequence[HeadId]) -> float:
    """What these heads give, on average, to the token that followed last time."""
    shares = back(reading, LENGTH - 1, LENGTH)  # (layers, H)
    return float(sum(shares[head] for head in heads)) / len(heads)


def everything(shares: Tensor) -> list[HeadId]:
    """All heads of `shares` (layers, H)."""
    return [(layer, head) for layer in range(shares.shape[0]) for head in range(shares.shape[1])]


def named(heads: Sequence[HeadId], shares: Tensor) -> tuple[Head, ...]:
    """The heads with their `shares` (layers, H)."""
    return tuple(Head(*head, float(shares[head])) for head in heads)


def shown(text: str) -> str:
    """Random tokens as a line that every terminal can write."""
    return " ".join("".join(c if c.isprintable() and c != "\ufffd" else " " for c in text).split())
