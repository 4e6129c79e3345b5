"""The models that are compared: decoder, the same without its mask, encoder, encoder–decoder, all of one size."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from transformers import BertForMaskedLM, LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.icl.arms import Reader

WIDTH, HEADS = 32, 2


def untrained(reader: Reader, seed: int, *, vocab: int, length: int) -> Any:
    """Two layers, token 0 for padding; feed-forward widths make all sizes equal. An encoder reads `length` tokens."""
    common: dict[str, Any] = {"seed": seed, "device": "cpu", "dtype": "float32", "vocab_size": vocab}
    common |= {"bos_token_id": None, "eos_token_id": None, "pad_token_id": 0}
    sizes: dict[str, Any] = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": HEADS}
    sizes |= {"initializer_range": 0.15}
    match reader:
        case Reader.decoder | Reader.opened:
            sizes |= {"intermediate_size": 88, "tie_word_embeddings": True}
            return tiny.build(LlamaForCausalLM, **common, **sizes, max_position_embeddings=32)
        case Reader.encoder:
            sizes |= {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
            sizes |= {"intermediate_size": 112, "type_vocab_size": 1, "max_position_embeddings": length}
            return tiny.build(BertForMaskedLM, **common, **sizes)
        case Reader.two_stacks:
            sizes = {"d_model": WIDTH, "d_kv": WIDTH // HEADS, "d_ff": 96, "num_heads": HEADS}
            sizes |= {"num_layers": 1, "num_decoder_layers": 1, "dropout_rate": 0.0, "decoder_start_token_id": 0}
            return tiny.build(T5ForConditionalGeneration, **common, **sizes)


def outputs(reader: Reader, model: Any, ids: Tensor, **settings: Any) -> Any:
    """What a model of one stack says of every place of `ids` (B, T), all at once: logits (B, T, V) and more."""
    match reader:
        case Reader.opened:
            return model(ids, attention_mask=tiny.open_mask(model, *ids.shape), use_cache=False, **settings)
        case Reader.encoder:
            return model(ids, **settings)
    return model(ids, use_cache=False, **settings)
