"""What each kind of attention keeps of a token, and how long a step of it takes: what the demo `gqa` measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from llmquiz.demos.gqa.latent import LatentDecoder
from llmquiz.demos.gqa.merging import read
from llmquiz.demos.lab.caching import formula as formula_of
from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.lab.tiny import describe

KINDS = ("MHA", "GQA", "MQA", "MLA")


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the four models."""

    name: str
    model: str
    kv_heads: int
    """0 where the cache is not divided into heads."""
    token_bytes: int
    """What the cache grows by with each token, measured."""
    formula: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of each kind with so many tokens in the cache."""

    tokens: int
    times: Varies[tuple[Times, ...]]
    """In the order of `KINDS`."""

    def over(self, slow: str, fast: str) -> Ratio:
        """How many times as long the one took as the other."""
        return ratio(self.times[KINDS.index(slow)], self.times[KINDS.index(fast)])


def kind(name: str, model: Any, ids: Tensor) -> Kind:
    """A Llama with its cache after reading `ids`."""
    size = next(model.parameters()).element_size()
    measured = read(model, ids)[1] // ids.shape[1]
    formula = formula_of(model.config, 1, size)
    return Kind(name, describe(model), model.config.num_key_value_heads, measured, formula)


def latent_kind(model: Any, decoder: LatentDecoder) -> Kind:
    """The latent cache from which the decoder computed the model's logits."""
    config, each = model.config, decoder.cache.element_size()
    formula = config.num_hidden_layers * (config.kv_lora_rank + config.qk_rope_head_dim) * each
    return Kind("MLA", describe(model), 0, decoder.cache.nbytes // decoder.cache.shape[3], formula)


def steps(
    decoders: Mapping[str, Any], ids: Tensor, lengths: tuple[int, ...], rounds: int, device: str, progress: Progress
) -> tuple[Step, ...]:
    """The caches hold drawn numbers: how long a step takes does not depend on them."""
    for decoder in decoders.values():
        decoder.cache.normal_()
    found = []
    for i, tokens in enumerate(lengths):
        cases = {kind: one_step(decoder, ids, tokens) for kind, decoder in decoders.items()}
        times = timed(cases, device=device, rounds=rounds)
        found.append(Step(tokens, tuple(times[kind] for kind in KINDS)))
        progress((i + 1) / len(lengths))
    return tuple(found)


def one_step(decoder: Any, ids: Tensor, tokens: int) -> Callable[[], object]:
    """A step of the decoder with so many tokens before it."""

    def run() -> Any:
        decoder.position = tokens
        return decoder(ids)

    return run


def operations_by_token(decoder: Any, ids: Tensor) -> int:
    """Operations that one more token in the cache adds to a step, counted."""
    counts = []
    for tokens in (32, 33):
        # only this kernel is made of products that the counter knows
        with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter, torch.inference_mode():
            one_step(decoder, ids, tokens)()
        counts.append(int(counter.get_total_flops()))
    return counts[1] - counts[0]
