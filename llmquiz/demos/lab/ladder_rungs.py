"""The trained models of the ladder, tested: what each scores here, and what its other seeds scored by the cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llmquiz.demos.lab import ladder, shipped, tiny, training
from llmquiz.demos.lab.results import Rung, Score
from llmquiz.demos.lab.run import Progress


def model(name: str, *, device: str, dtype: str) -> Any:
    """The trained model of that name."""
    return training.trained(ladder.TRAINING, name, device=device, dtype=dtype)


def tested(names: Sequence[str], *, device: str, dtype: str, progress: Progress) -> tuple[Rung, ...]:
    """These models, each tested now."""
    rungs = []
    for i, name in enumerate(names):
        trained = model(name, device=device, dtype=dtype)
        card = shipped.card(ladder.TRAINING.demo, name)
        figures = [ladder.figures(name, trained), *(run["figures"] for run in card["runs"][1:])]
        scores = [Score(f["loss"], f["right"], tuple(f[f"all {k}"] for k in ladder.LENGTHS)) for f in figures]
        parameters = tiny.parameters(trained)
        without = parameters - trained.get_input_embeddings().weight.numel()
        rungs.append(Rung(name, parameters, without, ladder.tokens_of(name), tuple(scores)))
        progress((i + 1) / len(names))
    return tuple(rungs)
