"""A causal model and a masked one of the texts of four letters, and what each says of a whole text.

The sum that is no distribution is the pseudo-likelihood (Besag, 1975; for BERT, Wang and Cho, 2019; Salazar et al.,
2020). In all shapes B are texts, T = `LENGTH` their letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForMaskedLM, DynamicCache, LlamaForCausalLM

from llmquiz.demos.lab import kv, tiny
from llmquiz.demos.lab.four_letters import LENGTH, LETTERS, every_text

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
    """Two letters and the same two again, (B, T): 16 texts, all equally likely."""
    return torch.randint(0, LETTERS, (count, LENGTH // 2), generator=generator).repeat(1, 2)  # (B, 2) to (B, 4)


def true_texts() -> Tensor:
    """Which of `every_text` occur, (LETTERS^LENGTH,)."""
    ids = every_text()
    return (ids[:, :2] == ids[:, 2:]).all(1)


def loss(name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Of the next letter, or of masked ones, of which there are one to all: a scalar."""
    ids = texts(BATCH, generator)  # (B, T)
    if name == "causal":
        return -log_likelihood(model, ids).mean() / LENGTH
    count = torch.randint(1, LENGTH + 1, (BATCH, 1), generator=generator)
    hidden = torch.rand(BATCH, LENGTH, generator=generator).argsort(1) < count  # (B, T), so many in each row
    logits = model(ids.masked_fill(hidden, MASK).to(model.device)).logits[..., :LETTERS]  # (B, T, LETTERS)
    return F.cross_entropy(logits[hidden], ids.to(model.device)[hidden])


def log_likelihood(causal: Any, ids: Tensor) -> Tensor:
    """log p of every text, (B,): one causal pass."""
    logits = causal(_before(ids.to(causal.device)), use_cache=False).logits  # (B, T, LETTERS + 1)
    return _letter_log_p(logits, ids.to(causal.device)).sum(1)


@torch.no_grad()
def stepwise(causal: Any, ids: Tensor) -> Tensor:
    """log p of every text, (B,), as it is written: a step a letter over a cache."""
    ids = ids.to(causal.device)
    before, cache, total = _before(ids), DynamicCache(config=causal.config), torch.zeros(())
    for i in range(LENGTH):
        logits = kv.call(causal, before[:, i : i + 1], cache=cache).logits  # (B, 1, LETTERS + 1)
        total = _letter_log_p(logits, ids[:, i : i + 1])[:, 0] + total  # (B,)
    return total


def _before(ids: Tensor) -> Tensor:
    """What stands before each letter, (B, T)."""
    return torch.cat((torch.full_like(ids[:, :1], MASK), ids[:, :-1]), 1)


def pseudo_log_likelihood(masked: Any, ids: Tensor) -> Tensor:
    """Sum over the letters of log p(letter | all others), (B,): a pass for each letter."""
    return sum((_one_letter(masked, ids, place, [place]) for place in range(LENGTH)), torch.zeros(()))


def in_order(masked: Any, ids: Tensor, order: Sequence[int]) -> Tensor:
    """log p of writing every text in this order from nothing but masks, (B,): a pass for each letter as well."""
    steps = (_one_letter(masked, ids, place, order[i:]) for i, place in enumerate(order))
    return sum(steps, torch.zeros(()))


def _one_letter(masked: Any, ids: Tensor, place: int, hidden: Sequence[int]) -> Tensor:
    """log p of the letter at `place` while all of `hidden` are masked, (B,)."""
    ids = ids.to(masked.device)
    shown = ids.clone()  # (B, T)
    shown[:, list(hidden)] = MASK
    return _letter_log_p(masked(shown).logits, ids)[:, place]


def _letter_log_p(logits: Tensor, ids: Tensor) -> Tensor:
    """Log-probabilities of the letters, (B, T), from (B, T, LETTERS + 1); the mask itself is never written."""
    log_p: Tensor = logits[..., :LETTERS].double().log_softmax(-1)  # (B, T, LETTERS)
    return log_p.gather(2, ids[..., None])[..., 0]


def orders() -> tuple[tuple[int, ...], ...]:
    """Every order to fill the places in."""
    return tuple(permutations(range(LENGTH)))


@torch.no_grad()
def figures(name: str, model: Any) -> Mapping[str, float]:
    """What it says of all texts, added up; `score` is the mean log-probability that it gives to the true ones."""
    ids, true = every_text(), true_texts()  # (256, T), (256,)
    log_p = log_likelihood(model, ids) if name == "causal" else pseudo_log_likelihood(model, ids)  # (256,)
    sums = {"score": float(log_p[true].mean()), "sum": float(log_p.exp().sum())}
    if name == "masked":
        sums["sum in order"] = float(in_order(model, ids, range(LENGTH)).exp().sum())
    return sums
