"""Reward against KL: what PPO, GRPO, DPO and best-of-n make of one small policy.

The reward is known, and so is what it leaves out: a text either follows the grammar or does not, and no method is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from torch import Tensor

from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.run import Progress, Run
from llmquiz.demos.rlhf import language, optimum, policies
from llmquiz.demos.rlhf.claims import PENALIZED, Course, Figures, Policy, Result
from llmquiz.demos.rlhf.losses import BETA
from llmquiz.demos.rlhf.train import TRAINING

POLICIES = ("sft", "ppo", "grpo", "dpo", "ppo-free", "sft-t5", "ppo-t5")
"""In the order in which they are shown."""
LEARNED = (*PENALIZED, "ppo-free", "ppo-t5")
"""Those that learned from the reward: trained anew where `live`."""
BEST_OF = (2, 4, 16, 64)


def measure(run: Run) -> Result:
    """Every policy by texts of its own; then what theory says of them."""
    load = partial(training.models, TRAINING, **run.place)
    loaded, written = (0.7, 0.9) if run.live else (0.1, 0.7)  # of the progress: until models and texts are there
    each = 64 if run.quick else 128  # texts of every opener, B = 6 · each in all

    # the two references are the shipped ones always: what learns begins at them
    models = load("sft", "sft-t5")
    models |= load(*LEARNED, live=run.live, seed=run.seed, progress=run.part(0.0, loaded))
    sft, ppo = models["sft"], models["ppo"]
    by_policy, texts = _policies(models, each, run.seed, run.part(loaded, written))

    # what theory says of the same texts: the most that a KL allows, and what the best of n would be
    rewards, right = (
        score(texts["sft"]).view(len(language.PROMPTS), -1)  # (B,) to (openers, each)
        for score in (language.reward, policies.correct)
    )
    optima = optimum.optima(sft, ppo, (texts["sft"], texts["ppo"]))
    best_of = tuple(optimum.best_of(n, rewards, right) for n in BEST_OF)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(sft),
        seq2seq=tiny.describe(models["sft-t5"]),
        texts=each * len(language.PROMPTS),
        policies=by_policy,
        courses=_courses("ppo-free"),
        best_of=best_of,
        optima=optima,
        optimum=next(best for best in optima if best.beta == BETA),
        free_reward=next(policy.found.reward for policy in by_policy if policy.name == "ppo-free"),
    )


def _policies(
    models: Mapping[str, Any], each: int, seed: int, progress: Progress
) -> tuple[tuple[Policy, ...], dict[str, Tensor]]:
    """Every policy by texts of its own, and the texts by its name, each (B, T), sorted by opener."""
    by_policy, texts = list[Policy](), dict[str, Tensor]()
    for i, name in enumerate(POLICIES):
        seq2seq = name.endswith("t5")
        reference = models["sft-t5" if seq2seq else "sft"]
        # a T5 samples without a cache here, and is given fewer texts for it
        texts[name] = policies.own_texts(models[name], each=each // 4 if seq2seq else each, seed=seed)
        figures = policies.figures(models[name], reference, texts[name])
        last = " ".join(language.words(texts[name][-1]))
        by_policy.append(Policy(name, figures, last, _card_seeds(name)))
        progress((i + 1) / len(POLICIES))
    return tuple(by_policy), texts


def _card_seeds(name: str) -> tuple[Figures, ...]:
    """A policy trained with each of three seeds, from its card."""
    runs = shipped.card(TRAINING.demo, name)["runs"]
    return tuple(Figures(**{key: run["figures"][key] for key in Figures.__dataclass_fields__}) for run in runs)


def _courses(name: str) -> tuple[Course, ...]:
    """What these trainings passed through, from the card."""
    runs = shipped.card(TRAINING.demo, name)["runs"]
    return tuple(Course(run["seed"], *(tuple(run["course"][key]) for key in ("reward", "kl", "kept"))) for run in runs)
