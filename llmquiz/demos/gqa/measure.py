"""Four models that differ in their keys and values alone, then one whose heads are merged."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from llmquiz.demos.gqa import costs, latent_attention, merging
from llmquiz.demos.gqa.claims import HEADS, SHARED
from llmquiz.demos.gqa.result import KINDS, Result
from llmquiz.demos.lab import caching, decoding, tiny
from llmquiz.demos.lab.own_model import load_checkpoint, text_tokens
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text as story

WIDTH, LAYERS = 512, 4
"""Of the four models."""
NOISE = (0.0, 0.1, 0.3, 1.0)
"""How far equal heads are moved apart before they are averaged, over the spread of the weights."""


def measure(run: Run) -> Result:
    """What each kind keeps, what a step of it costs, and what becomes of heads that are averaged."""
    # the same width and depth for all: 16, 4 and 1 key and value heads, and a latent in their place
    size: dict[str, Any] = {"d_model": WIDTH, "n_layers": LAYERS, "n_heads": HEADS}
    llamas = {
        name: tiny.llama(n_kv_heads=kv_heads, init=0.1, **size, **run.place)
        for name, kv_heads in zip(KINDS, (HEADS, SHARED, 1), strict=False)
    }
    deepseek = latent_attention.latent_llama(**size, **run.place)
    run.progress(0.2)

    # steps are timed in bare loops of our own: in generate() the overhead would hide what the cache costs
    lengths, rounds = ((64, 8192), 5) if run.quick else ((64, 1024, 4096, 16_384), 7)
    decoders = {name: decoding.Decoder(llama, length=lengths[-1] + 1) for name, llama in llamas.items()}
    mla = latent_attention.LatentDecoder(deepseek, length=lengths[-1] + 1)
    ids = tiny.random_tokens(llamas["MHA"], 1, 64, seed=run.seed)  # (1, T)
    merged_model, text = _to_merge(run, llamas["MHA"], ids)

    # the loop of MLA is written for this demo, so that it has to prove itself against the class first
    latent = latent_attention.against_the_model(deepseek, mla, ids[:, :8], 16)
    mha_operations, mla_operations = (costs.operations_by_token(d, ids[:, :1]) for d in (decoders["MHA"], mla))
    run.progress(0.3)
    steps = costs.steps(decoders | {"MLA": mla}, ids[:, :1], lengths, rounds, run.device, run.part(0.3, 0.7))
    kinds = (*(costs.kind(name, llama, ids) for name, llama in llamas.items()), costs.latent_kind(deepseek, mla))

    # averaging heads: of groups that are equal, of groups moved apart, and of a model as it is
    apart = tuple(merging.apart(llamas["GQA"], ids, share) for share in NOISE)
    run.progress(0.8)
    config = merged_model.config.get_text_config()
    merges = tuple(merging.merged(merged_model, text, heads) for heads in merging.fewer(config.num_key_value_heads))
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(merged_model),
        own_model=run.model is None,
        own_bytes=merging.read(merged_model, text)[1] // text.shape[1],
        own_formula=caching.formula(config, 1, next(merged_model.parameters()).element_size()),
        own_heads=(config.num_attention_heads, config.num_key_value_heads),
        kinds=kinds,
        latent_ratio=kinds[0].token_bytes / kinds[-1].token_bytes,
        latent=latent,
        operations=(mha_operations, mla_operations),
        latent_work=mla_operations / mha_operations,
        repeated=merging.written_out(llamas["GQA"], ids),
        apart=apart,
        merges=merges,
        steps=steps,
    )


def _to_merge(run: Run, llama: Any, ids: Tensor) -> tuple[Any, Tensor]:
    """The model whose heads are merged, `llama` or the user's, and what it reads, (1, T) of at most 512 tokens."""
    if run.model is None:
        return llama, ids if run.text is None else text_tokens(run.text, llama)[:, :512]
    checkpoint = load_checkpoint(run.model, "decoder", **run.place)
    merging.attentions(checkpoint.model)  # refused here, before anything is timed
    if run.text is None and checkpoint.tokenizer is None:
        return checkpoint.model, tiny.random_tokens(checkpoint.model, 1, 64, seed=0)
    return checkpoint.model, checkpoint.tokens(run.text or story("story"))[:, :512]
