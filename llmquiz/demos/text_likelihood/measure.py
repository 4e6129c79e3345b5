"""What a causal model and a masked one say of all texts of four letters, added up."""

from __future__ import annotations

from typing import Any

import torch

from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.four_letters import LENGTH, every_text, spelled
from llmquiz.demos.lab.run import Run
from llmquiz.demos.text_likelihood import models
from llmquiz.demos.text_likelihood.claims import Example, Result
from llmquiz.demos.text_likelihood.train import TRAINING

EXAMPLES = ("abab", "abba")
"""One that occurs and one that does not."""


def measure(run: Run) -> Result:
    """The shipped models, or two that are trained here where `live`."""
    both = training.models(
        TRAINING, "causal", "masked", **run.place, live=run.live, seed=run.seed, progress=run.part(0.0, 0.8)
    )
    result = sums_over_all(**both, device=run.device, dtype=run.dtype)
    run.progress(1.0)
    return result


@torch.no_grad()
def sums_over_all(causal: Any, masked: Any, *, device: str = "cpu", dtype: str = "float32") -> Result:
    """What both say of all texts."""
    ids, true = every_text(), models.true_texts()  # (256, T), (256,)
    log_p = models.log_likelihood(causal, ids).cpu()  # (256,)
    pseudo = models.pseudo_log_likelihood(masked, ids).cpu()  # (256,)
    ordered = torch.stack([models.in_order(masked, ids, order) for order in models.orders()]).cpu()  # (24, 256)
    apart = ordered.max(0).values - ordered.min(0).values  # (256,)
    sums = ordered.exp().sum(1)  # (24,)
    names = [spelled(row) for row in ids]
    return Result(
        device=device,
        dtype=dtype,
        model=tiny.describe(causal),
        masked=tiny.describe(masked),
        texts=len(ids),
        true=int(true.sum()),
        passes=LENGTH,
        step_gap=float((models.stepwise(causal, ids).cpu() - log_p).abs().max()),
        causal_sum=float(log_p.exp().sum()),
        pseudo_sum=float(pseudo.exp().sum()),
        order_sums=(float(sums.min()), float(sums.max())),
        orders=len(ordered),
        order_true=float(ordered[0, true].exp().sum()),
        order_gap=float(apart.max()),
        true_order_gap=float(apart[true].max()),
        examples=tuple(
            Example(name, float(log_p[at].exp()), float(pseudo[at].exp()), _ends(ordered[:, at].exp()))
            for name, at in ((name, names.index(name)) for name in EXAMPLES)
        ),
    )


def _ends(values: torch.Tensor) -> tuple[float, float]:
    """The smallest and the largest."""
    return float(values.min()), float(values.max())
