"""How the policies of the demo `rlhf` are trained: imitation, PPO with and without the KL penalty, GRPO, DPO.

Reward and reference are those of `rlhf/language` and of the imitating policy. The first step of a run finds the policy
as it was before any training; a copy of it is the reference.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.training import Training
from llmquiz.demos.rlhf import four_letters, language, policies

BATCH = 64
"""Sentences a step of imitation; pairs a step of DPO."""
GROUP = 16
"""Texts for each of the six openers, drawn afresh every `PASSES` steps."""
PASSES = 4
"""Steps that a batch of texts is used for."""
CLIP = 0.2
BETA = 0.5
"""Of the KL penalty in PPO and of DPO."""
GRPO_BETA = 0.4
"""It divides rewards by their standard deviation, so that the same number would weigh more."""
PAIRS = 2048
"""That DPO learns from, drawn once from the reference."""
NOTED = ("reward", "kl", "ungrammatical", "kept")
"""Along a run that draws texts of its own, each time it does."""
SFT, SFT_T5 = "sft", "sft-t5"
START = {"ppo": SFT, "ppo-free": SFT, "grpo": SFT, "dpo": SFT, "ppo-t5": SFT_T5}
"""The policy that each begins from, with every seed the shipped one."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Texts of the policy, and what the steps on them need: all (B, T - 1)."""

    ids: Tensor
    old: Tensor
    """Log-probabilities when they were drawn."""
    reference: Tensor
    advantages: Tensor
    told: Tensor


@dataclass(slots=True)
class Course:
    """What one run keeps from step to step."""

    reference: Any
    steps: int = 0
    drawn: Drawn | None = None
    pairs: tuple[Tensor, Tensor, Tensor, Tensor] | None = None
    noted: list[tuple[float, ...]] = field(default_factory=list)
    """`NOTED` of every batch that was drawn."""


_courses: WeakKeyDictionary[Any, Course] = WeakKeyDictionary()


def course_of(model: Any) -> Course:
    """Of the run that trains this model; begins where there is none."""
    if model not in _courses:
        _courses[model] = Course(copy.deepcopy(model).eval().requires_grad_(False))
    return _courses[model]


def imitation(_name: str, model: Any, drawn: torch.Generator, _done: float) -> Tensor:
    """Next-word loss on sentences of the grammar, opener given."""
    ids = language.sentences(BATCH, drawn).to(model.device)
    return -policies.log_probabilities(model, ids).sum() / language.told(ids).sum()


def to_go(rewards: Tensor, log_ratio: Tensor, told: Tensor, beta: float) -> Tensor:
    """What is still to come at every token, (B, T - 1): the reward, less β times the log-ratios from here on."""
    penalties = beta * log_ratio * told
    return (rewards[:, None] - penalties.flip(1).cumsum(1).flip(1)) * told


def advantages(to_come: Tensor, told: Tensor) -> Tensor:
    """`to_come` above its mean over the batch at the same place (no critic), in units of the spread: (B, T - 1)."""
    mean = to_come.sum(0) / told.sum(0).clamp(min=1)  # (T - 1,)
    above = (to_come - mean) * told
    return above / ((above**2).sum() / told.sum()).sqrt().clamp(min=1e-4)


def in_groups(rewards: Tensor, told: Tensor) -> Tensor:
    """Reward above the mean of its group, in units of the group's spread, the same at every token: (B, T - 1)."""
    groups = rewards.view(-1, GROUP)
    relative = (groups - groups.mean(1, keepdim=True)) / (groups.std(1, keepdim=True) + 1e-4)
    return relative.view(-1, 1) * told


@torch.no_grad()
def rollout(model: Any, course: Course, generator: torch.Generator, weigh: Callable[..., Tensor]) -> Drawn:
    """A batch of texts of the policy as it is now."""
    ids = policies.sample(model, policies.prompts(GROUP), generator)
    told, rewards = language.told(ids), language.reward(ids).to(ids.device)
    old, reference = (policies.log_probabilities(one, ids) for one in (model, course.reference))
    found = policies.judged(ids, model, course.reference)
    course.noted.append(tuple(round(getattr(found, name), 4) for name in NOTED))
    return Drawn(ids, old, reference, weigh(rewards, old - reference, told), told)


def clipped(new: Tensor, old: Tensor, advantage: Tensor) -> Tensor:
    """PPO's surrogate at every token, to be made large."""
    ratio = (new - old).exp()
    return torch.minimum(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage)


