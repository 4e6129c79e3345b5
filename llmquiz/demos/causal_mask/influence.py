"""Which token moves which output: a token is changed, and every output is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.causal_mask.result import Influence, Swap
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.masks import logits_of

Forward = Callable[[Tensor], Tensor]
"""Ids (1, T) to outputs (1, T, anything)."""


def with_another_token(ids: Tensor, position: int, vocab: int) -> Tensor:
    """The text (1, T) with another token at one position, never 0, which is padding."""
    changed = ids.clone()
    changed[0, position] = changed[0, position] % (vocab - 1) + 1
    return changed


@torch.inference_mode()
def influence(name: str, forward: Forward, ids: Tensor, vocab: int) -> Influence:
    """Change every token of `ids` (1, T) in turn and look at all outputs."""
    base = forward(ids)  # (1, T, …)
    columns = [_moves(base, forward(with_another_token(ids, j, vocab))) for j in range(ids.shape[1])]
    rows = torch.stack(columns, dim=1).tolist()  # (T looking, T changed)
    return Influence(name, tuple(tuple(row) for row in rows))


@torch.inference_mode()
def swap(side: str, model: Any, forward: Forward, ids: Tensor, vocab: int) -> Swap:
    """Change the token in the middle of `ids` (1, T) and look at all outputs."""
    middle = ids.shape[1] // 2
    moves = _moves(forward(ids), forward(with_another_token(ids, middle, vocab)))  # (T,)
    return Swap(
        side=side,
        model=model.config.model_type,
        attention=model.config._attn_implementation,
        length=ids.shape[1],
        changed=middle,
        before=int((moves[:middle] > 0).sum()),
        furthest=float(moves[:middle].max()),
        after=int((moves[middle:] > 0).sum()),
    )


def _moves(base: Tensor, changed: Tensor) -> Tensor:
    """(T,): the largest move of each output, over the spread of all."""
    base, changed = base.cpu().double(), changed.cpu().double()  # (1, T, V)
    return ((changed - base).abs().amax(-1) / base.std())[0]


def maps_of(decoder: Any, encoder: Any, encoder_decoder: Any, ids: Tensor, seed: int) -> tuple[Influence, ...]:
    """The decoder on `ids` (1, T) with its mask and without, an encoder, and both sides of an encoder–decoder."""
    length = ids.shape[1]

    def changed(name: str, model: Any, forward: Forward, text: Tensor | None = None) -> Influence:
        text = tiny.random_tokens(model, 1, length, seed=seed) if text is None else text  # (1, T)
        return influence(name, forward, text, model.config.get_text_config().vocab_size)

    fixed = tiny.random_tokens(encoder_decoder, 1, length, seed=seed)  # (1, T): the side that stays as it is
    open_mask = torch.zeros(length, length)  # (T, T): hides nothing
    return (
        changed("decoder", decoder, lambda ids: logits_of(decoder, ids), ids),
        changed("encoder", encoder, lambda ids: encoder(ids).last_hidden_state),
        changed("encoder-side", encoder_decoder, lambda ids: encoder_decoder.encoder(ids).last_hidden_state),
        changed("without-mask", decoder, lambda ids: logits_of(decoder, ids, open_mask), ids),
        changed("decoder-side", encoder_decoder, lambda ids: _target_logits(encoder_decoder, fixed, ids)),
        changed("across", encoder_decoder, lambda ids: _target_logits(encoder_decoder, ids, fixed)),
    )


def _target_logits(model: Any, source: Tensor, target: Tensor) -> Tensor:
    """Of an encoder–decoder at every position of the target (1, T): (1, T, V)."""
    logits: Tensor = model(input_ids=source, decoder_input_ids=target, use_cache=False).logits
    return logits


def swaps_of(decoders: Sequence[tuple[Any, Tensor]], encoder: Any, encoder_decoder: Any, seed: int) -> tuple[Swap, ...]:
    """The same change in every decoder on its text (1, T), then in the sides that see all."""
    length = decoders[0][1].shape[1]

    def changed(side: str, model: Any, forward: Forward, text: Tensor | None = None) -> Swap:
        text = tiny.random_tokens(model, 1, length, seed=seed) if text is None else text  # (1, T)
        return swap(side, model, forward, text, model.config.get_text_config().vocab_size)

    def decoding(model: Any, text: Tensor) -> Swap:
        return changed("decoder", model, lambda ids: logits_of(model, ids), text)

    source = tiny.random_tokens(encoder_decoder, 1, length, seed=seed + 1)  # (1, T)
    return (
        *(decoding(model, text) for model, text in decoders),
        changed("decoder-side", encoder_decoder, lambda ids: _target_logits(encoder_decoder, source, ids)),
        changed("encoder", encoder, lambda ids: encoder(ids).last_hidden_state),
        changed("encoder-side", encoder_decoder, lambda ids: encoder_decoder.encoder(ids).last_hidden_state),
    )
