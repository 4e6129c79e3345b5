"""In-context learning by decoder, encoder and encoder–decoder: is it the architecture, the causal mask, or neither?

Mapping and repeating tokens are new in every text, so that an answer can only be known from the text itself.
"""

from __future__ import annotations

from functools import partial

from llmquiz.demos.icl import prompt
from llmquiz.demos.icl.claims import Copier, Result, Trained
from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.icl import cards, induction, mapping
from llmquiz.demos.lab.icl.arms import COPIERS, JOINED, SHOTS
from llmquiz.demos.lab.icl.train import TRAINING
from llmquiz.demos.lab.run import Run

COMPARED = ("decoder", "bidirectional", "encoder", "encoder-slot", "encoder-decoder")
"""Of the mapping with examples of one token."""
HARDER = ("split-encoder-decoder", "split-causal", "split-bidirectional")
"""With examples of two."""
COPYING = (
    "induction-decoder",
    "induction-encoder-slot",
    "induction-encoder-decoder",
    "induction-causal",
    "induction-bidirectional",
)


def measure(run: Run) -> Result:
    """Every shipped model on fresh texts of its task; the other seeds and the models beside them from the cards."""
    text = prompt.parsed(run.text) if run.text else prompt.drawn(run.seed)
    count = 1000 if run.quick else 2000
    share = 0.9 if run.live else 0.1  # of the progress: until the models are there
    load = partial(training.models, TRAINING, **run.place)

    # the mapping: the share of right labels after 1 to 8 examples
    joined = load(*JOINED, seed=run.seed, live=run.live, progress=run.part(0.0, share))
    trained = []
    for name, model in joined.items():
        right = tuple(mapping.right(name, model, k, seed=2 + run.seed, count=count) for k in range(1, SHOTS + 1))
        trained.append(Trained(name, tiny.describe(model), tiny.parameters(model), right))
    fresh = mapping.untrained("decoder", run.seed).to(run.device)
    run.progress(share + 0.6 * (1 - share))

    # repeating tokens
    copiers = [
        Copier(name, tiny.parameters(model), induction.right(name, model, seed=2 + run.seed, count=count // 4))
        for name, model in load(*COPIERS).items()
    ]
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        best=tuple(mapping.best(k) for k in range(1, SHOTS + 1)),
        copying=mapping.copying(SHOTS),
        trained=tuple(trained),
        untrained=mapping.right("decoder", fresh, SHOTS, seed=2 + run.seed, count=count),
        encoder_percent=100 * next(model for model in trained if model.arm == "encoder").right[-1],
        runs=cards.runs(*COMPARED, *HARDER, *COPYING),
        read=prompt.written(text),
        answers=tuple(prompt.answer(name, model, text) for name, model in joined.items()),
        copiers=tuple(copiers),
    )
