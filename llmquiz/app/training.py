"""Training a demo's models again: a progress bar, the loss curves, and what became of the claims."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz.app import demos
from llmquiz.app.context import AppContext
from llmquiz.errors import UnknownId

if TYPE_CHECKING:
    from rich.console import RenderableType

    from llmquiz.demos.lab.outcome import Outcome
    from llmquiz.demos.lab.training import Training, TrainingRun


def listing(context: AppContext, json: bool) -> None:
    """Every model that is shipped, with its steps and the seconds that they took."""
    from llmquiz.demos.lab import shipped

    cards = shipped.cards()
    if json:
        context.json(cards)
        return
    from llmquiz.ui.tables import training as view

    context.show(*view.listing(cards, context.words))


def again(
    context: AppContext,
    name: str,
    only: list[str],
    seed: int,
    steps: int | None,
    device: str,
    threads: int,
    output: Path | None,
    json: bool,
) -> bool:
    """Train, compare, test the claims; whether one of them is surprising."""
    from llmquiz.demos.lab import devices
    from llmquiz.demos.lab import training as _train

    demos.words_of(context, name)
    training = _train.of(name)
    for wanted in only:
        if wanted not in training.models:
            raise UnknownId(wanted, training.models, see=f"llmquiz train {name}")
    device = devices.choose(device)
    with ExitStack() as stack:
        # The claims are tested on what was just trained, so it needs a place even where it is not kept.
        folder = output or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        runs = {}
        with _train.weights_from(folder):  # some models start from others
            with devices.prepared(seed=seed, threads=threads):
                for model in only or training.models:
                    runs[model] = _one(context, training, model, folder, seed=seed, steps=steps, device=device)
            outcome = demos.run(context, name, device=device, threads=threads, keep=False)
    if json:
        context.json(
            {"demo": name, "runs": {key: asdict(run) for key, run in runs.items()}, "claims": outcome.json()["claims"]}
        )
    else:
        _show(context, training, runs, outcome, output)
    return any(claim.surprising for claim in outcome.claims)


def _one(context: AppContext, training: Training, model: str, folder: Path, **settings: Any) -> TrainingRun:
    from llmquiz.demos.lab import shipped
    from llmquiz.demos.lab import training as _train

    title = context.words("train.running", id=f"{training.demo}-{model}")
    with demos.bar(context, title) as progress:
        trained, run = _train.train(training, model, progress=progress, **settings)
    _train.save(trained, folder / f"{shipped.stem(training.demo, model)}.safetensors")
    return run


def _show(
    context: AppContext, training: Training, runs: dict[str, TrainingRun], outcome: Outcome, output: Path | None
) -> None:
    from llmquiz.demos.lab import shipped
    from llmquiz.ui.tables import demo as demo_view
    from llmquiz.ui.tables import training as view

    for model, run in runs.items():
        card = shipped.card(training.demo, model)
        context.show(*view.comparison(run, card, _curve(context, run, card["runs"][0]), context.words))
    context.show("", *demo_view.claims(outcome, context.words))
    if output:
        context.say(context.words("train.kept", path=output))


def _curve(context: AppContext, run: TrainingRun, shipped: dict[str, Any]) -> RenderableType:
    """The losses of this run and of the shipped one over the steps."""
    from llmquiz.demos.lab import terminal

    lines = [
        terminal.Series(
            f"{context.words(key)} ({context.words('train.seed')} {seed})", _middles(steps, len(losses)), losses
        )
        for key, seed, steps, losses in (
            ("train.here", run.seed, run.steps, run.losses),
            ("train.shipped", shipped["seed"], shipped["steps"], shipped["losses"]),
        )
        if losses
    ]
    return terminal.curves(lines, x_label=context.words("train.steps"), y_label=context.words("train.loss"), height=10)


def _middles(steps: int, count: int) -> list[float]:
    """The middle of each of `count` equal stretches of `steps`."""
    return [steps * (i + 0.5) / count for i in range(count)]
