"""Ways to use a key–value cache, or none: the same text, its speed, what appended text changes, a second question."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.kv_cache.claims import SameText, SecondQuestion, Speed
from llmquiz.demos.lab import caching
from llmquiz.demos.lab.quantities import Times, ratio
from llmquiz.demos.lab.run import Progress
from llmquiz.demos.lab.timing import stopwatch

MOVED = 1e-3
"""A state has changed when a coordinate moved by more than this share of the states' standard deviation."""


def same_text(model: Any, prompt: Tensor, new: int) -> SameText:
    """Tokens, logits and positions with a cache, without one, and from a cache that never saw `prompt` (1, P)."""
    with caching.counting(model.get_input_embeddings()) as fed_with:
        with_cache = caching.decode(model, prompt, new, cached=True)
    with caching.counting(model.get_input_embeddings()) as fed_without:
        without = caching.decode(model, prompt, new, cached=False)
    blind = caching.decode(model, prompt[:, -1:], new, cached=True)
    return SameText(
        prompt=prompt.shape[1],
        new=new,
        tokens=tuple(with_cache.tokens[0].tolist()),
        equal=int((with_cache.tokens == without.tokens).sum()),
        gap=caching.gap(with_cache.logits, without.logits),
        positions_with=sum(fed_with),
        positions_without=sum(fed_without),
        empty_start_equal=int((blind.tokens == without.tokens).sum()),
        empty_start_gap=caching.gap(blind.logits[0], without.logits[0]),
        cache_bytes=caching.cache_size(with_cache.cache),
        cache_bytes_formula=caching.formula(
            model.config.get_text_config(), prompt.shape[1] + new - 1, without.logits.element_size()
        ),
    )


def speed(model: Any, prompt: Tensor, new: int, rounds: int, progress: Progress) -> Speed:
    """Both ways in turn, `rounds` times."""
    runs: dict[bool, list[tuple[float, ...]]] = {True: [], False: []}
    for turn in range(rounds):
        for cached in (True, False) if turn % 2 else (False, True):
            runs[cached].append(caching.decode(model, prompt, new, cached=cached).seconds)
        progress((turn + 1) / rounds)
    total = {cached: Times(tuple(sum(seconds) for seconds in turns)) for cached, turns in runs.items()}
    last = {cached: Times(tuple(sum(seconds[-10:]) for seconds in turns)) for cached, turns in runs.items()}
    steps = {c: tuple(Times(step).median for step in zip(*turns, strict=True)) for c, turns in runs.items()}
    return Speed(ratio(total[False], total[True]), ratio(last[False], last[True]), steps[True], steps[False])


@torch.inference_mode()
def moved(model: Any, ids: Tensor, appended: int) -> tuple[float, ...]:
    """Share of the first positions whose state changes when the last `appended` of `ids` (1, T) follow, by layer."""
    short = model(ids[:, :-appended], output_hidden_states=True).hidden_states[1:]  # a layer (1, T − appended, C)
    long = model(ids, output_hidden_states=True).hidden_states[1:]  # a layer (1, T, C)
    shares = []
    for before, after in zip(short, long, strict=True):
        change = (after[:, :-appended] - before).abs().amax(-1) / before.std()  # (1, T − appended)
        shares.append(float((change > MOVED).float().mean()))
    return tuple(shares)


@torch.inference_mode()
def second_question(model: Any, context: Tensor, question: Tensor, rounds: int) -> SecondQuestion:
    """A question (1, Q) after a context (1, P) that stays in the cache, against the whole text from the start."""
    cache, device, asked = caching.empty_cache(model), str(context.device), question.shape[1]
    whole = torch.cat((context, question), 1)  # (1, P + Q)
    caching.step(model, context, cache)
    logits: list[Tensor] = []
    from_cache, from_start = [], []
    for _ in range(rounds + 1):
        with caching.counting(model.get_input_embeddings()) as fed:
            from_cache.append(stopwatch(lambda: logits.append(caching.step(model, question, cache)), device))
        cache.crop(-asked)  # the question leaves, the context stays
        fresh = caching.empty_cache(model)
        from_start.append(stopwatch(lambda empty=fresh: caching.step(model, whole, empty), device))  # type: ignore[misc]
    times = ratio(Times(tuple(from_start[1:])), Times(tuple(from_cache[1:])))  # the first round warms up
    return SecondQuestion(context.shape[1], asked, sum(fed), caching.gap(logits[-1], caching.step(model, whole)), times)
