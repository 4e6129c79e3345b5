"""What is measured of the key-value cache, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import Ratio, byte_size, duration, three_figures
from llmquiz.demos.lab.results import TwoCaches

ROUNDING = 1e-3
"""Relative to the largest logit: far above what float32 loses here, far below what one wrong token changes."""


@dataclass(frozen=True, slots=True)
class SameText:
    """One text written in three ways."""

    prompt: int
    new: int
    tokens: tuple[int, ...]
    """What the model wrote with the cache."""
    equal: int
    """So many of them are those written without a cache."""
    gap: float
    """Largest difference between the logits with and without the cache, relative to the largest logit."""
    positions_with: int
    positions_without: int
    empty_start_equal: int
    """Tokens that come out right where the cache starts empty and only the prompt's last token is fed."""
    empty_start_gap: float
    """Difference of its first logits, as `gap`."""
    cache_bytes: int
    cache_bytes_formula: int


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of decoding without a cache over seconds with one."""

    total: Varies[Ratio]
    last: Varies[Ratio]
    """Over the last ten tokens."""
    seconds_with: Varies[tuple[float, ...]]
    """Median of each step."""
    seconds_without: Varies[tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class SecondQuestion:
    """A question on a context whose keys and values are still there."""

    context: int
    question: int
    positions: int
    """Computed for it."""
    gap: float
    """From the logits of reading everything again, as in SameText."""
    speedup: Varies[Ratio]


@dataclass(frozen=True, slots=True)
class Overtaking:
    """Where the cache of a model outgrows its weights."""

    name: str
    weight_bytes: int
    token_bytes: int
    """What the cache grows by with every token of a sequence."""
    tokens: int
    """The first number of tokens, over all sequences of a batch, whose cache takes at least what the weights take."""


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
    prompt_text: str
    """What a real model continued, and what it wrote; empty where the model is random."""
    written: str
    speed: Speed
    decoder_moved: tuple[float, ...]
    """Layer by layer, the share of positions whose state changed when text was appended."""
    encoder_moved: tuple[float, ...]
    two: TwoCaches
    prefix: SecondQuestion
    overtaking: Overtaking
    cache_bytes_before: int
    """One token before the cache overtakes the weights: measured; of a model given with --model what was measured of a
    short text, in proportion; 0 where the cache does not grow in proportion.
    """
    cache_bytes_there: int
    published: tuple[Overtaking, ...]


def same_tokens(r: Result) -> Finding:
    holds = r.text.equal == r.text.new and r.text.gap <= ROUNDING
    shown = f"{r.text.equal}/{r.text.new}, max|Δ| {r.text.gap:.1e} ≤ {ROUNDING:g}"
    figures = {"equal": str(r.text.equal), "new": str(r.text.new), "gap": f"{r.text.gap:.1e}"}
    return exactly(r.dtype, holds, shown)._replace(figures=figures)


def newest_only(r: Result) -> Finding:
    expected = r.text.prompt + r.text.new - 1
    return Finding(
        r.positions_with_cache == expected,
        f"{r.positions_with_cache:,} = P + N − 1 = {expected:,}",
        figures=_lengths(r) | {"positions": f"{r.positions_with_cache:,}"},
    )


def all_again(r: Result) -> Finding:
    P, N = r.text.prompt, r.text.new
    expected = N * P + N * (N - 1) // 2
    times = f"{r.positions_without_cache / r.positions_with_cache:.0f}"
    return Finding(
        r.positions_without_cache == expected,
        f"{r.positions_without_cache:,} = NP + N(N−1)/2 = {expected:,}",
        figures=_lengths(r) | {"positions": f"{r.positions_without_cache:,}", "times": times},
    )


def _lengths(r: Result) -> dict[str, str]:
    return {"prompt": str(r.text.prompt), "new": str(r.text.new)}


def bytes_by_formula(r: Result) -> Finding:
    measured, formula = r.cache_bytes, r.text.cache_bytes_formula
    figures = {
        "bytes": f"{measured:,} B",
        "formula": f"{formula:,} B",
        "tokens": str(r.text.prompt + r.text.new - 1),
        "token": byte_size(r.overtaking.token_bytes),
    }
    if not r.own_model and measured != formula:
        return Finding(None, f"{measured:,} B ≠ {formula:,} B", "other-cache", figures)
    return Finding(measured == formula, f"{measured:,} B = 2·L·H·d·T·b = {formula:,} B", figures=figures)


def faster(r: Result) -> Finding:
    fast, slow = (duration(sum(seconds)) for seconds in (r.speed.seconds_with, r.speed.seconds_without))
    figures = _lengths(r) | {"fast": fast, "slow": slow, "times": three_figures(r.speed.total.value)}
    return reaching(r.speed.total, 1.3)._replace(figures=figures)


def grows(r: Result) -> Finding:
    holds = r.speed.last.reaches(r.speed.total.value)
    figures = {"last": three_figures(r.speedup_last), "total": three_figures(r.speedup_total)}
    return unless_noisy(holds, f"×{r.speedup_last:.3g} > ×{r.speedup_total:.3g}")._replace(figures=figures)


def empty_start(r: Result) -> Finding:
    holds = r.text.empty_start_equal == r.text.new and r.text.empty_start_gap <= ROUNDING
    shown = f"{r.text.empty_start_equal}/{r.text.new}, max|Δ| {r.text.empty_start_gap:.2g}"
    figures = {"equal": str(r.text.empty_start_equal), "new": str(r.text.new)}
    return exactly(r.dtype, holds, shown)._replace(figures=figures)


def decoder_keeps(r: Result) -> Finding:
    holds = max(r.decoder_moved) == 0
    return exactly(r.dtype, holds, shares(r.decoder_moved))._replace(figures={"shares": shares(r.decoder_moved)})


def encoder_recomputes(r: Result) -> Finding:
    holds = min(r.encoder_moved) == 1
    return exactly(r.dtype, holds, shares(r.encoder_moved))._replace(figures={"shares": shares(r.encoder_moved)})


def shares(moved: tuple[float, ...]) -> str:
    """Layer by layer; once for all of them where they are equal."""
    if len(set(moved)) == 1 < len(moved):
        return f"1–{len(moved)}: {moved[0]:.0%}"
    return " ".join(f"{share:.0%}" for share in moved)


def two_caches(r: Result) -> Finding:
    own, cross = r.two.self_bytes, r.two.cross_bytes
    holds = 0 < own == r.two.self_bytes_formula and 0 < cross == r.two.cross_bytes_formula
    return Finding(
        holds,
        f"{own:,} B (T={r.two.target}) + {cross:,} B (S={r.two.source})",
        figures={
            "own": byte_size(own),
            "cross": byte_size(cross),
            "target": str(r.two.target),
            "source": str(r.two.source),
        },
    )


def twice_as_complex(r: Result) -> Finding:
    size = (r.two.self_bytes + r.two.cross_bytes) / r.two.same_depth_bytes
    passes = r.two.cross_positions / (r.two.layers * r.two.source)
    return Finding(
        size >= 2 or passes >= 2,
        f"×{size:.3g} B, K·cross ×{passes:g} (T={r.two.target})",
        figures={"times": f"{size:.3g}", "passes": f"{passes:g}", "target": str(r.two.target)},
    )


def second_question(r: Result) -> Finding:
    holds = r.prefix.positions == r.prefix.question and r.prefix.gap <= ROUNDING
    total = r.prefix.context + r.prefix.question
    shown = f"{r.prefix.positions}/{total}, max|Δ| {r.prefix.gap:.1e}, {r.prefix.speedup}"
    times = three_figures(r.prefix.speedup.value)
    figures = {"positions": str(r.prefix.positions), "total": str(total), "times": times}
    return exactly(r.dtype, holds, shown)._replace(figures=figures)


def overtakes_weights(r: Result) -> Finding:
    at = r.overtaking
    figures = {
        "weights": byte_size(at.weight_bytes),
        "token": byte_size(at.token_bytes),
        "tokens": f"{at.tokens:,}",
    }
    if not r.cache_bytes_there:
        return Finding(None, f"T* = {at.tokens:,}", "other-cache", figures)
    holds = r.cache_bytes_before < at.weight_bytes <= r.cache_bytes_there
    shown = f"T* = {at.tokens:,}: {r.cache_bytes_there:,} B ≥ {at.weight_bytes:,} B"
    return Finding(holds, shown, figures=figures)


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
