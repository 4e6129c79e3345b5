"""One pass over a text against a pass for each of its prefixes: losses, gradients, and the time that either takes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.caching import apart_of, stepwise
from llmquiz.demos.lab.masks import logits_of
from llmquiz.demos.lab.quantities import ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.lab.tiny import random_tokens
from llmquiz.demos.parallel_training.claims import ROUNDING, Gradients, Losses, Saving
from llmquiz.demos.parallel_training.small_model import small_model


@torch.inference_mode()
def losses_of(model: Any, text: Tensor) -> Losses:
    """`text` (1, L + 1): L inputs and, shifted by one, L targets."""
    ids, targets = text[:, :-1], text[0, 1:]  # (1, L), (L,)
    L = ids.shape[1]
    embedding = model.get_input_embeddings()  # every position that is computed passes it once
    with caching.counting(embedding) as fed_once:
        whole = _nats(logits_of(model, ids)[0], targets)  # (L,)
    with caching.counting(embedding) as fed_apart:
        apart = _nats(apart_of(model, ids), targets)  # (L,)
    with caching.counting(embedding) as fed_stepwise:
        stepwise(model, ids)
    unmasked = _nats(logits_of(model, ids, torch.zeros(L, L))[0], targets)  # (L,)
    close = ROUNDING * apart.abs().max()
    return Losses(
        length=L,
        one_pass=tuple(whole.tolist()),
        gap=caching.gap(whole, apart),
        same=int(((whole - apart).abs() <= close).sum()),
        same_without_mask=int(((unmasked - apart).abs() <= close).sum()),
        positions_one=sum(fed_once),
        positions_separate=sum(fed_apart),
        calls_cached=len(fed_stepwise),
        positions_cached=sum(fed_stepwise),
    )


def _nats(logits: Tensor, targets: Tensor) -> Tensor:
    """Loss of each position, (L,), of logits (L, V)."""
    return cross_entropy(logits.float(), targets, reduction="none")


@torch.inference_mode()
def savings(model: Any, ids: Tensor, lengths: tuple[int, ...], rounds: int, progress: Progress) -> tuple[Saving, ...]:
    """Of the first so many tokens of `ids` (1, L); forward passes only, the backward pass doubles both sides' work."""
    savings = list[Saving]()
    for length in lengths:
        text = ids[:, :length]
        cases = {
            "one": lambda text=text: logits_of(model, text),
            "apart": lambda text=text: apart_of(model, text),
            "stepwise": lambda text=text: stepwise(model, text),
        }
        cases["one"]()  # warm; the long cases need no warming
        times = timed(cases, device=str(ids.device), rounds=rounds, warmup=0)
        apart, steps = ratio(times["apart"], times["one"]), ratio(times["stepwise"], times["one"])
        savings.append(Saving(length, apart, steps, times["one"]))
        progress(len(savings) / len(lengths))
    return tuple(savings)


def gradients_of(length: int, seed: int, device: str) -> Gradients:
    """On a small Llama in float32."""
    model = small_model(LlamaForCausalLM, seed, device)
    text = random_tokens(model, 1, length + 1, seed=seed)
    ids, targets = text[:, :-1], text[0, 1:]  # (1, L), (L,)

    # once from the mean of all losses, then added up: a share of 1/L from the last position of each prefix
    cross_entropy(logits_of(model, ids)[0], targets).backward()  # type: ignore[no-untyped-call]
    whole = _gradient(model)  # (parameters,)
    for t in range(length):
        logits = logits_of(model, ids[:, : t + 1])[0, -1:]  # (1, V)
        (cross_entropy(logits, targets[t : t + 1]) / length).backward()  # type: ignore[no-untyped-call]
    return Gradients(length, len(whole), caching.gap(_gradient(model), whole))


def _gradient(model: Any) -> Tensor:
    """All gradients in one row (parameters,), set back to none."""
    row = torch.cat([p.grad.flatten() for p in model.parameters()])
    model.zero_grad()
    return row
