"""Gaps filled from one side and from both against exact floors, then whole texts, on a language that is fully known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from llmquiz.demos.infill import filling, language, samples, whole_texts
from llmquiz.demos.infill.result import Gap, Result, Seeds
from llmquiz.demos.infill.setting import ENCODERS, GAPS, LENGTH, LETTERS, STARTS
from llmquiz.demos.infill.train import TESTED, TRAINING, unseen
from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.run import Run


def measure(run: Run) -> Result:
    """Gaps first, then whole texts, then one gap to look at."""
    # a text of the user's is read first: a wrong one is refused before anything is trained
    own_gap = samples.opened(run.text) if run.text is not None else None
    ready = 0.9 if run.live else 0.1
    models = training.models(TRAINING, **run.place, seed=run.seed, live=run.live, progress=run.part(0.0, ready))

    # how much each model loses on a missing letter, and on three in a row, beside what the language allows
    text = unseen(run.seed, 128 if run.quick else TESTED)  # (B, T)
    gaps = tuple(_gap(models, text, letters) for letters in GAPS)
    run.progress(ready + 0.3 * (1 - ready))

    # what the left-to-right decoder knows of a letter when it may score whole texts
    candidates = filling.candidates_loss(models["decoder"], text)

    # the letter behind the gap is changed: does the prediction for the gap move?
    moved = tuple((name, filling.moved(name, model, text, STARTS[0], 1)) for name, model in models.items())
    run.progress(ready + 0.5 * (1 - ready))

    # whole texts from nothing, in more and more passes
    written = whole_texts.written(models, run.seed, run.quick, run.part(ready + 0.5 * (1 - ready), 1.0))

    # one gap to look at: the user's, or three letters of the first text
    sample_text, start, letters = own_gap or (text[:1], STARTS[1], GAPS[-1])  # (1, T)
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(models["decoder"]),
        parameters=tuple(tiny.parameters(model) for model in models.values()),
        texts=len(text),
        moved=moved,
        gaps=gaps,
        floor_left=gaps[0].floors[0],
        floor_both=gaps[0].floors[1],
        candidates=candidates,
        candidates_read=LETTERS,
        written=written,
        language_nats=language.nats_expected(),
        positions_decoder=next(texts.positions for texts in written if texts.model == "decoder"),
        positions_encoder=next(t.positions for t in written if t.way == "masks" and t.passes == LENGTH),
        sample=samples.sample(models, sample_text, start, letters),
        seeds=_seeds(),
    )


def _gap(models: Mapping[str, Any], text: Tensor, letters: int) -> Gap:
    """All losses on one length of gap in `text`, (B, T)."""
    losses = [(name, filling.gap_loss(name, model, text, letters)) for name, model in models.items()]
    at_once = [(name, filling.gap_loss(name, models[name], text, letters, at_once=True)) for name in ENCODERS]
    return Gap(
        letters=letters,
        floors=(language.entropy(), language.together(letters), language.apart(letters)),
        enumerated=language.enumerated(letters),
        language=language.exact(text, letters),
        language_of_cards=language.exact(unseen(0), letters),
        found=tuple(losses),
        one_pass=tuple(at_once),
    )


def _seeds() -> tuple[Seeds, ...]:
    """All figures of all cards: a claim about training is to hold with every seed, not with the shipped one alone."""
    seeds: list[Seeds] = []
    for name in TRAINING.models:
        runs = shipped.card(TRAINING.demo, name)["runs"]
        seeds += [Seeds(name, figure, tuple(run["figures"][figure] for run in runs)) for figure in runs[0]["figures"]]
    return tuple(seeds)
