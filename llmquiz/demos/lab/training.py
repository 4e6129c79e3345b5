"""Training of the small models that some demos ship, and the cards that say how each was made.

A demo that learns has a module `train` with a `TRAINING`. Its weights are weights/MODEL.safetensors in its folder (the
ladder's, which two demos read, in lab), each beside a card of the same name: recipe, data, sweep of learning rates,
every seed's losses and figures, versions, hash. `llmquiz train DEMO` makes them again; the shipped ones were made by
`python -m llmquiz.demos.lab.ship DEMO`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from llmquiz.demos.lab import shipped
from llmquiz.demos.lab.devices import DTYPES, seeded
from llmquiz.demos.lab.run import Progress, part, silent
from llmquiz.errors import DemoError, UnknownId

POINTS = 50
"""Of a loss curve in a card, each the mean of its stretch of steps."""
LAST = 0.05
"""The share of the steps over which the last loss is averaged."""
_folder: ContextVar[Path | None] = ContextVar("folder", default=None)

Loss = Callable[[str, Any, torch.Generator, float], Tensor]
"""Of a batch that is drawn for the model of that name, at this share of the training (0 to 1): a scalar."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a demo's models are made."""

    demo: str
    data: str
    """What is drawn, in a line for the card."""
    steps: Mapping[str, int]
    """Of each model."""
    rates: Mapping[str, float]
    """The learning rate of each, the best of `tried` by `best`."""
    build: Callable[[str, int], Any]
    """The untrained model of a name, drawn from a seed, on the CPU in float32."""
    loss: Loss
    figures: Callable[[str, Any], Mapping[str, float]]
    """What a trained model is compared by."""
    best: str = "loss"
    """The figure that decides between learning rates: the largest wins; `loss` itself: the smallest."""
    tried: tuple[float, ...] = (1e-3, 3e-3, 1e-2)
    weight_decay: float = 0.01
    warm_up: float = 0.05
    """Share of the steps; then half a cosine down to a twentieth."""
    clip: float = 1.0
    """Largest norm of the gradient."""
    further: Mapping[str, Any] | None = None
    """What else belongs to the recipe: batch, lengths, curriculum."""
    course: Callable[[Any], Mapping[str, Sequence[float]]] | None = None
    """What the loss noted as it went along, of the model that it trained."""
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Trained by the recipe of a model for its card alone: what it is compared with, and not shipped."""

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models."""
        return tuple(self.steps)

    def recipe(self, name: str) -> dict[str, Any]:
        """All settings of one model's training."""
        settings = {"optimizer": "AdamW", "rate": self.rates[name], "steps": self.steps[name]}
        settings |= {"weight_decay": self.weight_decay, "warm_up": self.warm_up, "clip": self.clip}
        return settings | dict(self.further or {})


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """One training of one model."""

    seed: int
    rate: float
    steps: int
    seconds: float
    losses: tuple[float, ...]
    """At most `POINTS` means, each over its stretch of steps."""
    loss: float
    """Mean over the last twentieth of the steps."""
    figures: Mapping[str, float]
    course: Mapping[str, Sequence[float]]
    """Empty where the training has none."""


def of(demo_id: str) -> Training:
    """The training of a demo.

    Raises: UnknownId where the demo has none.
    """
    if demo_id not in shipped.trainings():
        raise UnknownId(demo_id, shipped.trainings(), see="llmquiz train")
    training: Training = import_module(f"llmquiz.demos.{demo_id.replace('-', '_')}.train").TRAINING
    return training


