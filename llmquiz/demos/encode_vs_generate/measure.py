"""Passes counted, reading and writing timed by length and by batch, then one task learned in three ways."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from llmquiz.demos.encode_vs_generate import classifiers, reading_writing, unmasking
from llmquiz.demos.encode_vs_generate.claims import CLASSES, LABEL, NEW, PROMPT, Result
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.quantities import ratio
from llmquiz.demos.lab.run import Run


def measure(run: Run) -> Result:
    """What a text costs that is read, and one that is written; and what is gained by not writing the answer."""
    decoder, encoder = _pair(run)
    own, rounds = run.model is None, 4 if run.quick else 5
    lengths, batches = ((32, 128), (1, 32)) if run.quick else ((16, 32, 64, 128), (1, 4, 16, 64))
    if run.model:  # its size is not known: shorter texts and fewer rounds, so that a large one ends too
        lengths, batches, rounds = (16, 64), (1, 8), 3

    # seconds of reading and of writing, by the length of a text and by how many there are at once
    at = reading_writing.at_lengths(encoder, decoder, lengths, rounds, own=own, device=run.device)
    run.progress(0.4)
    batching = reading_writing.batching(encoder, decoder, 16, batches, rounds, own=own, device=run.device)
    run.progress(0.6)

    # one task learned by the encoder, by the decoder's states, and by writing the label
    accuracies = classifiers.accuracies(run.seed, run.device, run.part(0.6, 0.95))

    # the passes of each way, and of an encoder that writes: a mask filled at a time
    ids = tiny.random_tokens(decoder, 1, 64, seed=run.seed)  # (1, n)
    n = ids.shape[1]
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
        encoding=passes(encoder, reading_writing.reader(encoder, 1, n)),
        reading=passes(decoder, reading_writing.reader(decoder, 1, n)),
        writing=passes(decoder, reading_writing.writer(decoder, 1, n, own=False)),
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


def _pair(run: Run) -> tuple[Any, Any]:
    """Decoder and encoder of the same width and depth."""
    if run.model is None:
        return tiny.llama(**run.place), tiny.bert(**run.place)
    decoder = load_checkpoint(run.model, "decoder", **run.place).model
    return decoder, reading_writing.encoder_like(decoder, **run.place)
