"""Learning from a reward: PPO, GRPO, DPO and best-of-n on one small policy, and the likelihoods that they need.

The reward is known, and so is what it leaves out: a text either follows the grammar or does not, and no method is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rich.console import RenderableType

from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding, exactly
from llmquiz.demos.lab.run import Progress, part
from llmquiz.demos.rlhf import draw, findings, four_letters
from llmquiz.demos.rlhf import language as toy
from llmquiz.demos.rlhf import policies as _policies
from llmquiz.demos.rlhf.draw import NAMES
from llmquiz.demos.rlhf.findings import BestOf, Clipping, Course, Optimum, Policy, Step
from llmquiz.demos.rlhf.four_letters import Letters
from llmquiz.demos.rlhf.policies import Measured
from llmquiz.demos.rlhf.train import BETA, TRAINING
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDING = 1e-4
"""In nats a text, and relative for gradients."""
PENALIZED = ("ppo", "grpo", "dpo")
TUNED = (*PENALIZED, "ppo-free", "ppo-t5")


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


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress, live: bool = False) -> Result:
    """Every policy by texts of its own; then what theory says of them; then likelihoods of texts of four letters."""
    each, load = (64 if quick else 128), partial(training.models, TRAINING, device=device, dtype=dtype)
    models = load("sft", "sft-t5")
    models |= load(*TUNED, live=live, seed=seed, progress=part(progress, 0.0, 0.7 if live else 0.1))
    sft = models["sft"]
    policies, texts = list[Policy](), {}
    for i, name in enumerate(NAMES):
        reference = models["sft-t5" if name.endswith("t5") else "sft"]
        share = each // 4 if name.endswith("t5") else each  # without a cache
        found, texts[name] = _policies.measured(models[name], reference, each=share, seed=seed)
        policies.append(Policy(name, found, " ".join(toy.words(texts[name][-1])), findings.card_seeds(name)))
        progress((0.7 if live else 0.1) + (0.2 if live else 0.6) * (i + 1) / len(NAMES))
    rewards, right = (one(texts["sft"]).view(len(toy.PROMPTS), -1) for one in (toy.reward, _policies.correct))
    optima = findings.optima(sft, models["ppo"], (texts["sft"], texts["ppo"]))
    best_of = tuple(findings.best_of(n, rewards, right) for n in findings.NS)
    some = texts["ppo"][:: max(1, each // 8)]
    gap = (findings.one_by_one(models["ppo"], some) - _policies.log_probabilities(models["ppo"], some)).sum(1)
    clipping = findings.clipping(sft, seed)
    row = int((toy.reward(texts["ppo"]) >= 2).int().argmax())  # the first that earned something
    steps = findings.decisions(models["ppo"], sft, texts["ppo"], row, BETA)
    progress(0.95)
    letters = four_letters.found(**load("causal", "masked"))
    progress(1.0)
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(sft),
        seq2seq=tiny.describe(models["sft-t5"]),
        texts=each * len(toy.PROMPTS),
        policies=tuple(policies),
        courses=findings.card_courses("ppo-free"),
        best_of=best_of,
        optima=optima,
        optimum=next(one for one in optima if one.beta == BETA),
        steps=steps,
        likelihood_gap=float(gap.abs().max()),
        clipping=clipping,
        letters=letters,
        pseudo_sum=letters.pseudo_sum,
        free_reward=next(one.found.reward for one in policies if one.name == "ppo-free"),
        bound_of_16=next(one.bound for one in best_of if one.n == 16),
    )


def of(r: Result, name: str) -> Policy:
    """The policy of that name."""
    return next(one for one in r.policies if one.name == name)


def every(r: Result, name: str) -> tuple[Measured, ...]:
    """The policy as measured here, and by the cards with every seed."""
    policy = of(r, name)
    return (policy.found, *policy.seeds)


def one_pass(r: Result) -> Finding:
    return exactly(r.dtype, r.likelihood_gap <= ROUNDING, f"max|Δ| {r.likelihood_gap:.1e} ≤ {ROUNDING:g}")


def decision_process(r: Result) -> Finding:
    """The reward comes once, at the end; what is to come at the first word is that less all penalties."""
    rewards, penalties = [one.reward for one in r.steps], [one.penalty for one in r.steps]
    gap = abs(r.steps[0].to_come - (sum(rewards) - sum(penalties)))
    holds = gap <= ROUNDING and not any(rewards[:-1]) and rewards[-1] != 0
    figures = f"{r.steps[0].to_come:.3f} = {rewards[-1]:g} - {sum(penalties):.3f} (|Δ| {gap:.1e})"
    return exactly(r.dtype, holds, figures)


def first_step(r: Result) -> Finding:
    c = r.clipping
    figures = f"|Δ∇| {c.gap:.1e} ≤ {ROUNDING:g}; {', '.join(f'{one:.1%}' for one in c.outside)}"
    return exactly(r.dtype, c.gap <= ROUNDING and c.outside[0] == 0 < c.outside[-1], figures)


def reward_alone(r: Result) -> Finding:
    """The sheet would be right if the policy that only sees the reward wrote the better texts."""
    free, held = every(r, "ppo-free"), every(r, "ppo")
    figures = f"R {_span([one.reward for one in free])} > {_span([one.reward for one in held])}; "
    kept = [[one.kept for one in many] for many in (free, held)]
    holds = min(kept[0]) >= max(kept[1])
    return Finding(holds, figures + f"R ✓ {_span(kept[0])} {'≥' if holds else '<'} {_span(kept[1])}")


def turns_over(r: Result) -> Finding:
    """Along the run the reward goes on rising after what it earns with good texts has passed its peak."""
    shown, holds = list[str](), True
    for course in r.courses:
        top = max(range(len(course.kept)), key=lambda i: course.kept[i])
        holds &= course.reward[-1] >= 2 * course.reward[top] and course.kept[-1] <= 0.2 * course.kept[top]
        shown.append(f"{course.kept[top]:.1f} (KL {course.kl[top]:.0f}) → {course.kept[-1]:.1f}")
    return Finding(holds, "R ✓ " + ", ".join(shown))


def penalty_keeps(r: Result) -> Finding:
    start = of(r, "sft").found.reward
    gained = [one.reward - start for name in PENALIZED for one in every(r, name)]
    wrong = [one.ungrammatical for name in PENALIZED for one in every(r, name)]
    holds = min(gained) >= 1.5 and max(wrong) <= 0.3
    return Finding(holds, f"ΔR {_span(gained)} ≥ 1.5; ✗ {min(wrong):.0%}–{max(wrong):.0%} ≤ 30%")


def best_possible(r: Result) -> Finding:
    ppo, above = of(r, "ppo").found, list[float]()
    score = ppo.reward - r.optimum.beta * ppo.kl
    for reward, kl in [(of(r, n).found.reward, of(r, n).found.kl) for n in PENALIZED] + [
        (one.reward, one.kl) for one in r.best_of
    ]:
        limit = findings.allowed(r.optima, kl)
        above += [] if limit is None else [reward - limit]
    holds = score >= 0.75 * r.optimum.score and len(above) >= 4 and max(above) <= 0.3
    return Finding(holds, f"{score:.2f} ≥ 0.75 · {r.optimum.score:.2f}; max ΔR {max(above):+.2f} ≤ 0.3")


def best_of_n(r: Result) -> Finding:
    """KL below the formula, reward rising with n, grammar about as it was."""
    was, rewards = of(r, "sft").found, [one.reward for one in r.best_of]
    holds = all(0 < one.kl <= one.bound for one in r.best_of) and rewards == sorted(rewards)
    holds = holds and all(one.ungrammatical <= was.ungrammatical + 0.1 for one in r.best_of)
    return Finding(holds, ", ".join(f"n={one.n}: KL {one.kl:.2f} ≤ {one.bound:.2f}" for one in r.best_of))


def needs_decoder_only(r: Result) -> Finding:
    """The sheet would be right if the encoder-decoder gained nothing by the same loss."""
    start = of(r, "sft-t5").found.reward
    gained = [one.reward - start for one in every(r, "ppo-t5")]
    return Finding(min(gained) < 1, f"ΔR {_span(gained)} {'<' if min(gained) < 1 else '≥'} 1")


def sums_to_one(r: Result) -> Finding:
    gap = abs(r.letters.causal_sum - 1)
    return exactly(r.dtype, gap <= 1e-5, f"Σp ({r.letters.texts}) = {r.letters.causal_sum:.6f}")


def pseudo(r: Result) -> Finding:
    found = r.letters
    return Finding(found.pseudo_sum >= 5, f"Σexp(pll) ({found.texts}) = {found.pseudo_sum:.2f} ≥ 5")


def no_generation(r: Result) -> Finding:
    """The sheet would be right if filling masks one after another gave no distribution over texts."""
    found, (low, high) = r.letters, r.letters.order_sums
    generates = max(abs(low - 1), abs(high - 1)) <= 1e-5 and found.order_true >= 0.5
    figures = (
        f"Σp {low:.6f}–{high:.6f} (n={found.orders}), {found.order_true:.0%} ✓, max|Δ log p| {found.order_gap:.2f}"
    )
    return exactly(r.dtype, not generates, figures)


def _span(values: list[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "one-pass": one_pass,
    "decision-process": decision_process,
    "first-step": first_step,
    "reward-alone": reward_alone,
    "turns-over": turns_over,
    "penalty-keeps": penalty_keeps,
    "best-possible": best_possible,
    "best-of-n": best_of_n,
    "needs-decoder-only": needs_decoder_only,
    "sums-to-one": sums_to_one,
    "pseudo": pseudo,
    "no-generation": no_generation,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Figures and a text of every policy, reward over KL, one text as a decision process, and sums over all texts."""
    return draw.drawn(result, {key: text[lang] for key, text in words.words.items()})


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """Reward over KL, and the run without a penalty."""
    return draw.figure(result, words.title[lang], {key: text[lang] for key, text in words.words.items()})


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
