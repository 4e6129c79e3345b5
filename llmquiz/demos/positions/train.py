"""How the models of `positions/placing` are trained, and what their cards keep."""

from __future__ import annotations

import copy
from contextlib import nullcontext
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab.training import Training
from llmquiz.demos.positions import language, placing
from llmquiz.demos.positions.placing import STRETCHES, TRAINED, WAYS

BATCH = 20
TIMES = (1, 1.5, 2, 3, 4, 6, 8)
"""Of the trained length."""
MARKS = (2, 4, 8)
"""Those at which a card says what stretching does."""
TEXTS = 64
TUNED = 20
"""Steps on texts of eight times the length, from which a card says how far they help."""


def held_out(count: int, times: float, seed: int) -> Tensor:
    """Texts that no training draws, a letter longer than so many times the trained length."""
    return language.texts(count, round(times * TRAINED) + 1, torch.Generator().manual_seed(10_000 + seed))


def loss(way: str, model: Any, drawn: torch.Generator, _done: float) -> Tensor:
    """Of every letter in a batch of texts."""
    return _loss(way, model, language.texts(BATCH, TRAINED + 1, drawn).to(model.device))


def _loss(way: str, model: Any, ids: Tensor) -> Tensor:
    return F.cross_entropy(placing.logits(way, model, ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())


def figures(way: str, model: Any) -> dict[str, float]:
    """Nats a letter by length, and for RoPE the same when it is stretched, untuned and tuned."""
    ids, lengths = held_out(TEXTS, TIMES[-1], 0), [round(t * TRAINED) for t in TIMES]
    found = {f"{t:g}x": nats for t, nats in zip(TIMES, placing.losses(way, model, ids, lengths), strict=True)}
    if way == "rope":
        for how in STRETCHES:
            by_length = placing.losses(way, model, ids, [t * TRAINED for t in MARKS], how)
            found |= {f"{how} {t}x": nats for t, nats in zip(MARKS, by_length, strict=True)}
        for how in ("", "PI", "YaRN"):
            found[f"{how} tuned 8x".strip()] = tuned(model, how, ids)
    return found


def tuned(model: Any, how: str, ids: Tensor) -> float:
    """Nats a letter at eight times the length after a few steps of training there, the rotation stretched or not."""
    model, drawn = copy.deepcopy(model).requires_grad_(True), torch.Generator().manual_seed(0)
    long = round(TIMES[-1] * TRAINED)
    with placing.stretched(model, how, TIMES[-1]) if how else nullcontext():
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for _ in range(TUNED):
            optimizer.zero_grad()
            _loss("rope", model, language.texts(4, long + 1, drawn).to(model.device)).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return placing.loss("rope", model, ids, long)


TRAINING = Training(
    demo="positions",
    data=f"{len(language.WORDS)} words, most of them anagrams, drawn for each text from a Polya urn of its own and "
    f"spelled in letters; {TRAINED} letters from anywhere in it",
    steps=dict.fromkeys(WAYS, 700),
    rates={"learned": 1e-2, "sinusoidal": 1e-2, "rope": 3e-3, "alibi": 3e-3, "none": 1e-2},
    build=placing.untrained,
    loss=loss,
    figures=figures,
    further={"batch": BATCH, "letters": TRAINED},
)
