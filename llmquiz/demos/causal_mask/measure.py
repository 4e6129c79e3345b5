"""The causal mask: what it hides, what it leaves open, and the code that makes it or breaks it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.causal_mask import mask_code
from llmquiz.demos.causal_mask.influence import maps_of, swaps_of
from llmquiz.demos.causal_mask.result import SHORT, SIZE, OnePass, Result, Weights
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.masks import given_weights, logits_of
from llmquiz.demos.lab.own_model import Checkpoint, load_checkpoint, text_tokens
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text
from llmquiz.errors import DemoError

LEAST, MOST = SHORT + 2, 64
"""Tokens of a text of the user's, and so many of them are read at most."""


def measure(run: Run) -> Result:
    """Change tokens and see what moves, then look at the weights and at the mask itself."""
    llama, encoder, encoder_decoder = tiny.llama(init=0.2, **run.place), tiny.bert(**run.place), tiny.t5(**run.place)
    eager, gpt2 = tiny.llama(attention="eager", **run.place), tiny.gpt2(**run.place)
    own = load_checkpoint(run.model, "decoder", **run.place, attention="eager") if run.model else None
    decoder = own.model if own else llama
    short = own or run.quick  # a real model needs a while for every pass
    ids = _tokens(run, own, decoder)  # (1, T)

    # what each position gives its attention to; only eager attention hands its weights out
    weights = weights_of(own.model if own else eager, ids[:, :16])
    run.progress(0.1)

    # every token of a short text changed in turn, then one token of a longer text in every model
    maps = maps_of(decoder, encoder, encoder_decoder, ids[:, :SHORT], run.seed)
    pairs = {influence.name: influence.pairs for influence in maps}
    run.progress(0.4)
    longer = ids[:, : 32 if short else 64]
    others = tiny.random_tokens(gpt2, 1, longer.shape[1], seed=run.seed)  # as long as `longer`
    ours = ((gpt2, others),) if own else ((eager, longer), (gpt2, longer))
    swaps = swaps_of(((decoder, longer), *ours), encoder, encoder_decoder, run.seed)
    run.progress(0.6)

    # training reads a text in one pass, inference step by step: the same logits, but is it the same text?
    one_pass = read_and_write(decoder, ids[:, : 24 if short else 48])
    run.progress(0.9)

    # the mask as code: the sheet's line, the right one, one that masks the diagonal, and one that comes too late
    sheet = mask_code.try_mask(mask_code.sheet_mask, SIZE, decoder, ids[:, :16], run.seed)
    right = mask_code.try_mask(mask_code.causal_mask, SIZE, decoder, ids[:, :16], run.seed)
    blind_rows = mask_code.nan_rows(mask_code.blind_mask(SIZE), run.seed)
    late = mask_code.late(mask_code.causal_mask(SHORT), run.seed)
    run.progress(1.0)
    readable = own is not None and own.tokenizer is not None
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(decoder),
        own_model=own is None,
        text=own.text(longer[0]) if own and readable else "",
        tokens=tuple(_printable(own.text(token)) for token in ids[0, :SHORT, None]) if own and readable else (),
        pairs_decoder=pairs["decoder"],
        pairs_encoder=pairs["encoder"],
        pairs_without_mask=pairs["without-mask"],
        nan_entries=sheet.nan_entries,
        maps=maps,
        swaps=swaps,
        weights=weights,
        sheet_code=sheet,
        right_code=right,
        blind_rows=blind_rows,
        late=late,
        one_pass=one_pass,
    )


def _tokens(run: Run, own: Checkpoint | None, decoder: Any) -> Tensor:
    """The user's text, our story where a real model can read it, else random tokens: (1, T).

    Raises: DemoError where the text is too short.
    """
    if own and (run.text is not None or own.tokenizer):
        ids = own.tokens(text("story") if run.text is None else run.text)
    elif run.text is not None:
        ids = text_tokens(run.text, decoder)
    else:
        return tiny.random_tokens(decoder, 1, MOST, seed=run.seed)
    if ids.shape[1] < LEAST:
        raise DemoError("demo.text-too-short", count=ids.shape[1], least=LEAST)
    return ids[:, :MOST]


def _printable(token: str) -> str:
    return "".join(mark for mark in token.strip() if mark.isprintable()) or "·"


@torch.inference_mode()
def weights_of(model: Any, ids: Tensor) -> Weights:
    """Over a text (1, T).

    Raises: DemoError where the model gives no attention weights.
    """
    layers = given_weights(model(ids, use_cache=False, output_attentions=True), "attentions")  # each (1, H, T, T)
    weights = torch.cat(layers).cpu().double()  # (layers, H, T, T)
    return Weights(
        layers=weights.shape[0],
        heads=weights.shape[1],
        future=float(weights.triu(1).max()),
        sum_error=float((weights.sum(-1) - 1).abs().max()),
        itself=tuple(weights.mean((0, 1)).diagonal().tolist()),
    )


@torch.inference_mode()
def read_and_write(model: Any, ids: Tensor) -> OnePass:
    """Read the text (1, T) in three ways, then let the model write the second half."""
    length, half = ids.shape[1], ids.shape[1] // 2
    whole = logits_of(model, ids)[0]  # (T, V)
    prefixes, steps = caching.apart_of(model, ids), caching.stepwise(model, ids)  # (T, V) each
    own_half = caching.decode(model, ids[:, :half], length - half, cached=True).tokens  # (1, T / 2)
    after_own = caching.step(model, torch.cat((ids[:, :half], own_half), 1))  # (1, V)
    return OnePass(
        length=length,
        prefixes=caching.gap(prefixes, whole),
        steps=caching.gap(steps, whole),
        written=length - half,
        same=int((own_half == ids[:, half:]).sum()),
        astray=caching.gap(after_own, whole[-1:]),
    )
