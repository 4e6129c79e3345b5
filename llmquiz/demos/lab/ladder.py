"""A ladder of decoders on a language whose entropy is known, which two demos read: scaling-law and emergence.

The language is a Markov chain: the next token depends on the last one alone, by a table that we made. The logits of the
table fall off as a power law (r^-0.8, r the rank), a source picked so that a power law of the loss is plausible.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.training import Training

VOCAB = 128
SPECTRUM = 0.8
BATCH, LENGTH = 32, 32
STEPS = 800
WIDTHS = (4, 8, 16, 24, 32, 48)
SHORTER = (100, 200, 400)
"""Steps of further models of `MIDDLE`, which see so much less data."""
MIDDLE = 32
EXAM = 512
"""Texts that trained models are tested on."""
LENGTHS = (2, 4, 8, 16, 32)
"""Tokens in a row that all have to be right."""
LADDER = tuple(f"d{width}" for width in WIDTHS)
BY_DATA = (*(f"d{MIDDLE}-{steps}" for steps in SHORTER), f"d{MIDDLE}")
"""One size, from the least data to the most."""


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A Markov chain; in float64."""

    table: Tensor
    """(V, V): the probabilities of the next token, a row a token."""
    often: Tensor
    """(V,): how often each token occurs."""
    entropy: float
    """In nats a token: what no model can go below."""


@lru_cache(maxsize=1)
def language() -> Language:
    """The language of all models here."""
    drawn = torch.Generator().manual_seed(0)
    left, right = (torch.randn(VOCAB, VOCAB, generator=drawn, dtype=torch.float64) for _ in range(2))  # (V, V)
    strength = torch.arange(1, VOCAB + 1, dtype=torch.float64) ** -SPECTRUM  # (V,): of rank 1, 2, …
    table = ((left * strength) @ right.T).softmax(-1)  # (V, V)

    # the chain forgets where it began: its stationary distribution by power iteration
    often = torch.full((VOCAB,), 1 / VOCAB, dtype=torch.float64)  # (V,)
    for _ in range(200):
        often = often @ table
    entropy = -(often[:, None] * table * table.log()).sum()  # of the next token, averaged over the last one
    return Language(table, often, float(entropy))


def texts(count: int, length: int, generator: torch.Generator) -> Tensor:
    """Texts of the language, (count, length), from `generator` on the CPU."""
    dice = torch.rand(length, count, 1, generator=generator, dtype=torch.float64)  # (T, B, 1)
    first = torch.searchsorted(language().often.cumsum(0), dice[0]).clamp(max=VOCAB - 1)  # (B, 1)
    return written(language().table, first, dice)


def written(table: Tensor, first: Tensor, dice: Tensor) -> Tensor:
    """What chains that start at `first` (B, 1) write with random numbers (T, B, 1), the first unused: (B, T)."""
    sums = table.cumsum(1)  # (V, V): a number below the sum at a token, and not below the one before, means that token
    ids = [first]
    for roll in dice[1:]:
        ids.append(torch.searchsorted(sums[ids[-1][:, 0]], roll).clamp(max=VOCAB - 1))
    return torch.cat(ids, 1)


def untrained(name: str, seed: int) -> Any:
    """The model before its training."""
    width = width_of(name)
    return tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=VOCAB,
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=2,
        num_attention_heads=min(4, width // 4),
        num_key_value_heads=min(4, width // 4),
        max_position_embeddings=64,
        tie_word_embeddings=True,
        initializer_range=0.5 * width**-0.5,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )


def width_of(name: str) -> int:
    """d of a model's name."""
    return int(name.removeprefix("d").split("-")[0])


def steps_of(name: str) -> int:
    """Of its training."""
    return int(name.split("-")[1]) if "-" in name else STEPS


def tokens_of(name: str) -> int:
    """D: tokens that the training predicts, each batch freshly drawn, none seen twice."""
    return steps_of(name) * BATCH * LENGTH


def loss(_name: str, model: Any, drawn: torch.Generator, _done: float) -> Tensor:
    """Next-token cross-entropy of a fresh batch."""
    ids = texts(BATCH, LENGTH + 1, drawn).to(model.device)  # (B, T + 1)
    logits = model(ids[:, :-1], use_cache=False).logits  # (B, T, V)
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


@lru_cache(maxsize=1)
def exam() -> Tensor:
    """Texts that no training saw, (EXAM, LENGTH)."""
    return texts(EXAM, LENGTH, torch.Generator().manual_seed(1_000_000))


@torch.inference_mode()
def log_probabilities(model: Any, ids: Tensor) -> Tensor:
    """Of the next token at each position of `ids` (B, T): (B, T, V) in float64 on the CPU."""
    logs: Tensor = model(ids.to(model.device), use_cache=False).logits.cpu().double().log_softmax(-1)
    return logs


def figures(_name: str, model: Any) -> Mapping[str, float]:
    """The loss on the exam, and how often the model's first choice is the language's, singly and in a row.

    The loss is the expected one: cross-entropy with the language's own probabilities, not with tokens drawn from them.
    """
    probs = language().table[exam()]  # (B, T, V)
    logs = log_probabilities(model, exam())  # (B, T, V)
    excess = float((probs * (probs.log() - logs)).sum(-1).mean())
    right = logs.argmax(-1) == probs.argmax(-1)  # (B, T)
    singly = {"loss": language().entropy + excess, "right": share(right)}
    return singly | {f"all {k}": share(in_a_row(right, k)) for k in LENGTHS}


def in_a_row(right: Tensor, count: int) -> Tensor:
    """Whether all of so many neighbouring tokens are right: (B, T) to (B, T / count), no token used twice."""
    every: Tensor = right.view(len(right), -1, count).all(-1)
    return every


def share(right: Tensor) -> float:
    """Of those that are right."""
    return float(right.double().mean())


NAMES = (*LADDER, *BY_DATA[:-1])
RATES = {"d4": 3e-2, "d8": 3e-2, "d16": 3e-2} | dict.fromkeys(("d24", "d32", "d48"), 1.2e-2)
RATES |= {f"d{MIDDLE}-{steps}": 1.2e-2 for steps in SHORTER}
TRAINING = Training(
    demo="scaling-law",
    data=f"texts of {LENGTH + 1} tokens from a Markov chain over {VOCAB} tokens, all fresh; figures.loss is the "
    f"expected loss on {EXAM} other texts, by which the sweep chooses",
    steps={name: steps_of(name) for name in NAMES},
    rates=RATES,
    build=untrained,
    loss=loss,
    figures=figures,
    tried=(5e-3, 1.2e-2, 3e-2, 7e-2),
    further={"batch": BATCH, "length": LENGTH},
)
