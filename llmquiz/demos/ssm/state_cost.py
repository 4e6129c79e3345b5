"""A state of fixed size beside a cache that grows: bytes, work and time a token, for the demo `ssm`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode
from transformers import JambaForCausalLM

from llmquiz.demos.lab import caching, decoding, kv, tiny
from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, ratio
from llmquiz.demos.lab.timing import timed


@dataclass(frozen=True, slots=True)
class Kept:
    """What a cache holds, in bytes."""

    state: int
    """Recurrent states and the last inputs of the convolutions: fixed."""
    keys_and_values: int
    """Growing with every token."""

    @property
    def total(self) -> int:
        return self.state + self.keys_and_values


def kept(cache: Any) -> Kept:
    """Bytes by kind, over all layers."""
    state = grows = 0
    for layer in cache.layers:
        if hasattr(layer, "recurrent_states"):
            state += layer.recurrent_states[0].nbytes + layer.conv_states[0].nbytes
        if getattr(layer, "keys", None) is not None:
            grows += layer.keys.nbytes + layer.values.nbytes
    return Kept(state, grows)


def state_formula(config: Any, bytes_each: int) -> int:
    """Layers · inner width · (state, always in float32, and the inputs that the convolution looks back on)."""
    width = config.hidden_size * config.expand
    return int(config.num_hidden_layers * width * (config.state_size * 4 + config.conv_kernel * bytes_each))


@torch.inference_mode()
def read(model: Any, ids: Tensor) -> tuple[Tensor, Any]:
    """Logits of the last position (1, V), and the cache after the text."""
    out = model(ids, use_cache=True, logits_to_keep=1)
    return out.logits[:, -1], kv.returned(out)


@torch.inference_mode()
def step(model: Any, ids: Tensor, cache: Any) -> Tensor:
    """Logits (1, V) after one more token; the state moves on."""
    logits: Tensor = kv.call(model, ids, cache=cache, logits_to_keep=1).logits
    return logits[:, -1]


def by_steps(model: Any, ids: Tensor) -> float:
    """Largest difference between one pass over the text and one step a token, relative to the largest logit."""
    whole, _ = read(model, ids)
    logits, cache = read(model, ids[:, :1])
    for i in range(1, ids.shape[1]):
        logits = step(model, ids[:, i : i + 1], cache)
    return caching.gap(logits, whole)


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
    """Attentions or softmaxes in one pass."""
    with _Names() as names:
        model(ids, use_cache=False)
    return sum("attention" in name or "softmax" in name for name in names.seen)


@dataclass(frozen=True, slots=True)
class Work:
    """Floating-point operations of the matrix products of one pass."""

    tokens: int
    mamba: int
    attention: int


@torch.inference_mode()
def work(mamba: Any, attention: Any, ids: Tensor, lengths: tuple[int, ...]) -> tuple[Work, ...]:
    """Of both models over the first tokens of `ids`; `attention` in the eager form, whose products can be counted."""
    return tuple(Work(T, _operations(mamba, ids[:, :T]), _operations(attention, ids[:, :T])) for T in lengths)


def _operations(model: Any, ids: Tensor) -> int:
    with FlopCounterMode(display=False) as counter:
        model(ids, use_cache=False)
    return int(counter.get_total_flops())


@dataclass(frozen=True, slots=True)
class Hybrid:
    """Eight layers of which one is attention, as in Jamba (Lieber et al., 2024)."""

    model: str
    layers: int
    attention_layers: int
    tokens: int
    kept: Kept
    all_attention: int
    """Keys and values that as many layers of attention would keep."""


def hybrid(device: str, dtype: str, tokens: int, seed: int, *, every: int = 8) -> Hybrid:
    """One layer in `every` is attention; without experts, which change nothing about what is kept."""
    model = tiny.build(
        JambaForCausalLM,
        seed=0,
        device=device,
        dtype=dtype,
        vocab_size=tiny.VOCAB,
        hidden_size=128,
        intermediate_size=344,
        num_hidden_layers=8,
        num_attention_heads=4,
        num_key_value_heads=4,
        attn_layer_period=every,
        attn_layer_offset=every // 2,
        num_experts=1,
        num_experts_per_tok=1,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
    )
    _, cache = read(model, tiny.random_tokens(model, 1, tokens, seed=seed))
    kinds = list(model.config.layer_types)
    whole = caching.formula(model.config, tokens, next(model.parameters()).element_size())
    return Hybrid(tiny.describe(model), len(kinds), kinds.count("full_attention"), tokens, kept(cache), whole)


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Seconds of one decoding step, medians."""

    lengths: tuple[int, ...]
    attention: Varies[tuple[float, ...]]
    """After so many tokens."""
    mamba: Varies[tuple[float, ...]]
    """After the first and after the second number of tokens; the state is as large after any other."""
    flat: Varies[Ratio]
    """Mamba: after more tokens over after fewer."""
    grows: Varies[Ratio]
    """Attention: after the most tokens over after the fewest."""
    early: Varies[Ratio]
    """Mamba over attention after the fewest tokens."""
    late: Varies[Ratio]
    """Attention over Mamba after the most."""
    crossing: Varies[float]
    """Tokens from which attention takes longer, between the lengths timed; 0 where it does not."""


def step_times(mamba: Any, attention: Any, lengths: tuple[int, ...], device: str, rounds: int, seed: int) -> StepTimes:
    """Both models in turn at every length; attention by the bare loop, whose cache is not copied."""
    ids = tiny.random_tokens(mamba, 1, lengths[1], seed=seed)
    decoder, one = decoding.Decoder(attention, length=lengths[-1] + 1), ids[:, :1]
    caches = {T: read(mamba, ids[:, :T])[1] for T in lengths[:2]}

    def after(T: int) -> Callable[[], object]:
        def attend() -> Tensor:
            decoder.rewind(T)
            return decoder(one)

        return attend

    def recur(T: int) -> Callable[[], object]:
        return lambda: step(mamba, one, caches[T])

    cases = {f"attention {T}": after(T) for T in lengths} | {f"mamba {T}": recur(T) for T in caches}
    times = timed(cases, device=device, rounds=rounds)
    attending, recurring = [times[f"attention {T}"] for T in lengths], [times[f"mamba {T}"] for T in caches]
    return StepTimes(
        lengths=lengths,
        attention=tuple(one.median for one in attending),
        mamba=tuple(one.median for one in recurring),
        flat=ratio(recurring[1], recurring[0]),
        grows=ratio(attending[-1], attending[0]),
        early=ratio(recurring[0], attending[0]),
        late=ratio(attending[-1], recurring[1]),
        crossing=crossing(lengths, [one.median for one in attending], recurring[1].median),
    )


def crossing(lengths: tuple[int, ...], seconds: list[float], level: float) -> float:
    """Where a rising curve reaches `level`, between its points on logarithmic axes; 0 where it does not."""
    for (x0, y0), (x1, y1) in pairwise(zip(lengths, seconds, strict=True)):
        if y0 <= level < y1:
            return exp(log(x0) + (log(x1) - log(x0)) * (log(level) - log(y0)) / (log(y1) - log(y0)))
    return 0.0
