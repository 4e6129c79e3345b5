"""What each claim says of MHA, GQA, MQA and MLA and of merged heads; without torch."""

from __future__ import annotations

from llmquiz.demos.gqa.result import KINDS
from llmquiz.demos.gqa.result import Result as Result
from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import byte_size, duration, three_figures

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


def bytes_by_formula(r: Result) -> Finding:
    by_head = r.kinds[:3]
    holds = all(kind.token_bytes == kind.formula for kind in by_head) and r.own_bytes == r.own_formula
    shown = " : ".join(f"{kind.token_bytes:,}" for kind in by_head) + " B"
    mha, gqa, mqa = (byte_size(kind.token_bytes) for kind in by_head)
    figures = {"mha": mha, "gqa": gqa, "mqa": mqa, "given": ""}
    if r.own_model:
        return Finding(holds, f"{shown} = 2·L·H_kv·d·b", figures=figures)
    query, shared = r.own_heads
    name = r.model.split()[0]
    figures["given"] = f" · {name} {byte_size(r.own_bytes)} = {shared}/{query} × {byte_size(r.own_full_bytes)}"
    shown += f"; {r.own_bytes:,} B / {r.own_formula:,} B"
    judged = r.own_bytes == r.own_formula
    return Finding(holds if judged else None, shown, "" if judged else "other-cache", figures)


def shared_heads(r: Result) -> Finding:
    times = r.repeated.bytes_multi_head / r.repeated.bytes_grouped
    holds = r.repeated.gap <= ROUNDING and times == HEADS / SHARED
    figures = {"gap": f"{r.repeated.gap:.2g}", "times": f"{times:g}"}
    return exactly(r.dtype, holds, f"max|Δ| {r.repeated.gap:.1e} ≤ {ROUNDING:g}; ×{times:g} B")._replace(
        figures=figures
    )


def between(r: Result) -> Finding:
    mha, gqa, mqa = (kind.token_bytes for kind in r.kinds[:3])
    ratios = [r.steps[-1].over("MHA", "GQA"), r.steps[-1].over("GQA", "MQA")]
    shown = f"{mha:,} > {gqa:,} > {mqa:,} B; {', '.join(map(str, ratios))} ≥ 1.05"
    seconds = (duration(times.median) for times in r.steps[-1].times)
    figures = {"tokens": f"{r.steps[-1].tokens:,}"} | dict(zip(("mha", "gqa", "mqa"), seconds, strict=False))
    if _start_bound(r):
        return Finding(None, shown, "start-bound", figures)
    in_order = [mha > gqa > mqa, *(times.reaches(1.05) for times in ratios)]
    if False in in_order:
        return Finding(False, shown, figures=figures)
    return unless_noisy(None if None in in_order else True, shown)._replace(figures=figures)


def mqa_fast(r: Result) -> Finding:
    return _faster(r, "MHA", "MQA", 1.3)


def gqa_faster(r: Result) -> Finding:
    return _faster(r, "MHA", "GQA", 1.15)


def grows(r: Result) -> Finding:
    short, long = (step.over("MHA", "MQA") for step in (r.steps[0], r.steps[-1]))
    shown = f"T={r.steps[0].tokens} ×{short.value:.3g} < T={r.steps[-1].tokens:,} {long}"
    figures = {
        "few": str(r.steps[0].tokens),
        "many": f"{r.steps[-1].tokens:,}",
        "short": three_figures(short.value),
        "long": three_figures(long.value),
    }
    if _start_bound(r):
        return Finding(None, shown, "start-bound", figures)
    holds = long.reaches(short.value)
    return unless_noisy(holds, shown)._replace(figures=figures)


def latent_same(r: Result) -> Finding:
    holds = r.latent.gap <= ROUNDING and r.latent.equal == r.latent.steps
    shown = f"{r.latent.equal}/{r.latent.steps}, max|Δ| {r.latent.gap:.1e} ≤ {ROUNDING:g}"
    figures = {"equal": str(r.latent.equal), "steps": str(r.latent.steps), "gap": f"{r.latent.gap:.2g}"}
    return exactly(r.dtype, holds, shown)._replace(figures=figures)


