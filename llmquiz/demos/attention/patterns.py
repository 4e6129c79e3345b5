"""A sentence, the three architectures that read it, and where their attention goes: for the demo `attention`."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import T5ForConditionalGeneration

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.masks import given_weights
from llmquiz.demos.lab.own_model import FAMILIES, family_at, load_checkpoint
from llmquiz.errors import DemoError

MOST = 32
"""Tokens of a text: a map of them is 64 columns wide."""
HAN = "\u3400-\u9fff"
LETTERS = f"[^\\W{HAN}]+"
WORD = re.compile(f"[{HAN}]|{LETTERS}(?:[.'’-]{LETTERS})*|[^\\w\\s]")


@dataclass(frozen=True, slots=True)
class Reader:
    """A model and the sentence as it reads it."""

    model: Any
    ids: Tensor
    """(1, n)"""
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attention:
    """One kind of attention in one model: over all of its heads, and the sharpest of them in full."""

    kind: str
    layer: int
    head: int
    """Of the sharpest head, from 0."""
    weights: tuple[tuple[float, ...], ...]
    """Of that head: row i, column j is how much position i gives to position j."""
    visible: tuple[int, ...]
    """Row by row, positions that get any weight, in any head."""
    pairs: int
    """All of them."""
    future: float
    """The largest weight right of the diagonal, in any head."""
    sum_error: float
    """How far the weights of a row are from adding up to 1, at most."""
    evenness: tuple[tuple[float, ...], ...]
    """Layer by layer, head by head: the entropy of a row over the most it can be, averaged over rows."""
    over_most: float
    """The largest entropy of a row beyond the logarithm of the positions that it sees, in bits."""


def words_of(text: str) -> tuple[str, ...]:
    """Words, single Chinese characters and marks; nothing that a terminal could take for a command."""
    return tuple(word for word in WORD.findall(text) if word.isprintable())


def readers(text: str, model: str | None, *, device: str, dtype: str) -> tuple[dict[str, Reader], str]:
    """A decoder, an encoder, an encoder–decoder, and the family that --model put in the place of one of them, or ""."""
    settings = {"device": device, "dtype": dtype}
    models = {
        "decoder": tiny.llama(init=0.08, attention="eager", **settings),
        "encoder": tiny.bert(init=0.08, attention="eager", **settings),
        "encoder-decoder": _t5(**settings),
    }
    found = {family: _reader(one, None, text) for family, one in models.items()}
    if model is None:
        return found, ""
    family = family_at(model)
    given = load_checkpoint(model, family if family in FAMILIES else "decoder", attention="eager", **settings)
    found[family] = _reader(given.model, given.tokenizer, text)
    return found, family


def _t5(*, device: str, dtype: str) -> Any:
    model = tiny.build(
        T5ForConditionalGeneration,
        seed=0,
        device=device,
        dtype=dtype,
        vocab_size=tiny.VOCAB,
        d_model=256,
        d_kv=64,
        d_ff=1024,
        num_layers=4,
        num_heads=4,
        dropout_rate=0.0,
        decoder_start_token_id=0,
        eos_token_id=None,
        attn_implementation="eager",
    )
    return model.requires_grad_(False)


def numbered(words: tuple[str, ...], vocab: int) -> list[int]:
    """A number for each different word, from 1 on in the order of their coming; 0 is padding."""
    known = {word: i for i, word in enumerate(dict.fromkeys(words))}
    return [1 + known[word] % (vocab - 1) for word in words]


def _reader(model: Any, tokenizer: Any, text: str) -> Reader:
    if tokenizer:
        ids = tokenizer(text)["input_ids"]
        tokens = tuple(_shown(tokenizer.decode([one])) for one in ids)
    else:
        tokens = words_of(text)
        ids = numbered(tokens, model.config.get_text_config().vocab_size)
    if not 4 <= len(ids) <= MOST:
        raise DemoError(
            f"--text has {len(ids)} tokens; this demo takes 4 to {MOST}.",
            f"--text 有 {len(ids)} 个 token；这个演示要 4 到 {MOST} 个。",
        )
    return Reader(model, torch.tensor([ids], device=model.device), tokens)


def _shown(token: str) -> str:
    return "".join(mark for mark in token.strip() if mark.isprintable()) or "·"


@torch.inference_mode()
def attentions(found: dict[str, Reader]) -> tuple[Attention, ...]:
    """Of the decoder and the encoder over all tokens; of the encoder–decoder with the second half as its target."""
    decoder, encoder, both = (found[family] for family in FAMILIES)
    source, target = halves(both.ids)
    one = decoder.model(decoder.ids, use_cache=False, output_attentions=True)
    two = encoder.model(encoder.ids, output_attentions=True)
    three = both.model(input_ids=source, decoder_input_ids=target, use_cache=False, output_attentions=True)
    return (
        look("decoder", given_weights(one, "attentions")),
        look("encoder", given_weights(two, "attentions")),
        look("source", given_weights(three, "encoder_attentions")),
        look("target", given_weights(three, "decoder_attentions")),
        look("cross", given_weights(three, "cross_attentions")),
    )


def halves(ids: Tensor) -> tuple[Tensor, Tensor]:
    """What the encoder reads and what the decoder writes, (1, S) and (1, T)."""
    middle = (ids.shape[1] + 1) // 2
    return ids[:, :middle], ids[:, middle:]


def look(kind: str, layers: Sequence[Tensor]) -> Attention:
    """The attention weights of all layers, each (1, H, T, S), in figures."""
    weights = torch.cat([layer.cpu().double() for layer in layers])  # (L, H, T, S)
    visible = (weights.amax((0, 1)) > 0).sum(-1)  # (T,)
    entropy = torch.special.entr(weights).sum(-1) / math.log(2)  # (L, H, T), bits
    most = visible.double().log2()  # (T,)
    chooses = visible > 1  # a row that sees one position has no choice
    evenness = (entropy[..., chooses] / most[chooses]).mean(-1)  # (L, H)
    layer, head = divmod(int(evenness.argmin()), evenness.shape[1])
    return Attention(
        kind=kind,
        layer=layer,
        head=head,
        weights=_rows(weights[layer, head]),
        visible=tuple(visible.tolist()),
        pairs=int(visible.sum()),
        future=float(weights.triu(1).max()),
        sum_error=float((weights.sum(-1) - 1).abs().max()),
        evenness=_rows(evenness),
        over_most=float((entropy - most).max()),
    )


def _rows(values: Tensor) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in values.tolist())


def evenness_untrained(device: str, dtype: str, ids: Tensor) -> tuple[float, float]:
    """Decoder and encoder with the usual initial weights: mean evenness over all heads, and the least."""
    settings = {"device": device, "dtype": dtype}
    models = (tiny.llama(attention="eager", **settings), tiny.bert(attention="eager", **settings))
    with torch.inference_mode():
        seen = [look("", model(ids, output_attentions=True).attentions).evenness for model in models]
    heads = [value for rows in seen for row in rows for value in row]
    return sum(heads) / len(heads), min(heads)
