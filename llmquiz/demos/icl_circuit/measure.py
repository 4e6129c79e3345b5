"""What inside a small model copies from a text: where its heads look, and what fails when one says nothing.

The models are those that the demo `icl` compares; tokens and period are new in every text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from llmquiz.demos.icl_circuit import copying, heads
from llmquiz.demos.icl_circuit.claims import Copier, Result
from llmquiz.demos.icl_circuit.heads import HeadId
from llmquiz.demos.lab import training
from llmquiz.demos.lab.icl import induction
from llmquiz.demos.lab.icl.arms import INDUCTION
from llmquiz.demos.lab.icl.train import TRAINING
from llmquiz.demos.lab.run import Run

COPIERS = ("induction-decoder", "induction-encoder-slot", "induction-encoder-decoder")


def measure(run: Run) -> Result:
    """What is copied, by which heads, and at which places of a text."""
    count = 250 if run.quick else 500
    models = training.models(TRAINING, *COPIERS, **run.place)
    copiers = []
    for number, (name, model) in enumerate(models.items(), start=1):
        copiers.append(_copier(name, model, run.seed, count))
        run.progress(0.9 * number / len(models))
    along = copying.right_along(models["induction-decoder"], induction.LONGEST, seed=run.seed, count=count)
    repeated, guesses = copying.guesses(models, seed=run.seed)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        copiers=tuple(copiers),
        along=tuple(along),
        repeated=repeated,
        guesses=tuple(guesses),
    )


def _copier(name: str, model: Any, seed: int, count: int) -> Copier:
    """A model on fresh texts: with all its heads, and without those that find the answer."""
    fresh = TRAINING.build(name, seed).to(model.device)
    right = induction.right(name, model, seed=2 + seed, count=count)
    copier = Copier(
        arm=name,
        right=right,
        heads=tuple(heads.heads(name, model, seed=seed, count=count)),
        fresh=heads.largest_share(name, fresh, seed=seed, count=count),
        without=right,
    )
    finders = [HeadId(head.kind, head.layer, head.head) for head in copier.finders]
    with heads.silenced(INDUCTION[name], model, *finders):
        return replace(copier, without=induction.right(name, model, seed=2 + seed, count=count))
