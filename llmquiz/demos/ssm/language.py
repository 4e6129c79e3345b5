"""Recall: pairs of a key and a value, then the keys again in another order; which value belonged to each?

The task is that of Arora et al. (2023, Zoology), the models are small ones of the real classes. Their weights are
shipped; `ssm/train` says how they are trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import LlamaForCausalLM, MambaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.ssm import state_cost
from llmquiz.demos.ssm.state_cost import Kept

SYMBOLS = 32
"""So many keys, and as many values."""
VOCAB = 1 + 2 * SYMBOLS
LENGTHS = (4, 8, 16, 32)
"""Pairs a text."""
MODELS: dict[str, tuple[Any, dict[str, Any]]] = {
    "attention": (
        LlamaForCausalLM,
        {
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "max_position_embeddings": 256,
            "bos_token_id": None,
        },
    ),
    "mamba-32": (MambaForCausalLM, {"hidden_size": 32, "initializer_range": 0.1}),
    "mamba-64": (MambaForCausalLM, {"hidden_size": 64, "initializer_range": 0.1}),
}


@dataclass(frozen=True, slots=True)
class Recall:
    """Share of values that come out right."""

    pairs: int
    right: float
    by_place: tuple[float, ...]
    """Pair by pair, from the first of the text to the last."""

    @property
    def recalled(self) -> float:
        """Pairs' worth."""
        return self.pairs * self.right


def texts(count: int, pairs: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Ids (B, 3N), the values asked for (B, N), and the place of the pair that each belongs to (B, N)."""
    keys = torch.rand(count, SYMBOLS, generator=generator).argsort(1)[:, :pairs]  # (B, N), no key twice
    values = torch.randint(0, SYMBOLS, (count, pairs), generator=generator)  # (B, N)
    order = torch.rand(count, pairs, generator=generator).argsort(1)  # (B, N)
    told = torch.stack((1 + keys, 1 + SYMBOLS + values), 2).flatten(1)  # (B, 2N)
    return torch.cat((told, 1 + keys.gather(1, order)), 1), 1 + SYMBOLS + values.gather(1, order), order


@torch.inference_mode()
def recall(model: Any, pairs: int, *, seed: int, count: int = 64) -> Recall:
    """On texts that the training never saw: another seed draws them."""
    ids, values, order = texts(count, pairs, torch.Generator().manual_seed(10_000 + seed))
    device = next(model.parameters()).device
    right = model(ids.to(device), use_cache=False).logits[:, -pairs:].argmax(-1).cpu() == values  # (B, N)
    by_place = torch.zeros(count, pairs).scatter_(1, order, right.float()).mean(0)
    return Recall(pairs, float(right.float().mean()), tuple(by_place.tolist()))


def untrained(name: str, seed: int) -> Any:
    """The model before its training."""
    model_class, settings = MODELS[name]
    common = {"num_hidden_layers": 2, "vocab_size": VOCAB, "eos_token_id": None, "pad_token_id": 0}
    return tiny.build(model_class, seed=seed, device="cpu", dtype="float32", **common, **settings)


@dataclass(frozen=True, slots=True)
class Memory:
    """A trained model asked for values that it read."""

    model: str
    kept: Kept
    """After the longest text."""
    recalls: tuple[Recall, ...]
    seeds: tuple[tuple[float, ...], ...]
    """Share right of each seed by its card, by the number of pairs."""


def memories(
    models: Mapping[str, Any], seeds: Mapping[str, tuple[tuple[float, ...], ...]], seed: int, progress: Progress
) -> tuple[Memory, ...]:
    """Trained models by name, on texts of growing length."""
    found = []
    text, _, _ = texts(1, LENGTHS[-1], torch.Generator().manual_seed(seed))  # (1, 3N)
    for i, (name, model) in enumerate(models.items()):
        _, cache = state_cost.read(model, text.to(model.device))
        recalls = tuple(recall(model, pairs, seed=seed) for pairs in LENGTHS)
        found.append(Memory(tiny.describe(model), state_cost.kept(cache), recalls, seeds[name]))
        progress((i + 1) / len(models))
    return tuple(found)
