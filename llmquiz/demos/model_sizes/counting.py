"""What a published model comes to, counted on the meta device: parameters, bytes, cache, operations.

Cache and operations are counted on one layer and on two, and extended to all: every layer is like the second.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import DynamicCache, EncoderDecoderCache

from llmquiz.demos.lab import kv
from llmquiz.demos.lab.caching import cache_size
from llmquiz.demos.lab.counting import built, depth, of_two_activations, open_mask, shallow
from llmquiz.demos.lab.tiny import parameters
from llmquiz.demos.model_sizes.published import Published
from llmquiz.demos.model_sizes.result import Size, Work

FORMATS = (torch.float32, torch.bfloat16, torch.float8_e4m3fn)
CACHED = torch.bfloat16
"""The format that cache bytes are given in."""


def count(published: Published) -> Size:
    """Everything about one published model but its operations."""
    config = published.model_class.config_class(**published.settings)
    model = built(config, published.model_class)
    of_one_layer, of_two = (_cache_bytes(shallow(config, n), published) for n in (1, 2))
    token_bytes, source_bytes = (_extended(a, b, depth(config)) for a, b in zip(of_one_layer, of_two, strict=True))
    return Size(
        name=published.name,
        family=published.family,
        parameters=parameters(model),
        published=published.parameters,
        active=_active(model),
        published_active=published.active,
        bytes_by_format=(*(_bytes(model, format_) for format_ in FORMATS), -(-parameters(model) // 2)),
        published_bytes=published.checkpoint_bytes,
        heads=config.num_attention_heads,
        kv_heads=_kv_heads(config),
        token_bytes=token_bytes,
        source_token_bytes=source_bytes,
        formula_bytes=0 if published.family == "encoder" else _formula(config),
        context=published.context,
        tokens=published.tokens,
        published_work=published.work,
    )


def _bytes(model: Any, format_: torch.dtype) -> int:
    """What the weights would take in that format."""
    return sum(torch.empty_like(weight, dtype=format_).nbytes for weight in model.parameters())


def _active(model: Any) -> int:
    """Parameters that a token passes through: of stacked experts only as many as it is sent to."""
    config, total = model.config, 0
    for name, weight in model.named_parameters():
        stacked = ".experts." in name and weight.dim() == 3  # (E, out, in)
        total += weight.numel() * config.num_experts_per_tok // weight.shape[0] if stacked else weight.numel()
    return total


def _extended(of_one_layer: int, of_two: int, layers: int) -> int:
    """From one layer and two to all of them, every layer being like the second."""
    return of_one_layer + (layers - 1) * (of_two - of_one_layer)


@torch.inference_mode()
def _cache_bytes(config: Any, published: Published) -> tuple[int, int]:
    """Bytes that a real cache holds of a token of the text and of a token of the source, read off its tensors."""
    if published.family == "encoder":
        return 0, 0
    model = built(config, published.model_class).to(CACHED)
    ids = torch.zeros(1, 1, dtype=torch.long, device="meta")  # (1, 1)
    cache: Any = DynamicCache(config=config)
    if published.family == "decoder":
        kv.call(model, ids, cache=cache)
        return cache_size(cache), 0
    pair = EncoderDecoderCache(cache, DynamicCache(config=config))
    kv.call(model, ids, decoder_input_ids=ids, decoder_attention_mask=open_mask(1), cache=pair)
    return cache_size(pair.self_attention_cache), cache_size(pair.cross_attention_cache)


def _formula(config: Any) -> int:
    """2 (keys, values) · layers · KV heads · head width · bytes; latent attention keeps one vector for all heads.

    The vector of latent attention (DeepSeek-V2, 2024): the compressed keys and values, and the part with positions.
    """
    if latent := getattr(config, "kv_lora_rank", None):
        return int(config.num_hidden_layers * (latent + config.qk_rope_head_dim) * CACHED.itemsize)
    width = getattr(config, "d_kv", None) or config.hidden_size // config.num_attention_heads
    return int(2 * depth(config) * _kv_heads(config) * width * CACHED.itemsize)


def _kv_heads(config: Any) -> int:
    """As many as there are heads where they share none."""
    return int(getattr(config, "num_key_value_heads", None) or config.num_attention_heads)


def work(published: Published, *lengths: int) -> Work:
    """Of a training step on one sequence: its length, or those of the source and the target.

    All of it is extended from one layer and two, so that every layer has to be like the second.
    """
    config = published.model_class.config_class(**published.settings)
    of_one_layer, of_two = (_step(shallow(config, n), published.model_class, lengths) for n in (1, 2))
    total, attention = (_extended(a, b, depth(config)) for a, b in zip(of_one_layer, of_two, strict=True))
    shorter, longer = (parameters(built(shallow(config, n), published.model_class)) for n in (1, 2))
    return Work(published.name, sum(lengths), total, attention, _extended(shorter, longer, depth(config)))


def _step(config: Any, model_class: Any, lengths: tuple[int, ...]) -> tuple[int, int]:
    """Operations of a forward and a backward pass, and those of them that are products of two activations."""
    ids = [torch.zeros(1, length, dtype=torch.long, device="meta") for length in lengths]  # (1, T), or (1, S), (1, T)
    given = {"labels": ids[1]} if len(ids) == 2 else {"labels": ids[0], "attention_mask": open_mask(lengths[0])}
    with FlopCounterMode(display=False) as counter:
        built(config, model_class)(ids[0], use_cache=False, **given).loss.backward()
    counts = counter.get_flop_counts()  # by module
    attention = sum(n for op, n in counts["Global"].items() if of_two_activations(op))
    # the angles of RoPE are no work of the attention, and only some versions of transformers make them by a product
    angles = sum(sum(ops.values()) for module, ops in counts.items() if module.endswith("rotary_emb"))
    return counter.get_total_flops() - angles, attention - angles
