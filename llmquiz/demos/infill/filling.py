"""Filling a gap: five models of the same size and class on the language of `infill/language`, and how each fills it.

Two are decoders: one reads from left to right only; one was also trained to fill in, its text with marks in the gaps
first and the missing letters last, each at the position that it has in the text (fill in the middle: Bavarian et al.,
2022; with the positions of the text as in GLM: Du et al., 2021). Three are encoders without a causal mask, trained on
masked letters at three mask rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.infill import language, writing
from llmquiz.demos.infill.language import GAPS, LENGTH, LETTERS, STARTS
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.training import Training

MASK, START, FILL = LETTERS, LETTERS + 1, LETTERS + 2
"""Ids behind the letters: a missing letter, the beginning of a text, the beginning of a gap's letters."""
BATCH = 32
RATES = {"encoder-15": 0.15, "encoder-40": 0.4, "encoder-any": None}
"""Share of letters that are masked in training; None: drawn anew for every batch, from one letter to all."""
FILLED = 0.8
"""Share of batches on which the filling decoder fills; on the others it reads from left to right."""
ENCODERS = tuple(RATES)
DECODERS = ("decoder", "decoder-fill")
TESTED = 256
"""Texts that a trained model is measured on."""


def untrained(_name: str, seed: int) -> Any:
    """The model before its training, the same for every name."""
    return tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=LETTERS + 3,
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


def seen_by_all(model: Any, ids: Tensor) -> Tensor:
    """Logits of the letters, (B, T, V), with no causal mask: every position attends to every other."""
    logits: Tensor = model(ids, attention_mask=tiny.open_mask(model, *ids.shape), use_cache=False).logits
    return logits[..., :LETTERS]


def from_left(model: Any, text: Tensor) -> Tensor:
    """Logits (B, T, V) of every letter of `text` (B, T) behind those before it; the causal mask is the class's own."""
    start = torch.full_like(text[:, :1], START)
    logits: Tensor = model(torch.cat((start, text[:, :-1]), 1), use_cache=False).logits
    return logits[..., :LETTERS]


def gap_last(model: Any, text: Tensor, places: Tensor) -> Tensor:
    """Logits (B, N, V) of the letters at `places` (B, N), in the order of the text, behind all that are not missing.

    The input is the text with marks at `places`, then each missing letter's predecessor: the letter before where that
    is missing too, else FILL. Positions are those of the text, so the second part starts again within it.
    """
    B, T = text.shape
    missing = torch.zeros_like(text, dtype=torch.bool).scatter_(1, places, value=True)  # (B, T)
    before = (places - 1).clamp_min(0)
    goes_on = missing.gather(1, before) & (places > 0)  # (B, N)
    second = text.gather(1, before).masked_fill(~goes_on, FILL)
    ids = torch.cat((text.masked_fill(missing, MASK), second), 1)  # (B, T + N)
    positions = torch.cat((torch.arange(1, T + 1, device=text.device).expand(B, -1), places), 1)
    everything = torch.ones_like(ids)  # without it, positions that start again are taken for another text
    logits: Tensor = model(ids, position_ids=positions, attention_mask=everything, use_cache=False).logits
    return logits[:, T:, :LETTERS]


def drawn_places(count: int, name: str, drawn: torch.Generator) -> Tensor:
    """Places of missing letters in each of `count` texts, in order, equally many in each, (B, N)."""
    rate = RATES.get(name)
    n = round(rate * LENGTH) if rate else int(torch.randint(1, LENGTH + 1, (1,), generator=drawn))
    return torch.rand(count, LENGTH, generator=drawn).argsort(1)[:, :n].sort(1).values


def loss(name: str, model: Any, drawn: torch.Generator, _done: float) -> Tensor:
    """Of every letter for the decoder, of the missing ones for the others; the filling decoder takes turns."""
    text = language.texts(BATCH, drawn)
    places = drawn_places(BATCH, name, drawn)
    plain = name == "decoder" or (name == "decoder-fill" and bool(torch.rand(1, generator=drawn) >= FILLED))
    text, places = text.to(model.device), places.to(model.device)
    if plain:
        return F.cross_entropy(from_left(model, text).flatten(0, 1), text.flatten())
    if name == "decoder-fill":
        logits = gap_last(model, text, places)
    else:
        hidden = text.scatter(1, places, MASK)
        logits = seen_by_all(model, hidden).gather(1, places[..., None].expand(-1, -1, LETTERS))
    return F.cross_entropy(logits.flatten(0, 1), text.gather(1, places).flatten())


