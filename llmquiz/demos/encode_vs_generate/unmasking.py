"""Writing with an encoder: masks behind a prompt, filled one a pass, the surest first.

Akin to Mask-Predict (Ghazvininejad et al., 2019) with as many rounds as masks; what is written is never masked again.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

MASK = 255
"""Stands for a token still to be written."""


@torch.inference_mode()
def unmasked(model: Any, prompt: Tensor, new: int) -> Tensor:
    """`new` tokens after the prompt (1, P) from a masked language model, the surest one first: (1, new)."""
    text = F.pad(prompt, (0, new), value=MASK)  # (1, P + new)
    masked = torch.arange(text.shape[1], device=text.device) >= prompt.shape[1]  # (P + new,)
    while bool(masked.any()):
        logits = model(text).logits[0]  # (P + new, V)
        logits[:, MASK] = -torch.inf  # a mask is no answer
        best, token = logits.softmax(-1).max(-1)  # (P + new,) each
        at = int(best.masked_fill(~masked, -1).argmax())
        text[0, at], masked[at] = token[at], False
    return text[:, prompt.shape[1] :]
