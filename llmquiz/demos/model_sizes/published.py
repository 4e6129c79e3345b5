"""The models that are counted: published configurations, and what their authors say of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transformers import (
    BartForConditionalGeneration,
    BertModel,
    DeepseekV3ForCausalLM,
    GPT2LMHeadModel,
    LlamaForCausalLM,
    MixtralForCausalLM,
    T5ForConditionalGeneration,
    XLMRobertaXLModel,
)


@dataclass(frozen=True, slots=True)
class Published:
    """A model as published; 0 stands for what its authors do not give."""

    name: str
    family: str
    """encoder, decoder, encoder-decoder."""
    model_class: Any
    settings: Mapping[str, Any]
    """Of the model's published config.json, or of the paper's table of sizes."""
    parameters: float
    """As the paper or the model card rounds it."""
    active: float = 0
    """Per token, in a mixture of experts."""
    checkpoint_bytes: int = 0
    """`total_size` in the index of the published 16-bit safetensors, or the exact parameter count published, twice."""
    context: int = 0
    """Tokens, as trained."""
    tokens: float = 0
    """Seen in pretraining."""
    work: float = 0
    """Floating-point operations of pretraining, as published."""


LLAMA_2 = {"vocab_size": 32_000, "max_position_embeddings": 4096}
LLAMA_3 = {"vocab_size": 128_256, "max_position_embeddings": 131_072, "num_key_value_heads": 8}

PUBLISHED = (
    Published(  # Devlin et al. 2018; work: Brown et al. 2020, table D.1
        name="BERT-base",
        family="encoder",
        model_class=BertModel,
        settings={},
        parameters=110e6,
        context=512,
        tokens=250e9,
        work=1.64e20,
    ),
    Published(  # facebook/xlm-roberta-xxl; Goyal et al. 2021
        name="XLM-R XXL",
        family="encoder",
        model_class=XLMRobertaXLModel,
        settings={
            "vocab_size": 250_880,
            "hidden_size": 4096,
            "intermediate_size": 16_384,
            "num_hidden_layers": 48,
            "num_attention_heads": 32,
            "max_position_embeddings": 514,
            "type_vocab_size": 1,
        },
        parameters=10.7e9,
        context=512,
    ),
    Published(  # Raffel et al. 2019; tokens and work: Brown et al. 2020, table D.1
        name="T5-11B",
        family="encoder-decoder",
        model_class=T5ForConditionalGeneration,
        settings={
            "vocab_size": 32_128,
            "d_model": 1024,
            "d_kv": 128,
            "d_ff": 65_536,
            "num_layers": 24,
            "num_heads": 128,
            "decoder_start_token_id": 0,
        },
        parameters=11e9,
        context=512,
        tokens=1e12,
        work=3.30e22,
    ),
    Published(  # Lewis et al. 2019; the size is that of fairseq's list of models
        name="BART-large",
        family="encoder-decoder",
        model_class=BartForConditionalGeneration,
        settings={},
        parameters=400e6,
        context=1024,
    ),
    Published(  # openai-community/gpt2
        name="GPT-2 small",
        family="decoder",
        model_class=GPT2LMHeadModel,
        settings={},
        parameters=124e6,
        context=1024,
    ),
    Published(  # Brown et al. 2020, tables 2.1 and D.1
        name="GPT-3",
        family="decoder",
        model_class=GPT2LMHeadModel,
        settings={"vocab_size": 50_257, "n_embd": 12_288, "n_layer": 96, "n_head": 96, "n_positions": 2048},
        parameters=174.6e9,
        context=2048,
        tokens=300e9,
        work=3.14e23,
    ),
    Published(  # Touvron et al. 2023b; meta-llama/Llama-2-7b-hf. The index counts the saved rotary frequencies besides
        name="Llama 2 7B",
        family="decoder",
        model_class=LlamaForCausalLM,
        settings=LLAMA_2
        | {"hidden_size": 4096, "intermediate_size": 11_008, "num_hidden_layers": 32, "num_attention_heads": 32},
        parameters=7e9,
        checkpoint_bytes=13_476_839_424 - 32 * 64 * 4,
        context=4096,
        tokens=2e12,
    ),
    Published(
        name="Llama 2 13B",
        family="decoder",
        model_class=LlamaForCausalLM,
        settings=LLAMA_2
        | {"hidden_size": 5120, "intermediate_size": 13_824, "num_hidden_layers": 40, "num_attention_heads": 40},
        parameters=13e9,
        context=4096,
        tokens=2e12,
    ),
    Published(  # as the 7B: 80 layers of 64 frequencies in float32
        name="Llama 2 70B",
        family="decoder",
        model_class=LlamaForCausalLM,
        settings=LLAMA_2
        | {
            "hidden_size": 8192,
            "intermediate_size": 28_672,
            "num_hidden_layers": 80,
            "num_attention_heads": 64,
            "num_key_value_heads": 8,
        },
        parameters=70e9,
        checkpoint_bytes=137_953_316_864 - 80 * 64 * 4,
        context=4096,
        tokens=2e12,
    ),
    Published(  # Grattafiori et al. 2024; 405,853,388,800 parameters in the metadata of meta-llama/Llama-3.1-405B
        name="Llama 3.1 405B",
        family="decoder",
        model_class=LlamaForCausalLM,
        settings=LLAMA_3
        | {"hidden_size": 16_384, "intermediate_size": 53_248, "num_hidden_layers": 126, "num_attention_heads": 128},
        parameters=405e9,
        checkpoint_bytes=2 * 405_853_388_800,
        context=131_072,
        tokens=15.6e12,
        work=3.8e25,
    ),
    Published(  # Jiang et al. 2024; mistralai/Mixtral-8x7B-v0.1
        name="Mixtral 8x7B",
        family="decoder",
        model_class=MixtralForCausalLM,
        settings={
            "vocab_size": 32_000,
            "hidden_size": 4096,
            "intermediate_size": 14_336,
            "num_hidden_layers": 32,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "num_local_experts": 8,
            "num_experts_per_tok": 2,
        },
        parameters=47e9,
        active=13e9,
        checkpoint_bytes=93_405_585_408,
        context=32_768,
    ),
    Published(  # DeepSeek-AI 2024, without the module that predicts a second token
        name="DeepSeek-V3",
        family="decoder",
        model_class=DeepseekV3ForCausalLM,
        settings={
            "vocab_size": 129_280,
            "hidden_size": 7168,
            "intermediate_size": 18_432,
            "moe_intermediate_size": 2048,
            "num_hidden_layers": 61,
            "num_attention_heads": 128,
            "num_key_value_heads": 128,
            "n_routed_experts": 256,
            "n_shared_experts": 1,
            "num_experts_per_tok": 8,
            "first_k_dense_replace": 3,
            "q_lora_rank": 1536,
            "kv_lora_rank": 512,
            "qk_nope_head_dim": 128,
            "qk_rope_head_dim": 64,
            "v_head_dim": 128,
        },
        parameters=671e9,
        active=37e9,
        context=131_072,
        tokens=14.8e12,
    ),
    Published(  # Ben Allal et al. 2025; 134,515,008 bfloat16 numbers in HuggingFaceTB/SmolLM2-135M
        name="SmolLM2-135M",
        family="decoder",
        model_class=LlamaForCausalLM,
        settings={
            "vocab_size": 49_152,
            "hidden_size": 576,
            "intermediate_size": 1536,
            "num_hidden_layers": 30,
            "num_attention_heads": 9,
            "num_key_value_heads": 3,
            "tie_word_embeddings": True,
        },
        parameters=135e6,
        checkpoint_bytes=2 * 134_515_008,
        context=8192,
        tokens=2e12,
    ),
)
"""GPT-4, Claude and Gemini are not here: nobody published their configurations."""
