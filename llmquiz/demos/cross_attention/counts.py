"""What an encoder–decoder costs beside a decoder, counted by module: parameters, operations, owners, caches."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode
from transformers import T5Config, T5ForConditionalGeneration

from llmquiz.demos.cross_attention.models import LLAMA_NAMES, T5_NAMES, is_pair, modules_of
from llmquiz.demos.cross_attention.result import Cost, Ownership, Part, T5Size
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.counting import built, depth, of_two_activations, open_mask, shallow

Counts = dict[str, dict[Any, int]]
"""Operations by the path of a module, then by the operator of torch."""


def cost(model: Any, source: int, target: int) -> Cost:
    """Of a model, wherever it is."""
    return Cost(tiny.describe(model), depth(model.config), tiny.parameters(model), parts_of(model, source, target))


def parts_of(whole: Any, source: int, target: int) -> tuple[Part, ...]:
    """Every operation by its module; one layer is run, on the meta device, all being alike."""
    counts = operations(built(shallow(whole.config, 1), type(whole)), source, target)
    names = T5_NAMES if is_pair(whole) else LLAMA_NAMES
    return tuple(_part(kind, whole, names[kind], counts) for kind in names)


@torch.inference_mode()
def operations(model: Any, source: int, target: int) -> Counts:
    """Of one forward pass on the meta device; a decoder reads source and target as one text."""
    ids = torch.zeros(1, source + target, dtype=torch.long, device="meta")  # (1, S + T)
    with FlopCounterMode(display=False) as counter:
        if is_pair(model):
            model(ids[:, :source], decoder_input_ids=ids[:, source:], use_cache=False)  # (1, S), (1, T)
        else:
            model(ids, attention_mask=open_mask(source + target), use_cache=False)
    counts: Counts = counter.get_flop_counts()
    return counts


def _part(kind: str, whole: Any, names: tuple[str, ...], counts: Counts) -> Part:
    by_operator = [
        pair for path, of_module in counts.items() if path.split(".")[-1] in names for pair in of_module.items()
    ]
    scores = sum(flops for operator, flops in by_operator if of_two_activations(operator))
    total, layers = sum(flops for _, flops in by_operator), depth(whole.config)
    parameters = sum(map(tiny.parameters, modules_of(kind, whole)))
    return Part(kind, parameters, layers * (total - scores), layers * scores)


T5_FAMILY = {
    "T5-small": {"d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_heads": 8},
    "T5-base": {"d_model": 768, "d_kv": 64, "d_ff": 3072, "num_layers": 12, "num_heads": 12},
    "T5-large": {"d_model": 1024, "d_kv": 64, "d_ff": 4096, "num_layers": 24, "num_heads": 16},
    "T5-3B": {"d_model": 1024, "d_kv": 128, "d_ff": 16_384, "num_layers": 24, "num_heads": 32},
    "T5-11B": {"d_model": 1024, "d_kv": 128, "d_ff": 65_536, "num_layers": 24, "num_heads": 128},
}
"""Raffel et al. 2019, section 3.7; a vocabulary of 32,128."""


def family(source: int, target: int) -> tuple[T5Size, ...]:
    """The five published sizes."""
    return tuple(_published(name, settings, source, target) for name, settings in T5_FAMILY.items())


def _published(name: str, settings: dict[str, int], source: int, target: int) -> T5Size:
    config = T5Config(**settings, vocab_size=32_128)  # type: ignore[arg-type]
    whole = built(config, T5ForConditionalGeneration)
    parts, parameters = {part.name: part for part in parts_of(whole, source, target)}, tiny.parameters(whole)
    return T5Size(
        name,
        parameters,
        parts["cross"].parameters / parameters,
        parts["cross"].flops / sum(part.flops for part in parts.values()),
        max(parts, key=lambda kind: parts[kind].flops),
    )


def ownership(model: Any) -> Ownership:
    """By identity: a matrix that both stacks use is shared."""
    encoder, decoder, everything = (
        {id(p): p.numel() for p in module.parameters()} for module in (model.encoder, model.decoder, model)
    )
    return Ownership(
        encoder=sum(encoder.values()),
        decoder=sum(decoder.values()),
        cross=sum(map(tiny.parameters, modules_of("cross", model))),
        shared=sum(numbers for key, numbers in encoder.items() if key in decoder),
        embedding=model.get_input_embeddings().weight.numel(),
        outside=sum(numbers for key, numbers in everything.items() if key not in encoder and key not in decoder),
    )


def reached(model: Any, source: Tensor, target: Tensor) -> tuple[int, int]:
    """Matrices of the encoder that the loss on the target (1, T) moves, given the source (1, S), and all of them."""
    model(source, labels=target).loss.backward()
    gradients = [p.grad for p in model.encoder.parameters()]
    return sum(g is not None and bool(g.abs().max() > 0) for g in gradients), len(gradients)
