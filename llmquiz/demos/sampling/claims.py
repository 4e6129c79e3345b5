"""What is measured of choosing the next token, and what each claim says of it; without torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

SHOWN = 10
"""So many of the most probable tokens are listed."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to draw, on the distribution behind the prompt."""

    name: str
    kept: int
    """Tokens that can be drawn."""
    entropy: float
    """Bits."""
    distance: float
    """Total variation between the probabilities and the shares drawn."""
    same_as_generate: int
    probabilities: tuple[float, ...]
    """Of the tokens shown."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many tokens each cut leaves of one distribution."""

    entropy: float
    top_k: int
    top_p: int
    min_p: int


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    model: str
    vocabulary: int
    prompt: int
    draws: int
    generated: int
    """First tokens drawn by `generate()` for each method."""
    tokens: tuple[str, ...]
    """The most probable ones, as text where they have one."""
    methods: tuple[Method, ...]
    temperatures: tuple[float, ...]
    entropies: tuple[float, ...]
    order_kept: bool
    """The ranks of the tokens are the same at every temperature."""
    peaked: Kept
    """Where the model is surest in a text of its own."""
    flat: Kept
    hot: Kept
    """The distribution behind the prompt at temperature 2."""
    mass_of_top_p: float
    mass_without_its_last: float
    top_k_sets: int
    """Different sets that top-k keeps at temperatures 0.5, 1 and 2."""
    top_p_sets: int
    new: int
    """Tokens of a text."""
    beams: int
    greedy_logs: tuple[float, ...]
    """Natural logarithm of the probability of the greedy text behind several beginnings, the first being the prompt."""
    beam_logs: tuple[float, ...]
    sampled_logs: tuple[float, ...]
    """Of texts sampled behind the prompt."""
    greedy_distinct: float
    """Share of pairs of neighbouring tokens that had not been written before."""
    sampled_distinct: float
    """The mean of the sampled texts."""
    prompt_text: str
    greedy_text: str
    beam_text: str
    sampled_text: str
    """The first of them."""


def generate_agrees(r: Result) -> Finding:
    least = min(method.same_as_generate for method in r.methods)
    finding = exactly(r.dtype, least == r.generated, f"{least}/{r.generated} (n={len(r.methods)})")
    return finding._replace(figures={"same": str(least), "drawn": str(r.generated), "methods": str(len(r.methods))})


def shares_agree(r: Result) -> Finding:
    """With K tokens and n draws the distance is about half of sqrt(K / n)."""
    worst = max(r.methods, key=lambda method: method.distance / math.sqrt(method.kept / r.draws))
    bound = math.sqrt(worst.kept / r.draws)
    return Finding(
        worst.distance <= bound,
        f"TV {worst.distance:.4f} ≤ √(K/n) = {bound:.4f} (n={r.draws:,})",
        figures={"draws": f"{r.draws:,}", "off": f"{worst.distance:.2%}", "bound": f"{bound:.2%}"},
    )


def temperature_spreads(r: Result) -> Finding:
    rises = list(r.entropies) == sorted(r.entropies) and r.entropies[0] < r.entropies[-1]
    figures = {"cold": f"{r.temperatures[0]:g}", "hot": f"{r.temperatures[-1]:g}"}
    figures |= {"low": f"{r.entropies[0]:.2f}", "high": f"{r.entropies[-1]:.2f}"}
    return Finding(rises and r.order_kept, f"{r.entropies[0]:.2f} → {r.entropies[-1]:.2f} bit", figures=figures)


def p_adapts(r: Result) -> Finding:
    return Finding(
        r.peaked.top_k == r.flat.top_k and r.peaked.top_p < r.flat.top_p,
        f"k: {r.peaked.top_k}, {r.flat.top_k}; p: {r.peaked.top_p}, {r.flat.top_p}",
        figures={"k": str(r.flat.top_k), "sure": f"{r.peaked.top_p:,}", "unsure": f"{r.flat.top_p:,}"},
    )


def smallest_set(r: Result) -> Finding:
    return Finding(
        r.mass_without_its_last < 0.9 <= r.mass_of_top_p + 1e-6,
        f"{r.mass_without_its_last:.4f} < 0.9 ≤ {r.mass_of_top_p:.4f}",
        figures={"mass": f"{r.mass_of_top_p:.1%}", "without": f"{r.mass_without_its_last:.1%}"},
    )


def order_of_cuts(r: Result) -> Finding:
    return Finding(
        r.top_k_sets == 1 and r.top_p_sets > 1,
        f"k: {r.top_k_sets}, p: {r.top_p_sets} (T = 0.5, 1, 2)",
        figures={"k": str(r.top_k_sets), "p": str(r.top_p_sets)},
    )


def min_p_cuts_tail(r: Result) -> Finding:
    return Finding(
        r.hot.min_p < r.hot.top_p,
        f"min-p {r.hot.min_p} < top-p {r.hot.top_p} (T = 2)",
        figures={"min_p": f"{r.hot.min_p:,}", "top_p": f"{r.hot.top_p:,}"},
    )


def signed(value: float) -> str:
    """A logarithm with a real minus sign."""
    return f"{value:.1f}".replace("-", "−")


def beam_is_likelier(r: Result) -> Finding:
    beam, greedy = fmean(r.beam_logs), fmean(r.greedy_logs)
    wins = sum(b >= g for b, g in zip(r.beam_logs, r.greedy_logs, strict=True))
    return Finding(
        beam > greedy,
        f"ln p {beam:.1f} > {greedy:.1f} (N={r.new}; {wins}/{len(r.beam_logs)})",
        figures={"beam": signed(beam), "greedy": signed(greedy), "wins": str(wins), "of": str(len(r.beam_logs))},
    )


def likely_is_not_typical(r: Result) -> Finding:
    best = max(r.sampled_logs)
    figures = {"greedy": signed(r.greedy_logs[0]), "best": signed(best), "texts": str(len(r.sampled_logs))}
    return Finding(
        best < r.greedy_logs[0],
        f"ln p ≤ {best:.1f} (n={len(r.sampled_logs)}) < {r.greedy_logs[0]:.1f}",
        figures=figures,
    )


def greedy_repeats(r: Result) -> Finding:
    return Finding(
        r.greedy_distinct <= 0.8 * r.sampled_distinct,
        f"{r.greedy_distinct:.0%} ≤ 0.8 · {r.sampled_distinct:.0%}",
        figures={"greedy": f"{r.greedy_distinct:.0%}", "sampled": f"{r.sampled_distinct:.0%}"},
    )


CLAIMS = findings.claims(
    generate_agrees,
    shares_agree,
    temperature_spreads,
    p_adapts,
    smallest_set,
    order_of_cuts,
    min_p_cuts_tail,
    beam_is_likelier,
    likely_is_not_typical,
    greedy_repeats,
)
