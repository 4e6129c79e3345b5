"""Texts as vectors: the mean of a model's last states, and the one state that is taken for the whole text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import Progress

BATCH = 16
LONGEST = 512
"""Tokens that are read of a text."""


class Vectors(NamedTuple):
    """Of N texts, in float32."""

    mean: Tensor  # (N, d)
    token: Tensor  # (N, d), the state of [CLS] or of the last token


@torch.inference_mode()
def read(own: Checkpoint, family: str, texts: Sequence[str], progress: Progress) -> Vectors:
    """Read every text once, those of like length together."""
    config = own.model.config.get_text_config()
    room = (getattr(config, "max_position_embeddings", None) or LONGEST) - 2  # some count positions from 2 on
    rows = [own.tokens(text)[0, : min(LONGEST, room)] for text in texts]  # each (T,)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    means: dict[int, Tensor] = {}
    tokens: dict[int, Tensor] = {}
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        batch = torch.nn.utils.rnn.pad_sequence([rows[i] for i in places], batch_first=True)  # (B, T)
        lengths = torch.tensor([len(rows[i]) for i in places], device=batch.device)  # (B,)
        there = (torch.arange(batch.shape[1], device=batch.device) < lengths[:, None]).long()  # (B, T)
        states = own.model.base_model(batch, attention_mask=there).last_hidden_state.float()  # (B, T, d)
        mean = (states * there[..., None]).sum(1) / lengths[:, None]  # (B, d)
        at = lengths - 1 if family == "decoder" else torch.zeros_like(lengths)  # (B,)
        token = states[torch.arange(len(places), device=batch.device), at]  # (B, d)
        means |= dict(zip(places, mean.cpu(), strict=True))
        tokens |= dict(zip(places, token.cpu(), strict=True))
        progress(min(1.0, (start + BATCH) / len(order)))
    by_place = (torch.stack([of[i] for i in range(len(rows))]) for of in (means, tokens))
    return Vectors(*(F.normalize(vectors, dim=-1) for vectors in by_place))
