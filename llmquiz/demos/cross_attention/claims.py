"""What is measured of an encoder–decoder beside decoders, and what each claim says of it; without torch.

In what a claim shows, d is the width of a model, L its layers, N its parameters, S and T the tokens of source and
target, b the bytes of a number, V the vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio, Times, big
from llmquiz.demos.lab.results import TwoCaches

LAYERS = 6
"""On each side of the encoder–decoder, so that what is equal beside a decoder is exactly equal."""
ROUNDING = 1e-3
"""Relative to the largest logit."""


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of module: self-attention of both sides, cross-attention, feed-forward."""

    name: str
    parameters: int
    matrix_flops: int
    """Of products with weights, in one forward pass."""
    score_flops: int
    """Of queries with keys and of attention weights with values."""

    @property
    def flops(self) -> int:
        return self.matrix_flops + self.score_flops


parameters: Callable[[Part], int] = attrgetter("parameters")
flops: Callable[[Part], int] = attrgetter("flops")


@dataclass(frozen=True, slots=True)
class Cost:
    """A model and one forward pass of it."""

    model: str
    layers: int
    parameters: int
    parts: tuple[Part, ...]

    @property
    def matrix_flops(self) -> int:
        """Of all layers; the head, which is the same everywhere, is left out."""
        return sum(part.matrix_flops for part in self.parts)

    def share(self, name: str, of: Callable[[Part], int]) -> float:
        """The part's share of the layers."""
        return sum(of(part) for part in self.parts if part.name == name) / sum(map(of, self.parts))


@dataclass(frozen=True, slots=True)
class Spent:
    """The seconds of an encoder–decoder by kind of module."""

    shares: Varies[tuple[tuple[str, float], ...]]
    """Of the whole; the rest is norms, embedding, head and the way between."""
    largest_over_cross: Varies[Ratio]
    """The kind that takes longest over cross-attention."""

    def share(self, name: str) -> float:
        return dict(self.shares)[name]


@dataclass(frozen=True, slots=True)
class Seconds:
    """One forward pass over the same text through three models."""

    source: int
    target: int
    encoder_decoder: Varies[Times]
    same_parameters: Varies[Ratio]
    """The decoder of as many parameters over the encoder–decoder."""
    same_work: Varies[Ratio]
    spent: Spent


@dataclass(frozen=True, slots=True)
class T5Size:
    """A published T5, counted."""

    name: str
    parameters: int
    cross_parameters: float
    """Share of all parameters."""
    cross_flops: float
    """Share of the work of all layers."""
    largest: str
    """The kind of module with the most work."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose the parameters of an encoder–decoder are."""

    encoder: int
    decoder: int
    cross: int
    """In cross-attention; part of the decoder's."""
    shared: int
    embedding: int
    outside: int
    """In neither stack."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in tokens."""

    device: str
    dtype: str
    encoder_decoder: Cost
    same_parameters: Cost
    """A decoder that has as many."""
    same_work: Cost
    """A decoder that does as much for a token."""
    same_depth: Cost
    """A decoder as deep as one side."""
    source: int
    target: int
    work_ratio: float
    """Of the decoder with equal parameters over the encoder–decoder, in products with weights."""
    seconds: tuple[Seconds, ...]
    decoding: Spent
    """With both caches, one token at a time."""
    family: tuple[T5Size, ...]
    ownership: Ownership
    moved: int
    """Matrices of the encoder that the loss of the decoder has a gradient for."""
    moved_of: int
    caches: TwoCaches
    cross_key_positions: int
    """Positions whose cross-attention keys were computed, over all layers and steps."""
    self_key_positions: int
    cache_bytes: int
    """Both caches of the encoder–decoder."""
    same_depth_cache: int
    """A decoder as deep as one side, on source and target."""
    same_parameters_cache: int


def two_sets(r: Result) -> Finding:
    """Encoder and decoder share the embedding alone."""
    owned = r.ownership
    figures = f"{big(owned.encoder)} + {big(owned.decoder)}, ∩ {owned.shared:,} = V·d"
    return Finding(owned.shared == owned.embedding < min(owned.encoder, owned.decoder) / 10, figures)


def third_network(r: Result) -> Finding:
    figures = f"{r.ownership.outside} / {big(r.encoder_decoder.parameters)} (cross {big(r.ownership.cross)})"
    return Finding(r.ownership.outside > 0, figures)


