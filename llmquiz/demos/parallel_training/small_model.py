"""The model that is trained here: two layers of width 64, of the class that an objective needs."""

from __future__ import annotations

from typing import Any

from transformers import T5ForConditionalGeneration

from llmquiz.demos.lab import tiny


def small_model(model_class: Any, seed: int, device: str, vocab: int = tiny.VOCAB) -> Any:
    """A Llama, BERT or T5 from the seed, with gradients, in float32."""
    ends = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": 0}
    if model_class is T5ForConditionalGeneration:
        sizes = {"d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4, "dropout_rate": 0.0}
        sizes |= {"decoder_start_token_id": 0}
    else:
        sizes = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
        sizes |= {"max_position_embeddings": 1024}
    return tiny.build(model_class, seed=seed, device=device, dtype="float32", vocab_size=vocab, **sizes, **ends)
