"""How the five models are trained, all by one recipe, and what their cards keep."""

from __future__ import annotations

import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab.training import Training
from llmquiz.demos.positions import encodings, language, losses
from llmquiz.demos.positions.claims import MARKS, STRETCHES, TRAINED, WAYS
from llmquiz.demos.positions.stretching import stretched
from llmquiz.demos.positions.texts import held_out, texts

BATCH = 20
MULTIPLES = (1, 1.5, 2, 3, 4, 6, 8)
"""Of the trained length: where losses are measured."""
TEXTS = 64
TUNED = 20
"""Steps on texts of eight times the length, from which a card says how far they help."""


def loss(way: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Of every letter in a batch of texts: a scalar."""
    return _loss(way, model, texts(BATCH, TRAINED + 1, generator).to(model.device))


def _loss(way: str, model: Any, ids: Tensor) -> Tensor:
    logits = encodings.logits(way, model, ids[:, :-1])  # (B, T, V)
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


def figures(way: str, model: Any) -> dict[str, float]:
    """Nats a letter by length, and for RoPE the same when it is stretched, untuned and tuned."""
    ids, lengths = held_out(TEXTS, MULTIPLES[-1], 0), [round(t * TRAINED) for t in MULTIPLES]  # (B, 8 · TRAINED + 1)
    nats = dict(zip((f"{t:g}x" for t in MULTIPLES), losses.losses(way, model, ids, lengths), strict=True))
    if way == "rope":
        for how in STRETCHES:
            by_length = losses.losses(way, model, ids, [t * TRAINED for t in MARKS], how)
            nats |= dict(zip((f"{how} {t}x" for t in MARKS), by_length, strict=True))
        for how in ("", "PI", "YaRN"):
            nats[f"{how} tuned 8x".strip()] = tuned(model, how, ids)
    return nats


def tuned(model: Any, how: str, ids: Tensor) -> float:
    """Nats a letter at eight times the length after a few steps of training there, the rotation stretched or not."""
    model, generator = copy.deepcopy(model).requires_grad_(True), torch.Generator().manual_seed(0)
    long = round(MULTIPLES[-1] * TRAINED)
    with stretched(model, how, MULTIPLES[-1]):
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for _ in range(TUNED):
            optimizer.zero_grad()
            batch = texts(4, long + 1, generator).to(model.device)  # (4, long + 1)
            _loss("rope", model, batch).backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return losses.loss("rope", model, ids, long)


TRAINING = Training(
    demo="positions",
    data=f"{len(language.WORDS)} words, most of them anagrams, drawn for each text from a Polya urn of its own and "
    f"spelled in letters; {TRAINED} letters from anywhere in it",
    steps=dict.fromkeys(WAYS, 700),
    rates={"learned": 1e-2, "sinusoidal": 1e-2, "rope": 3e-3, "alibi": 3e-3, "none": 1e-2},
    build=encodings.untrained,
    loss=loss,
    figures=figures,
    further={"batch": BATCH, "letters": TRAINED},
)
