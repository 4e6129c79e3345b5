"""What is measured of speculative decoding, and what each claim says of it; without torch."""

from __future__ import annotations

from typing import NamedTuple

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, below, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.speculative import formulas
from llmquiz.demos.speculative.result import GAMMAS, USUAL_GAMMA
from llmquiz.demos.speculative.result import Result as Result

DOUBT = 1e-3
"""A text is said to have another distribution where chance alone gives a worse fit more rarely than this."""
NOISE = 1.5
"""Where rounds of one ratio lie further apart, a formula of several ratios is not judged."""


class Speedups(NamedTuple):
    """Of one number of proposals."""

    measured: float
    by_formula: float
    """A check counts as one step of the target, as in the paper."""
    with_check: float
    """By the same formula, with the price of a check measured here."""


def speedups(r: Result) -> list[Speedups]:
    """Measured and foreseen, for each number of proposals."""
    draft = r.prices.draft.value
    return [
        Speedups(
            measured=way.speedup.value,
            by_formula=formulas.speedup(r.acceptance, way.gamma, draft),
            with_check=formulas.speedup(r.acceptance, way.gamma, draft, check.value),
        )
        for way, check in zip(r.ways, r.prices.checks, strict=True)
    ]


def same_tokens(r: Result) -> Finding:
    matches = (r.greedy, r.greedy_untrained)
    holds = all(match.equal == match.tokens for match in matches)
    finding = exactly(r.dtype, holds, ", ".join(f"{match.equal}/{match.tokens}" for match in matches))
    figures = {"equal": f"{r.greedy.equal:,}", "tokens": f"{r.greedy.tokens:,}"}
    untrained = {"equal_untrained": str(r.greedy_untrained.equal), "tokens_untrained": str(r.greedy_untrained.tokens)}
    return finding._replace(figures=figures | untrained)


def same_law(r: Result) -> Finding:
    """The smallest p-value, times the number of tests (Bonferroni)."""
    tests = (*r.fits, r.every_token)
    corrected = min(1.0, len(tests) * min(test.p_value for test in tests))
    p_values = " ".join(f"{test.p_value:.2g}" for test in tests)
    shown = f"p {p_values}; {len(tests)}·min(p) = {corrected:.2g} ≥ {DOUBT:g}"
    figures = {"tests": str(len(tests)), "p": f"{corrected:.2g}", "doubt": f"{DOUBT:g}"}
    return exactly(r.dtype, corrected >= DOUBT, shown)._replace(figures=figures)


def other_rule(r: Result) -> Finding:
    p_values = [test.p_value for test in r.fits_lenient]
    shown = "p " + " ".join(f"{p_value:.1g}" for p_value in p_values) + " < 1e-4"
    return Finding(max(p_values) < 1e-4, shown, figures={"p": f"{max(p_values):.1g}"})


def overlap_is_acceptance(r: Result) -> Finding:
    c = r.checked
    share, expected = c.stayed / c.checked, c.expected / c.checked
    return Finding(
        abs(c.errors) <= 4,
        f"{share:.3f} ≈ {expected:.3f} (n={c.checked:,}, {c.errors:+.1f} SE)",
        figures={"checked": f"{c.checked:,}", "share": f"{share:.1%}", "expected": f"{expected:.1%}"},
    )


def tokens_by_formula(r: Result) -> Finding:
    due = [formulas.tokens_per_call(r.acceptance, way.gamma) for way in r.ways]
    beside = list(zip(r.ways, due, strict=True))
    gap = max(abs(way.tokens_per_call / tokens - 1) for way, tokens in beside)
    usual, foreseen = next((pair for pair in beside if pair[0].gamma == USUAL_GAMMA), beside[0])
    figures = {"gamma": str(usual.gamma), "tokens": f"{usual.tokens_per_call:.2f}", "due": f"{foreseen:.2f}"}
    return Finding(
        gap <= 0.25,
        ", ".join(f"γ={way.gamma}: {way.tokens_per_call:.2f} ≈ {tokens:.2f}" for way, tokens in beside),
        figures=figures | {"gap": f"{gap:.0%}"},
    )


