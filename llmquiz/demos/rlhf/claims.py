"""What is measured of policies that learn from a reward, and what each claim says of it; without torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-4
"""In nats a text, and relative for gradients."""
PENALIZED = ("ppo", "grpo", "dpo")
"""The methods with the KL in their objective."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A policy, by texts of its own."""

    reward: float
    kl: float
    """To the reference, in nats a text."""
    fluency: float
    """Mean log-probability of a token under the reference, in nats."""
    ungrammatical: float
    """Share of the texts."""
    kept: float
    """Reward where an ungrammatical text earns nothing."""
    tokens: float
    """Written, a text."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy, measured here by texts of its own."""

    name: str
    found: Figures
    text: str
    """The first one that it wrote for the last opener."""
    seeds: tuple[Figures, ...]
    """Of the trainings with three seeds, from the card."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a training without the penalty passed through, batch by batch."""

    seed: int
    reward: tuple[float, ...]
    kl: tuple[float, ...]
    kept: tuple[float, ...]
    """Reward where an ungrammatical text earns nothing."""


@dataclass(frozen=True, slots=True)
class BestOf:
    """The best by reward of so many texts of the reference."""

    n: int
    reward: float
    kl: float
    """Of what is chosen to the reference: a matter of rewards alone, as ties are broken by lot."""
    bound: float
    """log n − (n − 1)/n, the KL where no two texts earn the same."""
    ungrammatical: float


@dataclass(frozen=True, slots=True)
class Optimum:
    """The policy that makes reward − β·KL largest: the reference times exp(reward / β), rescaled."""

    beta: float
    reward: float
    kl: float

    @property
    def score(self) -> float:
        """Nothing gets more."""
        return self.reward - self.beta * self.kl


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: a state, an action, and what came of it."""

    state: str
    action: str
    probability: float
    reference: float
    """Its probability under the reference."""
    reward: float
    """Here and now: 0 until the text ends."""
    penalty: float
    """β times the log-ratio."""
    to_come: float
    """All rewards less all penalties from here on."""
    expected: float
    """The mean of that over other texts at the same place."""

    @property
    def advantage(self) -> float:
        """Before it is put in units of the spread."""
        return self.to_come - self.expected


@dataclass(frozen=True, slots=True)
class Clipping:
    """The steps on one batch of texts."""

    gap: float
    """Relative difference of the first step's gradient from the plain policy gradient's."""
    outside: tuple[float, ...]
    """Share of tokens whose ratio is outside the clip, at each step."""


@dataclass(frozen=True, slots=True)
class Letters:
    """A causal and a masked model of the texts of four letters."""

    texts: int
    true: int
    passes: int
    """Of the masked model, a text."""
    causal_sum: float
    pseudo_sum: float
    order_sums: tuple[float, float]
    """The smallest and the largest over all orders."""
    orders: int
    order_true: float
    """Probability of the true texts, from left to right."""
    order_gap: float
    """The largest difference between two orders, in nats, of the log-probability of any text."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; KL and log-probabilities in nats."""

    device: str
    dtype: str
    model: str
    seq2seq: str
    texts: int
    """Of every policy."""
    policies: tuple[Policy, ...]
    courses: tuple[Course, ...]
    best_of: tuple[BestOf, ...]
    optima: tuple[Optimum, ...]
    optimum: Optimum
    """At the β of the methods."""
    steps: tuple[Step, ...]
    likelihood_gap: float
    """Sum of the logs of every step's probability against one pass, the largest of some texts."""
    clipping: Clipping
    letters: Letters
    pseudo_sum: float
    free_reward: float
    bound_of_16: float

    def policy(self, name: str) -> Policy:
        """The policy of that name."""
        return next(policy for policy in self.policies if policy.name == name)

    def every_seed(self, name: str) -> tuple[Figures, ...]:
        """The policy as measured here, and by the cards with every seed."""
        policy = self.policy(name)
        return (policy.found, *policy.seeds)


def one_pass(r: Result) -> Finding:
    return exactly(r.dtype, r.likelihood_gap <= ROUNDING, f"max|Δ| {r.likelihood_gap:.1e} ≤ {ROUNDING:g}")


def decision_process(r: Result) -> Finding:
    """The reward comes once, at the end; what is to come at the first word is that less all penalties."""
    rewards, penalties = [step.reward for step in r.steps], [step.penalty for step in r.steps]
    gap = abs(r.steps[0].to_come - (sum(rewards) - sum(penalties)))
    holds = gap <= ROUNDING and not any(rewards[:-1]) and rewards[-1] != 0
    shown = f"{r.steps[0].to_come:.3f} = {rewards[-1]:g} - {sum(penalties):.3f} (|Δ| {gap:.1e})"
    return exactly(r.dtype, holds, shown)


def first_step(r: Result) -> Finding:
    gap, outside = r.clipping.gap, r.clipping.outside
    shown = f"|Δ∇| {gap:.1e} ≤ {ROUNDING:g}; {', '.join(f'{share:.1%}' for share in outside)}"
    return exactly(r.dtype, gap <= ROUNDING and outside[0] == 0 < outside[-1], shown)


