"""Speculative decoding with a trained draft and target: the same text, fewer calls, and when it does not pay.

The draft proposes some tokens, the target checks them in one pass and keeps those that it might have written itself
(Leviathan et al., 2022; Chen et al., 2023).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.devices import DTYPES
from llmquiz.demos.lab.findings import Finding, exactly, reaching
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.speculative import findings, language, parts, speed
from llmquiz.demos.speculative.decoding import faithful, lenient
from llmquiz.demos.speculative.draw import figure, render
from llmquiz.demos.speculative.findings import Acceptance, Fit
from llmquiz.demos.speculative.parts import GAMMAS, NEW, USUAL, Overlap, Same, Sample, Seed
from llmquiz.demos.speculative.speed import Prices, Way, per_call
from llmquiz.demos.speculative.train import TRAINING, figures

LONGEST = 30
"""Words of a beginning of the user's own."""
BATCH = 1024
DOUBT = 1e-3
"""A text is said to follow another law where chance alone gives a worse fit more rarely than this."""

NOISE = 1.5
"""Where rounds of one ratio lie further apart, a formula of several ratios is not judged."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    target: str
    draft: str
    target_loss: float
    draft_loss: float
    seeds: tuple[Seed, ...]
    greedy: Same
    greedy_untrained: Same
    fits: tuple[Fit, ...]
    """Of the first two tokens behind some beginnings; the last with the untrained draft."""
    fits_lenient: tuple[Fit, ...]
    """The same with the rule `lenient`, without the last."""
    every_token: Fit
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


def measure(
    *,
    device: str,
    dtype: str,
    seed: int,
    quick: bool,
    progress: Progress,
    text: str | None = None,
    live: bool = False,
) -> Result:
    """Tokens and distributions first, then times."""
    models = training.models(TRAINING, device=device, dtype=dtype, seed=seed, live=live)
    target, draft = models["target"], models["draft"]
    untrained = TRAINING.build("draft", seed).to(device=device, dtype=DTYPES[dtype])
    prompts = [one.to(device) for one in language.prompts(4, 2, seed)]
    if text is not None:
        prompts[0] = language.written(text, LONGEST).to(device)
    good, bad = (parts.pairs(target, one, prompts) for one in (draft, untrained))
    same = parts.same_greedily(good, (1, USUAL, GAMMAS[-1]))
    same_untrained = parts.same_greedily(bad[:2], (USUAL,))
    progress(0.15)
    tested = parts.tested(target, draft, 1 if quick else 3, seed)
    tested += parts.tested(target, untrained, 1, seed)
    exact = [findings.first_two(target, pair.prompt) for pair in tested]
    gammas, runs, rounds = (GAMMAS[:-1], 200, 3) if quick else (GAMMAS, 300, 5)
    fits = parts.laws(tested, exact, runs, seed, faithful)
    fits_lenient = parts.laws(tested[:-1], exact[:-1], runs, seed, lenient)
    progress(0.4)
    overlap = parts.overlap(target, draft, untrained, prompts, seed)
    race = speed.race(good, bad[:1], gammas, USUAL, new=NEW, rounds=rounds, device=device, seed=seed)
    progress(0.9)
    decoders = Decoder(target, length=1), Decoder(draft, length=1)
    prices = speed.prices(decoders, gammas, 1, NEW // 2, rounds)
    batched = speed.prices(decoders, (USUAL,), BATCH, NEW // 2, rounds)
    usual = gammas.index(USUAL)
    checked = findings.acceptance(target, draft, race.texts)
    every = findings.every_token(target, draft, race.texts, seed)
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        target=tiny.describe(target),
        draft=tiny.describe(draft),
        target_loss=figures("target", target)["test loss"],
        draft_loss=figures("target", draft)["test loss"],
        seeds=parts.seeds(),
        greedy=same,
        greedy_untrained=same_untrained,
        fits=fits,
        fits_lenient=fits_lenient,
        every_token=every,
        overlap=overlap,
        acceptance=overlap.mean,
        checked=checked,
        tokens_per_call=race.ways[usual].tokens_per_call,
        ways=race.ways,
        untrained=race.untrained,
        greedy_way=race.greedy,
        prices=prices,
        batched=batched,
        sample=parts.sample(next(one for one in race.texts if one.gamma == USUAL)),
    )


def target_is_better(r: Result) -> Finding:
    holds = all(target < draft for target, draft in _losses(r))
    return Finding(holds, ", ".join(f"{target:.3f} < {draft:.3f}" for target, draft in _losses(r)))


def _losses(r: Result) -> list[tuple[float, float]]:
    """Here, then by the cards of the other seeds."""
    return [(r.target_loss, r.draft_loss)] + [(one.target_loss, one.draft_loss) for one in r.seeds[1:]]


def same_tokens(r: Result) -> Finding:
    holds = r.greedy.equal == r.greedy.tokens and r.greedy_untrained.equal == r.greedy_untrained.tokens
    shown = ", ".join(f"{one.equal}/{one.tokens}" for one in (r.greedy, r.greedy_untrained))
    return exactly(r.dtype, holds, shown)


def same_law(r: Result) -> Finding:
    """The smallest p-value, times the number of tests (Bonferroni)."""
    tests = (*r.fits, r.every_token)
    doubt = min(1.0, len(tests) * min(one.p_value for one in tests))
    listed = " ".join(f"{one.p_value:.2g}" for one in tests)
    return exactly(r.dtype, doubt >= DOUBT, f"p {listed}; {len(tests)}·min(p) = {doubt:.2g} ≥ {DOUBT:g}")


def other_rule(r: Result) -> Finding:
    p_value = max(one.p_value for one in r.fits_lenient)
    return Finding(p_value < 1e-4, "p " + " ".join(f"{one.p_value:.1g}" for one in r.fits_lenient) + " < 1e-4")


def overlap_is_acceptance(r: Result) -> Finding:
    c = r.checked
    figures = f"{c.stayed / c.checked:.3f} ≈ {c.expected / c.checked:.3f} (n={c.checked:,}, {c.errors:+.1f} SE)"
    return Finding(abs(c.errors) <= 4, figures)


def refused_at_colors(r: Result) -> Finding:
    kinds = dict(r.overlap.kinds)
    colors = kinds.pop("colors")
    rest = ", ".join(f"{value:.2f}" for value in kinds.values())
    return Finding(colors < min(kinds.values()), f"{colors:.2f} < {rest}")


def tokens_by_formula(r: Result) -> Finding:
    pairs = [(way.tokens_per_call, per_call(r.acceptance, way.gamma)) for way in r.ways]
    return Finding(all(abs(found / due - 1) <= 0.25 for found, due in pairs), _beside(r, pairs))


def _beside(r: Result, pairs: list[tuple[float, float]]) -> str:
    return ", ".join(f"γ={way.gamma}: {a:.2f} ≈ {b:.2f}" for way, (a, b) in zip(r.ways, pairs, strict=True))


def pays(r: Result) -> Finding:
    return _in_time(r, reaching(best(r).speedup, 1.1), f"γ={best(r).gamma}: ")


def best(r: Result) -> Way:
    """The number of proposals that was fastest."""
    return max(r.ways, key=lambda way: way.speedup.value)


def _in_time(r: Result, found: Finding, before: str = "") -> Finding:
    """On another device than the CPU starting a step may take longer than the step."""
    if r.device == "cpu" or found.holds is not False:
        return found._replace(measured=before + found.measured)
    return Finding(None, before + found.measured, "start-bound")


def below_the_formula(r: Result) -> Finding:
    """With the check counted as one step, as the paper does; then with its price here."""
    foreseen = speed.predictions(r.ways, r.prices, r.acceptance)
    holds = all(found <= 1.1 * due and 0.7 <= found / priced <= 1.3 for found, due, priced in foreseen)
    listed = zip(r.ways, foreseen, strict=True)
    figures = ", ".join(f"γ={way.gamma}: ×{a:.2f} ({b:.2f}; {c:.2f})" for way, (a, b, c) in listed)
    times = (r.prices.draft, *r.prices.checks, *(way.speedup for way in r.ways))
    if not holds and max(max(one.rounds) / min(one.rounds) for one in times) > NOISE:
        return Finding(None, figures, "too-noisy")
    return _in_time(r, Finding(holds, figures))


def bad_draft(r: Result) -> Finding:
    return _in_time(r, _slower(r.untrained.speedup))


def _slower(times: Ratio) -> Finding:
    faster = times.reaches(1)
    holds = None if faster is None else not faster
    return Finding(holds, f"{times} < 1", "too-noisy" if holds is None else "")


def batch_eats_it(r: Result) -> Finding:
    one, many = r.prices.checks[GAMMAS.index(USUAL)].value, r.batched.checks[0].value
    found = _slower(speed.foreseen(r.acceptance, USUAL, r.batched))
    if many <= one:
        found = found._replace(holds=False)
    return _in_time(r, found, f"B=1: {one:.2f}; B={r.batched.batch}: {many:.2f}; ")


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "same-tokens": same_tokens,
    "same-law": same_law,
    "other-rule": other_rule,
    "overlap-is-acceptance": overlap_is_acceptance,
    "tokens-by-formula": tokens_by_formula,
    "target-is-better": target_is_better,
    "refused-at-colors": refused_at_colors,
    "pays": pays,
    "below-the-formula": below_the_formula,
    "bad-draft": bad_draft,
    "batch-eats-it": batch_eats_it,
}


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
