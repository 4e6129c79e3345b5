"""What a token costs a state space model and attention: operations that are run, operations counted, and time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import exp, log
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from llmquiz.demos.lab import decoding, tiny
from llmquiz.demos.lab.counting import operations
from llmquiz.demos.lab.quantities import ratio
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.ssm import states
from llmquiz.demos.ssm.result import StepTimes, Work


class _Names(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """The operations that are run, by name."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.seen.append(str(func))
        return func(*args, **(kwargs or {}))


@torch.inference_mode()
def attention_operations(model: Any, ids: Tensor) -> int:
    """Attentions or softmaxes in one pass over ids (1, T), whatever the class calls its layers."""
    with _Names() as names:
        model(ids, use_cache=False)
    return sum("attention" in name or "softmax" in name for name in names.seen)


@torch.inference_mode()
def work(mamba: Any, attention: Any, ids: Tensor, lengths: tuple[int, ...]) -> tuple[Work, ...]:
    """Of both models over the first tokens of `ids` (1, T); `attention` eager, whose products can be counted."""
    return tuple(Work(T, _operations(mamba, ids[:, :T]), _operations(attention, ids[:, :T])) for T in lengths)


def _operations(model: Any, ids: Tensor) -> int:
    return operations(lambda: model(ids, use_cache=False))


def step_times(mamba: Any, attention: Any, lengths: tuple[int, ...], device: str, rounds: int, seed: int) -> StepTimes:
    """Both models in turn at every length; attention by the bare loop, whose cache is not copied."""
    ids = tiny.random_tokens(mamba, 1, lengths[1], seed=seed)  # (1, T)
    decoder, token = decoding.Decoder(attention, length=lengths[-1] + 1), ids[:, :1]  # (1, 1)
    caches = {T: states.read(mamba, ids[:, :T])[1] for T in lengths[:2]}

    def recur(T: int) -> Callable[[], object]:
        return lambda: states.step(mamba, token, caches[T])

    attend = {f"attention {T}": decoding.one_step(decoder, token, T) for T in lengths}
    cases = attend | {f"mamba {T}": recur(T) for T in caches}
    times = timed(cases, device=device, rounds=rounds)
    attending, recurring = [times[f"attention {T}"] for T in lengths], [times[f"mamba {T}"] for T in caches]
    return StepTimes(
        lengths=lengths,
        attention=tuple(t.median for t in attending),
        mamba=tuple(t.median for t in recurring),
        flat=ratio(recurring[1], recurring[0]),
        grows=ratio(attending[-1], attending[0]),
        early=ratio(recurring[0], attending[0]),
        late=ratio(attending[-1], recurring[1]),
        crossing=crossing(lengths, [t.median for t in attending], recurring[1].median),
    )


def crossing(lengths: tuple[int, ...], seconds: list[float], level: float) -> float:
    """Where a rising curve reaches `level`, between its points on logarithmic axes; 0 where it does not."""
    for (x0, y0), (x1, y1) in pairwise(zip(lengths, seconds, strict=True)):
        if y0 <= level < y1:
            return exp(log(x0) + (log(x1) - log(x0)) * (log(level) - log(y0)) / (log(y1) - log(y0)))
    return 0.0