def unseen(seed: int, count: int = TESTED) -> Tensor:
    """Texts that no training draws, (B, T)."""
    return language.texts(count, torch.Generator().manual_seed(10_000 + seed))


def gap_logits(name: str, model: Any, text: Tensor, start: int, letters: int, *, at_once: bool = False) -> Tensor:
    """Logits (B, k, V) of the letters of a gap, the true ones before each given to it unless `at_once`."""
    gap = torch.arange(start, start + letters, device=text.device)
    if name == "decoder":
        return from_left(model, text)[:, gap]
    if name == "decoder-fill":
        return gap_last(model, text, gap.expand(len(text), -1))
    hidden = text.clone()
    hidden[:, gap] = MASK
    if at_once:
        return seen_by_all(model, hidden)[:, gap]
    steps = []
    for place in gap.tolist():
        steps.append(seen_by_all(model, hidden)[:, place])
        hidden[:, place] = text[:, place]
    return torch.stack(steps, 1)


@torch.inference_mode()
def gap_loss(name: str, model: Any, text: Tensor, letters: int, *, at_once: bool = False) -> float:
    """Nats a letter of gaps of so many letters, the mean over `STARTS`."""
    text = text.to(model.device)
    losses = []
    for start in STARTS:
        logits = gap_logits(name, model, text, start, letters, at_once=at_once).float()
        losses.append(F.cross_entropy(logits.flatten(0, 1), text[:, start : start + letters].flatten()))
    return float(torch.stack(losses).mean())


@torch.inference_mode()
def candidates(model: Any, text: Tensor, start: int) -> Tensor:
    """Log-probabilities (B, V) of a gap of one letter by a decoder that reads from left to right, untouched.

    By Bayes' rule: the text is read once with each letter in the gap, and what it then gives to all letters compared.
    """
    B = len(text)
    tried = text[:, None].repeat(1, LETTERS, 1)  # (B, V, T)
    tried[:, :, start] = torch.arange(LETTERS, device=text.device)
    flat = tried.flatten(0, 1)
    logs = from_left(model, flat).float().log_softmax(-1).gather(2, flat[..., None])[..., 0]  # (B V, T)
    return logs.sum(1).view(B, LETTERS).log_softmax(1)


def candidates_loss(model: Any, text: Tensor) -> float:
    """Nats a letter of gaps of one letter, filled by `candidates`."""
    text = text.to(model.device)
    return sum(float(F.nll_loss(candidates(model, text, start), text[:, start])) for start in STARTS) / len(STARTS)


@torch.inference_mode()
def moved(name: str, model: Any, text: Tensor, start: int, letters: int) -> int:
    """In how many texts another letter right behind the gap moves what is predicted for the gap."""
    text = text.to(model.device)
    other = text.clone()
    other[:, start + letters] = (other[:, start + letters] + 1) % LETTERS
    before, after = (gap_logits(name, model, one, start, letters) for one in (text, other))
    return int((before != after).flatten(1).any(1).sum())


def figures(name: str, model: Any) -> Mapping[str, float]:
    """Losses of gaps, and how well texts are written from nothing."""
    text = unseen(0)
    found = {f"gap {k}": gap_loss(name, model, text, k) for k in GAPS}
    if name in DECODERS:
        found |= {"gap 1, candidates": candidates_loss(model, text)}
        found |= {"text": left_loss(model, text)}
        return found | {"written": language.nats(writing.from_decoder(model, START, TESTED, 0))}
    found |= {f"gap {k}, one pass": gap_loss(name, model, text, k, at_once=True) for k in GAPS}
    for passes in (1, LENGTH):
        filled = writing.from_masks(lambda ids: seen_by_all(model, ids), MASK, TESTED, passes, 0, model.device)
        found |= {f"written in {passes}": language.nats(filled)}
    return found


@torch.inference_mode()
def left_loss(model: Any, text: Tensor) -> float:
    """Nats a letter of whole texts read from left to right."""
    text = text.to(model.device)
    return float(F.cross_entropy(from_left(model, text).flatten(0, 1).float(), text.flatten()))


MODELS = (*DECODERS, *ENCODERS)
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
