"""A mixture beside the two dense models it stands between, then trainings with and without the balancing loss."""

from __future__ import annotations

from statistics import fmean
from typing import Any

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Run
from llmquiz.demos.moe import costs, load_balancing
from llmquiz.demos.moe.mixture import expert_size, mixture, moved_by_one_token, needed, published, unused
from llmquiz.demos.moe.result import CHOSEN, EXPERTS, REQUESTS, Result
from llmquiz.demos.moe.routing import moe, routing


def measure(run: Run) -> Result:
    """A mixture beside two dense models, then two trainings of a smaller one for each seed."""
    # the chosen experts together are as wide as the small model's feed-forward layer, all experts as the large one's
    settings: dict[str, Any] = {"d_model": 256 if run.quick else 512, "n_layers": 4, **run.place}
    model, small = mixture(**settings), tiny.llama(**settings)
    large = tiny.llama(d_ff=EXPERTS // CHOSEN * tiny.swiglu_width(settings["d_model"]), **settings)

    # what of it works on a token: the experts that learn from one
    used = moved_by_one_token(model, seed=run.seed)
    model.requires_grad_(False)
    size = costs.size(model, sum(EXPERTS - n for n in used) * expert_size(model.config))
    run.progress(0.2)

    # what it costs: time of a pass, the three models in turn
    passes = costs.passes(model, small, large, quick=run.quick, seed=run.seed, device=run.device)
    run.progress(0.5)

    # how the load spreads where nothing balances it, and where a loss does
    seeds = range(run.seed, run.seed + (1 if run.quick else 3))
    trainings = load_balancing.pairs(seeds, run.device, run.part(0.5, 0.95))

    # which experts a batch needs, how much a pass calculates, and whether the layer is the sum that it is said to be
    touched = tuple(needed(model, requests, seed=run.seed) for requests in REQUESTS)
    published_total, published_active = published()
    work = costs.work(model, small, large, seed=run.seed)
    ways = routing(model, moe, seed=run.seed)
    run.progress(1.0)
    return Result(
        device=run.device,
        dtype=run.dtype,
        small=costs.size(small),
        mixture=size,
        large=costs.size(large),
        active_formula=size.parameters - unused(model.config),
        active_share=100 * size.active / size.parameters,
        routing=ways,
        used=used,
        work=work,
        work_saved=work.dense_total / work.mixture,
        touched=touched,
        touched_by_four=fmean(touched[REQUESTS.index(4)]),
        passes=passes,
        trainings=trainings,
        published_total=published_total,
        published_active=published_active,
    )
