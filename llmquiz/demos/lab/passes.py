"""Reading a text in one pass against writing one token by token: what `encode-vs-generate` counts and times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import BertModel, LlamaForCausalLM

from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.decoding import Decoder, greedy
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.results import AtBatch, AtLength, Batching, Passes
from llmquiz.demos.lab.timing import timed

MASK = 255
"""Stands for a token still to be written."""


def encoder_like(decoder: Any, *, device: str, dtype: str) -> Any:
    """An encoder with random weights, as wide and as deep."""
    config = decoder.config.get_text_config()
    return tiny.build(
        BertModel,
        vocab_size=tiny.VOCAB,
        hidden_size=config.hidden_size,
        intermediate_size=4 * config.hidden_size,
        num_hidden_layers=config.num_hidden_layers,
        num_attention_heads=config.num_attention_heads,
        max_position_embeddings=1024,
        seed=0,
        device=device,
        dtype=dtype,
    ).requires_grad_(False)


def writer(model: Any, batch: int, new: int, *, own: bool) -> Callable[[], Tensor]:
    """Writes `new` tokens after one: by our own loop, or with the cache of transformers for a checkpoint."""
    start = tiny.random_tokens(model, batch, 1, seed=0)
    if own:
        assert isinstance(model, LlamaForCausalLM)
        decoder = Decoder(model, batch=batch, length=new)

        def loop() -> Tensor:
            decoder.rewind()
            return greedy(decoder, start, new)

        return loop

    def steps() -> Tensor:
        cache = caching.empty_cache(model)
        return greedy(lambda ids: caching.step(model, ids, cache), start, new)

    return steps


def reader(model: Any, batch: int, length: int) -> Callable[[], Any]:
    """One pass over a text, without a head."""
    ids = tiny.random_tokens(model, batch, length, seed=length)
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
            f"e{n}": reader(encoder, 1, n),
            f"r{n}": reader(decoder, 1, n),
            f"w{n}": writer(decoder, 1, n, own=own),
        }
    times = timed(cases, device=device, rounds=rounds)
    return tuple(
        AtLength(
            tokens=n,
            encode=times[f"e{n}"],
            decoder_reads=ratio(times[f"r{n}"], times[f"e{n}"]),
            writes=ratio(times[f"w{n}"], times[f"e{n}"]),
            write=times[f"w{n}"],
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
        cases |= {f"e{batch}": reader(encoder, batch, tokens), f"w{batch}": writer(decoder, batch, tokens, own=own)}
    times = timed(cases, device=device, rounds=rounds)
    last = batches[-1]
    gains = {kind: _gain(times[f"{kind}1"], times[f"{kind}{last}"], last) for kind in "we"}
    sizes = tuple(
        AtBatch(
            batch=batch,
            encode_rate=batch * tokens / times[f"e{batch}"].median,
            write_rate=batch * tokens / times[f"w{batch}"].median,
            step=times[f"w{batch}"].median / tokens,
        )
        for batch in batches
    )
    closed = tuple(w / e for w, e in zip(gains["w"].rounds, gains["e"].rounds, strict=True))
    return Batching(tokens, sizes, gains["w"], gains["e"], Ratio(gains["w"].value / gains["e"].value, closed))


def _gain(single: Times, many: Times, batch: int) -> Ratio:
    slow = ratio(single, many)
    return Ratio(batch * slow.value, tuple(batch * one for one in slow.rounds))


@torch.inference_mode()
def passes(model: Any, run: Callable[[], object]) -> Passes:
    """Counted at the embedding, which every position passes."""
    with caching.counting(model.get_input_embeddings()) as seen:
        run()
    return Passes(len(seen), sum(seen))


@torch.inference_mode()
def unmasked(model: Any, prompt: Tensor, new: int) -> Tensor:
    """`new` tokens after the prompt (1, P) from a masked language model, the surest one first: (1, new)."""
    text = F.pad(prompt, (0, new), value=MASK)  # (1, P + new)
    open_ = torch.arange(text.shape[1], device=text.device) >= prompt.shape[1]
    while bool(open_.any()):
        logits = model(text).logits[0]  # (P + new, V)
        logits[:, MASK] = -torch.inf
        best, token = logits.softmax(-1).max(-1)
        at = int(best.masked_fill(~open_, -1).argmax())
        text[0, at], open_[at] = token[at], False
    return text[:, prompt.shape[1] :]


@torch.inference_mode()
def head_gap(model: Any, ids: Tensor, labels: Tensor) -> float:
    """Largest difference of the logits of `labels` from a linear classifier on the last state, relative."""
    state = model.base_model(ids, use_cache=False).last_hidden_state[:, -1]  # (1, C)
    rows = model.get_output_embeddings().weight[labels]  # (labels, C)
    return caching.gap(F.linear(state, rows), caching.step(model, ids)[:, labels])


@torch.inference_mode()
def three_ways(encoder: Any, decoder: Any, tokens: int, label: int, rounds: int, *, device: str) -> dict[str, Times]:
    """Seconds of classifying one text: encoder, decoder's last state, a label of so many tokens written."""
    ids = tiny.random_tokens(decoder, 1, tokens, seed=tokens)

    def written() -> Tensor:
        cache = caching.empty_cache(decoder)
        return greedy(lambda fed: caching.step(decoder, fed, cache), ids, label)

    cases = {"encoder": reader(encoder, 1, tokens), "state": reader(decoder, 1, tokens), "label": written}
    return timed(cases, device=device, rounds=rounds)
