"""Parallel training: one masked pass gives the loss of every position, and which objectives make use of it."""

from __future__ import annotations

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Run
from llmquiz.demos.parallel_training import objectives, peeking, prefixes
from llmquiz.demos.parallel_training.claims import Result


def measure(run: Run) -> Result:
    """Losses, gradients and times of one pass against many, then where each objective has its loss."""
    model = tiny.llama(init=0.2, n_layers=2, **run.place)
    lengths = (16, 32, 64) if run.quick else (16, 32, 64, 128)

    # the same losses and gradients from one pass over L tokens and from L prefixes, and what either takes
    text = tiny.random_tokens(model, 1, lengths[-1] + 1, seed=run.seed)  # (1, L + 1): inputs, and targets one further
    losses = prefixes.losses_of(model, text)
    run.progress(0.1)
    savings = prefixes.savings(model, text[:, :-1], lengths, 3, run.part(0.1, 0.7))
    gradients = prefixes.gradients_of(16, run.seed, run.device)

    # four objectives on one text: which positions receive a gradient at all?
    shares, raw = objectives.shares(run.seed, run.device)
    percent = {share.objective: 100 * share.of_computed for share in shares}
    run.progress(0.8)

    # random tokens, of which nothing can be learned: a falling loss is a leak
    copying = peeking.copying(run.seed, run.device, run.part(0.8, 1.0))
    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(model),
        positions_one=losses.positions_one,
        positions_separate=losses.positions_separate,
        saving=savings[-1].apart.value,
        percent_next_token=percent["next-token"],
        percent_masked=percent["masked-tokens"],
        percent_spans=percent["spans"],
        losses=losses,
        gradients=gradients,
        savings=savings,
        copying=copying,
        shares=shares,
        raw=raw,
    )
