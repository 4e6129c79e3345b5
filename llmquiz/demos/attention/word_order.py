"""The words in another order, with positions and without: what the demo `attention` measures of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import BertModel, LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.attention.patterns import halves
from llmquiz.demos.lab import caching, tiny

Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shuffled:
    """One model whose words were put into other orders."""

    kind: str
    model: str
    layers: int
    with_positions: float
    """The furthest that the outputs looked at moved, relative to the largest."""
    without: float
    """The same in a model whose positions were taken away."""


@dataclass(frozen=True, slots=True)
class WordOrder:
    """What each architecture makes of it; `orders` is 0 where the words are too few or too alike to change places."""

    orders: int
    encoder: Shuffled
    """Each word's output, wherever the word went."""
    one_layer: Shuffled
    """A decoder's last output, the words before it in another order."""
    decoder: Shuffled
    source: Shuffled
    """All outputs of an encoder–decoder, the source in another order."""


def word_order(ids: Tensor, count: int, seed: int, *, device: str, dtype: str) -> WordOrder:
    """`count` random orders of the sentence `ids`, (1, n)."""
    settings = {"seed": seed, "device": device, "dtype": dtype}
    source, target = halves(ids)
    everywhere, before, within = (_orders(part, count, seed) for part in (ids, ids[:, :-1], source))
    last = ids[:, -1:]

    def moved_words(model: Any, order: Tensor) -> float:
        """Each word's output, followed to where the word went."""
        return caching.gap(model(ids[:, order]).last_hidden_state, model(ids).last_hidden_state[:, order])

    def last_output(model: Any, order: Tensor) -> float:
        changed = torch.cat((ids[:, :-1][:, order], last), 1)
        return caching.gap(caching.step(model, changed), caching.step(model, ids))

    def all_outputs(model: Any, order: Tensor) -> float:
        read = [
            model(input_ids=text, decoder_input_ids=target, use_cache=False).logits
            for text in (source[:, order], source)
        ]
        return caching.gap(*read)

    def llama(layers: int) -> Callable[[], Any]:
        return lambda: _llama(layers, settings)

    return WordOrder(
        orders=min(map(len, (everywhere, before, within))),
        encoder=_shuffled("encoder", lambda: _bert(settings), everywhere, moved_words),
        one_layer=_shuffled("decoder", llama(1), before, last_output),
        decoder=_shuffled("decoder", llama(4), before, last_output),
        source=_shuffled("source", lambda: _t5(settings), within, all_outputs),
    )


@torch.inference_mode()
def _shuffled(
    kind: str, made: Callable[[], Any], orders: list[Tensor], moved: Callable[[Any, Tensor], float]
) -> Shuffled:
    model = made()
    with_positions = max((moved(model, order) for order in orders), default=0.0)
    without_positions(model)
    without = max((moved(model, order) for order in orders), default=0.0)
    return Shuffled(kind, model.config.model_type, model.config.num_hidden_layers, with_positions, without)


def _orders(ids: Tensor, count: int, seed: int) -> list[Tensor]:
    """Random orders of the words that make another sentence of them."""
    generator = torch.Generator().manual_seed(seed)
    drawn = [torch.randperm(ids.shape[1], generator=generator).to(ids.device) for _ in range(4 * count)]
    return [order for order in drawn if not torch.equal(ids[:, order], ids)][:count]


def without_positions(model: Any) -> None:
    """Take all knowledge of positions out of a model, save what a causal mask gives away."""
    if isinstance(model, LlamaForCausalLM):
        model.model.rotary_emb.inv_freq.zero_()  # every rotation is by an angle of 0
    elif isinstance(model, BertModel):
        model.embeddings.position_embeddings.weight.zero_()
    else:
        for stack in (model.encoder, model.decoder):  # the first layer's biases serve all layers
            stack.block[0].layer[0].SelfAttention.relative_attention_bias.weight.zero_()


def _llama(layers: int, settings: Settings) -> Any:
    return tiny.build(
        LlamaForCausalLM,
        vocab_size=tiny.VOCAB,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        initializer_range=0.2,
        **settings,
    )


def _bert(settings: Settings) -> Any:
    return tiny.build(
        BertModel,
        vocab_size=tiny.VOCAB,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        initializer_range=0.2,
        **settings,
    )


def _t5(settings: Settings) -> Any:
    return tiny.build(
        T5ForConditionalGeneration,
        vocab_size=tiny.VOCAB,
        d_model=64,
        d_kv=16,
        d_ff=128,
        num_layers=4,
        num_heads=4,
        dropout_rate=0.0,
        decoder_start_token_id=0,
        **settings,
    )


@dataclass(frozen=True, slots=True)
class OneBlock:
    """BERT's own weights once as an encoder, once in its decoder mode, which has the causal mask."""

    parameters_encoder: int
    parameters_decoder: int
    masked: float
    """How far the outputs of the decoder mode are from the encoder's, relative to the largest."""
    opened: float
    """The same with the mask lifted."""


@torch.inference_mode()
def one_block(ids: Tensor, seed: int, *, device: str, dtype: str) -> OneBlock:
    """The same layers, the same weights, with and without the causal mask."""
    encoder = _bert({"seed": seed, "device": device, "dtype": dtype})
    decoder = _bert({"seed": seed, "device": device, "dtype": dtype, "is_decoder": True})
    n = ids.shape[1]
    nothing_hidden = torch.zeros(1, 1, n, n, device=encoder.device, dtype=encoder.dtype)
    read = encoder(ids).last_hidden_state
    return OneBlock(
        parameters_encoder=tiny.parameters(encoder),
        parameters_decoder=tiny.parameters(decoder),
        masked=caching.gap(decoder(ids, use_cache=False).last_hidden_state, read),
        opened=caching.gap(decoder(ids, attention_mask=nothing_hidden, use_cache=False).last_hidden_state, read),
    )