def train(
    training: Training,
    name: str,
    *,
    seed: int = 0,
    rate: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    progress: Progress = silent,
) -> tuple[Any, TrainingRun]:
    """A model trained from its seed by the recipe; model and data are drawn on the CPU, the same on every device."""
    rate, steps = rate or training.rates[name], steps or training.steps[name]
    # drawn on the CPU and then moved: the same weights and the same batches on every device
    model = training.build(name, seed).to(device).train().requires_grad_(True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=training.weight_decay)
    warm_up = max(1, round(training.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda done: schedule_at(done, steps, warm_up))
    drawn, losses, start = torch.Generator().manual_seed(seed), list[float](), time.perf_counter()
    with seeded(seed):
        for done in range(steps):
            loss = training.loss(name, model, drawn, done / steps)  # a scalar
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), training.clip)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            progress((done + 1) / steps)
    model.eval().requires_grad_(False)
    seconds = time.perf_counter() - start
    figures = {key: round(value, 5) for key, value in training.figures(name, model).items()}
    course = training.course(model) if training.course else {}
    return model, TrainingRun(
        seed, rate, steps, round(seconds, 1), curve(losses), round(last(losses), 5), figures, course
    )


def schedule_at(done: int, steps: int, warm_up: int) -> float:
    """The share of the learning rate after so many steps: linear warm-up, then half a cosine down to a twentieth."""
    if done < warm_up:
        return (done + 1) / warm_up
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (done - warm_up) / max(1, steps - warm_up)))


def curve(losses: list[float]) -> tuple[float, ...]:
    """`losses` as at most `POINTS` means."""
    cuts = [round(i * len(losses) / POINTS) for i in range(POINTS + 1)]
    stretches = [losses[a:b] for a, b in pairwise(cuts) if b > a]
    return tuple(round(sum(stretch) / len(stretch), 5) for stretch in stretches)


def settled(losses: Sequence[float], steps: int, below: float) -> int:
    """The step from which on the loss, given as means of equal stretches, stays below a value; `steps` where never."""
    high = [i + 1 for i, loss in enumerate(losses) if loss >= below]
    return round(steps * max(high, default=0) / len(losses))


def last(losses: list[float]) -> float:
    """The mean over the last twentieth."""
    end = losses[-max(1, round(LAST * len(losses))) :]
    return sum(end) / len(end)


def save(model: Any, path: Path) -> None:
    """The weights as safetensors; a matrix that two modules share is written once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: weight.detach().cpu().contiguous() for name, weight in model.named_parameters()}, path)


@contextmanager
def weights_from(folder: Path) -> Iterator[None]:
    """Inside, demos take the weights that are in `folder` in the place of the shipped ones."""
    token = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(token)


def trained(training: Training, name: str, *, device: str = "cpu", dtype: str = "float32") -> Any:
    """The shipped model, frozen.

    Raises: DemoError where its file is not what its card says.
    """
    own = _folder.get()
    if own and (mine := own / f"{shipped.stem(training.demo, name)}.safetensors").exists():
        path = mine
    else:
        path = shipped.weights(training.demo, name)
        if not path.exists() or shipped.digest(path) != shipped.read_card(path.with_suffix(".json"))["sha256"]:
            raise DemoError("demo.weights-changed", path=path)
    model = training.build(name, 0)
    missing, unknown = model.load_state_dict(load_file(path), strict=False)
    shared = set(model.state_dict()) - {key for key, _ in model.named_parameters()}
    assert set(missing) <= shared, missing
    assert not unknown, unknown
    return model.to(device=device, dtype=DTYPES[dtype]).eval().requires_grad_(False)


def models(
    training: Training,
    *names: str,
    device: str,
    dtype: str,
    seed: int = 0,
    live: bool = False,
    progress: Progress = silent,
) -> dict[str, Any]:
    """By name the models named (all where none is): the shipped ones, or trained here and now where `live`."""
    by_name = {}
    names = names or training.models
    for i, name in enumerate(names):
        share = part(progress, i / len(names), (i + 1) / len(names))
        if live:
            model = train(training, name, seed=seed, device=device, progress=share)[0].to(DTYPES[dtype])
        else:
            model = trained(training, name, device=device, dtype=dtype)
        by_name[name] = model
        share(1.0)
    return by_name
