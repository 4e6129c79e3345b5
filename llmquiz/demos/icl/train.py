"""How the models of `icl` are trained: the same texts in the same order for every arm of a task."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.icl import architectures, induction, language, mapping_data
from llmquiz.demos.icl.architectures import chosen
from llmquiz.demos.icl.mapping_data import BATCH
from llmquiz.demos.lab.training import Training

JOINED = ("decoder", "encoder", "encoder-slot", "encoder-decoder")
SPLIT = ("split-decoder", "split-bidirectional")
INDUCTION = ("induction-decoder", "induction-encoder-slot", "induction-encoder-decoder", "induction-bidirectional")
"""Shipped, by task."""
NOTED = 20
"""So often the accuracy is noted along the training; of induction, whose trainings are longer, twice as often."""


def build(name: str, seed: int) -> Any:
    """The model of an arm before its training."""
    if name in language.ARMS:
        return language.untrained(name, seed)
    reader = induction.ARMS[name].reader
    return architectures.untrained(reader, seed, vocab=1 + induction.TOKENS, length=induction.LENGTH)


def loss(name: str, model: Any, drawn: torch.Generator, done: float) -> Tensor:
    """Of what the arm asks for, in a batch."""
    _note(name, model, done)
    return mapping_data.loss(name, model, drawn) if name in language.ARMS else _copying(name, model, drawn)


def _copying(name: str, model: Any, drawn: torch.Generator) -> Tensor:
    arm = induction.ARMS[name]
    period = int(torch.randint(induction.SHORTEST, induction.LONGEST + 1, (1,), generator=drawn))
    ids = induction.texts(BATCH, drawn, period if arm.questions else None)
    beside = torch.Generator().manual_seed(int(torch.randint(0, 2**31, (1,), generator=drawn)))
    if arm.questions:
        read, due = (part.to(model.device) for part in induction.asking(ids, period, beside))
        logits = architectures.outputs(arm.reader, model, read).logits[:, period:]
        return F.cross_entropy(logits.flatten(0, 1), due.flatten())
    first = int(torch.randint(2, induction.LENGTH - 1, (1,), generator=beside))
    return F.cross_entropy(*induction.answers(arm, model, ids, chosen(arm.asked, ids.shape, beside), first))


def _note(name: str, model: Any, done: float) -> None:
    if not hasattr(model, "noted"):
        model.noted = []
    copies = name in induction.ARMS
    if (2 * NOTED if copies else NOTED) * done >= len(model.noted):
        found = (
            induction.right(name, model, seed=1, count=300)
            if copies
            else language.right(name, model, language.SHOTS, seed=1, count=300)
        )
        model.noted.append(round(found, 3))


def course(model: Any) -> dict[str, list[float]]:
    """The accuracy as it was noted, at equal distances from the first step on."""
    return {"right": model.noted}


def figures(name: str, model: Any) -> dict[str, float]:
    """Share of right labels by the number of examples, or of last tokens."""
    if name in language.ARMS:
        return mapping_data.figures(name, model)
    return {"right": induction.right(name, model, seed=0)}


TRAINING = Training(
    demo="icl",
    data="texts of 1 to 8 examples of a mapping from 4 inputs to 8 labels, drawn anew for each, 1 mapping in 8 held "
    "out; induction: 24 random tokens of 16, repeated with a period of 4 to 8",
    steps=dict.fromkeys(JOINED, 400) | dict.fromkeys(SPLIT, 1000) | dict.fromkeys(INDUCTION, 4000),
    rates=dict.fromkeys(JOINED, 1e-2)
    | {"split-decoder": 1e-2, "split-bidirectional": 3e-3}
    | dict.fromkeys(INDUCTION, 1e-2)
    | {"induction-encoder-slot": 3e-3},
    build=build,
    loss=loss,
    figures=figures,
    course=course,
    beside={
        "decoder": ("decoder-last",),
        "encoder": ("encoder-15", "bidirectional"),
        "split-decoder": ("split-decoder-last", "split-encoder-decoder"),
        "split-bidirectional": ("split-causal",),
        "induction-decoder": ("induction-decoder-last",),
        "induction-encoder-slot": ("induction-encoder-15", "induction-encoder-50"),
        "induction-bidirectional": ("induction-causal",),
    },
    further={"batch": BATCH, "examples": (1, language.SHOTS)},
)
