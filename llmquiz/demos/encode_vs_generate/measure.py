"""Passes counted, reading and writing timed by length and by batch, then one task learned in three ways."""

from __future__ import annotations

import torch
from torch import Tensor

from llmquiz.demos.encode_vs_generate import classifiers, reading_writing, unmasking
from llmquiz.demos.encode_vs_generate.claims import CLASSES, LABEL, NEW, PROMPT, Result
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.quantities import ratio
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text


def measure(run: Run) -> Result:
    """What a text costs that is read, and one that is written; and what is gained by not writing the answer."""
    given = load_checkpoint(run.model, "decoder", **run.place) if run.model else None
    decoder = given.model if given else tiny.llama(**run.place)
    encoder = reading_writing.encoder_like(decoder, **run.place) if given else tiny.bert(**run.place)
    own, rounds, of_batch, n = given is None, 4 if run.quick else 5, 16, 64
    lengths, batches = ((32, 128), (1, 32)) if run.quick else ((16, 32, 64, 128), (1, 4, 16, 64))
    if given:  # its size is not known: shorter texts and fewer rounds, so that a large one ends too
        lengths, batches, rounds, of_batch, n = (8, 32), (1, 8), 3, 8, 32

    # seconds of reading and of writing, by the length of a text and by how many there are at once
    at = reading_writing.at_lengths(encoder, decoder, lengths, rounds, own=own, device=run.device)
    run.progress(0.4)
    batching = reading_writing.batching(encoder, decoder, of_batch, batches, rounds, own=own, device=run.device)
    run.progress(0.6)

    # one task learned by the encoder, by the decoder's states, and by writing the label
    accuracies = classifiers.accuracies(run.seed, run.device, run.part(0.6, 0.95))

    # the passes of each way, and of an encoder that writes: a mask filled at a time
    readable = given if given and given.tokenizer else None
    ids = readable.tokens(text("story"))[:, :n] if readable else tiny.random_tokens(decoder, 1, n, seed=run.seed)
    own_text: list[Tensor] = []  # (1, n), what the decoder writes after the first token
    writing = passes(decoder, lambda: own_text.append(caching.written(decoder, ids[:, :1], n)))
    masked_model = tiny.bert(head=True, **run.place)
    prompt = tiny.random_tokens(masked_model, 1, PROMPT, seed=run.seed)  # (1, P)
    written: list[Tensor] = []
    filling = passes(masked_model, lambda: written.append(unmasking.unmasked(masked_model, prompt, NEW)))
    classify = reading_writing.three_ways(encoder, decoder, lengths[-1], LABEL, rounds, device=run.device)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        encoder=tiny.describe(encoder),
        decoder=tiny.describe(decoder),
        own_model=own,
        tokens=n,
        text=readable.text(ids[0]) if readable else "",
        written=readable.text(torch.cat((ids[0, :1], own_text[0][0]))) if readable else "",
        encoding=passes(encoder, reading_writing.reader(encoder, 1, n)),
        reading=passes(decoder, lambda: decoder.base_model(ids, use_cache=False)),
        writing=writing,
        lengths=at,
        growth=ratio(at[-1].write, at[0].write),
        batching=batching,
        accuracies=accuracies,
        first_state_percent=100 * accuracies.decoder_first,
        head_gap=classifiers.head_gap(decoder, ids, ids[0, :CLASSES]),
        classify=(classify["encoder"], classify["state"], classify["label"]),
        unmasking=filling,
        unmasking_positions=filling.positions,
        unmasking_written=int((written[0] != unmasking.MASK).sum()),
    )
