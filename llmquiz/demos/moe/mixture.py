"""The mixture itself, a small Mixtral (Jiang et al., 2024): its experts, who is sent where, who learns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import MixtralConfig, MixtralForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.counting import built
from llmquiz.demos.moe.result import CHOSEN, EXPERTS

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
    """One expert of a Mixtral block as a function of (tokens, C): a SwiGLU of width F."""
    gate_up, down = block.experts.gate_up_proj[e], block.experts.down_proj[e]  # (2F, C), (C, F)

    def run(x: Tensor) -> Tensor:
        gate, up = F.linear(x, gate_up).chunk(2, -1)  # (tokens, F) each
        return F.linear(F.silu(gate) * up, down)  # (tokens, C)

    return run


@contextmanager
def chosen_experts(model: Any) -> Iterator[list[Tensor]]:
    """The experts (tokens, k) that every layer is handed, in the order of the calls."""
    chosen: list[Tensor] = []
    with ExitStack() as hooks:
        for layer in model.model.layers:
            hook = layer.mlp.experts.register_forward_hook(lambda _, inputs, __: chosen.append(inputs[1]))
            hooks.callback(hook.remove)
        yield chosen


@torch.inference_mode()
def needed(model: Any, requests: int, *, seed: int) -> tuple[int, ...]:
    """Experts that are needed, layer by layer, when so many requests ask for one token each."""
    with chosen_experts(model) as chosen:  # (requests, k) a layer
        model(tiny.random_tokens(model, requests, 1, seed=seed), use_cache=False)
    return tuple(len(set(experts.flatten().tolist())) for experts in chosen)


def moved_by_one_token(model: Any, *, seed: int) -> tuple[int, ...]:
    """Experts with any gradient, layer by layer, after one pass forward and backward over a single token."""
    logits = model(tiny.random_tokens(model, 1, 1, seed=seed), use_cache=False).logits  # (1, 1, V)
    logits.float().square().sum().backward()  # any loss would do that depends on all logits
    grads = [layer.mlp.experts.down_proj.grad for layer in model.model.layers]  # (E, C, F) each
    model.zero_grad(set_to_none=True)
    return tuple(int(grad.flatten(1).any(-1).sum()) for grad in grads)  # (E, C * F) -> (E,) -> how many


def expert_size(config: Any) -> int:
    """Parameters of one expert: three matrices."""
    return int(3 * config.hidden_size * config.intermediate_size)


def unused(config: Any) -> int:
    """Parameters that a token passes by: those of the experts not chosen, in all layers."""
    idle = config.num_local_experts - config.num_experts_per_tok
    return int(config.num_hidden_layers * idle * expert_size(config))


def published() -> tuple[int, int]:
    """Total and active parameters of Mixtral 8x7B, built from its configuration without memory for its weights."""
    model = built(MixtralConfig(), MixtralForCausalLM)
    total = tiny.parameters(model)
    return total, total - unused(model.config)
