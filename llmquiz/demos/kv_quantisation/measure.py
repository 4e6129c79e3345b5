"""The loss of a text whose keys and values were rounded to few bits, along either axis."""

from __future__ import annotations

from itertools import count
from statistics import median
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.kv_quantisation.claims import Cost, Result
from llmquiz.demos.kv_quantisation.quantise import GROUP, Projections, Rule, by_rules, changing, projections
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import load_checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.demos.lab.texts import text

LONGEST = 512
QUICK = 160
LEAST = 3 * GROUP


def measure(run: Run) -> Result:
    """Read the text once as it is, then with keys, values or both quantised."""
    assert run.model, "a demo that needs a real model is given one"
    own = load_checkpoint(run.model, "decoder", **run.place)
    where = projections(own)
    ids = own.tokens(run.text or text("story"), LEAST)[:, : QUICK if run.quick else LONGEST]  # (1, T)
    run.progress(0.05)

    key_ratio, value_ratio = ratios(own.model, where, ids)
    full_loss, top = read(own.model, ids)
    few, many = ((2,), (8, 4, 2)) if run.quick else ((3, 2), (8, 4, 3, 2))
    passes, total = count(1), 4 * len(few) + len(many) + 3

    def cost(keys: Rule | None, values: Rule | None) -> Cost:
        with changing(where, by_rules(keys, values)):
            loss, now = read(own.model, ids)
        run.progress(0.1 + 0.9 * next(passes) / total)
        bits = next(rule.bits for rule in (keys, values) if rule)
        return Cost(bits, loss, float((now != top).float().mean()))

    return Result(
        device=run.device,
        dtype=run.dtype,
        model=tiny.describe(own.model),
        text=own.text(ids[0]),
        tokens=ids.shape[1],
        group=GROUP,
        layers=where.layers,
        kv_heads=where.kv_heads,
        width=where.width,
        full_loss=full_loss,
        keys_by_channel=tuple(cost(Rule(bits, "channel"), None) for bits in few),
        keys_by_token=tuple(cost(Rule(bits, "token"), None) for bits in few),
        values_by_token=tuple(cost(None, Rule(bits, "token")) for bits in few),
        values_by_channel=tuple(cost(None, Rule(bits, "channel")) for bits in few),
        both=tuple(cost(Rule(bits, "channel"), Rule(bits, "token")) for bits in many),
        wrong=cost(Rule(2, "token"), Rule(2, "channel")),
        whole=cost(Rule(2, "channel", None), Rule(2, "token", None)),
        evened=cost(Rule(2, "token", evened=True), None),
        key_ratio=key_ratio,
        value_ratio=value_ratio,
    )


@torch.inference_mode()
def read(model: Any, ids: Tensor) -> tuple[float, Tensor]:
    """Mean loss in nats over all tokens of `ids` (1, T) but the first, and the most likely ones (T − 1,)."""
    logs = model(ids).logits[0, :-1].float().log_softmax(-1)  # (T − 1, V)
    return float(-logs.gather(1, ids[0, 1:, None]).mean()), logs.argmax(-1)


@torch.inference_mode()
def ratios(model: Any, where: Projections, ids: Tensor) -> tuple[float, float]:
    """How far the largest channel of a head exceeds the median one, for keys and values of `ids` (1, T)."""
    seen: dict[bool, list[float]] = {True: [], False: []}

    def look(numbers: Tensor, is_key: bool) -> Tensor:
        seen[is_key] += spread(numbers).tolist()
        return numbers

    with changing(where, look):
        model(ids)
    return median(seen[True]), median(seen[False])


def spread(numbers: Tensor) -> Tensor:
    """Mean magnitude of the largest channel by that of the median one, head by head: (1, T, H, D) gives (H,)."""
    size = numbers[0].float().abs().mean(0)  # (H, D)
    return size.amax(-1) / size.median(-1).values
