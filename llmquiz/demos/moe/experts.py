"""A mixture of experts against the dense models it stands between: what the demo `moe` counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode
from transformers import MixtralConfig, MixtralForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.caching import gap
from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.timing import timed

EXPERTS, CHOSEN = 8, 2
"""As in Mixtral 8x7B."""

Expert = Callable[[Tensor], Tensor]


def mixture(*, d_model: int, n_layers: int, device: str, dtype: str, **settings: Any) -> Any:
    """A Mixtral whose chosen experts together are as wide as the feed-forward layer of a dense Llama."""
    usual = {
        "vocab_size": tiny.VOCAB,
        "intermediate_size": tiny.swiglu_width(d_model) // CHOSEN,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "max_position_embeddings": 1024,
        "num_local_experts": EXPERTS,
        "num_experts_per_tok": CHOSEN,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    model = tiny.build(
        MixtralForCausalLM,
        hidden_size=d_model,
        num_hidden_layers=n_layers,
        device=device,
        dtype=dtype,
        **(usual | {"seed": 0} | settings),
    )
    if dtype == "float64" or device == "mps":
        model.set_experts_implementation("eager")  # the grouped product has no kernel for these
    return model


def expert_of(block: Any, e: int) -> Expert:
    """One expert of a Mixtral block as a function of (tokens, C)."""
    gate_up, down = block.experts.gate_up_proj[e], block.experts.down_proj[e]  # (2F, C), (C, F)

    def run(x: Tensor) -> Tensor:
        gate, up = F.linear(x, gate_up).chunk(2, -1)  # (tokens, F) each
        return F.linear(F.silu(gate) * up, down)

    return run


@dataclass(frozen=True, slots=True)
class Routing:
    """Ways to compute one layer, each against the layer of `transformers`; see `gap`."""

    tokens: int
    own_gap: float
    """Of the router of this demo: softmax over the chosen logits."""
    renormalised_gap: float
    """Between its gates and a softmax over all experts, divided by the sum over the chosen ones."""
    gate_sum_gap: float
    """How far the gates of a token are from adding up to one, at most."""
    sparse_sum_gap: float
    """Of the sum over all experts, with gates that are zero outside the chosen ones."""
    dense_gap: float
    """Of the same sum with an ordinary softmax over all experts."""
    rows: int
    """Rows that the experts computed, all tokens together."""
    dense_rows: int


@torch.inference_mode()
def routing(model: Any, layer: Callable[..., Tensor], *, seed: int, tokens: int = 64) -> Routing:
    """`layer(x, router, experts, k)` is the router under test; the inputs (tokens, C) are drawn."""
    block, router = model.model.layers[0].mlp, model.model.layers[0].mlp.gate.weight.T  # (C, E)
    x = torch.randn(tokens, router.shape[0], generator=torch.Generator().manual_seed(seed)).to(router)
    rows: list[int] = []

    def counted(expert: Expert) -> Expert:
        return lambda part: rows.append(len(part)) or expert(part)  # type: ignore[func-returns-value]

    experts = [counted(expert_of(block, e)) for e in range(EXPERTS)]
    theirs = block(x[None])[0]  # (tokens, C)
    ours, sparse_rows = layer(x, router, experts, k=CHOSEN), sum(rows)
    logits = x @ router  # (tokens, E)
    best, chosen = logits.topk(CHOSEN, -1)
    gates, full = best.softmax(-1), logits.softmax(-1)
    kept = full.gather(-1, chosen)  # (tokens, k)
    rows.clear()
    sparse = weighted(torch.zeros_like(logits).scatter(-1, chosen, gates), x, experts)
    dense_rows = sum(rows)
    return Routing(
        tokens=tokens,
        own_gap=gap(ours, theirs),
        renormalised_gap=gap(kept / kept.sum(-1, keepdim=True), gates),
        gate_sum_gap=float((gates.sum(-1) - 1).abs().max()),
        sparse_sum_gap=gap(sparse, theirs),
        dense_gap=gap(weighted(full, x, experts), theirs),
        rows=sparse_rows,
        dense_rows=dense_rows,
    )


def weighted(gates: Tensor, x: Tensor, experts: list[Expert]) -> Tensor:
    """The sum over all experts, every one of them run on every token: gates (tokens, E), x (tokens, C)."""
    return torch.stack([gates[:, e, None] * expert(x) for e, expert in enumerate(experts)]).sum(0)


@contextmanager
def chosen_experts(model: Any) -> Iterator[list[Tensor]]:
    """The experts (tokens, k) that every layer is handed, in the order of the calls."""
    seen: list[Tensor] = []
    with ExitStack() as hooks:
        for layer in model.model.layers:
            hook = layer.mlp.experts.register_forward_hook(lambda _, inputs, __: seen.append(inputs[1]))
            hooks.callback(hook.remove)
        yield seen


@torch.inference_mode()
def touched(model: Any, requests: int, *, seed: int) -> tuple[int, ...]:
    """Experts that are needed, layer by layer, when so many requests ask for one token each."""
    with chosen_experts(model) as chosen:
        model(tiny.random_tokens(model, requests, 1, seed=seed), use_cache=False)
    return tuple(len(set(one.flatten().tolist())) for one in chosen)


def moved_by_one_token(model: Any, *, seed: int) -> tuple[int, ...]:
    """Experts with any gradient, layer by layer, after one pass forward and backward over a single token."""
    model(tiny.random_tokens(model, 1, 1, seed=seed), use_cache=False).logits.float().square().sum().backward()
    grads = [layer.mlp.experts.down_proj.grad for layer in model.model.layers]  # (E, C, F)
    model.zero_grad(set_to_none=True)
    return tuple(int(grad.flatten(1).any(-1).sum()) for grad in grads)


def expert_size(config: Any) -> int:
    """Parameters of one expert: three matrices."""
    return int(3 * config.hidden_size * config.intermediate_size)


def unused(config: Any) -> int:
    """Parameters that a token passes by: those of the experts not chosen, in all layers."""
    idle = config.num_local_experts - config.num_experts_per_tok
    return int(config.num_hidden_layers * idle * expert_size(config))


def operations(model: Any, ids: Tensor) -> int:
    """Floating-point operations of the matrix products of one pass, counted as they are called."""
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(ids, use_cache=False)
    return int(counter.get_total_flops())


def mixture_operations(model: Any, ids: Tensor) -> int:
    """The same for a mixture, expert by expert: the counter does not see into the grouped product."""
    usual = model.config._experts_implementation
    model.set_experts_implementation("eager")
    try:
        return operations(model, ids)
    finally:
        model.set_experts_implementation(usual)


@dataclass(frozen=True, slots=True)
class Size:
    """What one model has, what of it works on a token, and what it takes in memory."""

    model: str
    parameters: int
    active: int
    weight_bytes: int


def size(model: Any, idle: int = 0) -> Size:
    """`idle` parameters pass a token by."""
    parameters = tiny.parameters(model)
    return Size(tiny.describe(model), parameters, parameters - idle, tiny.weight_bytes(model))


@dataclass(frozen=True, slots=True)
class Work:
    """Floating-point operations of the matrix products of one pass over `tokens` tokens."""

    tokens: int
    mixture: int
    router: int
    """By formula: 2 · tokens · layers · experts · width."""
    dense_active: int
    dense_total: int


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over so many tokens, in seconds."""

    tokens: int
    mixture: Varies[Times]
    dense_active: Varies[Times]
    dense_total: Varies[Times]

    @property
    def slower(self) -> Ratio:
        """Than the dense model of equal active parameters."""
        return ratio(self.mixture, self.dense_active)

    @property
    def faster(self) -> Ratio:
        """Than the dense model of equal total parameters."""
        return ratio(self.dense_total, self.mixture)


