"""What is measured of MHA, GQA, MQA and MLA and of merged heads, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import Ratio, Times, ratio

KINDS = ("MHA", "GQA", "MQA", "MLA")
HEADS, SHARED = 16, 4
"""Query heads of the four models; key and value heads of the one with GQA."""
ROUNDING = 1e-4
"""Relative to the largest logit: far above what float32 loses here."""
PUBLISHED = {
    "Llama 2 7B": (32, 2 * 32 * 128),
    "Llama 2 70B": (80, 2 * 8 * 128),
    "DeepSeek 67B": (95, 2 * 8 * 128),
    "DeepSeek-V2": (60, 512 + 64),
}
"""Layers, and numbers cached a token and layer, from the published configurations."""


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


def bytes_by_formula(r: Result) -> Finding:
    by_head = r.kinds[:3]
    holds = all(kind.token_bytes == kind.formula for kind in by_head) and r.own_bytes == r.own_formula
    shown = " : ".join(f"{kind.token_bytes:,}" for kind in by_head) + " B"
    if r.own_model:
        return Finding(holds, f"{shown} = 2·L·H_kv·d·b")
    shown += f"; {r.own_bytes:,} B / {r.own_formula:,} B"
    return Finding(holds, shown) if r.own_bytes == r.own_formula else Finding(None, shown, "other-cache")


def shared_heads(r: Result) -> Finding:
    times = r.repeated.bytes_multi_head / r.repeated.bytes_grouped
    holds = r.repeated.gap <= ROUNDING and times == HEADS / SHARED
    return exactly(r.dtype, holds, f"max|Δ| {r.repeated.gap:.1e} ≤ {ROUNDING:g}; ×{times:g} B")


def between(r: Result) -> Finding:
    mha, gqa, mqa = (kind.token_bytes for kind in r.kinds[:3])
    ratios = [r.steps[-1].over("MHA", "GQA"), r.steps[-1].over("GQA", "MQA")]
    shown = f"{mha:,} > {gqa:,} > {mqa:,} B; {', '.join(map(str, ratios))} ≥ 1.05"
    if _start_bound(r):
        return Finding(None, shown, "start-bound")
    in_order = [mha > gqa > mqa, *(times.reaches(1.05) for times in ratios)]
    if False in in_order:
        return Finding(False, shown)
    return Finding(None, shown, "too-noisy") if None in in_order else Finding(True, shown)


def mqa_fast(r: Result) -> Finding:
    return _faster(r, "MHA", "MQA", 1.3)


def gqa_faster(r: Result) -> Finding:
    return _faster(r, "MHA", "GQA", 1.15)


def grows(r: Result) -> Finding:
    short, long = (step.over("MHA", "MQA") for step in (r.steps[0], r.steps[-1]))
    shown = f"T={r.steps[0].tokens} ×{short.value:.3g} < T={r.steps[-1].tokens:,} {long}"
    if _start_bound(r):
        return Finding(None, shown, "start-bound")
    holds = long.reaches(short.value)
    return unless_noisy(holds, shown)


def latent_same(r: Result) -> Finding:
    holds = r.latent.gap <= ROUNDING and r.latent.equal == r.latent.steps
    return exactly(r.dtype, holds, f"{r.latent.equal}/{r.latent.steps}, max|Δ| {r.latent.gap:.1e} ≤ {ROUNDING:g}")


def latent_bytes(r: Result) -> Finding:
    mla, one_head = r.kinds[-1], r.kinds[2].token_bytes
    shown = f"{mla.token_bytes:,} B = L·(r + d_rope)·b = {mla.token_bytes / one_head:g} × {one_head:,} B"
    return Finding(mla.token_bytes == mla.formula and mla.token_bytes < r.kinds[1].token_bytes, shown)


def latent_arithmetic(r: Result) -> Finding:
    return Finding(r.latent_work > 4, f"{r.operations[1]:,} / {r.operations[0]:,} = ×{r.latent_work:.3g} > 4")


def latent_faster(r: Result) -> Finding:
    return _faster(r, "MHA", "MLA", 1.1)


def _faster(r: Result, slow: str, fast: str, least: float) -> Finding:
    long = r.steps[-1].over(slow, fast)
    return Finding(None, str(long), "start-bound") if _start_bound(r) else reaching(long, least)


def _start_bound(r: Result) -> bool:
    """Whether even the largest cache takes no noticeable time to read."""
    short, long = (step.times[0].median for step in (r.steps[0], r.steps[-1]))
    return long < 1.3 * short


def merging_exact(r: Result) -> Finding:
    divergences = [apart.divergence for apart in r.apart]
    holds = divergences[0] <= ROUNDING and sorted(set(divergences)) == divergences
    shown = ", ".join(f"{apart.share:g}: {apart.divergence:.2g}" for apart in r.apart)
    return exactly(r.dtype, holds, f"σ {shown} nat")


def merging_costs(r: Result) -> Finding:
    if not r.merges:
        return Finding(None, "H_kv = 1", "one-head")
    shown = ", ".join(f"{m.kv_heads}: {m.divergence:.2g} nat ({m.agreement:.0%})" for m in r.merges)
    return Finding(min(merged.divergence for merged in r.merges) > 0.01, f"{shown} > 0.01")


def llama_2(r: Result) -> Finding:
    small, large = cached_numbers("Llama 2 7B"), cached_numbers("Llama 2 70B")
    return Finding(large < small, f"{2 * large:,} B < {2 * small:,} B")


def deepseek_v2(r: Result) -> Finding:
    old, new = cached_numbers("DeepSeek 67B"), cached_numbers("DeepSeek-V2")
    saved, in_six_bits = 1 - new / old, 1 - new * 6 / (old * 16)
    holds = saved < 0.9 and abs(in_six_bits - 0.933) < 0.0005
    return Finding(holds, f"1 − {new:,}/{old:,} = {saved:.1%}; · 6/16 bit: {in_six_bits:.1%}")


def cached_numbers(name: str) -> int:
    """Numbers that a published model keeps of each token, over all layers."""
    layers, numbers = PUBLISHED[name]
    return layers * numbers


CLAIMS = findings.claims(
    bytes_by_formula,
    shared_heads,
    between,
    mqa_fast,
    gqa_faster,
    grows,
    latent_same,
    latent_bytes,
    latent_arithmetic,
    latent_faster,
    merging_exact,
    merging_costs,
    llama_2,
    deepseek_v2,
)
