"""In-context learning by decoder, encoder and encoder–decoder: is it the mask, the loss on every token, or neither?

The mapping of `icl/mapping` and the tokens of `icl/induction` are new in every text, so that an answer can only be
known from the text itself.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from llmquiz.demos.icl import cards, heads, induction, mapping, prompt
from llmquiz.demos.icl.arms import COPIERS, INDUCTION, JOINED, SHOTS, SPLIT
from llmquiz.demos.icl.claims import Copier, Result, Trained
from llmquiz.demos.icl.heads import HeadId
from llmquiz.demos.icl.train import TRAINING
from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.run import Run


def measure(run: Run) -> Result:
    """Every shipped model on fresh texts of its task; the other seeds and the models beside them from the cards."""
    text = prompt.parsed(run.text) if run.text else prompt.drawn(run.seed)
    count = 1000 if run.quick else 2000
    share = 0.9 if run.live else 0.1  # of the progress: until the models are there
    load = partial(training.models, TRAINING, **run.place)

    # the mapping: the share of right labels after 1 to 8 examples
    joined = load(*JOINED, seed=run.seed, live=run.live, progress=run.part(0.0, share))
    trained = []
    for name, model in (joined | load(*SPLIT)).items():
        right = tuple(mapping.right(name, model, k, seed=2 + run.seed, count=count) for k in range(1, SHOTS + 1))
        trained.append(Trained(name, tiny.describe(model), tiny.parameters(model), right))
    fresh = mapping.untrained("decoder", run.seed).to(run.device)
    run.progress(share + 0.3 * (1 - share))

    # induction: what is copied, by which heads, and at which places of a text
    models = load(*COPIERS)
    copiers = tuple(_copier(name, models[name], run.seed, count // 4) for name in COPIERS)
    decoder = models["induction-decoder"]
    along = induction.right_along(decoder, induction.LONGEST, seed=run.seed, count=count // 4)
    repeated, guesses = induction.guesses(models, seed=run.seed)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        best=tuple(mapping.best(k) for k in range(1, SHOTS + 1)),
        copying=mapping.copying(SHOTS),
        trained=tuple(trained),
        untrained=mapping.right("decoder", fresh, SHOTS, seed=2 + run.seed, count=count),
        encoder_percent=100 * next(model for model in trained if model.arm == "encoder").right[-1],
        runs=tuple(cards.runs()),
        read=prompt.written(text),
        answers=tuple(prompt.answer(name, model, text) for name, model in joined.items()),
        copiers=copiers,
        along=tuple(along),
        repeated=repeated,
        guesses=tuple(guesses),
    )


def _copier(name: str, model: Any, seed: int, count: int) -> Copier:
    """A model of induction on fresh texts: with all its heads, and without those that find the answer."""
    fresh = TRAINING.build(name, seed).to(model.device)
    right = induction.right(name, model, seed=2 + seed, count=count)
    copier = Copier(
        arm=name,
        parameters=tiny.parameters(model),
        right=right,
        heads=tuple(heads.heads(name, model, seed=seed, count=count)),
        fresh=heads.largest_share(name, fresh, seed=seed, count=count),
        without=right,
    )
    if not copier.heads:
        return copier
    finders = [HeadId(head.kind, head.layer, head.head) for head in copier.finders]
    with heads.silenced(INDUCTION[name], model, *finders):
        return replace(copier, without=induction.right(name, model, seed=2 + seed, count=count))
