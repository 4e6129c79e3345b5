"""What an encoder–decoder costs beside a decoder, counted by module: one half of the demo `cross-attention`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode
from transformers import LlamaForCausalLM, T5Config, T5ForConditionalGeneration

from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.counting import built, depth, open_mask, shallow

LAYERS = 6
"""On each side of the encoder–decoder, so that what is equal below is exactly equal."""
EQUAL_PARAMETERS = 14
"""Layers of the decoder: 6 · 12 d² + 6 · 16 d² = 14 · 12 d²."""
EQUAL_WORK = 7
"""A token of the source meets 12 d² + 2 d² a layer (its cross-attention keys and values), one of the target 14 d²."""

Places = dict[str, tuple[str, ...]]
T5_PLACES: Places = {"self": ("SelfAttention",), "cross": ("EncDecAttention",), "ffn": ("DenseReluDense",)}
LLAMA_PLACES: Places = {"self": ("self_attn",), "cross": (), "ffn": ("mlp",)}


def decoder(d_model: int, n_heads: int, layers: int, *, device: str, dtype: str) -> Any:
    """A decoder whose layers have 4 d² in attention and 8 d² in the feed-forward part, as those of the encoder."""
    return tiny.build(
        LlamaForCausalLM,
        vocab_size=tiny.VOCAB,
        hidden_size=d_model,
        intermediate_size=8 * d_model // 3,
        num_hidden_layers=layers,
        num_attention_heads=n_heads,
        num_key_value_heads=n_heads,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
        seed=0,
        device=device,
        dtype=dtype,
    ).requires_grad_(False)


def places(model: Any) -> Places:
    """Where self-attention, cross-attention and feed-forward part stand in a model, by the last word of the name."""
    return T5_PLACES if hasattr(model, "encoder") else LLAMA_PLACES


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of module: self-attention of both sides, cross-attention, feed-forward."""

    name: str
    parameters: int
    matrix_flops: int
    """Of products with weights, in one forward pass."""
    score_flops: int
    """Of queries with keys and of attention weights with values."""

    @property
    def flops(self) -> int:
        return self.matrix_flops + self.score_flops


@dataclass(frozen=True, slots=True)
class Cost:
    """A model and one forward pass of it."""

    model: str
    layers: int
    parameters: int
    parts: tuple[Part, ...]

    @property
    def matrix_flops(self) -> int:
        """Of all layers; the head, which is the same everywhere, is left out."""
        return sum(part.matrix_flops for part in self.parts)

    def share(self, name: str, of: Callable[[Part], int]) -> float:
        """The part's share of the layers."""
        return sum(of(part) for part in self.parts if part.name == name) / sum(map(of, self.parts))


def cost(model: Any, source: int, target: int) -> Cost:
    """Of a model in memory: counted with its configuration on the meta device."""
    model_class = T5ForConditionalGeneration if hasattr(model, "encoder") else LlamaForCausalLM
    parts = parts_of(built(model.config, model_class), source, target)
    return Cost(tiny.describe(model), depth(model.config), tiny.parameters(model), parts)


def parts_of(whole: Any, source: int, target: int) -> tuple[Part, ...]:
    """Of a model on the meta device, every operation by its module; one layer is run, all being alike."""
    counted = _operations(built(shallow(whole.config, 1), type(whole)), source, target)
    return tuple(_part(whole, name, words, counted) for name, words in places(whole).items())


@torch.inference_mode()
def _operations(shadow: Any, source: int, target: int) -> dict[str, dict[Any, int]]:
    ids = torch.zeros(1, source + target, dtype=torch.long, device="meta")
    with FlopCounterMode(display=False) as counter:
        if hasattr(shadow, "encoder"):
            shadow(ids[:, :source], decoder_input_ids=ids[:, source:], use_cache=False)
        else:
            shadow(ids, attention_mask=open_mask(source + target), use_cache=False)
    counts: dict[str, dict[Any, int]] = counter.get_flop_counts()
    return counts


