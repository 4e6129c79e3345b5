"""Where a token stands, told in five ways: what each is worth beyond the trained length, and what stretching mends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.run import Progress, Run
from llmquiz.demos.positions.claims import SHOWN, STRETCHES, TRAINED, WAYS, Curve, Result, Spread, Writing
from llmquiz.demos.positions.language import LETTERS
from llmquiz.demos.positions.losses import floors, losses
from llmquiz.demos.positions.relative_positions import drift
from llmquiz.demos.positions.texts import held_out
from llmquiz.demos.positions.train import MULTIPLES, TRAINING
from llmquiz.demos.positions.writing import writing

WRITERS = (("rope", ""), ("rope", "YaRN"), ("alibi", ""))
"""Ways, and how RoPE is stretched."""


def measure(run: Run) -> Result:
    """Losses of the shipped models by length, RoPE stretched four ways, scores along diagonals, and what is written."""
    models = training.models(TRAINING, **run.place)
    lengths = tuple(round(t * TRAINED) for t in (SHOWN if run.quick else MULTIPLES))
    ids = held_out(24 if run.quick else 64, MULTIPLES[-1], run.seed)  # (B, 8 · TRAINED + 1)
    run.progress(0.1)

    # the same last letters with more and more of the text before them, and the best that anyone could do with it
    curves = _curves(models, ids, lengths, run.part(0.1, 0.7))
    ways, stretches = curves[: len(WAYS)], curves[len(WAYS) :]
    best = floors(ids, lengths)

    # letters of their own, far behind the trained length
    written = _written(models, run.seed, run.part(0.7, 1.0))

    rope, alibi = (ways[WAYS.index(way)].losses for way in ("rope", "alibi"))
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(models["rope"]),
        parameters=tuple(tiny.parameters(models[way]) for way in WAYS),
        lengths=lengths,
        floors=best,
        guess=math.log(len(LETTERS)),
        ways=ways,
        stretches=stretches,
        seeds=seeds(),
        # a score of the first layer while query and key move along together: is it the distance alone that counts?
        drift=drift("rope", models["rope"], lengths[-1]),
        drift_own_angles=drift("rope", models["rope"], lengths[-1], own_angles=True),
        drift_sinusoidal=drift("sinusoidal", models["sinusoidal"], lengths[-1]),
        written=written,
        rope_perplexity=math.exp(rope[-1]),
        alibi_share=100 * (alibi[0] - alibi[-1]) / (best[0] - best[-1]),
    )


def _curves(models: Mapping[str, Any], ids: Tensor, lengths: Sequence[int], progress: Progress) -> tuple[Curve, ...]:
    """Of the five ways, then of RoPE stretched."""
    curves = list[Curve]()
    cases = [(way, "") for way in WAYS] + [("rope", how) for how in STRETCHES]
    for way, how in cases:
        curves.append(Curve(how or way, losses(way, models[way], ids, lengths, how)))
        progress(len(curves) / len(cases))
    return tuple(curves)


def _written(models: Mapping[str, Any], seed: int, progress: Progress) -> tuple[Writing, ...]:
    begun = held_out(2, 0.25, seed)[:, :-1]  # (2, TRAINED / 4)
    written = list[Writing]()
    for way, how in WRITERS:
        written.append(writing(way, how, models[way], begun, seed))
        progress(len(written) / len(WRITERS))
    return tuple(written)


def seeds() -> tuple[Spread, ...]:
    """Least and greatest of three trainings, from the cards."""
    spreads = []
    for way in WAYS:
        runs = [run["figures"] for run in shipped.card(TRAINING.demo, way)["runs"]]
        for key in runs[0]:
            values = [run[key] for run in runs]
            plain = key[0].isdigit() or key.startswith("tuned")  # not of a stretch, which has a name of its own
            spreads.append(Spread(f"{way} {key}" if plain else key, min(values), max(values)))
    return tuple(spreads)
