"""Which token moves which output: what the demo `causal-mask` measures with a changed token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.masks import logits_of

Forward = Callable[[Tensor], Tensor]
"""Ids (1, T) to outputs (1, T, anything)."""


@dataclass(frozen=True, slots=True)
class Influence:
    """Every token changed in turn."""

    name: str
    change: tuple[tuple[float, ...], ...]
    """Row i, column j: how far output i moved when token j was changed, in standard deviations of all outputs."""

    @property
    def pairs(self) -> int:
        """Pairs of a changed token and an output that moved, by however little."""
        return sum(value > 0 for row in self.change for value in row)

    @property
    def future(self) -> tuple[float, ...]:
        """The moves of outputs before the changed token."""
        return tuple(value for i, row in enumerate(self.change) for value in row[i + 1 :])

    @property
    def past(self) -> tuple[float, ...]:
        """The moves of outputs at the changed token or after it."""
        return tuple(value for i, row in enumerate(self.change) for value in row[: i + 1])


@dataclass(frozen=True, slots=True)
class Swap:
    """One token changed in the middle of a longer text."""

    side: str
    model: str
    attention: str
    length: int
    changed: int
    """Position of the changed token, from 0: as many outputs stand before it."""
    before: int
    """Outputs before it that moved."""
    furthest: float
    """How far at most, in standard deviations."""
    after: int
    """Outputs from it on that moved."""


def other_token(ids: Tensor, position: int, vocab: int) -> Tensor:
    """The text with another token at one position, never 0, which is padding."""
    changed = ids.clone()
    changed[0, position] = changed[0, position] % (vocab - 1) + 1
    return changed


@torch.inference_mode()
def influence(name: str, forward: Forward, ids: Tensor, vocab: int) -> Influence:
    """Change every token in turn and look at all outputs."""
    base = forward(ids)
    columns = [_moves(base, forward(other_token(ids, j, vocab))) for j in range(ids.shape[1])]
    rows = torch.stack(columns, dim=1).tolist()  # (T looking, T changed)
    return Influence(name, tuple(tuple(row) for row in rows))


@torch.inference_mode()
def swap(side: str, model: Any, forward: Forward, ids: Tensor, vocab: int) -> Swap:
    """Change the token in the middle and look at all outputs."""
    middle = ids.shape[1] // 2
    moves = _moves(forward(ids), forward(other_token(ids, middle, vocab)))
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


def maps_of(decoder: Any, llama: Any, encoder: Any, both: Any, length: int, seed: int) -> tuple[Influence, ...]:
    """Decoder, encoder, both sides of an encoder–decoder, and Llama without its mask."""

    def changed(name: str, model: Any, forward: Callable[[Tensor], Tensor]) -> Influence:
        ids = tiny.random_tokens(model, 1, length, seed=seed)
        return influence(name, forward, ids, model.config.get_text_config().vocab_size)

    words, nothing_hidden = tiny.random_tokens(both, 1, length, seed=seed), torch.zeros(length, length)
    return (
        changed("decoder", decoder, lambda ids: logits_of(decoder, ids)),
        changed("encoder", encoder, lambda ids: encoder(ids).last_hidden_state),
        changed("encoder-side", both, lambda ids: both.encoder(ids).last_hidden_state),
        changed("without-mask", llama, lambda ids: logits_of(llama, ids, nothing_hidden)),
        changed("decoder-side", both, lambda ids: _seq2seq(both, words, ids)),
        changed("across", both, lambda ids: _seq2seq(both, ids, words)),
    )


def _seq2seq(model: Any, source: Tensor, target: Tensor) -> Tensor:
    logits: Tensor = model(input_ids=source, decoder_input_ids=target, use_cache=False).logits
    return logits  # (1, T, V)


def swaps_of(decoders: tuple[Any, ...], encoder: Any, both: Any, length: int, seed: int) -> tuple[Swap, ...]:
    """The same change in every decoder, then in the sides that see all."""

    def changed(side: str, model: Any, forward: Callable[[Tensor], Tensor]) -> Swap:
        ids = tiny.random_tokens(model, 1, length, seed=seed)
        return swap(side, model, forward, ids, model.config.get_text_config().vocab_size)

    def decoding(model: Any) -> Swap:
        return changed("decoder", model, lambda ids: logits_of(model, ids))

    source = tiny.random_tokens(both, 1, length, seed=seed + 1)
    return (
        *map(decoding, decoders),
        changed("decoder-side", both, lambda ids: _seq2seq(both, source, ids)),
        changed("encoder", encoder, lambda ids: encoder(ids).last_hidden_state),
        changed("encoder-side", both, lambda ids: both.encoder(ids).last_hidden_state),
    )
