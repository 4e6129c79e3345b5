"""How the models of `chain_of_thought/language` are trained: one model, one kind of data, four things to learn from it.

`labels` hears the parity at every bit while it reads, as often as `steps` does, but none of it is written. `long` is
`direct` with more steps.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.chain_of_thought.claims import SLOTS, WAYS
from llmquiz.demos.chain_of_thought.language import (
    BLANK,
    DOT,
    END,
    SIGNS,
    accuracy,
    digits,
    held_back,
    parities,
    question,
)
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.training import Training

BATCH = 32
STEPS = 250
LONG = 1500
IGNORED = -100
"""The label of a place at which nothing is asked of the model."""


def untrained(_name: str, seed: int) -> Any:
    """The model before its training, the same for every way to answer."""
    return tiny.build(
        LlamaForCausalLM,
        seed=seed,
        device="cpu",
        dtype="float32",
        vocab_size=len(SIGNS),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=64,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
    )


@cache
def _open_rows() -> tuple[Tensor, Tensor]:
    """By length, the numbers of the rows that training may draw (SLOTS + 1, 2^SLOTS) and how many there are."""
    table, counts = torch.zeros(SLOTS + 1, 2**SLOTS, dtype=torch.long), torch.zeros(SLOTS + 1, dtype=torch.long)
    for bits in range(1, SLOTS + 1):
        numbers = (~held_back(bits)).nonzero()[:, 0]
        table[bits, : len(numbers)], counts[bits] = numbers, len(numbers)
    return table, counts


def draw_rows(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Bits (B, SLOTS) and lengths (B, 1), every length as likely."""
    table, counts = _open_rows()
    lengths = torch.randint(1, SLOTS + 1, (count,), generator=generator)  # (B,)
    # float64, so that each of up to 1,024 rows is as likely as the others
    which = (torch.rand(count, generator=generator, dtype=torch.float64) * counts[lengths]).long()  # (B,)
    return digits(table[lengths, which]), lengths[:, None]


def inputs_and_labels(name: str, bits: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """What the model reads and what it should say at each place, both (B, T); IGNORED where nothing is asked of it.

    From bits (B, SLOTS) of which the first `lengths` (B, 1) are the row. T is SLOTS + 1, with steps or dots SLOTS more.
    """
    inside = torch.arange(SLOTS) < lengths  # (B, SLOTS)
    ids, steps = question(torch.where(inside, bits, BLANK)), parities(bits)  # (B, SLOTS + 1), (B, SLOTS)
    answer, silent = steps.gather(1, lengths - 1), torch.full_like(bits, IGNORED)  # (B, 1), (B, SLOTS)
    if WAYS[name] == "steps":
        # the question mark is followed by the first step, each step by the next, the last by the end
        labels = torch.cat((torch.where(inside, steps, IGNORED), silent[:, :1]), 1).scatter(1, lengths, END)
        return torch.cat((ids, torch.where(inside, steps, END)), 1), torch.cat((silent, labels), 1)
    if WAYS[name] == "dots":
        return torch.cat((ids, torch.full_like(bits, DOT)), 1), torch.cat((silent, silent, answer), 1)
    return ids, torch.cat((torch.where(inside, steps, IGNORED) if name == "labels" else silent, answer), 1)


def loss(name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Of a batch of rows, over all that is to be said."""
    ids, labels = inputs_and_labels(name, *draw_rows(BATCH, generator))  # (B, T) both
    logits = model(ids.to(model.device), use_cache=False).logits  # (B, T, V)
    return F.cross_entropy(logits.flatten(0, 1), labels.to(model.device).flatten(), ignore_index=IGNORED)


def figures(name: str, model: Any) -> dict[str, float]:
    """Share of rows answered right, by their number of bits, and the mean of these shares."""
    by_bits = {f"n={bits}": accuracy(model, WAYS[name], bits) for bits in range(1, SLOTS + 1)}
    return by_bits | {"mean": sum(by_bits.values()) / SLOTS}


TRAINING = Training(
    demo="chain-of-thought",
    data="rows of 1 to 10 bits, all lengths equally often; of 6 bits or more a quarter of the rows is held back",
    steps=dict.fromkeys(WAYS, STEPS) | {"long": LONG},
    rates=dict.fromkeys(WAYS, 1e-3) | {"steps": 2e-3},
    tried=(5e-4, 1e-3, 2e-3),
    build=untrained,
    loss=loss,
    figures=figures,
    further={"batch": BATCH},
)
