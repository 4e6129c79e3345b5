"""Steps written out, an answer at once, dots in the place of steps: is the number of ones odd?

One small Llama learns the parity of up to ten bits, in ways that share size, data, steps and sweep; one goes on longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.chain_of_thought.claims import SLOTS, WAYS, Result, Sample, Way
from llmquiz.demos.chain_of_thought.flips import flips
from llmquiz.demos.chain_of_thought.language import SIGNS, accuracy, answers, exam, parities, write
from llmquiz.demos.chain_of_thought.train import TRAINING
from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.run import Run
from llmquiz.errors import DemoError

LEARNT = 0.05
"""Mean loss of a token below which a model has learnt what it was asked, in nats; guessing costs 0.69."""


def measure(run: Run) -> Result:
    """Accuracy over length, passes, what flips do, and samples (or the user's own row)."""
    # a row that cannot be read is refused before anything is trained
    rows = [bits_of(run.text)] if run.text is not None else [exam(6, 2)[1:], exam(SLOTS, 2)[1:]]  # each (1, n)
    ready = 0.9 if run.live else 0.1
    models = training.models(TRAINING, **run.place, seed=run.seed, live=run.live, progress=run.part(0, ready))
    most = 128 if run.quick else 256

    # each model answers in the way that it was trained for: how often it is right, and in how many passes
    ways = {}
    for i, (name, model) in enumerate(models.items()):
        ways[name] = measure_way(name, model, most)
        run.part(ready, 0.97)((i + 1) / len(models))

    # does the answer turn with a flipped step, or with a flipped bit? Compared with the model that needs no steps
    turned = flips(models["steps"], models["long"], most)
    samples = tuple(sample(models, row) for row in rows)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(models["steps"]),
        parameters=tiny.parameters(models["steps"]),
        ways=tuple(ways.values()),
        flips=turned,
        samples=samples,
        steps_percent=100 * ways["steps"].by_bits[-1],
        dots_percent=100 * ways["dots"].by_bits[-1],
        steps_passes=ways["steps"].passes,
        answers_turned_percent=100 * fmean(turned.step),
    )


def measure_way(name: str, model: Any, most: int) -> Way:
    """Test a model, count its passes, read its card."""
    row = exam(SLOTS, 1)  # (1, SLOTS)
    counted = passes(model, lambda: write(model, WAYS[name], row))
    card = shipped.card(TRAINING.demo, name)
    return Way(
        name=name,
        by_bits=tuple(accuracy(model, WAYS[name], bits, most) for bits in range(1, SLOTS + 1)),
        passes=counted.calls,
        positions=counted.positions,
        trained=card["recipe"]["steps"],
        rate=card["recipe"]["rate"],
        seeds=tuple(run["figures"][f"n={SLOTS}"] for run in card["runs"]),
        learnt=tuple(learnt(run["losses"], run["steps"]) for run in card["runs"]),
    )


def learnt(losses: list[float], steps: int) -> int:
    """After so many steps the loss stayed below LEARNT; 0: never."""
    after = training.settled(losses, steps, LEARNT)
    return 0 if after == steps else after or 1


def sample(models: Mapping[str, Any], bits: Tensor) -> Sample:
    """What every model writes about one row (1, n)."""
    answer = int(parities(bits)[0, -1])
    written = {name: write(model, WAYS[name], bits) for name, model in models.items()}  # each (1, T)
    return Sample(
        bits=_signs(bits),
        answer=SIGNS[answer],
        written=tuple(map(_signs, written.values())),
        right=tuple(int(answers(WAYS[name], ids)[0]) == answer for name, ids in written.items()),
    )


def _signs(ids: Tensor) -> str:
    return "".join(SIGNS[i] for i in ids[0].tolist())


def bits_of(text: str) -> Tensor:
    """A row (1, n) that a user typed.

    Raises: DemoError where it is none.
    """
    row = "".join(text.split())
    if not 1 <= len(row) <= SLOTS or set(row) - {"0", "1"}:
        raise DemoError("chain-of-thought.no-bits", slots=SLOTS, text=text)
    return torch.tensor([[int(bit) for bit in row]])
