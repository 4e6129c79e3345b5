"""What is measured of MHA, GQA, MQA and MLA and of merged heads; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times, ratio

KINDS = ("MHA", "GQA", "MQA", "MLA")


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the four models."""

    name: str
    model: str
    kv_heads: int
    """0 where the cache is not divided into heads."""
    token_bytes: int
    """What the cache grows by with each token, measured."""
    formula: int


@dataclass(frozen=True, slots=True)
class Latent:
    """The absorbed form on its small cache against the model, which expands keys and values for every head."""

    steps: int
    tokens: tuple[int, ...]
    """What it wrote, greedily."""
    equal: int
    """So many of them are the model's own."""
    gap: float
    """Largest difference of the logits, relative to the largest one."""
    kept_by_transformers: int
    """Bytes a token in the cache that `transformers` keeps for this model in the version here."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A grouped model written as a multi-head model whose heads are equal within a group."""

    gap: float
    bytes_grouped: int
    bytes_multi_head: int


@dataclass(frozen=True, slots=True)
class Apart:
    """Heads that were equal within a group, moved apart and then averaged."""

    share: float
    """Size of what was added to each head's weights, over the spread of the weights."""
    divergence: float
    """Of the averaged model from the one before averaging, as in Merged."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A model after its heads were averaged, against the model as it was."""

    kv_heads: int
    token_bytes: int
    """What its cache grows by with each token, measured."""
    divergence: float
    """Kullback–Leibler divergence of the next token's distribution from what it was, in nats, mean of all positions."""
    agreement: float
    """Share of positions whose most probable token is the same."""
    gap: float
    """Largest difference of the logits, relative to the largest one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of each kind with so many tokens in the cache."""

    tokens: int
    times: Varies[tuple[Times, ...]]
    """In the order of `KINDS`."""

    def over(self, slow: str, fast: str) -> Ratio:
        """How many times as long the one took as the other."""
        return ratio(self.times[KINDS.index(slow)], self.times[KINDS.index(fast)])


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    """The one whose heads are merged."""
    own_model: bool
    """False where --model put a checkpoint in its place."""
    own_bytes: int
    """What its cache grows by with each token, measured, and by the formula."""
    own_formula: int
    own_heads: tuple[int, int]
    """Its query heads, and its key and value heads."""
    kinds: tuple[Kind, ...]
    latent_ratio: float
    """Bytes of MHA over those of MLA."""
    latent: Latent
    operations: tuple[int, int]
    """That one more token in the cache adds to a step: MHA and MLA."""
    latent_work: float
    """The second over the first."""
    repeated: Repeated
    apart: tuple[Apart, ...]
    merges: tuple[Merged, ...]
    steps: tuple[Step, ...]

    @property
    def own_full_bytes(self) -> int:
        """What the cache of `model` would grow by with keys and values for every query head."""
        query, shared = self.own_heads
        return self.own_formula * query // shared
