"""Sizes of published models, counted from their configurations: parameters, bytes, cache, training work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType

from llmquiz.demos.lab import counting, plots, terminal
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.published import PUBLISHED
from llmquiz.demos.lab.quantities import big
from llmquiz.demos.lab.results import Size, Work
from llmquiz.demos.lab.run import Progress
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDED = 0.05
"""Names and papers round: 7B is said of 6.74B, which is 3.7 % less."""
STEPS = (("GPT-3", (2048,)), ("Llama 2 7B", (4096,)), ("T5-11B", (512, 114)))
"""Sequences as in pretraining; T5's has 512 tokens of source and 114 of target."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was counted; all bytes are decimal where shown in GB."""

    device: str
    dtype: str
    sizes: tuple[Size, ...]
    steps: tuple[Work, ...]
    mixtral_billion_parameters: float
    gpt3_context_cache_gb: float
    """One sequence of 2,048 tokens in 16 bits."""


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Build every model on the meta device, where weights have a shape and no memory, and count."""
    sizes = []
    for one in PUBLISHED:
        sizes.append(counting.count(one))
        progress(len(sizes) / (len(PUBLISHED) + 1))
    published = {one.name: one for one in PUBLISHED}
    steps = tuple(counting.work(published[name], *lengths) for name, lengths in STEPS)
    progress(1.0)
    by_name = {size.name: size for size in sizes}
    return Result(
        device=device,
        dtype=dtype,
        sizes=tuple(sizes),
        steps=steps,
        mixtral_billion_parameters=by_name["Mixtral 8x7B"].parameters / 1e9,
        gpt3_context_cache_gb=by_name["GPT-3"].context_bytes / 1e9,
    )


def _of(r: Result, name: str) -> Size:
    return next(size for size in r.sizes if size.name == name)


def _near(counted: float, said: float, tolerance: float = ROUNDED) -> bool:
    return abs(counted / said - 1) <= tolerance


def _named(*said: tuple[str, float]) -> Callable[[Result], Finding]:
    """The claim that these models have about so many parameters."""

    def test(r: Result) -> Finding:
        counted = [(_of(r, name).parameters, figure) for name, figure in said]
        shown = ", ".join(f"{n:,} ≈ {big(figure)} ({n / figure - 1:+.1%})" for n, figure in counted)
        return Finding(all(_near(n, figure) for n, figure in counted), shown)

    return test


def gpt_4(r: Result) -> Finding:
    """Nothing published, nothing to count."""
    said, counted = 1.76e12, [size.parameters for size in r.sizes if size.name == "GPT-4"]
    if not counted:
        return Finding(None, f"8 × 220B = {big(said)}", "undisclosed")
    return Finding(_near(counted[0], said), f"{counted[0]:,} ≈ {big(said)}")


def not_56b(r: Result) -> Finding:
    size = _of(r, "Mixtral 8x7B")
    holds = size.parameters < 0.9 * 8 * 7e9 and _near(size.active, size.published_active)
    return Finding(holds, f"{size.parameters:,} < 8 × 7B, {size.active:,} ≈ {big(size.published_active)}")


def deepseek_v3(r: Result) -> Finding:
    size = _of(r, "DeepSeek-V3")
    holds = _near(size.parameters, size.published, 0.01) and _near(size.active, size.published_active)
    share = size.active / size.parameters
    return Finding(holds, f"{size.parameters:,} ≈ {big(size.published)}, {size.active:,} ({share:.1%})")


def to_the_parameter(r: Result) -> Finding:
    """Against what the published checkpoints say of themselves."""
    published = [size for size in r.sizes if size.published_bytes]
    equal = sum(size.bytes_by_format[1] == size.published_bytes for size in published)
    shown = f"{equal}/{len(published)}, {sum(size.published_bytes for size in published):,} B"
    return Finding(equal == len(published) > 0, shown)


def bytes_a_parameter(r: Result) -> Finding:
    rows = [(size.parameters, size.bytes_by_format) for size in r.sizes]
    holds = all(held == (4 * n, 2 * n, n, -(-n // 2)) for n, held in rows)
    shown = " / ".join(gigabytes(n) for n in _of(r, "Llama 2 7B").bytes_by_format)
    return Finding(holds, f"4N, 2N, N, N/2: {shown} (7B)")


def encoders_are_small(r: Result) -> Finding:
    encoder = max((size for size in r.sizes if size.family == "encoder"), key=lambda size: size.parameters)
    decoder = min((size for size in r.sizes if size.family == "decoder"), key=lambda size: size.parameters)
    shown = f"{encoder.name} {big(encoder.parameters)}, {decoder.name} {big(decoder.parameters)}"
    return Finding(encoder.parameters < decoder.parameters, shown)


def fair_pair(r: Result) -> Finding:
    """An architecture is compared by models that differ in little else."""
    gpt, t5 = _of(r, "GPT-3"), _of(r, "T5-11B")
    n, c = gpt.parameters / t5.parameters, gpt.published_work / t5.published_work
    return Finding(n < 1.5 and c < 1.5, f"N ×{n:.3g}, C ×{c:.3g}")


def cache_by_formula(r: Result) -> Finding:
    cached = [size for size in r.sizes if size.token_bytes or size.formula_bytes]
    equal = sum(size.token_bytes == size.formula_bytes for size in cached)
    mla, t5 = _of(r, "DeepSeek-V3"), _of(r, "T5-11B")
    both = t5.source_token_bytes == t5.token_bytes
    shown = f"{equal}/{len(cached)}; GPT-3 {_of(r, 'GPT-3').token_bytes:,} B, DeepSeek-V3 {mla.token_bytes:,} B"
    return Finding(equal == len(cached) and both, f"{shown}, T5-11B {t5.token_bytes:,} + {t5.source_token_bytes:,} B")


def bigger_model_smaller_cache(r: Result) -> Finding:
    small, large = _of(r, "Llama 2 7B"), _of(r, "Llama 2 70B")
    shown = f"70B {large.token_bytes:,} B < 7B {small.token_bytes:,} B"
    return Finding(large.parameters > small.parameters and large.token_bytes < small.token_bytes, shown)


def llama_2_gqa(r: Result) -> Finding:
    models = [_of(r, f"Llama 2 {size}") for size in ("7B", "13B", "70B")]
    shown = ", ".join(f"{size.name.split()[-1]} {size.kv_heads}/{size.heads}" for size in models)
    return Finding(all(size.kv_heads < size.heads for size in models), shown)


def context_outgrows(r: Result) -> Finding:
    old, new = _of(r, "GPT-3"), _of(r, "Llama 3.1 405B")
    a_token, whole = old.token_bytes / new.token_bytes, new.context_bytes / old.context_bytes
    shown = f"a token ÷{a_token:.3g}, T={new.context:,} vs {old.context:,}: ×{whole:.3g}"
    return Finding(a_token > 1 and whole > 1, f"{shown} ({gigabytes(new.context_bytes)})")


def six_n_d(r: Result) -> Finding:
    step = _step(r, "GPT-3")
    shown = f"{step.per_parameter:.3f} ≈ 6 (±{ROUNDED:.0%}), T={step.tokens:,}"
    return Finding(_near(step.per_parameter, 6), shown)


def attention_comes_on_top(r: Result) -> Finding:
    short, long = _step(r, "GPT-3"), _step(r, "Llama 2 7B")
    shares = [step.attention / step.total for step in (short, long)]
    holds = shares[1] > 0.1 > shares[0]
    return Finding(holds, f"GPT-3 {shares[0]:.1%} (T={short.tokens:,}), 7B {shares[1]:.1%} (T={long.tokens:,})")


def half_for_two_stacks(r: Result) -> Finding:
    step = _step(r, "T5-11B")
    return Finding(_near(step.per_parameter, 3, 0.15), f"{step.per_parameter:.3f} ≈ 3 (±15%), 512 + 114")


def published_work(r: Result) -> Finding:
    known = [size for size in r.sizes if size.published_work]
    shown = ", ".join(f"{size.name} {size.work:.3g} ≈ {size.published_work:.3g}" for size in known)
    return Finding(all(_near(size.work, size.published_work) for size in known), shown)


def _step(r: Result, name: str) -> Work:
    return next(step for step in r.steps if step.name == name)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "bert-base-110m": _named(("BERT-base", 110e6)),
    "t5-11b": _named(("T5-11B", 11e9)),
    "gpt-3-175b": _named(("GPT-3", 175e9)),
    "llama-2": _named(("Llama 2 7B", 7e9), ("Llama 2 13B", 13e9), ("Llama 2 70B", 70e9)),
    "gpt-4": gpt_4,
    "mixtral-not-56b": not_56b,
    "deepseek-v3": deepseek_v3,
    "to-the-parameter": to_the_parameter,
    "bytes-a-parameter": bytes_a_parameter,
    "encoders-are-small": encoders_are_small,
    "fair-pair": fair_pair,
    "cache-by-formula": cache_by_formula,
    "bigger-model-smaller-cache": bigger_model_smaller_cache,
    "llama-2-gqa": llama_2_gqa,
    "context-outgrows": context_outgrows,
    "six-n-d": six_n_d,
    "attention-on-top": attention_comes_on_top,
    "half-for-two-stacks": half_for_two_stacks,
    "published-work": published_work,
}


def gigabytes(count: float) -> str:
    """Decimal, as disks and model cards count."""
    return f"{count / 1e9:,.0f} GB" if count >= 1e11 else f"{count / 1e9:.3g} GB"


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Parameters and bytes, then cache and work, then the cache a token as bars."""
    labels = {key: text[lang] for key, text in words.words.items()}
    weights = [
        (size.name, big(size.published), _three(size.parameters), _three(size.active), *map(_gb, size.bytes_by_format))
        for size in result.sizes
    ]
    costs = [
        (
            *(size.name, _kib(size.token_bytes), f"{size.context:,}", _gb(size.context_bytes)),
            *(_or(size.tokens, big), _or(size.work, "{:.2e}".format)),
        )
        for size in result.sizes
    ]
    header = [labels[key] for key in ("model", "said", "counted", "active")]
    bits = ("32 bit", "16 bit", "8 bit", "4 bit")
    second = [labels[key] for key in ("model", "a-token", "context", "whole", "tokens", "work")]
    cached = [(size.name, size.token_bytes / 1024, _kib(size.token_bytes)) for size in result.sizes if size.token_bytes]
    return Group(
        terminal.table((*header, *bits), weights, title=labels["gigabytes"]),
        "",
        terminal.table(second, costs),
        "",
        labels["a-token"],
        terminal.bars(cached),
    )


