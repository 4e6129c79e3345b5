"""The parts of a decoder that the lens needs: its layers, the final norm and the head; and passes without layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.errors import DemoError

NORMS = ("norm", "ln_f", "final_layer_norm")
STACKS = ("layers", "h")


@dataclass(frozen=True, slots=True)
class Lens:
    """A decoder in parts."""

    model: Any
    layers: Any
    norm: Any
    head: Any

    @torch.inference_mode()
    def states(self, ids: Tensor) -> Tensor:
        """The states before any layer and after each of `ids` (B, T), none of them normed: (L + 1, B, T, C).

        Each is taken where it enters the next layer or the final norm: the last of transformers' own hidden states
        is behind that norm.
        """
        entering: list[Tensor] = []
        with ExitStack() as hooks:
            for part in (*self.layers, self.norm):
                hook = part.register_forward_pre_hook(lambda _, inputs: entering.append(inputs[0]))
                hooks.callback(hook.remove)
            self.model(ids, use_cache=False)
        return torch.stack(entering)

    @torch.inference_mode()
    def read(self, states: Tensor, *, normed: bool = False) -> Tensor:
        """What the head makes of `states` (..., C), through the final norm unless it is behind them: (..., V)."""
        logits: Tensor = self.head(states if normed else self.norm(states)).float()
        return logits

    @torch.inference_mode()
    def losses(self, states: Tensor, following: Tensor, *, normed: bool = False) -> Tensor:
        """The loss in nats of each of the tokens `following` (T,), read from its state (T, C): (T,)."""
        return torch.nn.functional.cross_entropy(self.read(states, normed=normed), following, reduction="none")

    @contextmanager
    def without(self, places: Iterable[int]) -> Iterator[None]:
        """The layers at `places`, counted from 0, hand on what they are given."""
        with ExitStack() as hooks:
            for place in places:
                hooks.callback(self.layers[place].register_forward_hook(_hand_on).remove)
            yield

    @torch.inference_mode()
    def whole_loss(self, ids: Tensor) -> float:
        """Mean loss in nats of `ids` (1, T) behind the first, as the model is now."""
        logits = self.model(ids, use_cache=False).logits[0, :-1].float()  # (T − 1, V)
        return float(torch.nn.functional.cross_entropy(logits, ids[0, 1:]))


def _hand_on(_: Any, inputs: tuple[Any, ...], output: Any) -> Any:
    """A layer's input in the place of its output."""
    return (inputs[0], *output[1:]) if isinstance(output, tuple) else inputs[0]


def lens(own: Checkpoint) -> Lens:
    """The parts of a decoder of the Llama or GPT-2 kind.

    Raises: DemoError where they are not there under their usual names.
    """
    base = own.model.base_model
    norm = next((getattr(base, name) for name in NORMS if hasattr(base, name)), None)
    layers = next((getattr(base, name) for name in STACKS if hasattr(base, name)), None)
    head = own.model.get_output_embeddings()
    if norm is None or layers is None or head is None:
        raise DemoError("demo.other-family", title=own.title, kind=own.model.config.model_type, family="llama, gpt2")
    return Lens(own.model, layers, norm, head)