def work(model: Any, active: Any, total: Any, *, seed: int, tokens: int = 64) -> Work:
    """The three models on the same ids."""
    ids, config = tiny.random_tokens(model, 1, tokens, seed=seed), model.config
    return Work(
        tokens=tokens,
        mixture=mixture_operations(model, ids),
        router=2 * tokens * config.num_hidden_layers * config.num_local_experts * config.hidden_size,
        dense_active=operations(active, ids),
        dense_total=operations(total, ids),
    )


def passes(model: Any, active: Any, total: Any, *, quick: bool, seed: int, device: str) -> tuple[Pass, ...]:
    """The three models in turn, at growing numbers of tokens."""
    found = []
    for tokens in (1, 16, 128):
        ids = tiny.random_tokens(model, 1, tokens, seed=seed)
        cases = {"mixture": model, "dense_active": active, "dense_total": total}
        with torch.inference_mode():
            works = {name: _pass(one, ids) for name, one in cases.items()}
            times = timed(works, device=device, rounds=5 if quick else 7)
        found.append(Pass(tokens, **times))
    return tuple(found)


def _pass(model: Any, ids: Tensor) -> Callable[[], object]:
    return lambda: model(ids, use_cache=False)


def published() -> tuple[int, int]:
    """Total and active parameters of Mixtral 8x7B, built from its configuration without memory for its weights."""
    with torch.device("meta"):
        model = MixtralForCausalLM(MixtralConfig())
    total = tiny.parameters(model)
    return total, total - unused(model.config)
