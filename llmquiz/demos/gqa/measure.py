"""Attention with fewer key and value heads: what MHA, GQA, MQA and MLA keep and cost, and heads that are merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType

from llmquiz.demos.gqa import heads as _heads
from llmquiz.demos.gqa import latent as _latent
from llmquiz.demos.gqa import merging
from llmquiz.demos.gqa.heads import KINDS, Kind, Step
from llmquiz.demos.gqa.latent import Latent
from llmquiz.demos.gqa.merging import Apart, Merged, Repeated
from llmquiz.demos.lab import caching, decoding, plots, terminal, tiny
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly, reaching
from llmquiz.demos.lab.quantities import byte_size, duration
from llmquiz.demos.lab.run import Progress, part
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-4
"""Relative to the largest logit: far above what float32 loses here."""
WIDTH, LAYERS, HEADS, SHARED = 512, 4, 16, 4
"""Of the four models; `SHARED` are the key and value heads of the one with GQA."""
APART = (0.0, 0.1, 0.3, 1.0)
KEPT = {
    "Llama 2 7B": (32, 2 * 32 * 128),
    "Llama 2 70B": (80, 2 * 8 * 128),
    "DeepSeek 67B": (95, 2 * 8 * 128),
    "DeepSeek-V2": (60, 512 + 64),
}
"""Layers, and numbers kept a token and layer, from the published configurations."""


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
    """Four models that differ in their keys and values alone, then one whose heads are merged."""
    settings: dict[str, Any] = {
        "d_model": WIDTH,
        "n_layers": LAYERS,
        "n_heads": HEADS,
        "device": device,
        "dtype": dtype,
    }
    llamas = {
        name: tiny.llama(n_kv_heads=heads, init=0.1, **settings)
        for name, heads in zip(KINDS, (HEADS, SHARED, 1), strict=False)
    }
    with_latent = _latent.latent_llama(**settings)
    progress(0.2)
    lengths, rounds = ((64, 8192), 5) if quick else ((64, 1024, 4096, 16_384), 7)
    decoders = {name: decoding.Decoder(one, length=lengths[-1] + 1) for name, one in llamas.items()}
    small = _latent.LatentDecoder(with_latent, length=lengths[-1] + 1)
    ids = tiny.random_tokens(llamas["MHA"], 1, 64, seed=seed)
    own, read = merging.chosen(model, text, llamas["MHA"], ids, device, dtype)
    latent = _latent.against_the_model(with_latent, small, ids[:, :8], 16)
    operations = [_heads.operations_by_token(one, ids[:, :1]) for one in (decoders["MHA"], small)]
    progress(0.3)
    steps = _heads.steps(decoders | {"MLA": small}, ids[:, :1], lengths, rounds, device, part(progress, 0.3, 0.7))
    kinds = (*(_heads.kind(name, one, ids) for name, one in llamas.items()), _heads.latent_kind(with_latent, small))
    apart = tuple(merging.apart(llamas["GQA"], ids, share) for share in APART)
    progress(0.8)
    config = own.config.get_text_config()
    merges = tuple(merging.merged(own, read, heads) for heads in merging.fewer(config.num_key_value_heads))
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(own),
        own_model=model is None,
        own_bytes=merging.read(own, read)[1] // read.shape[1],
        own_formula=caching.formula(config, 1, next(own.parameters()).element_size()),
        kinds=kinds,
        latent_ratio=kinds[0].token_bytes / kinds[-1].token_bytes,
        latent=latent,
        operations=(operations[0], operations[1]),
        latent_work=operations[1] / operations[0],
        repeated=merging.written_out(llamas["GQA"], ids),
        apart=apart,
        merges=merges,
        steps=steps,
    )


def bytes_by_formula(r: Result) -> Finding:
    shared = r.kinds[:3]
    holds = all(one.token_bytes == one.formula for one in shared) and r.own_bytes == r.own_formula
    shown = " : ".join(f"{one.token_bytes:,}" for one in shared) + " B"
    if r.own_model:
        return Finding(holds, f"{shown} = 2·L·H_kv·d·b")
    shown += f"; {r.own_bytes:,} B / {r.own_formula:,} B"
    return Finding(holds, shown) if r.own_bytes == r.own_formula else Finding(None, shown, "other-cache")


def shared_heads(r: Result) -> Finding:
    times = r.repeated.bytes_multi_head / r.repeated.bytes_grouped
    holds = r.repeated.gap <= ROUNDING and times == HEADS / SHARED
    return exactly(r.dtype, holds, f"max|Δ| {r.repeated.gap:.1e} ≤ {ROUNDING:g}; ×{times:g} B")


def mqa_fast(r: Result) -> Finding:
    return _faster(r, "MHA", "MQA", 1.3)


def gqa_faster(r: Result) -> Finding:
    return _faster(r, "MHA", "GQA", 1.15)


def latent_faster(r: Result) -> Finding:
    return _faster(r, "MHA", "MLA", 1.1)


def _faster(r: Result, slow: str, fast: str, least: float) -> Finding:
    long = r.steps[-1].over(slow, fast)
    return Finding(None, str(long), "start-bound") if _start_bound(r) else reaching(long, least)


def _start_bound(r: Result) -> bool:
    """Whether even the largest cache takes no noticeable time to read."""
    short, long = (step.times[0].median for step in (r.steps[0], r.steps[-1]))
    return long < 1.3 * short


def between(r: Result) -> Finding:
    many, some, one = (kind.token_bytes for kind in r.kinds[:3])
    ratios = [r.steps[-1].over("MHA", "GQA"), r.steps[-1].over("GQA", "MQA")]
    shown = f"{many:,} > {some:,} > {one:,} B; {', '.join(map(str, ratios))} ≥ 1.05"
    if _start_bound(r):
        return Finding(None, shown, "start-bound")
    found = [many > some > one, *(each.reaches(1.05) for each in ratios)]
    if False in found:
        return Finding(False, shown)
    return Finding(None, shown, "too-noisy") if None in found else Finding(True, shown)


def grows(r: Result) -> Finding:
    short, long = (step.over("MHA", "MQA") for step in (r.steps[0], r.steps[-1]))
    shown = f"T={r.steps[0].tokens} ×{short.value:.3g} < T={r.steps[-1].tokens:,} {long}"
    if _start_bound(r):
        return Finding(None, shown, "start-bound")
    holds = long.reaches(short.value)
    return Finding(holds, shown, "" if holds is not None else "too-noisy")


def latent_same(r: Result) -> Finding:
    holds = r.latent.gap <= ROUNDING and r.latent.equal == r.latent.steps
    return exactly(r.dtype, holds, f"{r.latent.equal}/{r.latent.steps}, max|Δ| {r.latent.gap:.1e} ≤ {ROUNDING:g}")


def latent_bytes(r: Result) -> Finding:
    found, one_head = r.kinds[-1], r.kinds[2].token_bytes
    shown = f"{found.token_bytes:,} B = L·(r + d_rope)·b = {found.token_bytes / one_head:g} × {one_head:,} B"
    return Finding(found.token_bytes == found.formula and found.token_bytes < r.kinds[1].token_bytes, shown)


def latent_arithmetic(r: Result) -> Finding:
    return Finding(r.latent_work > 4, f"{r.operations[1]:,} / {r.operations[0]:,} = ×{r.latent_work:.3g} > 4")


def merging_exact(r: Result) -> Finding:
    moved = [one.divergence for one in r.apart]
    holds = moved[0] <= ROUNDING and sorted(set(moved)) == moved
    shown = ", ".join(f"{one.share:g}: {one.divergence:.2g}" for one in r.apart)
    return exactly(r.dtype, holds, f"σ {shown} nat")


def merging_costs(r: Result) -> Finding:
    if not r.merges:
        return Finding(None, "H_kv = 1", "one-head")
    shown = ", ".join(f"{one.kv_heads}: {one.divergence:.2g} nat ({one.agreement:.0%})" for one in r.merges)
    return Finding(min(one.divergence for one in r.merges) > 0.01, f"{shown} > 0.01")


def llama_2(r: Result) -> Finding:
    small, large = kept("Llama 2 7B"), kept("Llama 2 70B")
    return Finding(large < small, f"{2 * large:,} B < {2 * small:,} B")


def deepseek_v2(r: Result) -> Finding:
    old, new = kept("DeepSeek 67B"), kept("DeepSeek-V2")
    alone, both = 1 - new / old, 1 - new * 6 / (old * 16)
    holds = alone < 0.9 and abs(both - 0.933) < 0.0005
    return Finding(holds, f"1 − {new:,}/{old:,} = {alone:.1%}; · 6/16 bit: {both:.1%}")


def kept(name: str) -> int:
    """Numbers that a published model keeps of each token."""
    layers, numbers = KEPT[name]
    return layers * numbers


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "bytes-by-formula": bytes_by_formula,
    "shared-heads": shared_heads,
    "between": between,
    "mqa-fast": mqa_fast,
    "gqa-faster": gqa_faster,
    "grows": grows,
    "latent-same": latent_same,
    "latent-bytes": latent_bytes,
    "latent-arithmetic": latent_arithmetic,
    "latent-faster": latent_faster,
    "merging-exact": merging_exact,
    "merging-costs": merging_costs,
    "llama-2": llama_2,
    "deepseek-v2": deepseek_v2,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """What each kind keeps and how long a step takes, then what merging does."""
    labels = {key: text[lang] for key, text in words.words.items()}
    last = result.steps[-1]
    rows = [
        (
            one.name,
            str(one.kv_heads or "–"),
            byte_size(one.token_bytes),
            byte_size(one.token_bytes * last.tokens),
            *(duration(step.times[i].median) for step in result.steps),
        )
        for i, one in enumerate(result.kinds)
    ]
    header = [labels[key] for key in ("kind", "kv-heads", "a-token", "all-tokens")]
    merges = [
        (str(one.kv_heads), byte_size(one.token_bytes), f"{one.divergence:.3g}", f"{one.agreement:.0%}")
        for one in result.merges
    ]
    apart = [(f"{one.share:g}", f"{one.divergence:.2g}") for one in result.apart]
    return Group(
        terminal.table((*header, *(f"T={step.tokens:,}" for step in result.steps)), rows),
        "",
        terminal.curves(curves(result), x_label=labels["length"], y_label=labels["time"], log_x=True),
        "",
        f"{labels['merged']}: {result.model}",
        terminal.table([labels[key] for key in ("kv-heads", "a-token", "divergence", "agreement")], merges),
        "",
        terminal.table((labels["apart"], labels["divergence"]), apart),
    )


def curves(result: Result) -> list[terminal.Series]:
    """Milliseconds a step over the tokens in the cache."""
    lengths = [step.tokens for step in result.steps]
    return [
        terminal.Series(name, lengths, [1e3 * step.times[i].median for step in result.steps])
        for i, name in enumerate(KINDS)
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Bytes a token, and time a step over the length."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (size, time) = plots.blank(words.title[lang], panels=2)
    size.bar(KINDS, [one.token_bytes / 1024 for one in result.kinds], color="white", edgecolor="black", hatch="//")
    size.set_ylabel(f"{labels['a-token']} (KiB)")
    plots.draw(time, curves(result), x_label=labels["length"], y_label=labels["time"], log_x=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
