"""The causal mask: what it hides, what it leaves open, and the code that makes it or breaks it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.causal_mask import mask_code
from llmquiz.demos.causal_mask.claims import SHORT, SIZE, OnePass, Result, Weights
from llmquiz.demos.causal_mask.influence import maps_of, swaps_of
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.masks import given_weights, logits_of
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.run import Run


def measure(run: Run) -> Result:
    """Change tokens and see what moves, then look at the weights and at the mask itself."""
    llama, encoder, encoder_decoder = tiny.llama(init=0.2, **run.place), tiny.bert(**run.place), tiny.t5(**run.place)
    eager, gpt2 = tiny.llama(attention="eager", **run.place), tiny.gpt2(**run.place)
    own = load_checkpoint(run.model, "decoder", **run.place, attention="eager").model if run.model else None
    decoder = own or llama

    # what each position gives its attention to; only eager attention hands its weights out
    weights = weights_of(own or eager, tiny.random_tokens(own or eager, 1, 16, seed=run.seed))
    run.progress(0.1)

    # every token of a short text changed in turn, then one token of a longer text in every model
    maps = maps_of(decoder, llama, encoder, encoder_decoder, SHORT, run.seed)
    pairs = {influence.name: influence.pairs for influence in maps}
    run.progress(0.4)
    decoders = (own, gpt2) if own else (llama, eager, gpt2)
    swaps = swaps_of(decoders, encoder, encoder_decoder, 32 if run.quick else 64, run.seed)
    run.progress(0.6)

    # training reads a text in one pass, inference step by step: the same logits, but is it the same text?
    one_pass = read_and_write(decoder, tiny.random_tokens(decoder, 1, 24 if run.quick else 48, seed=run.seed))
    run.progress(0.9)

    # the mask as code: the sheet's line, the right one, one that masks the diagonal, and one that comes too late
    ids = tiny.random_tokens(llama, 1, 16, seed=run.seed)  # (1, T)
    sheet = mask_code.try_mask(mask_code.sheet_mask, SIZE, llama, ids, run.seed)
    right = mask_code.try_mask(mask_code.causal_mask, SIZE, llama, ids, run.seed)
    blind_rows = mask_code.nan_rows(mask_code.blind_mask(SIZE), run.seed)
    late = mask_code.late(mask_code.causal_mask(SHORT), run.seed)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(decoder),
        own_model=own is None,
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
