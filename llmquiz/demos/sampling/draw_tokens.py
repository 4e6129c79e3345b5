"""Tokens and texts that are drawn: by our own lines, and by `generate()`; and how probable the model finds them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab.devices import seeded
from llmquiz.demos.sampling import methods
from llmquiz.demos.sampling.methods import Settings


def distance(probs: Tensor, draws: int, seed: int) -> float:
    """Half the summed difference between probabilities (V,) and the shares of `draws` draws (total variation)."""
    with seeded(seed):
        drawn = torch.multinomial(probs, draws, replacement=True)  # (draws,)
    shares = torch.bincount(drawn, minlength=len(probs)).double() / draws  # (V,)
    return float((shares - probs.double()).abs().sum() / 2)


@torch.inference_mode()
def same_as_generate(model: Any, prompt: Tensor, how: Settings, draws: int, seed: int) -> int:
    """How many of `draws` first tokens `generate()` draws as `shaped` does, both from the same random state."""
    probs = methods.shaped(model(prompt).logits[0, -1].float(), how)  # (V,)
    with seeded(seed):
        ours = torch.multinomial(probs.expand(draws, -1), 1)  # (draws, 1)
    options: dict[str, Any] = {"temperature": how.temperature, "top_k": how.top_k, "top_p": how.top_p}
    with seeded(seed):
        theirs = model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            do_sample=True,
            num_return_sequences=draws,
            max_new_tokens=1,
            min_p=how.min_p or None,
            **options,
        )  # (draws, P + 1)
    return int((theirs[:, -1:] == ours).sum())


@torch.inference_mode()
def write(model: Any, prompt: Tensor, new: int, *, texts: int = 1, seed: int = 0, **options: Any) -> Tensor:
    """Texts by `generate()` behind a prompt (1, P): (texts, new)."""
    with seeded(seed):
        ids: Tensor = model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            max_new_tokens=new,
            num_return_sequences=texts,
            top_k=0,  # the default of generate() would cut at 50
            **options,
        )  # (texts, P + new)
    return ids[:, prompt.shape[1] :]


@torch.inference_mode()
def log_probability(model: Any, prompt: Tensor, text: Tensor) -> float:
    """Natural logarithm of the probability that the model gives to `text` (N,) behind the prompt (1, P)."""
    ids = torch.cat((prompt, text[None]), 1)  # (1, P + N)
    logs = model(ids).logits[0, prompt.shape[1] - 1 : -1].log_softmax(-1)  # (N, V): each predicts the token after it
    return float(logs.gather(1, text[:, None]).double().sum())


def distinct_pairs(text: Sequence[int]) -> float:
    """Share of pairs of neighbouring tokens that are not a repetition of an earlier pair."""
    pairs = list(pairwise(text))
    return len(set(pairs)) / len(pairs)