def reward_alone(r: Result) -> Finding:
    """The sheet would be right if the policy that only sees the reward wrote the better texts."""
    free, penalized = r.every_seed("ppo-free"), r.every_seed("ppo")
    by_reward = f"R {_span([f.reward for f in free])} > {_span([f.reward for f in penalized])}"
    good_free, good_penalized = [f.kept for f in free], [f.kept for f in penalized]
    holds = min(good_free) >= max(good_penalized)
    return Finding(holds, f"{by_reward}; R ✓ {_span(good_free)} {'≥' if holds else '<'} {_span(good_penalized)}")


def turns_over(r: Result) -> Finding:
    """Along the run the reward goes on rising after what it earns with good texts has passed its peak."""
    shown, holds = list[str](), True
    for course in r.courses:
        top = max(range(len(course.kept)), key=lambda i: course.kept[i])
        holds &= course.reward[-1] >= 2 * course.reward[top] and course.kept[-1] <= 0.2 * course.kept[top]
        shown.append(f"{course.kept[top]:.1f} (KL {course.kl[top]:.0f}) → {course.kept[-1]:.1f}")
    return Finding(holds, "R ✓ " + ", ".join(shown))


def penalty_keeps(r: Result) -> Finding:
    start = r.policy("sft").found.reward
    gained = [figures.reward - start for name in PENALIZED for figures in r.every_seed(name)]
    wrong = [figures.ungrammatical for name in PENALIZED for figures in r.every_seed(name)]
    holds = min(gained) >= 1.5 and max(wrong) <= 0.3
    return Finding(holds, f"ΔR {_span(gained)} ≥ 1.5; ✗ {min(wrong):.0%}–{max(wrong):.0%} ≤ 30%")


def best_possible(r: Result) -> Finding:
    """PPO is near the optimum at its β, and no method is above the curve of the optima by more than the noise."""
    ppo = r.policy("ppo").found
    score = ppo.reward - r.optimum.beta * ppo.kl
    points = [(figures.reward, figures.kl) for figures in (r.policy(name).found for name in PENALIZED)]
    points += [(best.reward, best.kl) for best in r.best_of]
    limits = [(reward, most_reward(r.optima, kl)) for reward, kl in points]
    above = [reward - limit for reward, limit in limits if limit is not None]
    most = max(above, default=math.nan)
    holds = score >= 0.75 * r.optimum.score and len(above) >= 4 and most <= 0.3
    return Finding(holds, f"{score:.2f} ≥ 0.75 · {r.optimum.score:.2f}; max ΔR {most:+.2f} ≤ 0.3")


def most_reward(optima: Sequence[Optimum], kl: float) -> float | None:
    """The largest reward at this KL, on the line between two optima; None beyond the last one."""
    # the curve begins at the reference (KL 0), whose reward the first optimum's tangent gives: its slope is β
    curve = [(0.0, optima[0].score), *((optimum.kl, optimum.reward) for optimum in optima)]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x0 <= kl <= x1:
            return y0 + (y1 - y0) * (kl - x0) / (x1 - x0)
    return None


def best_of_n(r: Result) -> Finding:
    """KL below the formula, reward rising with n, grammar about as it was."""
    before, rewards = r.policy("sft").found, [best.reward for best in r.best_of]
    holds = all(0 < best.kl <= best.bound for best in r.best_of) and rewards == sorted(rewards)
    holds = holds and all(best.ungrammatical <= before.ungrammatical + 0.1 for best in r.best_of)
    return Finding(holds, ", ".join(f"n={best.n}: KL {best.kl:.2f} ≤ {best.bound:.2f}" for best in r.best_of))


def needs_decoder_only(r: Result) -> Finding:
    """The sheet would be right if the encoder-decoder gained nothing by the same loss."""
    start = r.policy("sft-t5").found.reward
    gained = [figures.reward - start for figures in r.every_seed("ppo-t5")]
    return Finding(min(gained) < 1, f"ΔR {_span(gained)} {'<' if min(gained) < 1 else '≥'} 1")


def sums_to_one(r: Result) -> Finding:
    gap = abs(r.letters.causal_sum - 1)
    return exactly(r.dtype, gap <= 1e-5, f"Σp ({r.letters.texts}) = {r.letters.causal_sum:.6f}")


def pseudo(r: Result) -> Finding:
    letters = r.letters
    return Finding(letters.pseudo_sum >= 5, f"Σexp(pll) ({letters.texts}) = {letters.pseudo_sum:.2f} ≥ 5")


def no_generation(r: Result) -> Finding:
    """The sheet would be right if filling masks one after another gave no distribution over texts."""
    letters, (low, high) = r.letters, r.letters.order_sums
    generates = max(abs(low - 1), abs(high - 1)) <= 1e-5 and letters.order_true >= 0.5
    shown = f"Σp {low:.6f}–{high:.6f} (n={letters.orders}), {letters.order_true:.0%} ✓"
    return exactly(r.dtype, not generates, f"{shown}, max|Δ log p| {letters.order_gap:.2f}")


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


CLAIMS = findings.claims(
    one_pass,
    decision_process,
    first_step,
    reward_alone,
    turns_over,
    penalty_keeps,
    best_possible,
    best_of_n,
    needs_decoder_only,
    sums_to_one,
    pseudo,
    no_generation,
)
