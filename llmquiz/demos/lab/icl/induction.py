"""Random tokens that repeat with a period: what comes next can only be known from where it came before.

Tokens and period are new in every text, so that neither a token nor a distance can be learned: a model has to find the
token at hand earlier in the text and copy what stood behind it (induction; Olsson et al., 2022). In all shapes B are
texts, T their tokens, R the period, V the tokens that there are.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.icl.architectures import outputs
from llmquiz.demos.lab.icl.arms import INDUCTION, PERIODS, InductionArm, Reader

TOKENS, LENGTH = 16, 24
SHORTEST, LONGEST = PERIODS[0], PERIODS[-1]


def draw_texts(count: int, generator: torch.Generator, period: int | None = None) -> Tensor:
    """So many texts (B, LENGTH) of tokens from 1, of one period or each of its own, in which no token comes twice."""
    periods = torch.randint(SHORTEST, LONGEST + 1, (count, 1), generator=generator)
    if period is not None:
        periods = torch.full((count, 1), period)
    order = 1 + torch.rand(count, TOKENS, generator=generator).argsort(1)  # (B, TOKENS), of which R are used
    return order.gather(1, torch.arange(LENGTH)[None] % periods)


def questions(ids: Tensor, period: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """What is read and what is right: the first period of each text, and all its tokens but the last asked behind it.

    `ids` (B, T) to (B, 2R - 1) and (B, R - 1): of each question the token that stood behind it in the period.
    """
    first = ids[:, :period]  # (B, R)
    order = torch.rand(len(ids), period - 1, generator=generator).argsort(1)  # (B, R - 1)
    return torch.cat((first, first.gather(1, order)), 1), first.gather(1, order + 1)


def predictions(arm: InductionArm, model: Any, ids: Tensor, asked: Tensor, first: int) -> tuple[Tensor, Tensor]:
    """Logits of every token of `ids` (B, T) that `asked` (B, T) names, (n, V), and those tokens, (n,).

    Two stacks: the encoder reads the `first` ones, and only later ones are asked.
    """
    ids, asked = ids.to(model.device), asked.to(model.device)
    match arm.reader:
        case Reader.encoder:
            return outputs(arm.reader, model, ids.where(~asked, 0)).logits[asked], ids[asked]
        case Reader.two_stacks:
            # the decoder begins at the last token that the encoder read: its logits are those of ids[:, first:]
            output = model(input_ids=ids[:, :first], decoder_input_ids=ids[:, first - 1 : -1], use_cache=False)
            return output.logits[asked[:, first:]], ids[:, first:][asked[:, first:]]
    return outputs(arm.reader, model, ids[:, :-1]).logits[asked[:, 1:]], ids[:, 1:][asked[:, 1:]]


def last_asked(ids: Tensor) -> Tensor:
    """The last token alone, as `asked` of `predictions`: (B, T)."""
    asked = torch.zeros_like(ids, dtype=torch.bool)
    asked[:, -1] = True
    return asked


@torch.no_grad()
def right(name: str, model: Any, *, seed: int, count: int = 1000) -> float:
    """Share of last tokens, or of questions, that are right, under every period alike."""
    arm, generator = INDUCTION[name], torch.Generator().manual_seed(20_000 + seed)
    shares = []
    for period in PERIODS:
        ids = draw_texts(count // len(PERIODS), generator, period)  # (B, T)
        if arm.questions:
            read, targets = questions(ids, period, generator)  # (B, 2R - 1), (B, R - 1)
            logits = outputs(arm.reader, model, read.to(model.device)).logits[:, period:]  # (B, R - 1, V)
        else:
            logits, targets = predictions(arm, model, ids, last_asked(ids), LENGTH // 2)  # (B, V), (B,)
        shares.append(float((logits.argmax(-1).cpu() == targets.cpu()).float().mean()))
    return sum(shares) / len(shares)
