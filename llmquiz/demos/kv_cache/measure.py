"""The key-value cache: the same tokens from a fraction of the work, for memory that grows with the text."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.kv_cache import break_even, decoding
from llmquiz.demos.kv_cache.claims import Result
from llmquiz.demos.lab import tiny, two_caches
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint, text_tokens
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text
from llmquiz.errors import DemoError

BEGINNING = 12
"""Tokens of the story that a real model continues."""


def measure(run: Run) -> Result:
    """Decode with and without a cache, then look at the caches themselves."""
    own = load_checkpoint(run.model, "decoder", **run.place) if run.model else None
    # wide weights: with the usual ones a random model repeats one token, and equal tokens would say little
    decoder = own.model if own else tiny.llama(init=0.2, **run.place)
    encoder, encoder_decoder = tiny.bert(**run.place), tiny.t5(**run.place)
    new_tokens, rounds = (64, 3) if run.quick else (128, 5)
    if own:  # a step takes some fifty times as long
        new_tokens, rounds = (24, 2) if run.quick else (48, 2)

    # the same text three ways: with a cache, without one, and with one that never saw the prompt
    prompt = _prompt(decoder, own, run)  # (1, P)
    same = decoding.same_text(decoder, prompt, new_tokens)
    run.progress(0.2)
    speed = decoding.speed(decoder, prompt, new_tokens, rounds, run.part(0.2, 0.8))

    # eight tokens more at the end of 48: which positions of each layer change?
    decoder_text = tiny.random_tokens(decoder, 1, 48, seed=run.seed)  # (1, 48)
    encoder_text = tiny.random_tokens(encoder, 1, 48, seed=run.seed)  # (1, 48)
    prefix = decoding.second_question(decoder, *_document(decoder, run.seed), rounds)

    # the two caches of an encoder–decoder: of its own text, and of the source
    target = tiny.random_tokens(encoder_decoder, 1, 12 if run.quick else 24, seed=run.seed + 1)  # (1, 12 or 24)
    two = two_caches.two_caches(encoder_decoder, encoder_text, target)
    run.progress(0.9)

    # the length from which on the cache takes more than the weights, and what it takes there and one token before
    overtaking = break_even.of_model(decoder, own.title if own else type(decoder).__name__)
    before, there = (break_even.cache_bytes(decoder, overtaking.tokens - i, filled=not own) for i in (1, 0))
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(decoder),
        encoder=tiny.describe(encoder),
        encoder_decoder=tiny.describe(encoder_decoder),
        own_model=run.model is None,
        positions_with_cache=same.positions_with,
        positions_without_cache=same.positions_without,
        cache_bytes=same.cache_bytes,
        speedup_total=speed.total.value,
        speedup_last=speed.last.value,
        text=same,
        prompt_text=own.text(prompt[0]) if own and own.tokenizer else "",
        written=own.text(torch.tensor(same.tokens)) if own and own.tokenizer else "",
        speed=speed,
        decoder_moved=decoding.moved(decoder, decoder_text, 8),
        encoder_moved=decoding.moved(encoder, encoder_text, 8),
        two=two,
        prefix=prefix,
        overtaking=overtaking,
        cache_bytes_before=before,
        cache_bytes_there=there,
        published=break_even.published(),
    )


def _prompt(model: Any, own: Checkpoint | None, run: Run) -> Tensor:
    """The user's text, the beginning of a story for a real model, else 8 random tokens: (1, P)."""
    if own and (run.text or own.tokenizer):
        ids = own.tokens(run.text or text("story"))
        ids = ids if run.text else ids[:, :BEGINNING]
    elif run.text:
        ids = text_tokens(run.text, model)
    else:
        return tiny.random_tokens(model, 1, 8, seed=run.seed)
    if ids.shape[1] > (most := 512):
        raise DemoError("kv-cache.text-too-long", count=ids.shape[1], most=most)
    return ids


def _document(model: Any, seed: int) -> tuple[Tensor, Tensor]:
    """A context and a question on it."""
    ids = tiny.random_tokens(model, 1, 272, seed=seed + 2)
    return ids[:, :256], ids[:, 256:]
