"""The key-value cache: the same tokens from a fraction of the work, for memory that grows with the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from torch import Tensor

from llmquiz.demos.lab import cache_sizes, caching, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching
from llmquiz.demos.lab.own_model import load_checkpoint, text_tokens
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.demos.lab.results import Overtaking, SameText, SecondQuestion, Speed, TwoCaches
from llmquiz.demos.lab.run import Progress, part
from llmquiz.errors import DemoError
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    model: str | None = None,
    text: str | None = None,
) -> Result:
    """Decode with and without a cache, then look at the caches themselves."""
    decoder, tokenizer = _decoder(model, device, dtype)
    prompt, new, rounds = _prompt(decoder, tokenizer, text, seed), 64 if quick else 128, 3 if quick else 5
    if model:
        new, rounds = new // 4, 3
    settings = {"device": device, "dtype": dtype}
    encoder, both = tiny.bert(**settings), tiny.t5(**settings)
    same = caching.same_text(decoder, prompt, new)
    progress(0.2)
    speed = caching.speed(decoder, prompt, new, rounds, part(progress, 0.2, 0.8))
    ids = tiny.random_tokens(decoder, 1, 48, seed=seed)
    words = tiny.random_tokens(encoder, 1, 48, seed=seed)
    prefix = caching.second_question(decoder, *_document(decoder, seed), rounds)
    two = cache_sizes.two_caches(both, words, tiny.random_tokens(both, 1, 12 if quick else 24, seed=seed + 1))
    progress(0.9)
    crossing = cache_sizes.of_model(decoder, type(decoder).__name__)
    measured = [0 if model else cache_sizes.cache_bytes_at(decoder, crossing.tokens - i) for i in (1, 0)]
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(decoder),
        encoder=tiny.describe(encoder),
        encoder_decoder=tiny.describe(both),
        own_model=model is None,
        positions_with_cache=same.positions_with,
        positions_without_cache=same.positions_without,
        cache_bytes=same.cache_bytes,
        speedup_total=speed.total.value,
        speedup_last=speed.last.value,
        text=same,
        speed=speed,
        decoder_moved=caching.moved(decoder, ids, 8),
        encoder_moved=caching.moved(encoder, words, 8),
        two=two,
        prefix=prefix,
        overtaking=crossing,
        cache_bytes_before=measured[0],
        cache_bytes_there=measured[1],
        published=cache_sizes.published(),
    )


def _decoder(name: str | None, device: str, dtype: str) -> tuple[Any, Any]:
    if name:
        found = load_checkpoint(name, "decoder", device=device, dtype=dtype)
        return found.model, found.tokenizer
    # wide weights: with the usual ones a random model repeats one token, and equal tokens would say little
    return tiny.llama(init=0.2, device=device, dtype=dtype), None


def _prompt(model: Any, tokenizer: Any, text: str | None, seed: int) -> Tensor:
    if text is None:
        return tiny.random_tokens(model, 1, 8, seed=seed)
    ids = text_tokens(text, model, tokenizer)
    if ids.shape[1] > (most := 512):
        raise DemoError(
            f"--text has {ids.shape[1]} tokens; this demo takes at most {most}.",
            f"--text 有 {ids.shape[1]} 个 token；这个演示最多接受 {most} 个。",
        )
    return ids


def _document(model: Any, seed: int) -> tuple[Tensor, Tensor]:
    """A context and a question on it."""
    ids = tiny.random_tokens(model, 1, 272, seed=seed + 2)
    return ids[:, :256], ids[:, 256:]


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


def keeps(r: Result) -> Finding:
    return exactly(r.dtype, max(r.decoder_moved) == 0, _shares(r.decoder_moved))


def recomputes(r: Result) -> Finding:
    return exactly(r.dtype, min(r.encoder_moved) == 1, _shares(r.encoder_moved))


def _shares(moved: tuple[float, ...]) -> str:
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


def overtakes(r: Result) -> Finding:
    if not r.own_model:
        return Finding(None, f"T* = {r.overtaking.tokens:,}", "other-model")
    holds = r.cache_bytes_before < r.overtaking.weight_bytes <= r.cache_bytes_there
    return Finding(holds, f"T* = {r.overtaking.tokens:,}: {r.cache_bytes_there:,} B ≥ {r.overtaking.weight_bytes:,} B")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "same-tokens": same_tokens,
    "newest-only": newest_only,
    "all-again": all_again,
    "bytes-by-formula": bytes_by_formula,
    "faster": faster,
    "grows": grows,
    "empty-start": empty_start,
    "decoder-keeps": keeps,
    "encoder-recomputes": recomputes,
    "two-caches": two_caches,
    "twice-as-complex": twice_as_complex,
    "second-question": second_question,
    "overtakes-weights": overtakes,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Time a token over the length, then what the caches take."""
    labels = {key: text[lang] for key, text in words.words.items()}
    steps = _steps(result, labels)
    times = terminal.curves(steps, x_label=labels["length"], y_label=labels["time"])
    sizes = [
        (one.name, byte_size(one.weight_bytes), byte_size(one.token_bytes), f"{one.tokens:,}")
        for one in (result.overtaking, *result.published)
    ]
    costs = [
        (labels["positions"], f"{result.positions_without_cache:,}", f"{result.positions_with_cache:,}"),
        (labels["total"], duration(sum(result.speed.seconds_without)), duration(sum(result.speed.seconds_with))),
        (labels["last"], duration(result.speed.seconds_without[-1]), duration(result.speed.seconds_with[-1])),
        (labels["memory"], "0 B", byte_size(result.cache_bytes)),
    ]
    moved = [
        (labels["decoder"], _shares(result.decoder_moved)),
        (labels["encoder"], _shares(result.encoder_moved)),
    ]
    header = (labels["model"], labels["weights"], labels["a-token"], labels["crossing"])
    return Group(
        times,
        "",
        terminal.table((result.model, labels["without"], labels["with"]), costs),
        "",
        terminal.table((labels["moved"], labels["layers"]), moved),
        "",
        terminal.table(header, sizes),
    )


def _steps(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    lengths = [result.text.prompt + i for i in range(1, result.text.new)]  # the first step reads the prompt
    return [
        terminal.Series(labels["with"], lengths, [1e3 * s for s in result.speed.seconds_with[1:]]),
        terminal.Series(labels["without"], lengths, [1e3 * s for s in result.speed.seconds_without[1:]]),
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Time a token, and the cache against the weights."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (time, memory) = plots.blank(words.title[lang], panels=2)
    plots.draw(time, _steps(result, labels), x_label=labels["length"], y_label=labels["time"])
    tokens = [2**i for i in range(10, 20)]
    lines = [
        terminal.Series(one.name, tokens, [n * one.token_bytes / one.weight_bytes for n in tokens])
        for one in result.published
    ]
    plots.draw(memory, lines, x_label=labels["crossing-axis"], y_label=labels["share"], log_x=True, log_y=True)
    memory.axhline(1, color="black", linewidth=1)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
