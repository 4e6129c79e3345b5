"""A sentence as each of the three architectures reads it: words, numbers for them, and a model beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.attention import models
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import family_at, load_checkpoint
from llmquiz.demos.lab.real import FAMILIES
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
    ids: Tensor  # (1, n)
    tokens: tuple[str, ...]


def words_of(text: str) -> tuple[str, ...]:
    """Words, single Chinese characters and marks; nothing that a terminal could take for a command."""
    return tuple(word for word in WORD.findall(text) if word.isprintable())


def numbered(words: tuple[str, ...], vocab: int) -> list[int]:
    """A number for each different word, from 1 on in the order of their coming; 0 is padding."""
    known = {word: i for i, word in enumerate(dict.fromkeys(words))}
    return [1 + known[word] % (vocab - 1) for word in words]


def halves(ids: Tensor) -> tuple[Tensor, Tensor]:
    """What an encoder reads and what a decoder writes behind it: (1, n) -> (1, S) and (1, T)."""
    middle = (ids.shape[1] + 1) // 2
    return ids[:, :middle], ids[:, middle:]


def readers(text: str, model: str | None, *, device: str, dtype: str) -> tuple[dict[str, Reader], str]:
    """A decoder, an encoder, an encoder–decoder, and the family that --model put in the place of one of them, or "".

    Raises: DemoError where the text is too short or too long, or the checkpoint cannot be loaded.
    """
    place = {"device": device, "dtype": dtype}
    # only eager attention gives its weights; wide initial weights, so that the maps show something
    ours = {
        "decoder": tiny.llama(init=0.08, attention="eager", **place),
        "encoder": tiny.bert(init=0.08, attention="eager", **place),
        "encoder-decoder": models.t5_that_shows_weights(**place),
    }
    by_family = {family: _reader(our_model, None, text) for family, our_model in ours.items()}
    if model is None:
        return by_family, ""
    family = family_at(model)
    given = load_checkpoint(model, family if family in FAMILIES else "decoder", attention="eager", **place)
    by_family[family] = _reader(given.model, given.tokenizer, text)
    return by_family, family


def _reader(model: Any, tokenizer: Any, text: str) -> Reader:
    if tokenizer:
        ids = tokenizer(text)["input_ids"]
        tokens = tuple(_printable(tokenizer.decode([token_id])) for token_id in ids)
    else:
        tokens = words_of(text)
        ids = numbered(tokens, model.config.get_text_config().vocab_size)
    if not 4 <= len(ids) <= MOST:
        raise DemoError("attention.text-too-long", count=len(ids), most=MOST)
    return Reader(model, torch.tensor([ids], device=model.device), tokens)


def _printable(token: str) -> str:
    return "".join(mark for mark in token.strip() if mark.isprintable()) or "·"
