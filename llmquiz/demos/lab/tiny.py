"""Tiny models by name, from the real `transformers` classes.

What is built here is shared between demos and must not be changed: no gradients, evaluation mode. A demo that trains
or breaks a model builds its own with `build`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from transformers import (
    BertForMaskedLM,
    BertModel,
    GPT2LMHeadModel,
    LlamaForCausalLM,
    MambaForCausalLM,
    PreTrainedModel,
    T5ForConditionalGeneration,
)
from transformers.utils import logging

from llmquiz import log
from llmquiz.demos.lab.devices import DTYPES, seeded
from llmquiz.demos.lab.quantities import big

log.take_over("transformers", "huggingface_hub")
logging.disable_progress_bar()  # type: ignore[no-untyped-call]

VOCAB = 256
"""Our tiny models read bytes."""

KEPT = 6
"""So many models stay in memory, the last ones used."""


def attend(model: Any, implementation: str) -> None:
    """Let a model attend by "eager", "sdpa" and so on, and the stacks inside it, whose settings may be copies.

    transformers 5.17 does not reach the two stacks of a T5 by itself: where they look could then not be read.
    """
    for part in model.modules():
        if isinstance(part, PreTrainedModel):
            part.set_attn_implementation(implementation)


def build(model_class: Any, *, seed: int, device: str, dtype: str, **settings: Any) -> Any:
    """A model with random weights drawn from `seed` alone, in evaluation mode; the caller's own.

    `settings` are those of the class's configuration.
    """
    with seeded(seed):
        model = model_class(model_class.config_class(**settings))  # drawn on the CPU: the same weights on every device
    return model.to(device=device, dtype=DTYPES[dtype]).eval()


def _frozen(model: Any) -> Any:
    return model.requires_grad_(False)


@lru_cache(maxsize=KEPT)
def llama(
    *,
    d_model: int = 256,
    n_layers: int = 4,
    n_heads: int = 4,
    n_kv_heads: int | None = None,
    d_ff: int | None = None,
    vocab: int = VOCAB,
    max_length: int = 4096,
    init: float = 0.02,
    attention: str = "sdpa",
    seed: int = 0,
    device: str = "cpu",
    dtype: str = "float32",
) -> Any:
    """A decoder: RMSNorm before each block, SwiGLU, rotary positions, untied head."""
    return _frozen(
        build(
            LlamaForCausalLM,
            vocab_size=vocab,
            hidden_size=d_model,
            intermediate_size=d_ff or swiglu_width(d_model),
            num_hidden_layers=n_layers,
            num_attention_heads=n_heads,
            num_key_value_heads=n_kv_heads or n_heads,
            max_position_embeddings=max_length,
            initializer_range=init,
            attn_implementation=attention,
            bos_token_id=None,
            eos_token_id=None,
            pad_token_id=0,
            seed=seed,
            device=device,
            dtype=dtype,
        )
    )


def swiglu_width(d_model: int) -> int:
    """Width of a gated feed-forward layer with the parameters of a plain one of 4 d_model: 8/3 d_model, in 8s."""
    return -(-8 * d_model // 3 // 8) * 8


@lru_cache(maxsize=KEPT)
def gpt2(
    *,
    d_model: int = 256,
    n_layers: int = 4,
    n_heads: int = 4,
    vocab: int = VOCAB,
    max_length: int = 1024,
    init: float = 0.02,
    attention: str = "sdpa",
    seed: int = 0,
    device: str = "cpu",
    dtype: str = "float32",
) -> Any:
    """A decoder with learned positions, LayerNorm before each block, tied head."""
    return _frozen(
        build(
            GPT2LMHeadModel,
            vocab_size=vocab,
            n_embd=d_model,
            n_layer=n_layers,
            n_head=n_heads,
            n_positions=max_length,
            initializer_range=init,
            attn_implementation=attention,
            bos_token_id=None,
            eos_token_id=None,
            seed=seed,
            device=device,
            dtype=dtype,
        )
    )


@lru_cache(maxsize=KEPT)
def bert(
    *,
    d_model: int = 256,
    n_layers: int = 4,
    n_heads: int = 4,
    d_ff: int | None = None,
    vocab: int = VOCAB,
    max_length: int = 1024,
    init: float = 0.02,
    attention: str = "sdpa",
    head: bool = False,
    seed: int = 0,
    device: str = "cpu",
    dtype: str = "float32",
) -> Any:
    """A bidirectional encoder; with `head`, the one for masked language modelling."""
    return _frozen(
        build(
            BertForMaskedLM if head else BertModel,
            vocab_size=vocab,
            hidden_size=d_model,
            num_hidden_layers=n_layers,
            num_attention_heads=n_heads,
            intermediate_size=d_ff or 4 * d_model,
            max_position_embeddings=max_length,
            initializer_range=init,
            attn_implementation=attention,
            pad_token_id=0,
            seed=seed,
            device=device,
            dtype=dtype,
        )
    )


@lru_cache(maxsize=KEPT)
def t5(
    *,
    d_model: int = 256,
    n_layers: int = 4,
    n_heads: int = 4,
    d_ff: int | None = None,
    vocab: int = VOCAB,
    init: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    dtype: str = "float32",
) -> Any:
    """An encoder–decoder with `n_layers` on each side."""
    return _frozen(
        build(
            T5ForConditionalGeneration,
            vocab_size=vocab,
            d_model=d_model,
            d_kv=d_model // n_heads,
            d_ff=d_ff or 4 * d_model,
            num_layers=n_layers,
            num_decoder_layers=n_layers,
            num_heads=n_heads,
            dropout_rate=0.0,
            initializer_factor=init,
            decoder_start_token_id=0,
            pad_token_id=0,
            eos_token_id=None,
            seed=seed,
            device=device,
            dtype=dtype,
        )
    )


@lru_cache(maxsize=KEPT)
def mamba(
    *,
    d_model: int = 256,
    n_layers: int = 4,
    vocab: int = VOCAB,
    init: float = 0.1,
    seed: int = 0,
    device: str = "cpu",
    dtype: str = "float32",
) -> Any:
    """A selective state space model."""
    return _frozen(
        build(
            MambaForCausalLM,
            vocab_size=vocab,
            hidden_size=d_model,
            num_hidden_layers=n_layers,
            initializer_range=init,
            eos_token_id=None,
            seed=seed,
            device=device,
            dtype=dtype,
        )
    )


def parameters(model: Any) -> int:
    """How many numbers were trained, a shared matrix counted once."""
    return sum(p.numel() for p in model.parameters())


def weight_bytes(model: Any) -> int:
    """What the parameters take in memory."""
    return sum(p.numel() * p.element_size() for p in model.parameters())


def describe(model: Any) -> str:
    """Name, size and width of a model in a line that needs no translation."""
    config = model.config.get_text_config()
    return (
        f"{type(model).__name__} {big(parameters(model))} "
        f"(L={config.num_hidden_layers}, d={config.hidden_size}, V={config.vocab_size})"
    )


def random_tokens(model: Any, batch: int, length: int, *, seed: int) -> torch.Tensor:
    """Token ids drawn from `seed` alone, 0 (padding) left out."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(1, model.config.get_text_config().vocab_size, (batch, length), generator=generator)  # (B, T)
    return drawn.to(model.device)


def open_mask(model: Any, batch: int, length: int) -> torch.Tensor:
    """Hides nothing, (B, 1, T, T): a decoder that is given it as attention mask does without its causal one."""
    return torch.zeros(1, 1, length, length, device=model.device, dtype=model.dtype).expand(batch, -1, -1, -1)