def _three(count: float) -> str:
    return f"{count / 1e9:.2f}B" if count >= 1e9 else f"{count / 1e6:.1f}M"


def _gb(count: float) -> str:
    return _or(count, lambda n: f"{n / 1e9:,.0f}" if n >= 1e11 else f"{n / 1e9:.3g}")


def _kib(count: float) -> str:
    return _or(count, lambda n: f"{n / 1024:,.4g}")


def _or(count: float, shown: Callable[[float], str]) -> str:
    return shown(count) if count else "–"


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Parameters as bars, and the cache of a token against them."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (left, right) = plots.blank(words.title[lang], panels=2)
    ordered = sorted(result.sizes, key=lambda size: size.parameters)
    names = [size.name for size in ordered]
    left.barh(names, [size.parameters for size in ordered], color="lightgray", label=labels["counted"])
    left.barh(names, [size.active for size in ordered], height=0.35, color="black", label=labels["active"])
    left.set_xscale("log")
    left.set_xlabel(labels["parameters"])
    left.legend(frameon=False, loc="lower right")
    for size in ordered:
        if size.token_bytes:
            at = (size.parameters, size.token_bytes / 1024)
            right.plot(*at, "ko", markersize=4)
            right.annotate(size.name, at, xytext=(4, 4), textcoords="offset points", fontsize=8)
    right.set_xscale("log")
    right.set_yscale("log")
    right.set_xlim(right=2e13)
    right.set_xlabel(labels["parameters"])
    right.set_ylabel(labels["a-token"])
    right.grid(visible=True, alpha=0.3)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
