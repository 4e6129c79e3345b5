"""How three models learn to recall: attention, Mamba, and Mamba of twice the width, all of the real classes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM, MambaForCausalLM
from transformers.models.mamba import modeling_mamba

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.training import Training
from llmquiz.demos.ssm.language import VOCAB, texts
from llmquiz.demos.ssm.recall import recall
from llmquiz.demos.ssm.result import LENGTHS

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
"""Class and settings, by name."""
BATCH = 32
CURRICULUM = ((2, 4), (2, 4, 8), (4, 8, 16), (4, 8, 16, 32))
"""Pairs a text in each quarter of the training; with all lengths at once, models stayed at guessing in a trial."""


def untrained(name: str, seed: int) -> Any:
    """The model before its training."""
    model_class, settings = MODELS[name]
    common = {"num_hidden_layers": 2, "vocab_size": VOCAB, "eos_token_id": None, "pad_token_id": 0}
    return tiny.build(model_class, seed=seed, device="cpu", dtype="float32", **common, **settings)


def loss(_name: str, model: Any, generator: torch.Generator, done: float) -> Tensor:
    """Of the values asked for, in a batch of texts of one length."""
    lengths = CURRICULUM[int(len(CURRICULUM) * done)]
    pairs = lengths[int(torch.randint(0, len(lengths), (1,), generator=generator))]
    ids, values, _ = (t.to(model.device) for t in texts(BATCH, pairs, generator))  # (B, 3N), (B, N)
    with fast_scan():
        logits = model(ids, use_cache=False).logits[:, -pairs:]  # (B, N, V)
    return F.cross_entropy(logits.flatten(0, 1), values.flatten())


def figures(_name: str, model: Any) -> dict[str, float]:
    """Share of values that are right, by the number of pairs."""
    return {f"N={pairs}": recall(model, pairs, seed=0).right for pairs in LENGTHS}


@contextmanager
def fast_scan() -> Iterator[None]:
    """Mamba's scan in a form whose backward pass takes time in proportion to the text, not to its square."""
    original = modeling_mamba.mamba_selective_scan
    modeling_mamba.mamba_selective_scan = scan
    try:
        yield
    finally:
        modeling_mamba.mamba_selective_scan = original


def scan(
    hidden_states: Tensor,
    dt: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    z: Tensor,
    delta_bias: Tensor,
    **_: Any,
) -> Tensor:
    """h_t = exp(A dt) h_(t-1) + dt B x_t, y_t = C h_t + D x_t, gated by z (Gu and Dao, 2023, section 3).

    x, dt and z are (b, C, T), B and C (b, N, T), A (C, N), D and the bias (C,); y is (b, C, T).
    """
    dt = F.softplus(dt + delta_bias[:, None])  # (b, C, T)
    decay = torch.exp(A[:, None] * dt[..., None]).unbind(2)  # (b, C, T, N): T times (b, C, N)
    new = ((dt * hidden_states)[..., None] * B.transpose(1, 2)[:, None]).unbind(2)  # T times (b, C, N)
    states = [new[0]]
    for keep, add in zip(decay[1:], new[1:], strict=True):
        states.append(torch.addcmul(add, keep, states[-1]))  # (b, C, N)
    y = torch.einsum("bctn,bnt->bct", torch.stack(states, 2), C)  # (b, C, T)
    return (y + hidden_states * D[:, None]) * F.silu(z)


TRAINING = Training(
    demo="ssm",
    data="32 keys, 32 values; N distinct keys each followed by a value, then the keys again in another order",
    steps=dict.fromkeys(MODELS, 4000),
    rates=dict.fromkeys(MODELS, 1e-2) | {"attention": 3e-3},
    build=untrained,
    loss=loss,
    figures=figures,
    best=f"N={LENGTHS[-1]}",
    warm_up=0.025,
    further={"batch": BATCH, "pairs in each quarter": CURRICULUM},
)
