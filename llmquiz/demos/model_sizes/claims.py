"""What each claim says of published models; without torch."""

from __future__ import annotations

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.quantities import big, byte_size
from llmquiz.demos.model_sizes.result import Result as Result

ROUNDED = 0.05
"""Names and papers round: 7B is said of 6.74B, which is 3.7 % less."""


def _near(counted: float, stated: float, tolerance: float = ROUNDED) -> bool:
    return abs(counted / stated - 1) <= tolerance


def _named(r: Result, *names: tuple[str, float]) -> Finding:
    """The finding that these models have about so many parameters."""
    counted = [(r.size(name).parameters, stated) for name, stated in names]
    shown = ", ".join(f"{n:,} ≈ {big(stated)} ({n / stated - 1:+.1%})" for n, stated in counted)
    exact = " / ".join(f"{n:,}" for n, _ in counted)
    return Finding(all(_near(n, stated) for n, stated in counted), shown, figures={"counted": exact})


def bert_base_110m(r: Result) -> Finding:
    return _named(r, ("BERT-base", 110e6))


def t5_11b(r: Result) -> Finding:
    return _named(r, ("T5-11B", 11e9))


def gpt_3_175b(r: Result) -> Finding:
    return _named(r, ("GPT-3", 175e9))


def llama_2(r: Result) -> Finding:
    return _named(r, ("Llama 2 7B", 7e9), ("Llama 2 13B", 13e9), ("Llama 2 70B", 70e9))


def gpt_4(r: Result) -> Finding:
    """Nothing published, nothing to count."""
    stated, counted = 1.76e12, [size.parameters for size in r.sizes if size.name == "GPT-4"]
    figures = {"rumored": big(stated), "configurations": str(len(counted))}
    if not counted:
        return Finding(None, f"8 × 220B = {big(stated)}", "undisclosed", figures)
    return Finding(_near(counted[0], stated), f"{counted[0]:,} ≈ {big(stated)}", figures=figures)


def mixtral_not_56b(r: Result) -> Finding:
    size = r.size("Mixtral 8x7B")
    holds = size.parameters < 0.9 * 8 * 7e9 and _near(size.active, size.published_active)
    shown = f"{size.parameters:,} < 8 × 7B, {size.active:,} ≈ {big(size.published_active)}"
    return Finding(holds, shown, figures={"all": big(size.parameters), "active": big(size.active)})


def deepseek_v3(r: Result) -> Finding:
    size = r.size("DeepSeek-V3")
    holds = _near(size.parameters, size.published, 0.01) and _near(size.active, size.published_active)
    share = size.active / size.parameters
    figures = {"all": big(size.parameters), "active": big(size.active), "percent": f"{100 * share:.1f}"}
    shown = f"{size.parameters:,} ≈ {big(size.published)}, {size.active:,} ({share:.1%})"
    return Finding(holds, shown, figures=figures)


def to_the_parameter(r: Result) -> Finding:
    """Against what the published checkpoints say of themselves."""
    published = [size for size in r.sizes if size.published_bytes]
    equal = sum(size.bytes_by_format[1] == size.published_bytes for size in published)
    shown = f"{equal}/{len(published)}, {sum(size.published_bytes for size in published):,} B"
    return Finding(equal == len(published) > 0, shown, figures={"equal": str(equal), "models": str(len(published))})


def bytes_a_parameter(r: Result) -> Finding:
    holds = all(size.bytes_by_format == _by_format(size.parameters) for size in r.sizes)
    shown = " / ".join(_gigabytes(n) for n in r.size("Llama 2 7B").bytes_by_format)
    large = r.size("Llama 2 70B")
    figures = {"small": _gigabytes(r.size("Llama 2 7B").bytes_by_format[1])}
    figures |= {"large": _gigabytes(large.bytes_by_format[1]), "quantized": _gigabytes(large.bytes_by_format[3])}
    return Finding(holds, f"4N, 2N, N, N/2: {shown} (7B)", figures=figures)


