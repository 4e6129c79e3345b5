"""One pass over a text against a pass for each of its prefixes: what the demo `parallel-training` measures of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.masks import logits_of
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.parallel_training.objectives import little

ROUNDING = 1e-3
"""Relative to the largest loss or gradient: far above what float32 loses here."""


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss of every position of one text, in nats."""

    length: int
    one_pass: tuple[float, ...]
    gap: float
    """Largest difference from the losses of separate prefixes, relative to the largest loss."""
    same: int
    """Positions whose loss is that of the prefix by itself, up to rounding."""
    same_without_mask: int
    """The same where the one pass runs without the causal mask."""
    positions_one: int
    """Computed in one pass over the whole text."""
    positions_separate: int
    """Computed over all prefixes."""
    calls_cached: int
    positions_cached: int
    """Computed in steps of one token with a cache."""


@torch.inference_mode()
def losses_of(model: Any, text: Tensor) -> Losses:
    """`text` (1, L + 1): L inputs and, shifted by one, L targets."""
    ids, targets = text[:, :-1], text[0, 1:]
    L = ids.shape[1]
    embedding = model.get_input_embeddings()
    with caching.counting(embedding) as fed_once:
        whole = _nats(logits_of(model, ids)[0], targets)  # (L,)
    with caching.counting(embedding) as fed_apart:
        apart = _nats(apart_of(model, ids), targets)  # (L,)
    with caching.counting(embedding) as fed_stepwise:
        stepwise(model, ids)
    blind = _nats(logits_of(model, ids, torch.zeros(L, L))[0], targets)  # (L,)
    close = ROUNDING * apart.abs().max()
    return Losses(
        length=L,
        one_pass=tuple(whole.tolist()),
        gap=caching.gap(whole, apart),
        same=int(((whole - apart).abs() <= close).sum()),
        same_without_mask=int(((blind - apart).abs() <= close).sum()),
        positions_one=sum(fed_once),
        positions_separate=sum(fed_apart),
        calls_cached=len(fed_stepwise),
        positions_cached=sum(fed_stepwise),
    )


def _nats(logits: Tensor, targets: Tensor) -> Tensor:
    return cross_entropy(logits.float(), targets, reduction="none")


def apart_of(model: Any, ids: Tensor) -> Tensor:
    """The last logits of every prefix, each in a pass of its own, (L, V)."""
    return torch.cat([caching.step(model, ids[:, : t + 1]) for t in range(ids.shape[1])])


def stepwise(model: Any, ids: Tensor) -> Tensor:
    """The same logits in steps of one token with a cache, as in generation, (L, V)."""
    cache = caching.empty_cache(model)
    return torch.cat([caching.step(model, ids[:, t : t + 1], cache) for t in range(ids.shape[1])])


@dataclass(frozen=True, slots=True)
class Saving:
    """Seconds against one pass over L tokens."""

    length: int
    apart: Varies[Ratio]
    """L separate prefixes."""
    stepwise: Varies[Ratio]
    """L steps with a cache."""
    seconds: Varies[Times]
    """Of the one pass."""


@torch.inference_mode()
def savings(model: Any, ids: Tensor, lengths: tuple[int, ...], rounds: int, progress: Progress) -> tuple[Saving, ...]:
    """Forward passes only; the backward pass doubles the work of both sides."""
    found = []
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
        found.append(Saving(length, apart, steps, times["one"]))
        progress(len(found) / len(lengths))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Gradients:
    """The gradient of the mean loss, from one backward pass and added up over one for each prefix."""

    length: int
    parameters: int
    gap: float
    """Largest difference, relative to the largest coordinate."""


def gradients_of(length: int, seed: int, device: str) -> Gradients:
    """On a little Llama in float32."""
    generator = torch.Generator().manual_seed(seed)
    model = little(LlamaForCausalLM, seed, device)
    text = torch.randint(1, model.config.vocab_size, (1, length + 1), generator=generator).to(device)
    ids, targets = text[:, :-1], text[0, 1:]
    cross_entropy(logits_of(model, ids)[0], targets).backward()  # type: ignore[no-untyped-call]
    whole = _gradient(model)
    for t in range(length):
        (cross_entropy(logits_of(model, ids[:, : t + 1])[0, -1:], targets[t : t + 1]) / length).backward()  # type: ignore[no-untyped-call]
    return Gradients(length, len(whole), caching.gap(_gradient(model), whole))


def _gradient(model: Any) -> Tensor:
    """All gradients in one row, set back to none."""
    row = torch.cat([p.grad.flatten() for p in model.parameters()])
    model.zero_grad()
    return row


@dataclass(frozen=True, slots=True)
class Copying:
    """Next-token training on random tokens, of which nothing can be learned."""

    vocab: int
    """Different tokens in the text."""
    entropy: float
    """Its ln: the lowest loss that can be had without seeing the answer, in nats."""
    with_mask: tuple[float, ...]
    """Step by step."""
    without_mask: tuple[float, ...]


def copying(seed: int, device: str, progress: Progress, steps: int = 48) -> Copying:
    """The same little Llama on the same tokens, once with the causal mask and once without; in float32."""
    vocab, length = 8, 12
    masks = {True: None, False: torch.zeros(length, length)}
    curves: dict[bool, tuple[float, ...]] = {}
    for masked, mask in masks.items():
        curves[masked] = _trained(vocab, length, mask, seed, device, steps)
        progress(len(curves) / 2)
    return Copying(vocab, math.log(vocab), curves[True], curves[False])


def _trained(vocab: int, length: int, mask: Tensor | None, seed: int, device: str, steps: int) -> tuple[float, ...]:
    generator = torch.Generator().manual_seed(seed)
    model = little(LlamaForCausalLM, seed, device, vocab + 1)  # 0 is padding
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    curve = []
    for _ in range(steps):
        text = torch.randint(1, vocab + 1, (16, length), generator=generator).to(device)  # fresh each time
        loss = cross_entropy(logits_of(model, text, mask)[:, :-1].flatten(0, 1), text[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        curve.append(loss.item())
    return tuple(curve)
