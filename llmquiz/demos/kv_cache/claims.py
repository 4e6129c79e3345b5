"""What is measured of the key-value cache, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.results import Overtaking, SameText, SecondQuestion, Speed, TwoCaches

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong token changes."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; lengths in tokens."""

    device: str
    dtype: str
    model: str
    encoder: str
    encoder_decoder: str
    own_model: bool
    """False where --model put a checkpoint in its place."""
    positions_with_cache: int
    positions_without_cache: int
    cache_bytes: int
    speedup_total: Varies[float]
    speedup_last: Varies[float]
    text: SameText
    speed: Speed
    decoder_moved: tuple[float, ...]
    """Layer by layer, the share of positions whose state changed when text was appended."""
    encoder_moved: tuple[float, ...]
    two: TwoCaches
    prefix: SecondQuestion
    overtaking: Overtaking
    cache_bytes_before: int
    """Measured one token before the cache overtakes the weights; 0 where not measured."""
    cache_bytes_there: int
    published: tuple[Overtaking, ...]


def same_tokens(r: Result) -> Finding:
    holds = r.text.equal == r.text.new and r.text.gap <= ROUNDING
    return exactly(r.dtype, holds, f"{r.text.equal}/{r.text.new}, max|Δ| {r.text.gap:.1e} ≤ {ROUNDING:g}")


def newest_only(r: Result) -> Finding:
    expected = r.text.prompt + r.text.new - 1
    return Finding(r.positions_with_cache == expected, f"{r.positions_with_cache:,} = P + N − 1 = {expected:,}")


def all_again(r: Result) -> Finding:
    P, N = r.text.prompt, r.text.new
    expected = N * P + N * (N - 1) // 2
    return Finding(
        r.positions_without_cache == expected, f"{r.positions_without_cache:,} = NP + N(N−1)/2 = {expected:,}"
    )


def bytes_by_formula(r: Result) -> Finding:
    measured, formula = r.cache_bytes, r.text.cache_bytes_formula
    if not r.own_model and measured != formula:
        return Finding(None, f"{measured:,} B ≠ {formula:,} B", "other-cache")
    return Finding(measured == formula, f"{measured:,} B = 2·L·H·d·T·b = {formula:,} B")


def faster(r: Result) -> Finding:
    return reaching(r.speed.total, 1.3)


def grows(r: Result) -> Finding:
    holds = r.speed.last.reaches(r.speed.total.value)
    return Finding(holds, f"×{r.speedup_last:.3g} > ×{r.speedup_total:.3g}", "" if holds is not None else "too-noisy")


def empty_start(r: Result) -> Finding:
    holds = r.text.empty_start_equal == r.text.new and r.text.empty_start_gap <= ROUNDING
    return exactly(r.dtype, holds, f"{r.text.empty_start_equal}/{r.text.new}, max|Δ| {r.text.empty_start_gap:.2g}")


def decoder_keeps(r: Result) -> Finding:
    return exactly(r.dtype, max(r.decoder_moved) == 0, shares(r.decoder_moved))


def encoder_recomputes(r: Result) -> Finding:
    return exactly(r.dtype, min(r.encoder_moved) == 1, shares(r.encoder_moved))


def shares(moved: tuple[float, ...]) -> str:
    return " ".join(f"{share:.0%}" for share in moved)


def two_caches(r: Result) -> Finding:
    own, cross = r.two.self_bytes, r.two.cross_bytes
    holds = 0 < own == r.two.self_bytes_formula and 0 < cross == r.two.cross_bytes_formula
    return Finding(holds, f"{own:,} B (T={r.two.target}) + {cross:,} B (S={r.two.source})")


def twice_as_complex(r: Result) -> Finding:
    size = (r.two.self_bytes + r.two.cross_bytes) / r.two.same_depth_bytes
    passes = r.two.cross_positions / (r.two.layers * r.two.source)
    return Finding(size >= 2 or passes >= 2, f"×{size:.3g} B, K·cross ×{passes:g} (T={r.two.target})")


def second_question(r: Result) -> Finding:
    holds = r.prefix.positions == r.prefix.question and r.prefix.gap <= ROUNDING
    total = r.prefix.context + r.prefix.question
    return exactly(r.dtype, holds, f"{r.prefix.positions}/{total}, max|Δ| {r.prefix.gap:.1e}, {r.prefix.speedup}")


def overtakes_weights(r: Result) -> Finding:
    if not r.own_model:
        return Finding(None, f"T* = {r.overtaking.tokens:,}", "other-model")
    holds = r.cache_bytes_before < r.overtaking.weight_bytes <= r.cache_bytes_there
    return Finding(holds, f"T* = {r.overtaking.tokens:,}: {r.cache_bytes_there:,} B ≥ {r.overtaking.weight_bytes:,} B")


CLAIMS = findings.claims(
    same_tokens,
    newest_only,
    all_again,
    bytes_by_formula,
    faster,
    grows,
    empty_start,
    decoder_keeps,
    encoder_recomputes,
    two_caches,
    twice_as_complex,
    second_question,
    overtakes_weights,
)