def latent_bytes(r: Result) -> Finding:
    mla, one_head = r.kinds[-1], r.kinds[2].token_bytes
    heads = f"{mla.token_bytes / one_head:g}"
    return Finding(
        mla.token_bytes == mla.formula and mla.token_bytes < r.kinds[1].token_bytes,
        f"{mla.token_bytes:,} B = L·(r + d_rope)·b = {heads} × {one_head:,} B",
        figures={"mla": byte_size(mla.token_bytes), "heads": heads, "head": byte_size(one_head)},
    )


def latent_arithmetic(r: Result) -> Finding:
    mha, mla = r.operations
    return Finding(
        r.latent_work > 4,
        f"{mla:,} / {mha:,} = ×{r.latent_work:.3g} > 4",
        figures={"mha": f"{mha:,}", "mla": f"{mla:,}", "times": three_figures(r.latent_work)},
    )


def latent_faster(r: Result) -> Finding:
    return _faster(r, "MHA", "MLA", 1.1)


def _faster(r: Result, slow: str, fast: str, least: float) -> Finding:
    long = r.steps[-1].over(slow, fast)
    slowly, fastly = (duration(r.steps[-1].times[KINDS.index(name)].median) for name in (slow, fast))
    figures = {
        "tokens": f"{r.steps[-1].tokens:,}",
        "slow": slowly,
        "fast": fastly,
        "times": three_figures(long.value),
    }
    finding = Finding(None, str(long), "start-bound") if _start_bound(r) else reaching(long, least)
    return finding._replace(figures=figures)


def _start_bound(r: Result) -> bool:
    """Whether even the largest cache takes no noticeable time to read."""
    short, long = (step.times[0].median for step in (r.steps[0], r.steps[-1]))
    return long < 1.3 * short


def merging_exact(r: Result) -> Finding:
    divergences = [apart.divergence for apart in r.apart]
    holds = divergences[0] <= ROUNDING and sorted(set(divergences)) == divergences
    shown = ", ".join(f"{apart.share:g}: {apart.divergence:.2g}" for apart in r.apart)
    figures = {
        "shares": ", ".join(f"{apart.share:g}" for apart in r.apart),
        "divergences": ", ".join(f"{divergence:.2g}" for divergence in divergences),
    }
    return exactly(r.dtype, holds, f"σ {shown} nat")._replace(figures=figures)


def merging_costs(r: Result) -> Finding:
    if not r.merges:
        return Finding(None, "H_kv = 1", "one-head", {"heads": "1", "fewer": "–", "moved": "–"})
    shown = ", ".join(f"{m.kv_heads}: {m.divergence:.2g} nat ({m.agreement:.0%})" for m in r.merges)
    least = min(merged.divergence for merged in r.merges)
    return Finding(
        least > 0.01,
        f"{shown} > 0.01",
        figures={
            "heads": str(r.own_heads[1]),
            "fewer": ", ".join(str(m.kv_heads) for m in r.merges),
            "moved": ", ".join(f"{m.divergence:.2g}" for m in r.merges),
        },
    )


def llama_2(r: Result) -> Finding:
    small, large = cached_numbers("Llama 2 7B"), cached_numbers("Llama 2 70B")
    figures = {"small": byte_size(2 * small), "large": byte_size(2 * large)}
    return Finding(large < small, f"{2 * large:,} B < {2 * small:,} B", figures=figures)


def deepseek_v2(r: Result) -> Finding:
    old, new = cached_numbers("DeepSeek 67B"), cached_numbers("DeepSeek-V2")
    saved, in_six_bits = 1 - new / old, 1 - new * 6 / (old * 16)
    return Finding(
        saved < 0.9 and abs(in_six_bits - 0.933) < 0.0005,
        f"1 − {new:,}/{old:,} = {saved:.1%}; · 6/16 bit: {in_six_bits:.1%}",
        figures={"old": f"{old:,}", "new": f"{new:,}", "saved": f"{saved:.1%}", "six": f"{in_six_bits:.1%}"},
    )


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
