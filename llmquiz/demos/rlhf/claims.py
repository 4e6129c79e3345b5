"""What is measured of policies that learn from a reward, and what each claim says of it; without torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

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
    free_reward: float

    def policy(self, name: str) -> Policy:
        """The policy of that name."""
        return next(policy for policy in self.policies if policy.name == name)

    def every_seed(self, name: str) -> tuple[Figures, ...]:
        """The policy as measured here, and by the cards with every seed."""
        policy = self.policy(name)
        return (policy.found, *policy.seeds)


def reward_alone(r: Result) -> Finding:
    """The sheet would be right if the policy that only sees the reward wrote the better texts."""
    free, penalized = r.every_seed("ppo-free"), r.every_seed("ppo")
    by_reward = f"R {_span([f.reward for f in free])} > {_span([f.reward for f in penalized])}"
    good_free, good_penalized = [f.kept for f in free], [f.kept for f in penalized]
    holds = min(good_free) >= max(good_penalized)
    shown = f"{by_reward}; R ✓ {_span(good_free)} {'≥' if holds else '<'} {_span(good_penalized)}"
    figures = {"free": _short([f.reward for f in free]), "penalized": _short([f.reward for f in penalized])}
    figures |= {"good_free": _short(good_free), "good_penalized": _short(good_penalized)}
    return Finding(holds, shown, figures=figures)


def turns_over(r: Result) -> Finding:
    """Along the run the reward goes on rising after what it earns with good texts has passed its peak."""
    shown, holds = list[str](), True
    for course in r.courses:
        top = max(range(len(course.kept)), key=lambda i: course.kept[i])
        holds &= course.reward[-1] >= 2 * course.reward[top] and course.kept[-1] <= 0.2 * course.kept[top]
        shown.append(f"{course.kept[top]:.1f} (KL {course.kl[top]:.0f}) → {course.kept[-1]:.1f}")
    figures = {
        "peak": _short([max(course.kept) for course in r.courses]),
        "end": _short([course.kept[-1] for course in r.courses]),
        "reward": _short([course.reward[-1] for course in r.courses]),
    }
    return Finding(holds, "R ✓ " + ", ".join(shown), figures=figures)


def penalty_keeps(r: Result) -> Finding:
    start = r.policy("sft").found.reward
    gained = [figures.reward - start for name in PENALIZED for figures in r.every_seed(name)]
    wrong = [figures.ungrammatical for name in PENALIZED for figures in r.every_seed(name)]
    holds = min(gained) >= 1.5 and max(wrong) <= 0.3
    figures = {"gained": _short(gained), "wrong": f"{min(wrong):.0%}–{max(wrong):.0%}"}
    return Finding(holds, f"ΔR {_span(gained)} ≥ 1.5; ✗ {figures['wrong']} ≤ 30%", figures=figures)


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
    figures = {"score": f"{score:.2f}", "best": f"{r.optimum.score:.2f}", "most": f"{most:+.2f}"}
    return Finding(holds, f"{score:.2f} ≥ 0.75 · {r.optimum.score:.2f}; max ΔR {most:+.2f} ≤ 0.3", figures=figures)


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
    shown = ", ".join(f"n={best.n}: KL {best.kl:.2f} ≤ {best.bound:.2f}" for best in r.best_of)
    last = r.best_of[-1]
    figures = {"n": str(last.n), "start": f"{before.reward:.1f}", "reward": f"{last.reward:.1f}"}
    return Finding(holds, shown, figures=figures | {"kl": f"{last.kl:.1f}", "bound": f"{last.bound:.1f}"})


def needs_decoder_only(r: Result) -> Finding:
    """The sheet would be right if the encoder-decoder gained nothing by the same loss."""
    start = r.policy("sft-t5").found.reward
    learned = r.every_seed("ppo-t5")
    gained, wrong = [f.reward - start for f in learned], [f.ungrammatical for f in learned]
    shown = f"ΔR {_span(gained)} {'<' if min(gained) < 1 else '≥'} 1"
    figures = {"gained": _short(gained), "wrong": f"{min(wrong):.0%}–{max(wrong):.0%}"}
    return Finding(min(gained) < 1, shown, figures=figures)


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


def _short(values: Sequence[float]) -> str:
    """The span with a decimal, a single number where it has no width."""
    low, high = f"{min(values):.1f}", f"{max(values):.1f}"
    return low if low == high else f"{low}–{high}"


CLAIMS = findings.claims(
    reward_alone,
    turns_over,
    penalty_keeps,
    best_possible,
    best_of_n,
    needs_decoder_only,
)
