"""How soon the arms of in-context learning learned it, by the tokens that carry loss; the shipped ones asked again."""

from __future__ import annotations

from typing import Any

from llmquiz.demos.icl_loss.claims import Asked, Result
from llmquiz.demos.lab import training
from llmquiz.demos.lab.icl import cards, induction, mapping
from llmquiz.demos.lab.icl.arms import MAPPING, SHOTS
from llmquiz.demos.lab.icl.train import TRAINING
from llmquiz.demos.lab.run import Run

MAPPINGS = ("decoder", "decoder-last", "encoder", "encoder-15", "encoder-slot", "split-decoder", "split-decoder-last")
COPYING = (
    "induction-decoder",
    "induction-decoder-last",
    "induction-encoder-50",
    "induction-encoder-15",
    "induction-encoder-slot",
)


def measure(run: Run) -> Result:
    """What every seed of the cards reached and when, and what the shipped models get right on fresh texts."""
    arms = (*MAPPINGS, *COPYING)
    models = training.models(TRAINING, *(name for name in arms if name in TRAINING.models), **run.place)
    asked = []
    for number, (name, model) in enumerate(models.items(), start=1):
        asked.append(Asked(name, right(name, model, seed=2 + run.seed, count=500 if run.quick else 2000)))
        run.progress(number / len(models))
    return Result(
        device=run.device,
        dtype=run.dtype,
        best=mapping.best(SHOTS),
        runs=cards.runs(*arms),
        asked=tuple(asked),
    )


def right(name: str, model: Any, *, seed: int, count: int) -> float:
    """Share of last labels or tokens that a model gets right on fresh texts."""
    if name in MAPPING:
        return mapping.right(name, model, SHOTS, seed=seed, count=count)
    return induction.right(name, model, seed=seed, count=count)
