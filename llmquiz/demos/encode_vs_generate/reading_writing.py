"""Reading a text in one pass against writing one token by token, timed by length, by batch, and for one label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import BertModel, LlamaForCausalLM

from llmquiz.demos.encode_vs_generate.claims import AtBatch, AtLength, Batching
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.decoding import Decoder, greedy
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.timing import timed


def encoder_like(decoder: Any, *, device: str, dtype: str) -> Any:
    """An encoder with random weights, as wide and as deep."""
    config = decoder.config.get_text_config()
    return tiny.bert(
        d_model=config.hidden_size,
        n_layers=config.num_hidden_layers,
        n_heads=config.num_attention_heads,
        device=device,
        dtype=dtype,
    )


def writer(model: Any, batch: int, new: int, *, own: bool) -> Callable[[], Any]:
    """Writes `new` tokens after one, (B, new): by our own loop, or with the cache of transformers for a checkpoint."""
    start = tiny.random_tokens(model, batch, 1, seed=0)  # (B, 1)
    if own:
        assert isinstance(model, LlamaForCausalLM)
        decoder = Decoder(model, batch=batch, length=new)

        def loop() -> Tensor:
            decoder.rewind()
            return greedy(decoder, start, new)

        return loop

    return lambda: caching.written(model, start, new)


def reader(model: Any, batch: int, length: int) -> Callable[[], Any]:
    """One pass over a text, without a head."""
    ids = tiny.random_tokens(model, batch, length, seed=length)  # (B, T)
    options = {} if isinstance(model, BertModel) else {"use_cache": False}
    return lambda: model.base_model(ids, **options)


@torch.inference_mode()
def at_lengths(
    encoder: Any, decoder: Any, lengths: tuple[int, ...], rounds: int, *, own: bool, device: str
) -> tuple[AtLength, ...]:
    """All lengths in one interleaved series."""
    cases: dict[str, Callable[[], object]] = {}
    for n in lengths:
        cases |= {
            f"encode {n}": reader(encoder, 1, n),
            f"read {n}": reader(decoder, 1, n),
            f"write {n}": writer(decoder, 1, n, own=own),
        }
    times = timed(cases, device=device, rounds=rounds)
    return tuple(
        AtLength(
            tokens=n,
            encode=times[f"encode {n}"],
            decoder_reads=ratio(times[f"read {n}"], times[f"encode {n}"]),
            writes=ratio(times[f"write {n}"], times[f"encode {n}"]),
            write=times[f"write {n}"],
        )
        for n in lengths
    )


@torch.inference_mode()
def batching(
    encoder: Any, decoder: Any, tokens: int, batches: tuple[int, ...], rounds: int, *, own: bool, device: str
) -> Batching:
    """Latency and throughput against the batch; the first is a single text."""
    cases: dict[str, Callable[[], object]] = {}
    for batch in batches:
        cases |= {
            f"encode {batch}": reader(encoder, batch, tokens),
            f"write {batch}": writer(decoder, batch, tokens, own=own),
        }
    times = timed(cases, device=device, rounds=rounds)
    sizes = tuple(
        AtBatch(
            batch=batch,
            encode_rate=batch * tokens / times[f"encode {batch}"].median,
            write_rate=batch * tokens / times[f"write {batch}"].median,
            step=times[f"write {batch}"].median / tokens,
        )
        for batch in batches
    )
    largest = batches[-1]
    encode, write = (_gain(times[f"{way} 1"], times[f"{way} {largest}"], largest) for way in ("encode", "write"))
    closed = tuple(w / e for w, e in zip(write.rounds, encode.rounds, strict=True))
    return Batching(tokens, sizes, write, encode, Ratio(write.value / encode.value, closed))


def _gain(single: Times, batched: Times, batch: int) -> Ratio:
    """Texts a second of the batch over those of a single text."""
    seconds = ratio(single, batched)
    return Ratio(batch * seconds.value, tuple(batch * each for each in seconds.rounds))


@torch.inference_mode()
def three_ways(encoder: Any, decoder: Any, tokens: int, label: int, rounds: int, *, device: str) -> dict[str, Times]:
    """Seconds of classifying one text: encoder, decoder's last state, a label of so many tokens written."""
    ids = tiny.random_tokens(decoder, 1, tokens, seed=tokens)  # (1, T)

    cases = {
        "encoder": reader(encoder, 1, tokens),
        "state": reader(decoder, 1, tokens),
        "label": lambda: caching.written(decoder, ids, label),  # (1, label)
    }
    return timed(cases, device=device, rounds=rounds)
