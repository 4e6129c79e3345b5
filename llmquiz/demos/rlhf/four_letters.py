"""Texts of four letters in which the last two repeat the first two: few enough to sum over all that could be written.

A causal model and a masked one learn them, so that what each says of a whole text can be added up. The sum that is no
distribution is the pseudo-likelihood (Besag, 1975; for BERT, Wang and Cho, 2019; Salazar et al., 2020). In all shapes B
are texts, T = `LENGTH` their letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertForMaskedLM, LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.rlhf.claims import Letters

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
    """Two letters and the same two again, (B, T): 16 texts, all equally likely."""
    return torch.randint(0, LETTERS, (count, LENGTH // 2), generator=generator).repeat(1, 2)  # (B, 2) to (B, 4)


def every_text() -> Tensor:
    """All that could be written, (LETTERS^LENGTH, LENGTH)."""
    return torch.cartesian_prod(*[torch.arange(LETTERS)] * LENGTH)


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
    ids = ids.to(causal.device)
    shifted = torch.cat((torch.full_like(ids[:, :1], MASK), ids[:, :-1]), 1)  # (B, T), what stands before each letter
    return _letter_log_p(causal(shifted, use_cache=False).logits, ids).sum(1)


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


@torch.no_grad()
def sums_over_all(causal: Any, masked: Any) -> Letters:
    """What both say of all texts."""
    ids, true = every_text(), true_texts()  # (256, T), (256,)
    log_p = torch.stack([in_order(masked, ids, order) for order in orders()]).cpu()  # (24, 256)
    sums = log_p.exp().sum(1)  # (24,)
    return Letters(
        texts=len(ids),
        true=int(true.sum()),
        passes=LENGTH,
        causal_sum=float(log_likelihood(causal, ids).exp().sum()),
        pseudo_sum=float(pseudo_log_likelihood(masked, ids).exp().sum()),
        order_sums=(float(sums.min()), float(sums.max())),
        orders=len(log_p),
        order_true=float(log_p[0, true].exp().sum()),
        order_gap=float((log_p.max(0).values - log_p.min(0).values).max()),
    )