def target_is_better(r: Result) -> Finding:
    # the models at hand, then those of the other seeds by their cards
    losses = [(r.target_loss, r.draft_loss)] + [(pair.target_loss, pair.draft_loss) for pair in r.seeds[1:]]
    wins = sum(target < draft for target, draft in losses)
    figures = {"target": f"{r.target_loss:.2f}", "draft": f"{r.draft_loss:.2f}"}
    return Finding(
        wins == len(losses),
        ", ".join(f"{target:.3f} < {draft:.3f}" for target, draft in losses),
        figures=figures | {"wins": str(wins), "seeds": str(len(losses))},
    )


def refused_at_colors(r: Result) -> Finding:
    kinds = dict(r.overlap.kinds)
    colors = kinds.pop("colors")
    lowest = min(kinds.values())
    rest = ", ".join(f"{overlap:.2f}" for overlap in kinds.values())
    figures = {"colors": f"{colors:.2f}", "rest": f"{lowest:.2f}"}
    return Finding(colors < lowest, f"{colors:.2f} < {rest}", figures=figures)


def pays(r: Result) -> Finding:
    fastest = max(r.ways, key=lambda way: way.speedup.value)
    finding = _of_times(r, reaching(fastest.speedup, 1.1), f"γ={fastest.gamma}: ")
    return finding._replace(figures={"gamma": str(fastest.gamma), "speedup": f"{fastest.speedup.value:.2f}"})


def below_the_formula(r: Result) -> Finding:
    """With the check counted as one step, as the paper does; then with its price here."""
    gains = speedups(r)
    holds = all(
        gain.measured <= 1.1 * gain.by_formula and 0.7 <= gain.measured / gain.with_check <= 1.3 for gain in gains
    )
    listed = ", ".join(
        f"γ={way.gamma}: ×{gain.measured:.2f} ({gain.by_formula:.2f}; {gain.with_check:.2f})"
        for way, gain in zip(r.ways, gains, strict=True)
    )
    fastest, best = max(zip(r.ways, gains, strict=True), key=lambda pair: pair[1].measured)
    figures = {"gamma": str(fastest.gamma), "speedup": f"{best.measured:.2f}"}
    figures |= {"formula": f"{best.by_formula:.2f}", "real": f"{best.with_check:.2f}"}
    ratios = (r.prices.draft, *r.prices.checks, *(way.speedup for way in r.ways))
    if not holds and max(max(ratio.rounds) / min(ratio.rounds) for ratio in ratios) > NOISE:
        return Finding(None, listed, "too-noisy", figures=figures)
    return _of_times(r, Finding(holds, listed, figures=figures))


def bad_draft(r: Result) -> Finding:
    figures = {"tokens": f"{r.untrained.tokens_per_call:.2f}", "speedup": f"{r.untrained.speedup.value:.2f}"}
    return _of_times(r, below(r.untrained.speedup, 1))._replace(figures=figures)


def batch_eats_it(r: Result) -> Finding:
    single, batched = r.prices.checks[GAMMAS.index(USUAL_GAMMA)].value, r.batched.checks[0].value
    gain = in_batch(r)
    finding = below(gain, 1)
    if batched <= single:
        finding = finding._replace(holds=False)
    figures = {"single": f"{single:.1f}", "batched": f"{batched:.1f}", "batch": f"{r.batched.batch:,}"}
    finding = _of_times(r, finding, f"B=1: {single:.2f}; B={r.batched.batch}: {batched:.2f}; ")
    return finding._replace(figures=figures | {"speedup": f"{gain.value:.2f}"})


def in_batch(r: Result) -> Ratio:
    """The speed-up in the large batch by the formula, with the prices there, and with those of every round."""
    alpha, gamma, check = r.acceptance, USUAL_GAMMA, r.batched.checks[0]
    return Ratio(
        formulas.speedup(alpha, gamma, r.batched.draft.value, check.value),
        tuple(
            formulas.speedup(alpha, gamma, draft, checked)
            for draft, checked in zip(r.batched.draft.rounds, check.rounds, strict=True)
        ),
    )


def _of_times(r: Result, finding: Finding, before: str = "") -> Finding:
    """On another device than the CPU starting a step may take longer than the step."""
    if r.device == "cpu" or finding.holds is not False:
        return finding._replace(measured=before + finding.measured)
    return Finding(None, before + finding.measured, "start-bound")


CLAIMS = findings.claims(
    same_tokens,
    same_law,
    other_rule,
    overlap_is_acceptance,
    tokens_by_formula,
    target_is_better,
    refused_at_colors,
    pays,
    below_the_formula,
    bad_draft,
    batch_eats_it,
)
