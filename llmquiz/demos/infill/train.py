"""How five models of the same size and class are trained on the language of `language`.

A decoder that reads from left to right; a decoder that is also trained to fill in (fill in the middle: Bavarian et al.,
2022; with the positions of the text as in GLM: Du et al., 2021); three encoders, the same class without its causal
mask, trained on masked letters (Devlin et al., 2018) at three mask rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.infill import language, writing
from llmquiz.demos.infill.filling import candidates_loss, from_left, gap_last, gap_loss, left_loss, seen_by_all
from llmquiz.demos.infill.setting import DECODERS, GAPS, LENGTH, LETTERS, MASK, MODELS, RATES, START
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.training import Training

BATCH = 32
FILLED = 0.8
"""Share of batches on which the filling decoder fills; on the others it reads from left to right."""
TESTED = 256
"""Texts that a trained model is measured on."""


def untrained(_name: str, seed: int) -> Any:
    """The model before its training, the same for every name."""
    return tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=LETTERS + 3,  # MASK, START and FILL behind the letters
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=64,
        initializer_range=0.1,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )


def loss(name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Of every letter for the decoder, of the missing ones for the others; the filling decoder takes turns."""
    text = language.texts(BATCH, generator)  # (B, T)
    places = drawn_places(BATCH, name, generator)  # (B, N)
    plain = name == "decoder" or (name == "decoder-fill" and bool(torch.rand(1, generator=generator) >= FILLED))
    text, places = text.to(model.device), places.to(model.device)
    if plain:
        logits = from_left(model, text)  # (B, T, V)
        return F.cross_entropy(logits.flatten(0, 1), text.flatten())
    if name == "decoder-fill":
        logits = gap_last(model, text, places)  # (B, N, V)
    else:
        masked = text.scatter(1, places, MASK)  # (B, T)
        logits = seen_by_all(model, masked).gather(1, places[..., None].expand(-1, -1, LETTERS))  # (B, N, V)
    return F.cross_entropy(logits.flatten(0, 1), text.gather(1, places).flatten())


def drawn_places(count: int, name: str, generator: torch.Generator) -> Tensor:
    """Places of missing letters in each of `count` texts, in order, equally many in each, (B, N)."""
    rate = RATES.get(name)
    n = round(rate * LENGTH) if rate else int(torch.randint(1, LENGTH + 1, (1,), generator=generator))
    shuffled = torch.rand(count, LENGTH, generator=generator).argsort(1)  # (B, T), each row a permutation
    return shuffled[:, :n].sort(1).values  # (B, N)


def unseen(seed: int, count: int = TESTED) -> Tensor:
    """Texts that no training draws, (B, T)."""
    return language.texts(count, torch.Generator().manual_seed(10_000 + seed))


def figures(name: str, model: Any) -> Mapping[str, float]:
    """Losses of gaps, and how well texts are written from nothing."""
    text = unseen(0)  # (B, T)
    values = {f"gap {k}": gap_loss(name, model, text, k) for k in GAPS}
    if name in DECODERS:
        values |= {"gap 1, candidates": candidates_loss(model, text)}
        values |= {"text": left_loss(model, text)}
        return values | {"written": language.nats(writing.from_decoder(model, START, TESTED, 0))}
    values |= {f"gap {k}, one pass": gap_loss(name, model, text, k, at_once=True) for k in GAPS}
    for passes in (1, LENGTH):
        filled = writing.from_masks(lambda ids: seen_by_all(model, ids), MASK, TESTED, passes, 0, model.device)
        values |= {f"written in {passes}": language.nats(filled)}
    return values


TRAINING = Training(
    demo="infill",
    data=f"texts of {LENGTH} letters out of {LETTERS}, each drawn by the one before (a fixed transition matrix)",
    steps=dict.fromkeys(MODELS, 1000),
    rates={"decoder": 1e-2, "decoder-fill": 5e-3, "encoder-15": 2.5e-3, "encoder-40": 5e-3, "encoder-any": 5e-3},
    build=untrained,
    loss=loss,
    figures=figures,
    tried=(2.5e-3, 5e-3, 1e-2),
    further={"batch": BATCH, "mask rates": RATES, "batches filled by decoder-fill": FILLED},
)
