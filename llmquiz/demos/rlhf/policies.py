"""Policies that write a toy English word by word: sampling, log-probabilities, and what a policy is measured by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache

from llmquiz.demos.lab import kv
from llmquiz.demos.rlhf import language as toy


@torch.no_grad()
def sample(model: Any, prompts: Tensor, generator: torch.Generator) -> Tensor:
    """A text for each prompt (B,), drawn at temperature 1: ids (B, LENGTH), filled up behind the full stop."""
    ids = prompts[:, None].cpu()
    seq2seq = model.config.is_encoder_decoder
    cache = None if seq2seq else DynamicCache(config=model.config)
    alive = torch.ones(len(ids), dtype=torch.bool)
    while ids.shape[1] < toy.LENGTH:
        if seq2seq:
            last = next_logits(model, torch.cat((ids, ids[:, :1]), 1))[:, -1]
        else:
            last = kv.call(model, ids[:, -1:].to(model.device), cache=cache).logits[:, -1]
        chosen = torch.where(alive, draw(last, generator), toy.PAD)
        alive = alive & (chosen != toy.END)
        ids = torch.cat((ids, chosen[:, None]), 1)
    return ids.to(model.device)


def draw(logits: Tensor, generator: torch.Generator) -> Tensor:
    """A token from each row of logits (B, V), by inverting the distribution function: (B,) on the CPU."""
    cumulative = logits.double().softmax(-1).cumsum(-1).cpu()  # (B, V)
    at = torch.rand(len(logits), 1, generator=generator, dtype=torch.float64)
    return (cumulative <= at).sum(-1).clamp(max=logits.shape[-1] - 1)


def next_logits(model: Any, ids: Tensor) -> Tensor:
    """Logits of every token after the opener, (B, T - 1, V), in one pass."""
    if model.config.is_encoder_decoder:  # the opener is what it reads, the rest what it writes
        written = torch.cat((torch.full_like(ids[:, :1], toy.PAD), ids[:, 1:-1]), 1)
        logits: Tensor = model(input_ids=ids[:, :1], decoder_input_ids=written, use_cache=False).logits
    else:
        logits = model(ids[:, :-1], use_cache=False).logits
    return logits


def log_probabilities(model: Any, ids: Tensor) -> Tensor:
    """Of every token that was written, (B, T - 1); 0 behind the full stop."""
    every = next_logits(model, ids).log_softmax(-1)  # (B, T - 1, V)
    found: Tensor = every.gather(2, ids[:, 1:, None])[..., 0]
    return found * toy.told(ids)


def divergence(model: Any, reference: Any, ids: Tensor) -> Tensor:
    """KL(model, reference) in nats, (B,): summed exactly over the next tokens at every place of texts of the model."""
    own, other = (next_logits(one, ids).log_softmax(-1) for one in (model, reference))  # (B, T - 1, V)
    return ((own.exp() * (own - other)).sum(-1) * toy.told(ids)).sum(1)


@dataclass(frozen=True, slots=True)
class Measured:
    """A policy, by texts of its own."""

    reward: float
    kl: float
    """To the reference, in nats a text."""
    fluency: float
    """Mean log-probability of a token under the reference, in nats."""
    ungrammatical: float
    """Share of the texts."""
    kept: float
    """Reward where an ungrammatical text earns nothing."""
    tokens: float
    """Written, a text."""


def prompts(each: int) -> Tensor:
    """Every opener so many times."""
    return torch.tensor(toy.PROMPTS).repeat_interleave(each)


@torch.no_grad()
def measured(model: Any, reference: Any, *, each: int, seed: int) -> tuple[Measured, Tensor]:
    """Figures from `each` texts of every opener, and the texts."""
    ids = sample(model, prompts(each), torch.Generator().manual_seed(20_000 + seed))
    return judged(ids, model, reference), ids


def judged(ids: Tensor, model: Any, reference: Any) -> Measured:
    """What texts of the model say about it."""
    told, rewards, right = toy.told(ids), toy.reward(ids), correct(ids)
    return Measured(
        reward=float(rewards.mean()),
        kl=float(divergence(model, reference, ids).double().mean()),
        fluency=float(log_probabilities(reference, ids).double().sum() / told.sum()),
        ungrammatical=float(1 - right.float().mean()),
        kept=float((rewards * right).mean()),
        tokens=float(told.sum(1).double().mean()),
    )


def correct(ids: Tensor) -> Tensor:
    """Which texts the grammar could have written, (B,)."""
    return torch.tensor([toy.grammatical(toy.words(row)) for row in ids])


def figures(found: Measured, beta: float) -> Mapping[str, float]:
    """For the card; `score` is what the methods are tuned by."""
    return {
        "score": found.reward - beta * found.kl,
        "reward": found.reward,
        "kl": found.kl,
        "fluency": found.fluency,
        "ungrammatical": found.ungrammatical,
        "kept": found.kept,
        "tokens": found.tokens,
    }
