"""How the shipped weights were made: `python -m llmquiz.demos.lab.ship DEMO [MODEL ...]`.

For each model a sweep of learning rates with a seed of its own, then the recipe with three seeds; the first is shipped,
all three stand in the card. `--sweep` only sweeps and prints, to choose `Training.rates` by.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
import transformers

from llmquiz.demos.lab import shipped, tiny
from llmquiz.demos.lab.devices import prepared
from llmquiz.demos.lab.training import Training, TrainingRun, save, train

SEEDS = (0, 1, 2)
SWEEP_SEED = 100
"""Of the sweep: no run that is reported."""


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def sweep(training: Training, name: str, steps: int | None = None) -> dict[str, dict[str, float]]:
    """For each learning rate that was tried, what came of it."""
    outcomes = {}
    for rate in training.tried:
        _, run = train(training, name, seed=SWEEP_SEED, rate=rate, steps=steps)
        outcomes[f"{rate:g}"] = {"loss": run.loss, **run.figures}
        _say(f"{training.demo}-{name} rate {rate:g}: {outcomes[f'{rate:g}']} ({run.seconds} s)")
    return outcomes


def chosen(training: Training, tried: dict[str, dict[str, float]]) -> float:
    """The learning rate that won; of equals the smallest."""
    sign = -1 if training.best == "loss" else 1
    return float(max(tried, key=lambda rate: (sign * tried[rate][training.best], -float(rate))))


def ship(training: Training, name: str) -> None:
    """Sweep, train with every seed, and write the weights of the first beside their card."""
    weights = shipped.weights(training.demo, name)
    tried = sweep(training, name)
    if (rate := chosen(training, tried)) != training.rates[name]:
        _say(f"{name}: the sweep chose {rate:g}, not {training.rates[name]:g}: the recipe has to say so")
        training = replace(training, rates={**training.rates, name: rate})
    model, runs = _trained(training, name, rate, training.steps[name])
    save(model, weights)
    card = _card(training, name, tiny.describe(model), tried, runs, weights)
    if name in training.beside:
        card["beside"] = {variant: _beside(training, name, variant) for variant in training.beside[name]}
    weights.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _beside(training: Training, name: str, variant: str) -> dict[str, Any]:
    """The same sweep and the same seeds for a model that is not shipped."""
    steps = training.steps[name]
    tried = sweep(training, variant, steps)
    model, runs = _trained(training, variant, chosen(training, tried), steps)
    sweep_of_variant = {"seed": SWEEP_SEED, "rates": tried}
    return {"model": tiny.describe(model), "sweep": sweep_of_variant, "runs": [asdict(run) for run in runs]}


def _trained(training: Training, name: str, rate: float, steps: int) -> tuple[Any, list[TrainingRun]]:
    """The model of the first seed, and the trainings with every seed."""
    trained = []
    for seed in SEEDS:
        trained.append(train(training, name, seed=seed, rate=rate, steps=steps))
        run = trained[-1][1]
        _say(f"{training.demo}-{name} seed {seed}: loss {run.loss} {dict(run.figures)} ({run.seconds} s)")
    return trained[0][0], [run for _, run in trained]


def _card(
    training: Training, name: str, described: str, tried: dict[str, Any], runs: list[TrainingRun], weights: Path
) -> dict[str, Any]:
    return {
        "demo": training.demo,
        "name": name,
        "model": described,
        "recipe": training.recipe(name),
        "data": training.data,
        "sweep": {"seed": SWEEP_SEED, "best": training.best, "rates": tried},
        "shipped_seed": SEEDS[0],
        "runs": [asdict(run) for run in runs],
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        },
        "sha256": shipped.digest(weights),
    }


def _main(arguments: list[str]) -> None:
    demo_id, *names = [word for word in arguments if not word.startswith("--")]
    training: Training = import_module(f"llmquiz.demos.{demo_id.replace('-', '_')}.train").TRAINING
    with prepared(seed=0, threads=1):
        for name in names or training.models:
            if "--sweep" in arguments:
                _say(f"{name} {chosen(training, sweep(training, name)):g}")
            else:
                ship(training, name)


if __name__ == "__main__":
    _main(sys.argv[1:])
