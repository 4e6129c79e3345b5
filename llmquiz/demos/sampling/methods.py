"""The distribution that each method draws from: temperature, top-k, top-p, min-p, and what they leave of one.

Top-k: Fan et al. (2018). Top-p (nucleus): Holtzman et al. (2020). Min-p: Nguyen et al. (2024).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from llmquiz.demos.sampling.claims import Kept

INF = float("inf")


@dataclass(frozen=True, slots=True)
class Settings:
    """A way to draw; the defaults change nothing."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0


TOP_K = Settings(top_k=5)
TOP_P = Settings(top_p=0.9)
MIN_P = Settings(min_p=0.1)
METHODS: Mapping[str, Settings] = {
    "T=0.7": Settings(temperature=0.7),
    "T=1": Settings(),
    "T=2": Settings(temperature=2.0),
    "top-k 5": TOP_K,
    "top-p 0.9": TOP_P,
    "T=2 min-p 0.1": replace(MIN_P, temperature=2.0),
}


def shaped(logits: Tensor, how: Settings) -> Tensor:
    """The probabilities that are drawn from, (V,): temperature first, then the cuts, then normalized again."""
    logits = logits / how.temperature  # (V,)
    if how.top_k:
        least = logits.topk(min(how.top_k, len(logits))).values[-1]  # of those that stay
        logits = logits.masked_fill(logits < least, -INF)
    if how.top_p < 1:
        probs, order = logits.softmax(-1).sort(descending=True)  # (V,) both
        cut = probs.cumsum(-1) - probs >= how.top_p  # (V,): the mass before a token is enough without it
        logits = logits.masked_fill(cut[order.argsort()], -INF)  # back in the order of the vocabulary
    if how.min_p:
        probs = logits.softmax(-1)  # (V,)
        logits = logits.masked_fill(probs < how.min_p * probs.max(), -INF)
    return logits.softmax(-1)


def entropy(probs: Tensor) -> float:
    """Of probabilities (V,), in bits."""
    positive = probs[probs > 0].double()  # 0 · log 0 counts as 0
    return max(0.0, float(-(positive * positive.log2()).sum()))


def kept(probs: Tensor) -> int:
    """How many tokens can be drawn."""
    return int((probs > 0).sum())


def cuts(logits: Tensor) -> Kept:
    """What each cut leaves of one distribution (V,)."""
    top_k, top_p, min_p = (kept(shaped(logits, cut)) for cut in (TOP_K, TOP_P, MIN_P))
    return Kept(entropy(logits.softmax(-1)), top_k, top_p, min_p)


def order_kept(logits: Tensor, temperatures: Sequence[float]) -> bool:
    """Whether the tokens have the same ranks at every temperature."""
    order = logits.argsort(descending=True, stable=True)  # (V,)
    at = [shaped(logits.double(), Settings(temperature=t))[order] for t in temperatures]  # each (V,)
    return all(bool((probs.diff() <= 0).all()) for probs in at)


def masses_of_top_p(logits: Tensor) -> tuple[float, float]:
    """The mass of what top-p keeps, and the mass without its least probable token."""
    probs = logits.softmax(-1)  # (V,)
    inside = probs[shaped(logits, TOP_P) > 0]  # (kept,)
    return float(inside.sum()), float(inside.sum() - inside.min())


def sets(logits: Tensor, *, top_k: int = 0, top_p: float = 1.0) -> int:
    """How many different sets a cut keeps over three temperatures."""
    ways = [Settings(temperature=t, top_k=top_k, top_p=top_p) for t in (0.5, 1.0, 2.0)]
    return len({tuple((shaped(logits, way) > 0).tolist()) for way in ways})
