"""What each claim says of a state beside a cache; without torch."""

from __future__ import annotations

from statistics import fmean

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, below, exactly, reaching, unless_noisy
from llmquiz.demos.lab.quantities import byte_size, duration, three_figures
from llmquiz.demos.ssm.result import LENGTHS, Memory
from llmquiz.demos.ssm.result import Result as Result

ROUNDING = 1e-3
"""Relative to the largest logit."""


def fixed_state(r: Result) -> Finding:
    short, long = r.states
    holds = short.total == long.total == r.state_bytes_formula and long.keys_and_values == 0
    few, many = r.lengths
    return Finding(
        holds,
        f"{short.total:,} B (T={few}) = {long.total:,} B (T={many}) = {r.state_bytes_formula:,} B",
        figures={
            **{"few": f"{few}", "short": byte_size(short.total), "many": f"{many}", "long": byte_size(long.total)},
            "cache": byte_size(r.caches[1].total),
        },
    )


def bytes_cross(r: Result) -> Finding:
    holds = r.cache_bytes_before < r.state_bytes <= r.cache_bytes_there
    measured = f"{r.cache_bytes_before:,} < {r.state_bytes:,} ≤ {r.cache_bytes_there:,} B"
    sizes = {"before": r.cache_bytes_before, "there": r.cache_bytes_there, "state": r.state_bytes}
    figures = {"at": f"{r.overtaken_at}"} | {name: byte_size(size) for name, size in sizes.items()}
    return Finding(holds, f"T* = {r.overtaken_at}: {measured}", figures=figures)


def linear(r: Result) -> Finding:
    short, long = r.work
    mamba, attention = long.mamba / short.mamba, long.attention / short.attention
    return Finding(
        abs(mamba - 2) < 0.002 and attention > 2.02,
        f"T={short.tokens} → {long.tokens}: ×{mamba:.4f}, ×{attention:.4f}",
        figures={
            **{"few": f"{short.tokens}", "many": f"{long.tokens}"},
            **{"mamba": f"{mamba:.2f}", "attention": f"{attention:.2f}"},
        },
    )


def optimizes_attention(r: Result) -> Finding:
    assert r.attention_operations_control > 0, "the count finds attention where there is some"
    figures = {"mamba": f"{r.attention_operations}", "attention": f"{r.attention_operations_control}"}
    measured = f"{r.attention_operations} (≠ {r.attention_operations_control})"
    return Finding(r.attention_operations > 0, measured, figures=figures)


def one_pass(r: Result) -> Finding:
    finding = exactly(r.dtype, r.gap <= ROUNDING, f"max|Δ| {r.gap:.1e} ≤ {ROUNDING:g}")
    return finding._replace(figures={"gap": f"{r.gap:.1e}"})


def flat_time(r: Result) -> Finding:
    few, many = r.times.lengths[:2]
    figures = {"few": f"{few}", "many": f"{many}", "times": three_figures(r.times.flat.value)}
    return below(r.times.flat, 1.25)._replace(figures=figures)


def attention_grows(r: Result) -> Finding:
    figures = _ends(r) | {"times": three_figures(r.times.grows.value)}
    return _where_steps_cost(r, reaching(r.times.grows, 2))._replace(figures=figures)


def times_cross(r: Result) -> Finding:
    early, late = r.times.early.reaches(1.1), r.times.late.reaches(1.1)
    measured = f"T={r.times.lengths[0]}: {r.times.early} ≥ 1.1; T={r.times.lengths[-1]:,}: {r.times.late} ≥ 1.1"
    holds = None if early is None or late is None else early and late
    return _where_steps_cost(r, unless_noisy(holds, measured))._replace(figures=_ends(r))


def _ends(r: Result) -> dict[str, str]:
    """The times of a step of attention after the fewest and after the most tokens, and of Mamba."""
    times = r.times
    seconds = {"early": times.attention[0], "late": times.attention[-1], "mamba": times.mamba[1]}
    shown = {name: duration(value) for name, value in seconds.items()}
    return shown | {"few": f"{times.lengths[0]}", "many": f"{times.lengths[-1]:,}"}


def _where_steps_cost(r: Result, finding: Finding) -> Finding:
    """On another device than the CPU the fixed cost of starting a step may cover what is claimed."""
    if r.device == "cpu" or finding.holds is not False:
        return finding
    return Finding(None, finding.measured, "start-bound")


def hybrid_keeps(r: Result) -> Finding:
    h = r.hybrid
    holds = h.kept.keys_and_values * h.layers == h.all_attention * h.attention_layers and h.attention_layers == 1
    figures = {
        **{"tokens": f"{h.tokens}", "kept": byte_size(h.kept.keys_and_values), "states": byte_size(h.kept.state)},
        **{"layers": f"{h.layers}", "all": byte_size(h.all_attention)},
    }
    measured = f"{h.kept.keys_and_values:,} B = {h.attention_layers}/{h.layers} · {h.all_attention:,} B"
    return Finding(holds, measured, figures=figures)


def attention_recalls(r: Result) -> Finding:
    """Here and with every seed."""
    worst = min(map(min, _here_and_by_seed(r.remember[0])))
    figures = {"pairs": f"{LENGTHS[-1]}", "worst": f"{worst:.0%}"}
    return Finding(worst >= 0.99, _rights(r.remember[0]), figures=figures)


def _here_and_by_seed(memory: Memory) -> list[tuple[float, ...]]:
    """Share right by the number of pairs: here, then by the card with every seed."""
    return [tuple(recall.right for recall in memory.recalls), *memory.seeds]


def _rights(memory: Memory) -> str:
    columns = zip(LENGTHS, zip(*_here_and_by_seed(memory), strict=True), strict=True)
    return ", ".join(f"N={pairs}: {'/'.join(f'{100 * right:.0f}' for right in rights)}%" for pairs, rights in columns)


def state_forgets(r: Result) -> Finding:
    """By the size of the state, of the longest texts: here and with every seed."""
    small, large = ([rights[-1] for rights in _here_and_by_seed(memory)] for memory in r.remember[1:])
    spans = [f"{min(rights):.0%} – {max(rights):.0%}" for rights in (small, large)]
    sizes = [byte_size(memory.kept.total) for memory in r.remember[1:]]
    figures = {"pairs": f"{LENGTHS[-1]}", "small": spans[0], "large": spans[1], "less": sizes[0], "more": sizes[1]}
    holds = max(small) <= 0.6 and min(large) >= 0.75
    return Finding(holds, f"N={LENGTHS[-1]}: {', '.join(spans)}", figures=figures)


def early_token(r: Result) -> Finding:
    """The first half of the pairs against the second, in the larger Mamba."""
    places = r.remember[-1].recalls[-1].by_place
    first, second = (fmean(half) for half in (places[: len(places) // 2], places[len(places) // 2 :]))
    figures = {"first": f"{first:.0%}", "second": f"{second:.0%}"}
    return Finding(abs(first - second) <= 0.1, f"{first:.0%}, {second:.0%} (|Δ| ≤ 10%)", figures=figures)


CLAIMS = findings.claims(
    fixed_state,
    bytes_cross,
    linear,
    optimizes_attention,
    one_pass,
    flat_time,
    attention_grows,
    times_cross,
    hybrid_keeps,
    attention_recalls,
    state_forgets,
    early_token,
)