def ppo(beta: float) -> Callable[[str, Any, torch.Generator, float], Tensor]:
    """PPO's clip; the penalty of `beta` a nat is part of the reward, token by token."""

    def weigh(rewards: Tensor, log_ratio: Tensor, told: Tensor) -> Tensor:
        return advantages(to_go(rewards, log_ratio, told, beta), told)

    def loss(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
        batch = _batch(model, generator, weigh)
        gained = clipped(policies.log_probabilities(model, batch.ids), batch.old, batch.advantages)
        return -(gained * batch.told).sum() / batch.told.sum()

    return loss


def _batch(model: Any, generator: torch.Generator, weigh: Callable[..., Tensor]) -> Drawn:
    course = course_of(model)
    if course.steps % PASSES == 0:
        course.drawn = rollout(model, course, generator, weigh)
    course.steps += 1
    assert course.drawn is not None
    return course.drawn


def grpo(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Advantages within the group of one opener; the penalty is a term of the loss, estimated without bias."""
    batch = _batch(model, generator, lambda rewards, _, told: in_groups(rewards, told))
    new = policies.log_probabilities(model, batch.ids)
    lower = batch.reference - new
    penalty = lower.exp() - lower - 1
    gained = (clipped(new, batch.old, batch.advantages) - GRPO_BETA * penalty) * batch.told
    return -(gained.sum(1) / batch.told.sum(1)).mean()


def dpo(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """The chosen text of a pair above the other, relative to the reference; nothing is drawn from the policy."""
    course = course_of(model)
    if course.pairs is None:
        course.pairs = pairs(course.reference, generator)
    at = torch.randint(0, PAIRS, (BATCH,), generator=generator)
    chosen, rejected, chosen_before, rejected_before = (one[at] for one in course.pairs)
    both = policies.log_probabilities(model, torch.cat((chosen, rejected))).sum(1)
    margin = (both[:BATCH] - chosen_before) - (both[BATCH:] - rejected_before)
    return -F.logsigmoid(BETA * margin).mean()


@torch.no_grad()
def pairs(reference: Any, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Chosen and rejected texts on the same openers and their log-probabilities; who wins is drawn by Bradley-Terry."""
    openers = torch.tensor(language.PROMPTS)[torch.arange(PAIRS) % len(language.PROMPTS)]
    one, other = (policies.sample(reference, openers, generator) for _ in range(2))
    ahead = language.reward(one) - language.reward(other)
    wins = (torch.rand(PAIRS, generator=generator) < ahead.sigmoid())[:, None].to(one.device)
    chosen, rejected = torch.where(wins, one, other), torch.where(wins, other, one)
    before = [policies.log_probabilities(reference, ids).sum(1) for ids in (chosen, rejected)]
    return chosen, rejected, before[0], before[1]


LOSSES: Mapping[str, Callable[[str, Any, torch.Generator, float], Tensor]] = {
    SFT: imitation,
    "ppo": ppo(BETA),
    "ppo-free": ppo(0.0),
    "grpo": grpo,
    "dpo": dpo,
    SFT_T5: imitation,
    "ppo-t5": ppo(BETA),
    "causal": four_letters.loss,
    "masked": four_letters.loss,
}


def loss(name: str, model: Any, drawn: torch.Generator, done: float) -> Tensor:
    """Of the method that the model is named after."""
    return LOSSES[name](name, model, drawn, done)


def build(name: str, seed: int) -> Any:
    """Weights drawn from the seed; a policy that goes on from another is that one, whatever the seed."""
    if name in START:
        return training.trained(TRAINING, START[name])
    if name in four_letters.MODELS:
        return four_letters.build(name, seed)
    common = {"vocab_size": len(language.WORDS), "pad_token_id": 0, "eos_token_id": None}
    if name == SFT_T5:
        sizes: dict[str, Any] = {"d_model": 40, "d_kv": 10, "d_ff": 96, "num_layers": 1, "num_decoder_layers": 2}
        sizes |= {"num_heads": 4, "dropout_rate": 0.0, "decoder_start_token_id": 0}
        return tiny.build(T5ForConditionalGeneration, seed=seed, device="cpu", dtype="float32", **sizes, **common)
    sizes = {"hidden_size": 48, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    sizes |= {"num_key_value_heads": 4, "max_position_embeddings": 32, "bos_token_id": None}
    return tiny.build(LlamaForCausalLM, seed=seed, device="cpu", dtype="float32", **sizes, **common)


def figures(name: str, model: Any) -> Mapping[str, float]:
    """What the card says of a model; `score` chooses the learning rate."""
    if name in four_letters.MODELS:
        return four_letters.figures(name, model)
    reference = training.trained(TRAINING, START.get(name, name)) if name in START else model
    found, _ = policies.measured(model, reference, each=128, seed=0)
    if name in START:
        return policies.figures(found, 0.0 if name == "ppo-free" else BETA)
    with torch.no_grad():
        held_out = float(imitation(name, model, torch.Generator().manual_seed(30_000), 1.0))
    return {**policies.figures(found, BETA), "score": -held_out}


def course(model: Any) -> Mapping[str, Sequence[float]]:
    """`NOTED` of the run that trained this model, of every second batch."""
    noted = _courses[model].noted[::2] if model in _courses else []
    return {name: [one[k] for one in noted] for k, name in enumerate(NOTED)} if noted else {}


TRAINING = Training(
    demo="rlhf",
    data="a toy English of 50 words with a grammar that can be checked; reward: happy adjectives minus sad ones",
    steps={
        SFT: 700,
        "ppo": 200,
        "ppo-free": 200,
        "grpo": 200,
        "dpo": 200,
        SFT_T5: 700,
        "ppo-t5": 200,
        "causal": 400,
        "masked": 400,
    },
    rates={
        SFT: 1e-2,
        "ppo": 1e-3,
        "ppo-free": 1e-3,
        "grpo": 1e-3,
        "dpo": 1e-3,
        SFT_T5: 1e-2,
        "ppo-t5": 1e-3,
        "causal": 1e-2,
        "masked": 3e-3,
    },
    build=build,
    loss=loss,
    figures=figures,
    best="score",
    tried=(3e-4, 1e-3, 3e-3, 1e-2),
    further={
        "batch": BATCH,
        "texts an opener": GROUP,
        "steps a batch of texts": PASSES,
        "clip of the ratio": CLIP,
        "beta": BETA,
        "beta of GRPO": GRPO_BETA,
        "pairs of DPO": PAIRS,
        "policies start from": "the shipped sft, for every seed",
    },
    course=course,
)
