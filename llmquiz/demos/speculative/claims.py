"""What is measured of speculative decoding, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, Varies, below, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.speculative import formulas

GAMMAS = (1, 2, 4, 8, 16)
"""Proposals a round; a quick run leaves out the last."""
USUAL_GAMMA = 4
"""Where only one number of proposals is shown."""
DOUBT = 1e-3
"""A text is said to have another distribution where chance alone gives a worse fit more rarely than this."""
NOISE = 1.5
"""Where rounds of one ratio lie further apart, a formula of several ratios is not judged."""


@dataclass(frozen=True, slots=True)
class TrainedPair:
    """What the cards say of the target and the draft of one seed."""

    seed: int
    target_loss: float
    draft_loss: float
    target_colors: float
    """Share of the colors named again that are right."""
    draft_colors: float
    acceptance: float
    """Of this draft, by the shipped target."""


@dataclass(frozen=True, slots=True)
class GreedyMatch:
    """Greedy texts with a draft, against those of the target alone."""

    equal: int
    """So many tokens are the same."""
    tokens: int


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """Whether what was drawn fits a distribution."""

    draws: int
    chi_square: float
    freedom: int
    """Degrees of freedom."""
    p_value: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """The sum of min(p, q) over the vocabulary, averaged over texts that the target wrote alone."""

    mean: float
    untrained: float
    """With the untrained draft."""
    kinds: tuple[tuple[str, float], ...]
    """By the kind of the word that was written."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Proposals that the target checked."""

    checked: int
    stayed: int
    """So many were accepted."""
    expected: float
    """So many should have been: the sum of min(p, q) over the vocabulary, added up over the places checked."""
    errors: float
    """What lies between, in standard errors."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to write with a draft."""

    gamma: int
    tokens_per_call: float
    speedup: Varies[Ratio]
    """Over the target alone, a token."""


@dataclass(frozen=True, slots=True)
class Prices:
    """In steps of the target."""

    batch: int
    draft: Varies[Ratio]
    """A step of the draft."""
    checks: Varies[tuple[Ratio, ...]]
    """The target's check of so many proposals, for each number that was asked about."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and who wrote which word."""

    prompt: str
    words: tuple[str, ...]
    own: tuple[int, ...]
    """Places of the words that the target wrote itself; the others were proposed and accepted."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    target: str
    draft: str
    target_loss: float
    draft_loss: float
    seeds: tuple[TrainedPair, ...]
    greedy: GreedyMatch
    greedy_untrained: GreedyMatch
    fits: tuple[ChiSquareTest, ...]
    """Of the first two tokens behind some prompts; the last with the untrained draft."""
    fits_lenient: tuple[ChiSquareTest, ...]
    """The same with the rule `lenient`, without the last."""
    every_token: ChiSquareTest
    overlap: Overlap
    acceptance: float
    checked: Acceptance
    tokens_per_call: float
    """At the usual number of proposals."""
    ways: tuple[Way, ...]
    untrained: Way
    greedy_way: Way
    prices: Prices
    batched: Prices
    sample: Sample


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
    return exactly(r.dtype, holds, ", ".join(f"{match.equal}/{match.tokens}" for match in matches))


def same_law(r: Result) -> Finding:
    """The smallest p-value, times the number of tests (Bonferroni)."""
    tests = (*r.fits, r.every_token)
    corrected = min(1.0, len(tests) * min(test.p_value for test in tests))
    p_values = " ".join(f"{test.p_value:.2g}" for test in tests)
    return exactly(r.dtype, corrected >= DOUBT, f"p {p_values}; {len(tests)}·min(p) = {corrected:.2g} ≥ {DOUBT:g}")


def other_rule(r: Result) -> Finding:
    p_values = [test.p_value for test in r.fits_lenient]
    return Finding(max(p_values) < 1e-4, "p " + " ".join(f"{p_value:.1g}" for p_value in p_values) + " < 1e-4")


def overlap_is_acceptance(r: Result) -> Finding:
    c = r.checked
    shares = f"{c.stayed / c.checked:.3f} ≈ {c.expected / c.checked:.3f}"
    return Finding(abs(c.errors) <= 4, f"{shares} (n={c.checked:,}, {c.errors:+.1f} SE)")


def tokens_by_formula(r: Result) -> Finding:
    foreseen = [formulas.tokens_per_call(r.acceptance, way.gamma) for way in r.ways]
    beside = list(zip(r.ways, foreseen, strict=True))
    holds = all(abs(way.tokens_per_call / due - 1) <= 0.25 for way, due in beside)
    return Finding(holds, ", ".join(f"γ={way.gamma}: {way.tokens_per_call:.2f} ≈ {due:.2f}" for way, due in beside))


def target_is_better(r: Result) -> Finding:
    # the models at hand, then those of the other seeds by their cards
    losses = [(r.target_loss, r.draft_loss)] + [(pair.target_loss, pair.draft_loss) for pair in r.seeds[1:]]
    holds = all(target < draft for target, draft in losses)
    return Finding(holds, ", ".join(f"{target:.3f} < {draft:.3f}" for target, draft in losses))


def refused_at_colors(r: Result) -> Finding:
    kinds = dict(r.overlap.kinds)
    colors = kinds.pop("colors")
    rest = ", ".join(f"{overlap:.2f}" for overlap in kinds.values())
    return Finding(colors < min(kinds.values()), f"{colors:.2f} < {rest}")


def pays(r: Result) -> Finding:
    fastest = max(r.ways, key=lambda way: way.speedup.value)
    return _of_times(r, reaching(fastest.speedup, 1.1), f"γ={fastest.gamma}: ")


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
    ratios = (r.prices.draft, *r.prices.checks, *(way.speedup for way in r.ways))
    if not holds and max(max(ratio.rounds) / min(ratio.rounds) for ratio in ratios) > NOISE:
        return Finding(None, listed, "too-noisy")
    return _of_times(r, Finding(holds, listed))


def bad_draft(r: Result) -> Finding:
    return _of_times(r, below(r.untrained.speedup, 1))


def batch_eats_it(r: Result) -> Finding:
    single, batched = r.prices.checks[GAMMAS.index(USUAL_GAMMA)].value, r.batched.checks[0].value
    finding = below(_foreseen(r.acceptance, USUAL_GAMMA, r.batched), 1)
    if batched <= single:
        finding = finding._replace(holds=False)
    return _of_times(r, finding, f"B=1: {single:.2f}; B={r.batched.batch}: {batched:.2f}; ")


def _foreseen(alpha: float, gamma: int, prices: Prices) -> Ratio:
    """The speed-up by the formula with the first check's price, and with the prices of every round."""
    check = prices.checks[0]
    return Ratio(
        formulas.speedup(alpha, gamma, prices.draft.value, check.value),
        tuple(
            formulas.speedup(alpha, gamma, draft, checked)
            for draft, checked in zip(prices.draft.rounds, check.rounds, strict=True)
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
