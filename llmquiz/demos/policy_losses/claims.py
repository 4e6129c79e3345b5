"""What is measured of losses from a reward where all texts are known, and what each claim says; without torch."""

from __future__ import annotations

from dataclasses import dataclass

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding, exactly

ROUNDING = 1e-4
"""In points of reward, and relative for gradients."""
NEAR = 0.03
"""A policy is at the optimum where no more than this share of the way to it is left, in KL."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A policy that was trained from the reference."""

    name: str
    gaps: tuple[float, ...]
    """KL to the optimum in nats, every `every` steps; the first is the reference's."""
    reward: float
    kl: float
    """To the reference, in nats a text."""
    correlation: float
    """Of the implicit reward β·log π/π_ref with the reward, over all texts."""
    by_reward: tuple[float, ...]
    """The mean implicit reward of the texts at each of `rewards`, its mean over all texts taken off."""


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
class Result:
    """Everything that was measured; KL in nats."""

    device: str
    dtype: str
    texts: int
    beta: float
    pairs: int
    """That DPO is given where they are drawn once."""
    every: int
    """Steps from one of a policy's gaps to the next."""
    start_reward: float
    """Of the reference."""
    reward: float
    """Of the optimum by formula."""
    kl: float
    """Of the optimum to the reference."""
    rewards: tuple[int, ...]
    """All that a text can earn."""
    objective: Learned
    """By reward − β·KL itself, over all texts."""
    dpo: Learned
    """By DPO's loss over all pairs of texts, as often as the reference writes them."""
    few: Learned
    """By DPO's loss over pairs that were drawn once."""
    clipping: Clipping
    steps: tuple[Step, ...]

    @property
    def learned(self) -> tuple[Learned, ...]:
        """Every policy."""
        return (self.objective, self.dpo, self.few)


def same_optimum(r: Result) -> Finding:
    start, ends = r.objective.gaps[0], (r.objective.gaps[-1], r.dpo.gaps[-1])
    shown = f"KL {start:.2f} → {ends[0]:.4f}, {ends[1]:.4f} ≤ {NEAR * start:.2f}"
    figures = {"start": f"{start:.1f}", "objective": f"{ends[0]:.4f}", "dpo": f"{ends[1]:.4f}"}
    return exactly(r.dtype, max(ends) <= NEAR * start, shown)._replace(figures=figures)


def without_reward(r: Result) -> Finding:
    """People would be right if what DPO trains did not know the reward."""
    figures = {"dpo": f"{r.dpo.correlation:.4f}", "texts": str(r.texts)}
    finding = exactly(r.dtype, r.dpo.correlation < 0.9, f"corr {r.dpo.correlation:.4f} (n={r.texts})")
    return finding._replace(figures=figures)


def any_pairs(r: Result) -> Finding:
    """People would be right if pairs drawn once led to the optimum as well."""
    start, nearest, end = r.few.gaps[0], min(r.few.gaps), r.few.gaps[-1]
    shown = f"KL {start:.2f} → {nearest:.2f} → {end:.2f} (n={r.pairs})"
    names = {"start": start, "nearest": nearest, "end": end}
    figures = {"pairs": f"{r.pairs:,}", **{name: f"{value:.1f}" for name, value in names.items()}}
    return exactly(r.dtype, end <= 0.1 * start, shown)._replace(figures=figures)


def first_step(r: Result) -> Finding:
    gap, outside = r.clipping.gap, r.clipping.outside
    shown = f"|Δ∇| {gap:.1e} ≤ {ROUNDING:g}; {', '.join(f'{share:.1%}' for share in outside)}"
    figures = {"gap": f"{gap:.1%}", "last": f"{outside[-1]:.0%}", "steps": str(len(outside))}
    return exactly(r.dtype, gap <= ROUNDING and outside[0] == 0 < outside[-1], shown)._replace(figures=figures)


def decision_process(r: Result) -> Finding:
    """The reward comes once, at the end; what is to come at the first letter is that less all penalties."""
    rewards, penalties = [step.reward for step in r.steps], [step.penalty for step in r.steps]
    gap = abs(r.steps[0].to_come - (sum(rewards) - sum(penalties)))
    holds = gap <= ROUNDING and not any(rewards[:-1]) and rewards[-1] != 0
    shown = f"{r.steps[0].to_come:.3f} = {rewards[-1]:g} - {sum(penalties):.3f} (|Δ| {gap:.1e})"
    names = {"return": r.steps[0].to_come, "penalties": sum(penalties)}
    figures = {"reward": f"{rewards[-1]:g}", **{name: f"{value:.2f}" for name, value in names.items()}}
    return exactly(r.dtype, holds, shown)._replace(figures=figures)


CLAIMS = findings.claims(same_optimum, without_reward, any_pairs, first_step, decision_process)