def _part(whole: Any, name: str, words: tuple[str, ...], counted: dict[str, dict[Any, int]]) -> Part:
    layers = depth(whole.config)
    ops = [one for path, found in counted.items() if path.split(".")[-1] in words for one in found.items()]
    scores = layers * sum(n for op, n in ops if "bmm" in str(op) or "attention" in str(op))
    owned = [m for path, m in whole.named_modules() if path.split(".")[-1] in words]
    total = layers * sum(n for _, n in ops)
    return Part(name, sum(map(tiny.parameters, owned)), total - scores, scores)


@dataclass(frozen=True, slots=True)
class Kin:
    """A published T5, counted."""

    name: str
    parameters: int
    cross_parameters: float
    """Share of all parameters."""
    cross_flops: float
    """Share of the work of all layers."""
    largest: str
    """The kind of module with the most work."""


T5_FAMILY = {
    "T5-small": {"d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_heads": 8},
    "T5-base": {"d_model": 768, "d_kv": 64, "d_ff": 3072, "num_layers": 12, "num_heads": 12},
    "T5-large": {"d_model": 1024, "d_kv": 64, "d_ff": 4096, "num_layers": 24, "num_heads": 16},
    "T5-3B": {"d_model": 1024, "d_kv": 128, "d_ff": 16_384, "num_layers": 24, "num_heads": 32},
    "T5-11B": {"d_model": 1024, "d_kv": 128, "d_ff": 65_536, "num_layers": 24, "num_heads": 128},
}
"""Raffel et al. 2019, section 3.7; a vocabulary of 32,128."""


def family(source: int, target: int) -> tuple[Kin, ...]:
    """The five published sizes."""
    return tuple(_kin(name, settings, source, target) for name, settings in T5_FAMILY.items())


def _kin(name: str, settings: dict[str, int], source: int, target: int) -> Kin:
    config = T5Config(**settings, vocab_size=32_128)  # type: ignore[arg-type]
    whole = built(config, T5ForConditionalGeneration)
    parts, parameters = {part.name: part for part in parts_of(whole, source, target)}, tiny.parameters(whole)
    return Kin(
        name,
        parameters,
        parts["cross"].parameters / parameters,
        parts["cross"].flops / sum(part.flops for part in parts.values()),
        max(parts, key=lambda kind: parts[kind].flops),
    )


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose the parameters of an encoder–decoder are."""

    encoder: int
    decoder: int
    cross: int
    """In cross-attention; part of the decoder's."""
    shared: int
    embedding: int
    outside: int
    """In neither stack."""


def ownership(model: Any) -> Ownership:
    """By identity: a matrix that both stacks use is shared."""
    sides = [{id(p): p.numel() for p in side.parameters()} for side in (model.encoder, model.decoder)]
    encoder, decoder_ = sides
    everything = {id(p): p.numel() for p in model.parameters()}
    return Ownership(
        encoder=sum(encoder.values()),
        decoder=sum(decoder_.values()),
        cross=sum(p.numel() for path, p in model.decoder.named_parameters() if ".EncDecAttention." in path),
        shared=sum(n for key, n in encoder.items() if key in decoder_),
        embedding=model.get_input_embeddings().weight.numel(),
        outside=sum(n for key, n in everything.items() if key not in encoder and key not in decoder_),
    )


def trainable(seed: int, *, device: str, dtype: str) -> Any:
    """A small encoder–decoder that takes gradients."""
    return tiny.build(
        T5ForConditionalGeneration,
        vocab_size=tiny.VOCAB,
        d_model=64,
        d_kv=16,
        d_ff=256,
        num_layers=2,
        num_heads=4,
        decoder_start_token_id=0,
        seed=seed,
        device=device,
        dtype=dtype,
    )


def reached(model: Any, source: Tensor, target: Tensor) -> tuple[int, int]:
    """Matrices of the encoder that the loss on the target moves, and all of them."""
    model(source, labels=target).loss.backward()
    gradients = [p.grad for p in model.encoder.parameters()]
    return sum(g is not None and bool(g.abs().max() > 0) for g in gradients), len(gradients)


def cache_bytes(model: Any, length: int) -> int:
    """What a decoder keeps of so many tokens, measured."""
    cache = caching.empty_cache(model)
    with torch.inference_mode():
        caching.step(model, tiny.random_tokens(model, 1, length, seed=0), cache)
    return caching.cache_size(cache)
