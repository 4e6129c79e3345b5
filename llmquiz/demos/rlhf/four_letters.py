"""Texts of four letters in which the last two repeat the first two: few enough to sum over all that could be written.

A causal model and a masked one learn them, so that what each says of a whole text can be added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForMaskedLM, LlamaForCausalLM

from llmquiz.demos.lab import tiny

LETTERS, LENGTH = 4, 4
MASK = LETTERS
"""Begins every text of the causal model, hides letters of the masked one."""
BATCH = 64
SIZES: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
MODELS: dict[str, tuple[Any, dict[str, Any]]] = {
    "causal": (LlamaForCausalLM, {"num_key_value_heads": 2, "bos_token_id": None, "eos_token_id": None}),
    "masked": (BertForMaskedLM, {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}),
}


def build(name: str, seed: int) -> Any:
    """The untrained model."""
    model_class, settings = MODELS[name]
    common = {"vocab_size": LETTERS + 1, "max_position_embeddings": 8, "pad_token_id": None, **SIZES, **settings}
    return tiny.build(model_class, seed=seed, device="cpu", dtype="float32", **common)


def texts(count: int, generator: torch.Generator) -> Tensor:
    """Two letters and the same two again, (B, LENGTH): 16 texts, all equally likely."""
    return torch.randint(0, LETTERS, (count, LENGTH // 2), generator=generator).repeat(1, 2)


def every_text() -> Tensor:
    """All that could be written, (LETTERS^LENGTH, LENGTH)."""
    return torch.cartesian_prod(*[torch.arange(LETTERS)] * LENGTH)


def true_texts() -> Tensor:
    """Which of `every_text` occur, (LETTERS^LENGTH,)."""
    ids = every_text()
    return (ids[:, :2] == ids[:, 2:]).all(1)


def loss(name: str, model: Any, drawn: torch.Generator, _done: float) -> Tensor:
    """Of the next letter, or of masked ones, of which there are one to all."""
    ids = texts(BATCH, drawn)
    if name == "causal":
        return -log_likelihood(model, ids).mean() / LENGTH
    count = torch.randint(1, LENGTH + 1, (BATCH, 1), generator=drawn)
    hidden = torch.rand(BATCH, LENGTH, generator=drawn).argsort(1) < count
    logits = model(ids.masked_fill(hidden, MASK).to(model.device)).logits[..., :LETTERS]
    return F.cross_entropy(logits[hidden], ids.to(model.device)[hidden])


def log_likelihood(causal: Any, ids: Tensor) -> Tensor:
    """log p of every text, (B,): one causal pass."""
    ids = ids.to(causal.device)
    before = torch.cat((torch.full_like(ids[:, :1], MASK), ids[:, :-1]), 1)
    return _at(causal(before, use_cache=False).logits, ids).sum(1)


def pseudo_log_likelihood(masked: Any, ids: Tensor) -> Tensor:
    """Sum over the letters of log p(letter | all others), (B,): a pass for each letter."""
    return sum((_letter(masked, ids, i, [i]) for i in range(LENGTH)), torch.zeros(()))


def in_order(masked: Any, ids: Tensor, order: Sequence[int]) -> Tensor:
    """log p of writing every text in this order from nothing but masks, (B,): a pass for each letter as well."""
    steps = (_letter(masked, ids, place, order[i:]) for i, place in enumerate(order))
    return sum(steps, torch.zeros(()))


def _letter(masked: Any, ids: Tensor, place: int, hidden: Sequence[int]) -> Tensor:
    """log p of the letter at `place` while all of `hidden` are masked, (B,)."""
    ids = ids.to(masked.device)
    shown = ids.clone()
    shown[:, list(hidden)] = MASK
    return _at(masked(shown).logits, ids)[:, place]


def _at(logits: Tensor, ids: Tensor) -> Tensor:
    """Log-probabilities of the letters, (B, T); the mask itself is never written."""
    found: Tensor = logits[..., :LETTERS].double().log_softmax(-1).gather(2, ids[..., None])[..., 0]
    return found


def orders() -> tuple[tuple[int, ...], ...]:
    """Every order to fill the places in."""
    return tuple(permutations(range(LENGTH)))


@torch.no_grad()
def figures(name: str, model: Any) -> Mapping[str, float]:
    """What it says of all texts, added up; `score` is the mean log-probability that it gives to the true ones."""
    ids, true = every_text(), true_texts()
    log_p = log_likelihood(model, ids) if name == "causal" else pseudo_log_likelihood(model, ids)
    found = {"score": float(log_p[true].mean()), "sum": float(log_p.exp().sum())}
    if name == "masked":
        found["sum in order"] = float(in_order(model, ids, range(LENGTH)).exp().sum())
    return found


@dataclass(frozen=True, slots=True)
class Letters:
    """A causal and a masked model of the texts of four letters."""

    texts: int
    true: int
    passes: int
    """Of the masked model, a text."""
    causal_sum: float
    pseudo_sum: float
    order_sums: tuple[float, float]
    """The smallest and the largest over all orders."""
    orders: int
    order_true: float
    """Probability of the true texts, from left to right."""
    order_gap: float
    """The largest difference between two orders, in nats, of the log-probability of any text."""


@torch.no_grad()
def found(causal: Any, masked: Any) -> Letters:
    """What both say of all texts."""
    ids, true = every_text(), true_texts()
    ordered = torch.stack([in_order(masked, ids, order) for order in orders()]).cpu()  # (24, 256)
    sums = ordered.exp().sum(1)
    return Letters(
        texts=len(ids),
        true=int(true.sum()),
        passes=LENGTH,
        causal_sum=float(log_likelihood(causal, ids).exp().sum()),
        pseudo_sum=float(pseudo_log_likelihood(masked, ids).exp().sum()),
        order_sums=(float(sums.min()), float(sums.max())),
        orders=len(ordered),
        order_true=float(ordered[0, true].exp().sum()),
        order_gap=float((ordered.max(0).values - ordered.min(0).values).max()),
    )
