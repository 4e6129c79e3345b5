"""Training a small mixture with and without the loss that balances its experts.

The text is drawn: 64 tokens, the r-th most frequent about 1/r as frequent as the first, as words are (Zipf); each may
be followed by six others. The loss is that of the Switch Transformer (Fedus et al., 2021), weighted as in the
configuration of Mixtral 8x7B.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.run import Progress
from llmquiz.demos.moe.mixture import chosen_experts, mixture
from llmquiz.demos.moe.result import EXPERTS, Pair, Trained

TOKENS, FOLLOWERS, BATCH, LENGTH = 64, 6, 8, 32
STEPS, RATE, WEIGHT = 60, 1e-2, 0.02


def pairs(seeds: range, device: str, progress: Progress) -> tuple[Pair, ...]:
    """One pair a seed."""
    done = []
    for i, seed in enumerate(seeds):
        done.append(Pair(seed, trained(seed, 0.0, device), trained(seed, WEIGHT, device)))
        progress((i + 1) / len(seeds))
    return tuple(done)


def trained(seed: int, weight: float, device: str) -> Trained:
    """A mixture of one layer after `STEPS` steps, in float32 whatever the demo's own format."""
    size = {"vocab_size": TOKENS, "intermediate_size": 32, "router_aux_loss_coef": weight}
    model = mixture(d_model=32, n_layers=1, seed=seed, device=device, dtype="float32", **size).train()
    optimiser, text = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0), drawn_text(seed, device)
    held_out = torch.cat([next(text) for _ in range(4)])  # (4 B, T)
    for _ in range(STEPS):
        ids = next(text)  # (B, T)
        # with the router's logits the model adds the balancing loss, `weight` times, to that of the next token
        model(ids, labels=ids, output_router_logits=weight > 0, use_cache=False).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return tested(model.eval(), held_out)


def drawn_text(seed: int, device: str) -> Iterator[Tensor]:
    """Batches of ids (B, T) without end."""
    generator = torch.Generator().manual_seed(seed)
    frequency = 1 / torch.arange(1, TOKENS + 1)  # (V,)
    # six different tokens for each, frequent ones more often; the first of them follows most often
    followers = torch.multinomial(frequency.expand(TOKENS, -1), FOLLOWERS, generator=generator)  # (V, 6)
    while True:
        ids = torch.randint(0, TOKENS, (BATCH, 1), generator=generator)
        for _ in range(LENGTH - 1):
            which = torch.multinomial(frequency[:FOLLOWERS].expand(BATCH, -1), 1, generator=generator)  # (B, 1)
            ids = torch.cat((ids, followers[ids[:, -1]].gather(1, which)), 1)  # (B, t) and (B, 1) -> (B, t + 1)
        yield ids.to(device)


@torch.inference_mode()
def tested(model: Any, ids: Tensor) -> Trained:
    """Loss and loads on text that the training did not see."""
    with chosen_experts(model) as chosen:  # (B * T, k) of the only layer
        loss = float(model(ids, labels=ids, use_cache=False).loss)
    counts = torch.bincount(chosen[0].flatten(), minlength=EXPERTS)  # (E,)
    return Trained(tuple(sorted(counts.tolist(), reverse=True)), loss)
