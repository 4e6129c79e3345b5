"""What each claim says of a mixture of experts; without torch."""

from __future__ import annotations

from collections.abc import Iterable

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly, reaching
from llmquiz.demos.lab.quantities import big, byte_size, duration, ratio, three_figures
from llmquiz.demos.moe.result import CHOSEN, EXPERTS, MOST, REQUESTS
from llmquiz.demos.moe.result import Result as Result

ROUNDING = 1e-4
"""Relative to the largest output: far above what float32 loses here."""
PUBLISHED = 46.7e9, 12.9e9
"""Mixtral 8x7B as announced by Mistral AI, December 2023: total and active parameters."""


def router_card(r: Result) -> Finding:
    worst = max(r.routing.own_gap, r.routing.renormalised_gap, r.routing.gate_sum_gap)
    finding = exactly(r.dtype, worst <= ROUNDING, f"max|Δ| {worst:.1e} ≤ {ROUNDING:g}")
    return finding._replace(figures={"gap": f"{worst:.1g}"})


def gated_sum(r: Result) -> Finding:
    gap = r.routing.sparse_sum_gap
    finding = exactly(r.dtype, gap <= ROUNDING, f"max|Δ| {gap:.1e} ≤ {ROUNDING:g}")
    return finding._replace(figures={"gap": f"{gap:.1g}"})


def dense_mixture(r: Result) -> Finding:
    routing = r.routing
    times = routing.dense_rows / routing.rows
    return Finding(
        routing.dense_gap > 0.1 and routing.rows == routing.tokens * CHOSEN and times == EXPERTS / CHOSEN,
        f"max|Δ| {routing.dense_gap:.2g} > 0.1; {routing.dense_rows}/{routing.rows} = ×{times:g}",
        figures={
            "gap": f"{routing.dense_gap:.0%}",
            "dense": f"{routing.dense_rows:,}",
            "rows": f"{routing.rows:,}",
        },
    )


def two_of_eight(r: Result) -> Finding:
    chosen = " ".join(f"{n}/{EXPERTS}" for n in r.used)
    return Finding(
        set(r.used) == {CHOSEN} and r.mixture.active == r.active_formula,
        f"{chosen}; {r.mixture.active:,} / {r.mixture.parameters:,} = {r.active_share:.3g}%",
        figures={
            "used": ", ".join(f"{n}/{EXPERTS}" for n in r.used),
            "active": big(r.mixture.active),
            "total": big(r.mixture.parameters),
            "share": f"{r.active_share:.3g}%",
        },
    )


def compute_unchanged(r: Result) -> Finding:
    share = r.work.router / r.work.dense_active
    return Finding(
        r.work.mixture == r.work.dense_active + r.work.router and r.work.router < 0.01 * r.work.mixture,
        f"{r.work.mixture:,} = {r.work.dense_active:,} + {r.work.router:,} (+{share:.2%})",
        figures={
            "parameters": three_figures(r.mixture.parameters / r.small.parameters),
            "share": f"{share:.2%}",
        },
    )


def equal_total(r: Result) -> Finding:
    return Finding(r.work_saved > 2, f"×{r.work_saved:.3g} > 2", figures={"times": f"{r.work_saved:.3g}"})


def costs_nothing(r: Result) -> Finding:
    slower = [timed.slower.reaches(1.1) for timed in r.passes]
    shown = ", ".join(f"T={timed.tokens} {timed.slower}" for timed in r.passes)
    figures = {
        "times": " / ".join(f"{timed.slower.value:.2g}" for timed in r.passes),
        "tokens": " / ".join(f"{timed.tokens}" for timed in r.passes),
    }
    if True in slower:
        return Finding(False, shown, figures=figures)
    return Finding(None, shown, "too-noisy", figures) if None in slower else Finding(True, shown, figures=figures)


def faster_than_total(r: Result) -> Finding:
    last = r.passes[-1]
    figures = {
        "tokens": f"{last.tokens}",
        "dense": duration(last.dense_total.median),
        "mixture": duration(last.mixture.median),
        "times": f"{last.faster.value:.3g}",
    }
    if not ratio(last.dense_total, last.dense_active).reaches(1.5):
        return Finding(None, str(last.faster), "start-bound", figures)
    return reaching(last.faster, 1.2)._replace(figures=figures)


def all_in_memory(r: Result) -> Finding:
    needed, held, dense = r.touched[-1], r.mixture.weight_bytes, r.large.weight_bytes
    experts = " ".join(f"{n}/{EXPERTS}" for n in needed)
    return Finding(
        set(needed) == {EXPERTS} and held >= dense,
        f"B={REQUESTS[-1]}: {experts}; {held:,} B ≥ {dense:,} B",
        figures={
            "requests": f"{REQUESTS[-1]}",
            "needed": ", ".join(f"{n}/{EXPERTS}" for n in needed),
            "held": byte_size(held),
            "dense": byte_size(dense),
        },
    )


def collapses(r: Result) -> Finding:
    loads = [pair.without.fullest for pair in r.trainings]
    return Finding(
        min(loads) >= 2.5,
        f"{_in_a_row(loads)} ≥ 2.5 ({MOST:g} = max)",
        figures={"loads": _in_a_row(loads, ", "), "most": f"{MOST:g}"},
    )


def balanced(r: Result) -> Finding:
    loads = [pair.with_loss.fullest for pair in r.trainings]
    gains = [pair.without.fullest / pair.with_loss.fullest for pair in r.trainings]
    return Finding(
        min(gains) >= 1.2,
        f"{_in_a_row(loads)}: ÷{_in_a_row(gains)} ≥ 1.2",
        figures={
            "loads": _in_a_row(loads, ", "),
            "without": _in_a_row((pair.without.fullest for pair in r.trainings), ", "),
        },
    )


def _in_a_row(values: Iterable[float], between: str = " ") -> str:
    return between.join(f"{value:.3g}" for value in values)


def not_56b(r: Result) -> Finding:
    counted = r.published_total, r.published_active
    share = f"{counted[1] / counted[0]:.1%}"
    return Finding(
        all(abs(count / stated - 1) < 0.01 for count, stated in zip(counted, PUBLISHED, strict=True)),
        f"{counted[0]:,} < 8 × 7B, {counted[1]:,} ({share})",
        figures={"total": f"{counted[0]:,}", "active": f"{counted[1]:,}", "share": share},
    )


CLAIMS = findings.claims(
    router_card,
    gated_sum,
    dense_mixture,
    two_of_eight,
    compute_unchanged,
    equal_total,
    costs_nothing,
    faster_than_total,
    all_in_memory,
    collapses,
    balanced,
    not_56b,
)
