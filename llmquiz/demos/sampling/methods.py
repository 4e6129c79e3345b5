"""Choosing the next token: the distribution that each method draws from, and what it writes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.devices import seeded

INF = float("inf")


@dataclass(frozen=True, slots=True)
class Settings:
    """A way to draw; the defaults change nothing."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0


METHODS: Mapping[str, Settings] = {
    "T=0.7": Settings(temperature=0.7),
    "T=1": Settings(),
    "T=1.5": Settings(temperature=1.5),
    "top-k 10": Settings(top_k=10),
    "top-p 0.9": Settings(top_p=0.9),
    "min-p 0.1": Settings(min_p=0.1),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many tokens each cut leaves of one distribution."""

    entropy: float
    top_k: int
    top_p: int
    min_p: int


def shaped(logits: Tensor, how: Settings) -> Tensor:
    """The probabilities that are drawn from, (V,): temperature first, then the cuts, then normalized again."""
    logits = logits / how.temperature  # (V,)
    if how.top_k:
        least = logits.topk(min(how.top_k, len(logits))).values[-1]
        logits = logits.masked_fill(logits < least, -INF)
    if how.top_p < 1:
        probs, order = logits.softmax(-1).sort(descending=True)  # (V,)
        cut = probs.cumsum(-1) - probs >= how.top_p  # the mass before a token is enough without it
        logits = logits.masked_fill(cut[order.argsort()], -INF)
    if how.min_p:
        probs = logits.softmax(-1)
        logits = logits.masked_fill(probs < how.min_p * probs.max(), -INF)
    return logits.softmax(-1)


def entropy(probs: Tensor) -> float:
    """In bits."""
    some = probs[probs > 0].double()
    return max(0.0, float(-(some * some.log2()).sum()))


def kept(probs: Tensor) -> int:
    """How many tokens can be drawn."""
    return int((probs > 0).sum())


def distance(probs: Tensor, draws: int, seed: int) -> float:
    """Half the summed difference between the probabilities and the shares of `draws` draws (total variation)."""
    with seeded(seed):
        drawn = torch.multinomial(probs, draws, replacement=True)
    shares = torch.bincount(drawn, minlength=len(probs)).double() / draws
    return float((shares - probs.double()).abs().sum() / 2)


def order_kept(logits: Tensor, temperatures: Sequence[float]) -> bool:
    """Whether the tokens have the same ranks at every temperature."""
    order = logits.argsort(descending=True, stable=True)
    at = [shaped(logits.double(), Settings(temperature=t))[order] for t in temperatures]
    return all(bool((probs.diff() <= 0).all()) for probs in at)


def cuts(logits: Tensor) -> Kept:
    """What the cuts of `METHODS` leave of one distribution."""
    cut = [kept(shaped(logits, METHODS[name])) for name in ("top-k 10", "top-p 0.9", "min-p 0.1")]
    return Kept(entropy(logits.softmax(-1)), *cut)


def smallest(logits: Tensor) -> dict[str, Any]:
    """The mass of what top-p keeps, with and without its least probable token."""
    probs = logits.softmax(-1)
    inside = probs[shaped(logits, METHODS["top-p 0.9"]) > 0]
    return {"mass_of_top_p": float(inside.sum()), "mass_without_its_last": float(inside.sum() - inside.min())}


def sets(logits: Tensor, **cut: Any) -> int:
    """How many different sets a cut keeps over three temperatures."""
    return len({tuple((shaped(logits, Settings(temperature=t, **cut)) > 0).tolist()) for t in (0.5, 1.0, 2.0)})


@torch.inference_mode()
def same_as_generate(model: Any, prompt: Tensor, how: Settings, draws: int, seed: int) -> int:
    """How many of `draws` first tokens `generate()` draws as `shaped` does, both from the same random state."""
    probs = shaped(model(prompt).logits[0, -1].float(), how)
    with seeded(seed):
        ours = torch.multinomial(probs.expand(draws, -1), 1)  # (draws, 1)
    options: dict[str, Any] = {"temperature": how.temperature, "top_k": how.top_k, "top_p": how.top_p}
    with seeded(seed):
        theirs = model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            do_sample=True,
            num_return_sequences=draws,
            max_new_tokens=1,
            min_p=how.min_p or None,
            **options,
        )
    return int((theirs[:, -1:] == ours).sum())


@torch.inference_mode()
def write(model: Any, prompt: Tensor, new: int, *, texts: int = 1, seed: int = 0, **options: Any) -> Tensor:
    """Texts by `generate()`, (texts, new)."""
    with seeded(seed):
        out: Tensor = model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=new,
            num_return_sequences=texts,
            top_k=0,
            **options,
        )
    return out[:, prompt.shape[1] :]


@torch.inference_mode()
def log_probability(model: Any, prompt: Tensor, text: Tensor) -> float:
    """Natural logarithm of the probability that the model gives to `text` (N,) behind the prompt."""
    whole = torch.cat((prompt, text[None]), 1)
    logs = model(whole).logits[0, prompt.shape[1] - 1 : -1].log_softmax(-1)  # (N, V)
    return float(logs.gather(1, text[:, None]).double().sum())


def distinct_pairs(text: Sequence[int]) -> float:
    """Share of pairs of neighbouring tokens that are not a repetition of an earlier pair."""
    pairs = list(pairwise(text))
    return len(set(pairs)) / len(pairs)