def _by_format(n: int) -> tuple[int, ...]:
    """Bytes of so many parameters in 32, 16, 8 and 4 bits."""
    return (4 * n, 2 * n, n, -(-n // 2))


def encoders_are_small(r: Result) -> Finding:
    encoder = max((size for size in r.sizes if size.family == "encoder"), key=lambda size: size.parameters)
    decoder = min((size for size in r.sizes if size.family == "decoder"), key=lambda size: size.parameters)
    figures = {"encoder": f"{encoder.name} {big(encoder.parameters)}"}
    figures |= {"decoder": f"{decoder.name} {big(decoder.parameters)}"}
    return Finding(encoder.parameters < decoder.parameters, ", ".join(figures.values()), figures=figures)


def fair_pair(r: Result) -> Finding:
    """An architecture is compared by models that differ in little else."""
    gpt, t5 = r.size("GPT-3"), r.size("T5-11B")
    n, c = gpt.parameters / t5.parameters, gpt.published_work / t5.published_work
    figures = {"parameters": f"{n:.1f}", "work": f"{c:.1f}"}
    return Finding(n < 1.5 and c < 1.5, f"N ×{n:.3g}, C ×{c:.3g}", figures=figures)


def cache_by_formula(r: Result) -> Finding:
    cached = [size for size in r.sizes if size.token_bytes or size.formula_bytes]
    equal = sum(size.token_bytes == size.formula_bytes for size in cached)
    gpt, mla, t5 = r.size("GPT-3"), r.size("DeepSeek-V3"), r.size("T5-11B")
    holds = equal == len(cached) and t5.source_token_bytes == t5.token_bytes
    shown = f"{equal}/{len(cached)}; GPT-3 {gpt.token_bytes:,} B, DeepSeek-V3 {mla.token_bytes:,} B"
    figures = {"equal": str(equal), "models": str(len(cached)), "gpt": byte_size(gpt.token_bytes)}
    figures |= {"mla": byte_size(mla.token_bytes), "t5": byte_size(t5.token_bytes)}
    return Finding(holds, f"{shown}, T5-11B {t5.token_bytes:,} + {t5.source_token_bytes:,} B", figures=figures)


def bigger_model_smaller_cache(r: Result) -> Finding:
    small, large = r.size("Llama 2 7B"), r.size("Llama 2 70B")
    shown = f"70B {large.token_bytes:,} B < 7B {small.token_bytes:,} B"
    figures = {"large": byte_size(large.token_bytes), "small": byte_size(small.token_bytes)}
    holds = large.parameters > small.parameters and large.token_bytes < small.token_bytes
    return Finding(holds, shown, figures=figures)


def llama_2_gqa(r: Result) -> Finding:
    models = [r.size(f"Llama 2 {size}") for size in ("7B", "13B", "70B")]
    shown = ", ".join(f"{size.name.split()[-1]} {size.kv_heads}/{size.heads}" for size in models)
    return Finding(
        all(size.kv_heads < size.heads for size in models), shown, figures={"heads": shown.replace(", ", " · ")}
    )


def context_outgrows(r: Result) -> Finding:
    old, new = r.size("GPT-3"), r.size("Llama 3.1 405B")
    a_token, whole = old.token_bytes / new.token_bytes, new.context_bytes / old.context_bytes
    shown = f"a token ÷{a_token:.3g}, T={new.context:,} vs {old.context:,}: ×{whole:.3g}"
    figures = {
        "token": byte_size(new.token_bytes),
        "old_token": byte_size(old.token_bytes),
        "whole": _gigabytes(new.context_bytes),
        "old_whole": _gigabytes(old.context_bytes),
    }
    return Finding(a_token > 1 and whole > 1, f"{shown} ({_gigabytes(new.context_bytes)})", figures=figures)


def six_n_d(r: Result) -> Finding:
    step = r.step("GPT-3")
    shown = f"{step.per_parameter:.3f} ≈ 6 (±{ROUNDED:.0%}), T={step.tokens:,}"
    figures = {"each": f"{step.per_parameter:.2f}", "tokens": f"{step.tokens:,}"}
    return Finding(_near(step.per_parameter, 6), shown, figures=figures)


def attention_on_top(r: Result) -> Finding:
    short, long = r.step("GPT-3"), r.step("Llama 2 7B")
    shares = [step.attention / step.total for step in (short, long)]
    holds = shares[1] > 0.1 > shares[0]
    figures = {"short": f"{100 * shares[0]:.1f}", "few": f"{short.tokens:,}"}
    figures |= {"long": f"{100 * shares[1]:.1f}", "many": f"{long.tokens:,}"}
    shown = f"GPT-3 {shares[0]:.1%} (T={short.tokens:,}), 7B {shares[1]:.1%} (T={long.tokens:,})"
    return Finding(holds, shown, figures=figures)


def half_for_two_stacks(r: Result) -> Finding:
    step = r.step("T5-11B")
    shown = f"{step.per_parameter:.3f} ≈ 3 (±15%), 512 + 114"
    return Finding(_near(step.per_parameter, 3, 0.15), shown, figures={"each": f"{step.per_parameter:.2f}"})


def published_work(r: Result) -> Finding:
    known = [size for size in r.sizes if size.published_work]
    shown = ", ".join(f"{size.name} {size.work:.3g} ≈ {size.published_work:.3g}" for size in known)
    worst = max((abs(size.work / size.published_work - 1) for size in known), default=0.0)
    figures = {"models": str(len(known)), "off": f"{100 * worst:.1f}"}
    return Finding(all(_near(size.work, size.published_work) for size in known), shown, figures=figures)


def _gigabytes(count: float) -> str:
    """Decimal, as disks and model cards count."""
    return f"{count / 1e9:,.0f} GB" if count >= 1e11 else f"{count / 1e9:.3g} GB"


CLAIMS = findings.claims(
    bert_base_110m,
    t5_11b,
    gpt_3_175b,
    llama_2,
    gpt_4,
    mixtral_not_56b,
    deepseek_v3,
    to_the_parameter,
    bytes_a_parameter,
    encoders_are_small,
    fair_pair,
    cache_by_formula,
    bigger_model_smaller_cache,
    llama_2_gqa,
    context_outgrows,
    six_n_d,
    attention_on_top,
    half_for_two_stacks,
    published_work,
)
