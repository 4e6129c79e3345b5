"""Attention: one sentence through decoder, encoder and encoder–decoder; who sees whom, how evenly, in which order."""

from __future__ import annotations

import torch

from llmquiz.demos.attention import patterns, sentence
from llmquiz.demos.attention.claims import Result
from llmquiz.demos.attention.one_block import one_block
from llmquiz.demos.attention.word_order import word_order
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Run

SENTENCE = "the cat sat on the mat because it was warm"


def measure(run: Run) -> Result:
    """Read the sentence, look at all attention weights, then put the words into other orders."""
    text = SENTENCE if run.text is None else run.text
    readers, given = sentence.readers(text, run.model, **run.place)
    decoder, encoder, encoder_decoder = readers.values()
    run.progress(0.3)

    # who gives weight to whom, in all layers and heads of each architecture
    kinds = patterns.attentions(readers)
    pairs = {attention.kind: attention.pairs for attention in kinds}

    # a number for each word: what follows runs on models of ours, whatever --model is
    ids = torch.tensor([sentence.numbered(sentence.words_of(text), tiny.VOCAB)], device=run.device)  # (1, n)
    mean_evenness, least_evenness = patterns.evenness_untrained(run.device, run.dtype, ids)
    run.progress(0.5)

    # the words in other orders, with positions and without; then the same weights with another mask
    order = word_order(ids, 4 if run.quick else 10, run.seed, **run.place)
    run.progress(0.9)
    block = one_block(ids, run.seed, **run.place)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        models=(
            tiny.describe(decoder.model),
            tiny.describe(encoder.model),
            tiny.describe(encoder_decoder.model),
        ),
        given=given,
        tokens=tuple(reader.tokens for reader in readers.values()),
        pairs_decoder=pairs["decoder"],
        pairs_encoder=pairs["encoder"],
        pairs_encoder_decoder=pairs["source"] + pairs["target"] + pairs["cross"],
        percent_even=100 * mean_evenness,
        least_even=least_evenness,
        kinds=kinds,
        one_block=block,
        order=order,
    )
