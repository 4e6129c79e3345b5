"""How the models of in-context learning are trained: the same texts in the same order for every arm of a task."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab.icl import architectures, arms, induction, mapping
from llmquiz.demos.lab.icl.arms import COPIERS, JOINED, SHOTS, SPLIT
from llmquiz.demos.lab.training import Training

BATCH = 32
COUNTED = (1, 2, 4, 8)
"""Examples, in the figures of the cards."""
NOTED = 20
"""So often the accuracy is noted along the training; of induction, whose trainings are longer, twice as often."""


def build(name: str, seed: int) -> Any:
    """The model of an arm before its training."""
    if name in arms.MAPPING:
        return mapping.untrained(name, seed)
    reader = arms.INDUCTION[name].reader
    return architectures.untrained(reader, seed, vocab=1 + induction.TOKENS, length=induction.LENGTH)


def loss(name: str, model: Any, generator: torch.Generator, done: float) -> Tensor:
    """Of what the arm asks for, in a batch: a scalar."""
    _note(name, model, done)
    return (_mapping_loss if name in arms.MAPPING else _induction_loss)(name, model, generator)


def _mapping_loss(name: str, model: Any, generator: torch.Generator) -> Tensor:
    """Of the labels that the arm asks for, in a batch of texts of one length."""
    arm = arms.MAPPING[name]
    examples = int(torch.randint(1, SHOTS + 1, (1,), generator=generator))
    texts = mapping.draw_texts(BATCH, examples + (mapping.QUESTIONS if arm.questions else 1), generator)
    choices = _apart(generator)
    given = examples if arm.questions else int(torch.randint(1, examples + 1, (1,), generator=choices))
    asked = loss_mask(arm.asked, texts.inputs.shape, choices)  # (B, N)
    return F.cross_entropy(*mapping.predictions(arm, model, texts, asked, given))


def _induction_loss(name: str, model: Any, generator: torch.Generator) -> Tensor:
    """Of the tokens that the arm asks for, in a batch; of questions all texts have one period."""
    arm = arms.INDUCTION[name]
    period = int(torch.randint(induction.SHORTEST, induction.LONGEST + 1, (1,), generator=generator))
    ids = induction.draw_texts(BATCH, generator, period if arm.questions else None)  # (B, T)
    choices = _apart(generator)
    if arm.questions:
        read, targets = (part.to(model.device) for part in induction.questions(ids, period, choices))
        logits = architectures.outputs(arm.reader, model, read).logits[:, period:]  # (B, R - 1, V)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    first = int(torch.randint(2, induction.LENGTH - 1, (1,), generator=choices))
    asked = loss_mask(arm.asked, ids.shape, choices)  # (B, T)
    return F.cross_entropy(*induction.predictions(arm, model, ids, asked, first))


def _apart(generator: torch.Generator) -> torch.Generator:
    """For what arms draw differently: however much that is, the next texts are the same for all."""
    return torch.Generator().manual_seed(int(torch.randint(0, 2**31, (1,), generator=generator)))


def loss_mask(share: float, shape: Sequence[int], generator: torch.Generator) -> Tensor:
    """Which places of (B, N) carry loss: a share of them, and in each row the last where that is none."""
    asked = torch.rand(*shape, generator=generator) < share
    asked[:, -1] |= ~asked.any(1)
    return asked


def _note(name: str, model: Any, done: float) -> None:
    """Note the accuracy on the model itself, at equal distances from the first step on."""
    if not hasattr(model, "noted"):
        model.noted = []
    if name in arms.MAPPING:
        if NOTED * done >= len(model.noted):
            model.noted.append(round(mapping.right(name, model, SHOTS, seed=1, count=300), 3))
    elif 2 * NOTED * done >= len(model.noted):
        model.noted.append(round(induction.right(name, model, seed=1, count=300), 3))


def course(model: Any) -> dict[str, list[float]]:
    """The accuracy as it was noted, at equal distances from the first step on."""
    return {"right": model.noted}


def figures(name: str, model: Any) -> dict[str, float]:
    """Share of right labels by the number of examples, or of last tokens."""
    if name in arms.MAPPING:
        return {f"k={shots}": mapping.right(name, model, shots, seed=0) for shots in COUNTED}
    return {"right": induction.right(name, model, seed=0)}


TRAINING = Training(
    demo="icl",
    data="texts of 1 to 8 examples of a mapping from 4 inputs to 8 labels, drawn anew for each, 1 mapping in 8 held "
    "out; induction: 24 random tokens of 16, repeated with a period of 4 to 8",
    steps=dict.fromkeys(JOINED, 400) | dict.fromkeys(SPLIT, 1000) | dict.fromkeys(COPIERS, 4000),
    rates=dict.fromkeys(JOINED, 1e-2)
    | {"split-decoder": 1e-2, "split-bidirectional": 3e-3}
    | dict.fromkeys(COPIERS, 1e-2)
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
    further={"batch": BATCH, "examples": (1, SHOTS)},
)
