"""One objective for six tasks: a decoder, an encoder–decoder, and an encoder with a head for each task.

Next-token prediction brings every task into one form. Which of the others can do that too, and what does it cost them?
"""

from __future__ import annotations

from typing import Any

from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.run import Run
from llmquiz.demos.unified_objective import answers, language, objectives
from llmquiz.demos.unified_objective.claims import LENGTHS, TASKS, Kind, Result, Score
from llmquiz.demos.unified_objective.train import BATCH, TRAINING


def measure(run: Run) -> Result:
    """Every model on every task, on texts that no training contained; then one text to look at."""
    # a text of the user's first, so that one that does not fit is refused at once
    text = language.text_with_repeats(run.seed) if run.text is None else language.read(run.text)  # (1, n)
    models = training.models(TRAINING, **run.place, progress=run.part(0.0, 0.1))

    # outputs, passes, sizes: what is true of a model before any task is judged
    kinds = tuple(_kind(name, model, run.seed) for name, model in models.items())

    # exact answers to held-out texts, beside those of the three trainings on the card
    scores = list[Score]()
    for i, (name, model) in enumerate(models.items()):
        scores += [_score(name, model, task, run.seed) for task in TASKS]
        run.progress(0.1 + 0.7 * (i + 1) / len(models))

    # does a tested text occur among as many training texts as one model is shown?
    batches = max(TRAINING.steps.values())
    seen = answers.seen_in_training((batches // 10 if run.quick else batches) * BATCH, run.seed)

    answered = answers.answered(models, text)
    slips = tuple(slip for name, model in models.items() if (slip := answers.slip(name, model, run.seed)))
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        kinds=kinds,
        scores=tuple(scores),
        objectives_decoder=kinds[0].objectives,
        objectives_encoder=kinds[-1].objectives,
        dedup_encoder_percent=100 * scores[-1].right,
        tested=answers.TESTED * len(LENGTHS),
        seen=seen,
        answered=answered,
        slips=slips,
        losses=tuple((name, _losses(name)) for name in models),
        steps=batches,
    )


def _kind(name: str, model: Any, seed: int) -> Kind:
    return Kind(
        name=name,
        model=tiny.describe(model),
        parameters=tiny.parameters(model),
        outputs=objectives.outputs_used(name, model, seed),
        passes=objectives.passes(name, model),
    )


def _score(name: str, model: Any, task: str, seed: int) -> Score:
    by_seed = tuple(trained["figures"][task] for trained in _trainings(name))
    return Score(name, task, answers.exact_share(name, model, task, seed), by_seed)


def _losses(name: str) -> tuple[tuple[float, ...], ...]:
    """Of every seed."""
    return tuple(tuple(trained["losses"]) for trained in _trainings(name))


def _trainings(name: str) -> list[dict[str, Any]]:
    """Those on the card of a model, one a seed."""
    runs: list[dict[str, Any]] = shipped.card(TRAINING.demo, name)["runs"]
    return runs
