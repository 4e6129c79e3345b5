"""Training a demo's models again: a progress bar, the loss curves, and what became of the claims."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmquiz.app import demos
from llmquiz.app.context import Here
from llmquiz.errors import UnknownId

if TYPE_CHECKING:
    from rich.console import RenderableType

    from llmquiz.demos.lab.demo import Outcome
    from llmquiz.demos.lab.training import Run, Training


def listing(here: Here, json: bool) -> None:
    """Every model that is shipped, with its steps and the seconds that they took."""
    from llmquiz.demos.lab import shipped

    cards = shipped.cards()
    if json:
        here.json(cards)
        return
    from llmquiz.ui.tables import training as view

    here.show(*view.listing(cards, here.words))


def again(
    here: Here,
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

    demos.words_of(here, name)
    training = _train.of(name)
    for one in only:
        if one not in training.models:
            raise UnknownId(one, training.models, see=f"llmquiz train {name}")
    device = devices.choose(device)
    with ExitStack() as stack:
        folder = output or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        runs = {}
        with _train.weights_from(folder):  # some models start from others
            with devices.prepared(seed=seed, threads=threads):
                for model in only or training.models:
                    runs[model] = _one(here, training, model, folder, seed=seed, steps=steps, device=device)
            found = demos.outcome(here, name, device=device, threads=threads, keep=False)
    if json:
        here.json(
            {"demo": name, "runs": {key: asdict(run) for key, run in runs.items()}, "claims": found.json()["claims"]}
        )
    else:
        _show(here, training, runs, found, output)
    return any(claim.surprising for claim in found.claims)


def _one(here: Here, training: Training, model: str, folder: Path, **settings: Any) -> Run:
    from llmquiz.demos.lab import shipped
    from llmquiz.demos.lab import training as _train

    title = here.words("train.running", id=f"{training.demo}-{model}")
    with demos.bar(here, title) as progress:
        trained, run = _train.train(training, model, progress=progress, **settings)
    _train.save(trained, folder / f"{shipped.stem(training.demo, model)}.safetensors")
    return run


def _show(here: Here, training: Training, runs: dict[str, Run], found: Outcome, output: Path | None) -> None:
    from llmquiz.demos.lab import shipped
    from llmquiz.ui.tables import demo as demo_view
    from llmquiz.ui.tables import training as view

    for model, run in runs.items():
        card = shipped.card(training.demo, model)
        here.show(*view.comparison(run, card, _curve(here, run, card["runs"][0]), here.words))
    here.show("", *demo_view.claims(found, here.words))
    if output:
        here.say(here.words("train.kept", path=output))


def _curve(here: Here, run: Run, shipped: dict[str, Any]) -> RenderableType:
    """The losses of this run and of the shipped one over the steps."""
    from llmquiz.demos.lab import terminal

    lines = [
        terminal.Series(f"{here.words(key)} ({here.words('train.seed')} {seed})", _middles(steps, len(losses)), losses)
        for key, seed, steps, losses in (
            ("train.here", run.seed, run.steps, run.losses),
            ("train.shipped", shipped["seed"], shipped["steps"], shipped["losses"]),
        )
        if losses
    ]
    return terminal.curves(lines, x_label=here.words("train.steps"), y_label=here.words("train.loss"), height=10)


def _middles(steps: int, count: int) -> list[float]:
    """The middle of each of `count` equal stretches of `steps`."""
    return [steps * (i + 0.5) / count for i in range(count)]
