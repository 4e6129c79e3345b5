"""How the models of `_mapping` are trained: the same texts in the same order for every arm."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos._mapping import ARMS, QUESTIONS, SHOTS, answers, chosen, right, texts, untrained
from llmquiz.demos._train import Training

BATCH = 32
STEPS, SPLIT_STEPS = 400, 1000
NOTED = 20
"""So often the accuracy is noted along the training."""
COUNTED = (1, 2, 4, 8)
"""Examples, in the figures of the cards."""


def loss(name: str, model: Any, drawn: torch.Generator, done: float) -> Tensor:
    """Of the labels that the arm asks for, in a batch of texts of one length."""
    _note(name, model, done)
    arm = ARMS[name]
    examples = int(torch.randint(1, SHOTS + 1, (1,), generator=drawn))
    read = texts(BATCH, examples + (QUESTIONS if arm.questions else 1), drawn)
    beside = torch.Generator().manual_seed(int(torch.randint(0, 2**31, (1,), generator=drawn)))
    told = examples if arm.questions else int(torch.randint(1, examples + 1, (1,), generator=beside))
    return F.cross_entropy(*answers(arm, model, read, chosen(arm, read.inputs, beside), told))


def _note(name: str, model: Any, done: float) -> None:
    if not hasattr(model, "noted"):
        model.noted = []
    if NOTED * done >= len(model.noted):
        model.noted.append(round(right(name, model, SHOTS, seed=1, count=300), 3))


def course(model: Any) -> dict[str, list[float]]:
    """The accuracy after eight examples, noted `NOTED` times from the first step on."""
    return {"right": model.noted}


def figures(name: str, model: Any) -> dict[str, float]:
    """Share of right labels by the number of examples."""
    return {f"k={shots}": right(name, model, shots, seed=0) for shots in COUNTED}


SHIPPED = ("decoder", "encoder", "encoder-slot", "encoder-decoder")
SPLIT_SHIPPED = ("split-decoder", "split-bidirectional")

TRAINING = Training(
    demo="icl",
    data="texts of 1 to 8 examples of a mapping from 4 inputs to 8 labels, drawn anew for each; "
    "1 mapping in 8 held out",
    steps=dict.fromkeys(SHIPPED, STEPS) | dict.fromkeys(SPLIT_SHIPPED, SPLIT_STEPS),
    rates=dict.fromkeys(SHIPPED, 1e-2) | {"split-decoder": 1e-2, "split-bidirectional": 3e-3},
    build=untrained,
    loss=loss,
    figures=figures,
    course=course,
    beside={
        "decoder": ("decoder-last",),
        "encoder": ("encoder-15", "bidirectional"),
        "split-decoder": ("split-decoder-last", "split-encoder-decoder"),
        "split-bidirectional": ("split-causal",),
    },
    further={"batch": BATCH, "examples": (1, SHOTS)},
)
