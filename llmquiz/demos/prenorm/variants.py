"""The transformers that are compared: one structure, one width, one initialisation, norms elsewhere.

GPT-1 (`OpenAIGPT`) and BART put the norm behind each residual sum, GPT-2 and mBART before each block. All matrices of
the blocks are drawn by Glorot and Bengio (2010), as in the analysis of Xiong et al. (2020, arXiv:2002.04745).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from transformers import (
    BartForConditionalGeneration,
    GPT2LMHeadModel,
    LlamaConfig,
    MBartForConditionalGeneration,
    OpenAIGPTLMHeadModel,
)
from transformers.models.llama.modeling_llama import LlamaMLP, LlamaRMSNorm

from llmquiz.demos.lab.tiny import build, swiglu_width
from llmquiz.demos.prenorm.claims import VOCAB
from llmquiz.demos.prenorm.language import LENGTH

D_MODEL, N_HEADS = 48, 4
VARIANTS = ("post", "pre", "rms", "swiglu", "both-post", "both-pre")
"""Decoders: norm behind, norm before, RMSNorm before, that and SwiGLU; encoder–decoders: norm behind, norm before."""


def make(variant: str, n_layers: int, *, seed: int, device: str, dtype: str) -> Any:
    """A model of `n_layers` layers in all, encoder and decoder together."""
    place: dict[str, Any] = {"seed": seed, "device": device, "dtype": dtype}
    if variant.startswith("both"):
        model = build(_encoder_decoder_class(variant), **_encoder_decoder_settings(n_layers), **place)
    else:
        model = build(_decoder_class(variant), **_decoder_settings(variant, n_layers), **place)
    if variant in ("rms", "swiglu"):
        with_rms_norm(model)
    if variant == "swiglu":
        with_swiglu(model)
    glorot(model, seed)
    return model.to(device=device, dtype=model.dtype).train()


def _decoder_class(variant: str) -> Any:
    return OpenAIGPTLMHeadModel if variant == "post" else GPT2LMHeadModel


def _decoder_settings(variant: str, n_layers: int) -> dict[str, Any]:
    activation = {"afn": "relu"} if variant == "post" else {"activation_function": "relu"}
    no_dropout = dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), 0.0)
    size = {"n_embd": D_MODEL, "n_layer": n_layers, "n_head": N_HEADS, "n_positions": LENGTH + 1, "vocab_size": VOCAB}
    return {**size, **no_dropout, **activation, "bos_token_id": None, "eos_token_id": None}


def _encoder_decoder_class(variant: str) -> Any:
    return BartForConditionalGeneration if variant == "both-post" else MBartForConditionalGeneration


def _encoder_decoder_settings(n_layers: int) -> dict[str, Any]:
    sides: dict[str, Any] = {}
    for side in ("encoder", "decoder"):
        sides |= {f"{side}_layers": n_layers // 2, f"{side}_ffn_dim": 4 * D_MODEL, f"{side}_attention_heads": N_HEADS}
    no_dropout = dict.fromkeys(("dropout", "attention_dropout", "activation_dropout"), 0.0)
    tokens = {"pad_token_id": 0, "bos_token_id": None, "eos_token_id": None, "forced_eos_token_id": None}
    size = {"d_model": D_MODEL, "vocab_size": VOCAB, "max_position_embeddings": LENGTH + 4}
    return {**size, **sides, **no_dropout, **tokens, "decoder_start_token_id": 0, "activation_function": "relu"}


def with_rms_norm(model: Any) -> None:
    """Put RMSNorm in the place of every LayerNorm of a GPT-2."""
    for block in model.transformer.h:
        block.ln_1, block.ln_2 = LlamaRMSNorm(D_MODEL, 1e-5), LlamaRMSNorm(D_MODEL, 1e-5)
    model.transformer.ln_f = LlamaRMSNorm(D_MODEL, 1e-5)


def with_swiglu(model: Any) -> None:
    """Put gated feed-forward layers with as many weights in the place of the plain ones of a GPT-2."""
    config = LlamaConfig(
        hidden_size=D_MODEL,
        num_attention_heads=N_HEADS,
        intermediate_size=swiglu_width(D_MODEL),
        hidden_act="silu",
    )
    for block in model.transformer.h:
        block.mlp = LlamaMLP(config)  # type: ignore[no-untyped-call]


@torch.no_grad()
def glorot(model: Any, seed: int) -> None:
    """Draw every matrix anew: variance 2 / (inputs + outputs); of embeddings 1 / width."""
    generator = torch.Generator().manual_seed(seed)
    embeddings = {id(m.weight) for m in model.modules() if isinstance(m, torch.nn.Embedding)}
    for name, weight in model.named_parameters():
        if weight.dim() != 2:
            continue
        inputs, outputs = weight.shape  # or the other way round: only their sum counts
        if "c_attn" in name:
            outputs = inputs  # queries, keys and values are three matrices in one: (C, 3 C)
        spread = D_MODEL**-0.5 if id(weight) in embeddings else math.sqrt(2 / (inputs + outputs))
        weight.copy_(torch.randn(weight.shape, generator=generator) * spread)


def last_feed_forward(model: Any) -> Tensor:
    """The matrix of a decoder nearest to the output, embeddings apart: (4 C, C)."""
    weight: Tensor = model.transformer.h[-1].mlp.c_proj.weight
    return weight
