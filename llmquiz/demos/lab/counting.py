"""Counting on the meta device, where tensors have shapes and no memory: parameters, caches, operations."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import DynamicCache, EncoderDecoderCache

from llmquiz.demos.lab import kv
from llmquiz.demos.lab.caching import cache_size
from llmquiz.demos.lab.published import Published
from llmquiz.demos.lab.results import Size, Work
from llmquiz.demos.lab.tiny import parameters

FORMATS = (torch.float32, torch.bfloat16, torch.float8_e4m3fn)
CACHED = torch.bfloat16
"""The format that cache bytes are given in."""


def built(config: Any, model_class: Any) -> Any:
    """The model without memory for its weights."""
    with torch.device("meta"):
        return model_class(config).eval()


def count(one: Published) -> Size:
    """Everything about one published model."""
    config = one.model_class.config_class(**one.settings)
    model = built(config, one.model_class)
    held = [_cache_bytes(shallow(config, n), one) for n in (1, 2)]
    token_bytes, source_bytes = (_extended(a, b, depth(config)) for a, b in zip(*held, strict=True))
    return Size(
        name=one.name,
        family=one.family,
        parameters=parameters(model),
        published=one.parameters,
        active=_active(model),
        published_active=one.active,
        bytes_by_format=(*(_bytes(model, format_) for format_ in FORMATS), -(-parameters(model) // 2)),
        published_bytes=one.checkpoint_bytes,
        heads=config.num_attention_heads,
        kv_heads=getattr(config, "num_key_value_heads", None) or config.num_attention_heads,
        token_bytes=token_bytes,
        source_token_bytes=source_bytes,
        formula_bytes=0 if one.family == "encoder" else _formula(config),
        context=one.context,
        tokens=one.tokens,
        published_work=one.work,
    )


def _bytes(model: Any, format_: torch.dtype) -> int:
    return sum(torch.empty_like(p, dtype=format_).nbytes for p in model.parameters())


def _active(model: Any) -> int:
    """Of stacked experts only as many as a token is sent to."""
    config, total = model.config, 0
    for name, p in model.named_parameters():
        stacked = ".experts." in name and p.dim() == 3  # (E, out, in)
        total += p.numel() * config.num_experts_per_tok // p.shape[0] if stacked else p.numel()
    return total


def depth(config: Any) -> int:
    """Layers, of one side where there are two."""
    return int(getattr(config, "num_decoder_layers", None) or config.num_hidden_layers)


def shallow(config: Any, layers: int) -> Any:
    """The same configuration with fewer layers, on both sides of an encoder–decoder."""
    cut = copy.deepcopy(config)
    for name in ("num_hidden_layers", "num_decoder_layers", "decoder_layers"):
        if hasattr(cut, name):
            setattr(cut, name, layers)
    return cut


def _extended(one: int, two: int, layers: int) -> int:
    """From one layer and two to all of them, every layer being like the second."""
    return one + (layers - 1) * (two - one)


@torch.inference_mode()
def _cache_bytes(config: Any, one: Published) -> tuple[int, int]:
    """Bytes that a real cache holds of a token of the text and of a token of the source, read off its tensors."""
    if one.family == "encoder":
        return 0, 0
    model, ids = built(config, one.model_class).to(CACHED), torch.zeros(1, 1, dtype=torch.long, device="meta")
    cache: Any = DynamicCache(config=config)
    if one.family == "decoder":
        kv.call(model, ids, cache=cache)
        return cache_size(cache), 0
    both = EncoderDecoderCache(cache, DynamicCache(config=config))
    kv.call(model, ids, decoder_input_ids=ids, decoder_attention_mask=open_mask(1), cache=both)
    return cache_size(both.self_attention_cache), cache_size(both.cross_attention_cache)


def _formula(config: Any) -> int:
    """2 (keys, values) · layers · KV heads · head width · bytes; latent attention keeps one vector for all heads."""
    if latent := getattr(config, "kv_lora_rank", None):
        return int(config.num_hidden_layers * (latent + config.qk_rope_head_dim) * CACHED.itemsize)
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "d_kv", None) or config.hidden_size // config.num_attention_heads
    return int(2 * depth(config) * heads * width * CACHED.itemsize)


def work(one: Published, *lengths: int) -> Work:
    """Of `one` on one sequence: its length, or those of the source and the target."""
    config = one.model_class.config_class(**one.settings)
    first, second = (_step(shallow(config, n), one.model_class, lengths) for n in (1, 2))
    total, attention = (_extended(a, b, depth(config)) for a, b in zip(first, second, strict=True))
    return Work(one.name, sum(lengths), total, attention, parameters(built(config, one.model_class)))


def open_mask(length: int) -> torch.Tensor:
    """A mask of the right shape: without one the model asks for values, and here there are none."""
    return torch.ones(1, 1, length, length, dtype=torch.bool, device="meta")


def _step(config: Any, model_class: Any, lengths: tuple[int, ...]) -> tuple[int, int]:
    ids = [torch.zeros(1, length, dtype=torch.long, device="meta") for length in lengths]
    given = {"labels": ids[1]} if len(ids) == 2 else {"labels": ids[0], "attention_mask": open_mask(lengths[0])}
    with FlopCounterMode(display=False) as counter:
        built(config, model_class)(ids[0], use_cache=False, **given).loss.backward()
    counts = counter.get_flop_counts()  # by module
    attention = sum(n for op, n in counts["Global"].items() if "bmm" in str(op) or "attention" in str(op))
    # The angles of RoPE are no work of the attention, and only some versions of transformers make them by a product.
    angles = sum(sum(ops.values()) for module, ops in counts.items() if module.endswith("rotary_emb"))
    return counter.get_total_flops() - angles, attention - angles
