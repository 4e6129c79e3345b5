"""How the loss falls with parameters and data, on a language whose entropy is known, and the formulas put beside it.

Kaplan et al. (2020) and Hoffmann et al. (2022, Chinchilla) fitted theirs to text, whose entropy nobody knows.
"""

from __future__ import annotations

import torch
from torch import Tensor

from llmquiz.demos.lab import counting, ladder, ladder_rungs
from llmquiz.demos.lab.run import Run
from llmquiz.demos.scaling_law import fits, formulas
from llmquiz.demos.scaling_law.claims import Result


def measure(run: Run) -> Result:
    """Test every model, then fit; `quick` changes nothing here, the whole takes a few seconds."""
    rungs = ladder_rungs.tested(ladder.NAMES, **run.place, progress=run.part(0, 0.5))
    largest = ladder.NAMES.index(ladder.LADDER[-1])
    entropy = ladder.language().entropy
    losses = torch.tensor([[score.loss for score in rung.scores] for rung in rungs], dtype=torch.float64).T  # (S, n)
    points = [(rung.parameters, rung.tokens) for rung in rungs]

    # what is left above the known entropy, as a sum of two power laws: exponents, their spread, and the fit itself
    excesses = losses - entropy  # (S, n)
    alpha, beta = fits.exponents(points, excesses, run.seed)
    run.progress(0.8)
    mean = excesses.mean(0, keepdim=True).log()  # (1, n)
    fitted = fits.predicted(fits.excess, fits.fit(fits.excess, points, mean)[0], points)
    # Kaplan counts N without the embedding, which changes the exponent of small models
    bare = [(rung.without_embedding, rung.tokens) for rung in rungs]
    bare_alpha = float(fits.fit(fits.excess, bare, mean)[0, 1])

    # the same without being told the entropy
    floor = fits.floor(points, losses, entropy, largest)
    run.progress(0.9)

    # is compute a third variable? Count the operations of a step, and add three laws as the sheet does
    operations = _operations(ladder.LADDER[-1])
    six_nd = 6 * rungs[largest].parameters * ladder.BATCH * ladder.LENGTH
    published, three_laws = formulas.published(), formulas.three_laws(rungs)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        entropy=entropy,
        rungs=rungs,
        alpha=alpha,
        beta=beta,
        halving=2 ** (1 / alpha.value),
        alpha_without_embedding=bare_alpha,
        fitted=tuple(fitted),
        floor=floor,
        floor_found=floor.found,
        published=published,
        sheet_at_gpt3=published.sheet,
        three_laws=three_laws,
        sum_over_measured=three_laws.added / three_laws.measured,
        operations=operations,
        six_nd=six_nd,
        work_over_six_nd=operations / six_nd,
    )


def _operations(name: str) -> int:
    """Of matrix products in a forward and a backward pass over one batch."""
    ladder.language()  # made by then, so that its own products are not counted
    model = ladder.untrained(name, 0).train()
    model.set_attn_implementation("eager")  # its products are seen one by one

    def train() -> None:
        loss: Tensor = ladder.loss(name, model, torch.Generator().manual_seed(0), 0.0)
        loss.backward()  # type: ignore[no-untyped-call]

    return counting.operations(train)
