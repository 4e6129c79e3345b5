"""What the models of `icl/language` are trained on, and what their cards count."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.icl.architectures import chosen
from llmquiz.demos.icl.language import ARMS, QUESTIONS, SHOTS, answers, right, texts

BATCH = 32
COUNTED = (1, 2, 4, 8)
"""Examples, in the figures of the cards."""


def loss(name: str, model: Any, drawn: torch.Generator) -> Tensor:
    """Of the labels that the arm asks for, in a batch of texts of one length."""
    arm = ARMS[name]
    examples = int(torch.randint(1, SHOTS + 1, (1,), generator=drawn))
    read = texts(BATCH, examples + (QUESTIONS if arm.questions else 1), drawn)
    beside = torch.Generator().manual_seed(int(torch.randint(0, 2**31, (1,), generator=drawn)))
    told = examples if arm.questions else int(torch.randint(1, examples + 1, (1,), generator=beside))
    ask = chosen(arm.asked, read.inputs.shape, beside)
    return F.cross_entropy(*answers(arm, model, read, ask, told))


def figures(name: str, model: Any) -> dict[str, float]:
    """Share of right labels by the number of examples."""
    return {f"k={shots}": right(name, model, shots, seed=0) for shots in COUNTED}
