"""How the policies of `rlhf` are made, each by the loss it is named after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor
from transformers import LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.lab import surrogate, tiny, training
from llmquiz.demos.lab.training import Loss, Training
from llmquiz.demos.rlhf import language, losses, policies
from llmquiz.demos.rlhf.losses import BETA

SFT, SFT_T5 = "sft", "sft-t5"
START = {"ppo": SFT, "ppo-free": SFT, "grpo": SFT, "dpo": SFT, "ppo-t5": SFT_T5}
"""The policy that each begins from, with every seed the shipped one."""
LOSSES: Mapping[str, Loss] = {
    SFT: losses.imitation,
    "ppo": losses.ppo(BETA),
    "ppo-free": losses.ppo(0.0),
    "grpo": losses.grpo,
    "dpo": losses.dpo,
    SFT_T5: losses.imitation,
    "ppo-t5": losses.ppo(BETA),
}


def loss(name: str, model: Any, generator: torch.Generator, done: float) -> Tensor:
    """Of the method that the model is named after: a scalar."""
    return LOSSES[name](name, model, generator, done)


def build(name: str, seed: int) -> Any:
    """Weights drawn from the seed; a policy that goes on from another is that one, whatever the seed."""
    if name in START:
        return training.trained(TRAINING, START[name])
    common = {"vocab_size": len(language.WORDS), "pad_token_id": 0, "eos_token_id": None}
    if name == SFT_T5:
        sizes: dict[str, Any] = {"d_model": 40, "d_kv": 10, "d_ff": 96, "num_layers": 1, "num_decoder_layers": 2}
        sizes |= {"num_heads": 4, "dropout_rate": 0.0, "decoder_start_token_id": 0}
        return tiny.build(T5ForConditionalGeneration, seed=seed, device="cpu", dtype="float32", **sizes, **common)
    sizes = {"hidden_size": 48, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    sizes |= {"num_key_value_heads": 4, "max_position_embeddings": 32, "bos_token_id": None}
    return tiny.build(LlamaForCausalLM, seed=seed, device="cpu", dtype="float32", **sizes, **common)


def figures(name: str, model: Any) -> Mapping[str, float]:
    """What the card says of a model; `score` chooses the learning rate.

    The score is reward − β·KL of a policy that learned from the reward, and the held-out loss, negative, of one that
    imitates.
    """
    reference = training.trained(TRAINING, START[name]) if name in START else model
    measured = policies.figures(model, reference, policies.own_texts(model, each=128, seed=0))
    if name in START:
        score = measured.reward - (0.0 if name == "ppo-free" else BETA) * measured.kl
    else:
        with torch.no_grad():
            score = -float(losses.imitation(name, model, torch.Generator().manual_seed(30_000), 1.0))
    return {"score": score, **asdict(measured)}


def course(model: Any) -> Mapping[str, Sequence[float]]:
    """`NOTED` of the run that trained this model, of every second batch."""
    notes = losses.notes_of(model)[::2]
    return dict(zip(losses.NOTED, map(list, zip(*notes, strict=True)), strict=True)) if notes else {}


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
    },
    rates={
        SFT: 1e-2,
        "ppo": 1e-3,
        "ppo-free": 1e-3,
        "grpo": 1e-3,
        "dpo": 1e-3,
        SFT_T5: 1e-2,
        "ppo-t5": 1e-3,
    },
    build=build,
    loss=loss,
    figures=figures,
    best="score",
    tried=(3e-4, 1e-3, 3e-3, 1e-2),
    further={
        "batch": losses.BATCH,
        "texts an opener": losses.GROUP,
        "steps a batch of texts": surrogate.PASSES,
        "clip of the ratio": surrogate.CLIP,
        "beta": BETA,
        "beta of GRPO": losses.GRPO_BETA,
        "pairs of DPO": losses.PAIRS,
        "policies start from": "the shipped sft, for every seed",
    },
    course=course,
)