def wasted_parameters(r: Result) -> Finding:
    return Finding(r.moved < r.moved_of, f"∂L/∂W ≠ 0: {r.moved}/{r.moved_of}")


def a_sixth_more(r: Result) -> Finding:
    ratio = r.encoder_decoder.matrix_flops / r.same_depth.matrix_flops
    return Finding(abs(ratio - 14 / 12) < 1e-9, f"×{ratio:.4f} = 14/12 (L={r.same_depth.layers})")


def costs_more(r: Result) -> Finding:
    pair, decoder = r.encoder_decoder, r.same_parameters
    figures = (
        f"{big(pair.matrix_flops)} < {big(decoder.matrix_flops)} FLOP "
        f"(N {big(pair.parameters)} ≈ {big(decoder.parameters)})"
    )
    return Finding(pair.matrix_flops > decoder.matrix_flops, figures)


def half_the_work(r: Result) -> Finding:
    apart = abs(r.encoder_decoder.parameters / r.same_parameters.parameters - 1)
    holds = r.work_ratio == 2 and apart < 0.005
    return Finding(holds, f"×{r.work_ratio:.4f} (N ±{apart:.2%}), {r.same_parameters.layers} vs {LAYERS} + {LAYERS} L")


def twice_the_parameters(r: Result) -> Finding:
    """Parameters of the layers: the embedding is the same everywhere."""
    work = r.encoder_decoder.matrix_flops / r.same_work.matrix_flops
    pair, decoder = (sum(part.parameters for part in cost.parts) for cost in (r.encoder_decoder, r.same_work))
    return Finding(work == 1 and abs(pair / decoder - 2) < 0.005, f"C ×{work:.4f}, N ×{pair / decoder:.4f}")


def faster(r: Result) -> Finding:
    """At every pair of lengths: the least of the three is judged."""
    return reaching(min((seconds.same_parameters for seconds in r.seconds), key=lambda ratio: ratio.value), 1.2)


def bottleneck(r: Result) -> Finding:
    """It would be what takes the most: of parameters, of work, or of time at some length."""
    counted = ", ".join(f"{r.encoder_decoder.share('cross', of):.1%}" for of in (parameters, flops))
    spent = (*(seconds.spent for seconds in r.seconds), r.decoding)
    others_take_longer = [times.largest_over_cross.reaches(1) for times in spent]
    times_shares = " ".join(f"{times.share('cross'):.0%}" for times in spent)
    figures = f"N, FLOP: {counted}; t: {times_shares}"
    largest = {max(r.encoder_decoder.parts, key=of).name for of in (parameters, flops)}
    if "cross" in largest or False in others_take_longer:
        return Finding(True, figures)
    return Finding(None, figures, "too-noisy") if None in others_take_longer else Finding(False, figures)


def grows_with_size(r: Result) -> Finding:
    first, last = r.family[0], r.family[-1]
    figures = f"{first.name} {first.cross_flops:.1%} → {last.name} {last.cross_flops:.1%} FLOP"
    return Finding(last.cross_flops > first.cross_flops or last.largest == "cross", figures)


def projected_once(r: Result) -> Finding:
    caches = r.caches
    holds = caches.cross_positions == caches.layers * caches.source
    figures = f"{caches.cross_positions} = L·S = {caches.layers}·{caches.source} ({caches.target} steps)"
    return exactly(r.dtype, holds and caches.gap <= ROUNDING, f"{figures}, max|Δ| {caches.gap:.1e}")


def cache_size(r: Result) -> Finding:
    formula = r.caches.self_bytes_formula + r.caches.cross_bytes_formula
    lengths = f"S={r.caches.source}, T={r.caches.target}"
    figures = f"{r.cache_bytes:,} B = L·(S+T)·2·d·b, {lengths}; {r.same_depth_cache:,} B (L={r.same_depth.layers})"
    return Finding(r.cache_bytes == formula == r.same_depth_cache, figures)


def double_cache(r: Result) -> Finding:
    by_depth, by_parameters = r.cache_bytes / r.same_depth_cache, r.cache_bytes / r.same_parameters_cache
    return Finding(by_depth >= 2 or by_parameters >= 2, f"×{by_depth:.3g} (L), ×{by_parameters:.3g} (N)")


CLAIMS = findings.claims(
    two_sets,
    third_network,
    wasted_parameters,
    a_sixth_more,
    costs_more,
    half_the_work,
    twice_the_parameters,
    faster,
    bottleneck,
    grows_with_size,
    projected_once,
    cache_size,
    double_cache,
)
