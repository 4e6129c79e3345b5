"""What each kind of attention keeps of a token, and what a step of it costs: bytes, operations and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from llmquiz.demos.gqa.latent_attention import LatentDecoder
from llmquiz.demos.gqa.merging import read
from llmquiz.demos.gqa.result import KINDS, Kind, Step
from llmquiz.demos.lab import decoding
from llmquiz.demos.lab.caching import formula as formula_of
from llmquiz.demos.lab.counting import operations
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.lab.tiny import describe


def kind(name: str, model: Any, ids: Tensor) -> Kind:
    """A Llama with its cache after reading `ids`, (1, T)."""
    size = next(model.parameters()).element_size()
    token_bytes = read(model, ids)[1] // ids.shape[1]
    return Kind(name, describe(model), model.config.num_key_value_heads, token_bytes, formula_of(model.config, 1, size))


def latent_kind(model: Any, decoder: LatentDecoder) -> Kind:
    """The latent cache, (L, 1, 1, length, r + t), from which the decoder computed the model's logits."""
    config, size = model.config, decoder.cache.element_size()
    formula = config.num_hidden_layers * (config.kv_lora_rank + config.qk_rope_head_dim) * size
    return Kind("MLA", describe(model), 0, decoder.cache.nbytes // decoder.cache.shape[3], formula)


def steps(
    decoders: Mapping[str, Any], ids: Tensor, lengths: tuple[int, ...], rounds: int, device: str, progress: Progress
) -> tuple[Step, ...]:
    """Times of one step of every decoder, ids (1, 1), with so many tokens in its cache."""
    for decoder in decoders.values():
        decoder.cache.normal_()  # nothing is read to fill it: how long a step takes does not depend on the numbers
    by_length = []
    for i, tokens in enumerate(lengths):
        cases = {name: decoding.one_step(decoder, ids, tokens) for name, decoder in decoders.items()}
        times = timed(cases, device=device, rounds=rounds)
        by_length.append(Step(tokens, tuple(times[name] for name in KINDS)))
        progress((i + 1) / len(lengths))
    return tuple(by_length)


def operations_by_token(decoder: Any, ids: Tensor) -> int:
    """Operations that one more token in the cache adds to a step with ids (1, 1), counted."""
    counts = []
    for tokens in (32, 33):
        # only this kernel is made of products that the counter knows
        with sdpa_kernel(SDPBackend.MATH), torch.inference_mode():
            counts.append(operations(decoding.one_step(decoder, ids, tokens)))
    return counts[1] - counts[0]
