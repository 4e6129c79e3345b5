"""Next-token training with the causal mask and without it, on random tokens: only who sees the answer gets better."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from llmquiz.demos.lab.masks import logits_of
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.parallel_training.claims import Copying
from llmquiz.demos.parallel_training.small_model import small_model

VOCAB, LENGTH, BATCH = 8, 12, 16
RATE = 1e-2


def copying(seed: int, device: str, progress: Progress, steps: int = 48) -> Copying:
    """The same small Llama on the same tokens, once with the causal mask and once without; in float32."""
    with_mask = _losses(None, seed, device, steps)
    progress(0.5)
    without_mask = _losses(torch.zeros(LENGTH, LENGTH), seed, device, steps)  # hides nothing
    progress(1.0)
    return Copying(VOCAB, math.log(VOCAB), with_mask, without_mask)


def _losses(mask: Tensor | None, seed: int, device: str, steps: int) -> tuple[float, ...]:
    """Step by step, under a mask (T, T) in the place of the model's own."""
    generator = torch.Generator().manual_seed(seed)
    model = small_model(LlamaForCausalLM, seed, device, VOCAB + 1)  # 0 is padding
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    losses = []
    for _ in range(steps):
        text = torch.randint(1, VOCAB + 1, (BATCH, LENGTH), generator=generator).to(device)  # (B, T), fresh each time
        logits = logits_of(model, text, mask)[:, :-1]  # (B, T − 1, V): the last token has no next one
        loss = cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    return tuple(losses)
