"""A draft and a target, two Llamas of different size, trained on the same stories to predict the next word.

Also what their cards say, and the overlap of their distributions, by which a draft is judged.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import LlamaForCausalLM

from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.lab.training import Training
from llmquiz.demos.speculative.language import COLORS, IDS, WORDS, texts
from llmquiz.demos.speculative.result import TrainedPair

BATCH = 8
LENGTH = 96
"""Tokens a text; nothing longer is asked of the models."""
SIZES = {"target": (4, 48, 4), "draft": (1, 24, 2)}
"""Layers, width, heads."""
COLOR_IDS = [IDS[color] for color in COLORS]


def untrained(name: str, seed: int) -> Any:
    """The model before its training."""
    layers, width, heads = SIZES[name]
    return tiny.build(
        LlamaForCausalLM,
        vocab_size=len(WORDS),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=2 * LENGTH,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=None,
        seed=seed,
        device="cpu",
        dtype="float32",
    )


def loss(_name: str, model: Any, generator: torch.Generator, _done: float) -> Tensor:
    """Of the next word, everywhere in a batch of texts."""
    ids = texts(BATCH, LENGTH, generator).to(model.device)  # (B, T)
    logits = model(ids[:, :-1], use_cache=False).logits  # (B, T - 1, V)
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


@torch.inference_mode()
def figures(name: str, model: Any) -> dict[str, float]:
    """On texts that the training never saw; of a draft also how near it comes to the shipped target."""
    ids = texts(64, LENGTH, torch.Generator().manual_seed(10_000)).to(model.device)  # (B, T)
    fed, following = ids[:, :-1], ids[:, 1:]  # (B, T - 1)
    logits = model(fed, use_cache=False).logits  # (B, T - 1, V)
    # a color behind "the" was told before, behind "a" it is new
    named_again = (fed == IDS["the"]) & torch.isin(following, torch.tensor(COLOR_IDS, device=ids.device))
    measured = {
        "test loss": F.cross_entropy(logits.flatten(0, 1), following.flatten()).item(),
        "colors right": (logits.argmax(-1) == following)[named_again].float().mean().item(),
    }
    if name == "draft":
        target = training.trained(TRAINING, "target", device=str(model.device))
        measured["acceptance"] = overlaps(target(fed, use_cache=False).logits, logits).mean().item()
    return measured


def overlaps(target_logits: Tensor, draft_logits: Tensor) -> Tensor:
    """The sum of min(p, q) over the vocabulary, the chance that a proposal is accepted: (B, T, V), twice -> (B, T)."""
    return torch.minimum(target_logits.softmax(-1), draft_logits.softmax(-1)).sum(-1)


TRAINING = Training(
    demo="speculative",
    data="stories of a grammar of 43 words: three people own a thing in a color, "
    "and every later sentence names it again",
    steps={"target": 900, "draft": 900},
    rates={"target": 2e-3, "draft": 2e-3},
    build=untrained,
    loss=loss,
    figures=figures,
    tried=(1e-3, 2e-3, 5e-3),
    further={"batch": BATCH, "tokens a text": LENGTH},
)


def trained_pairs() -> tuple[TrainedPair, ...]:
    """All seeds that were trained, from the cards."""
    runs = (shipped.card(TRAINING.demo, name)["runs"] for name in ("target", "draft"))
    return tuple(
        TrainedPair(
            seed=target["seed"],
            target_loss=target["figures"]["test loss"],
            draft_loss=draft["figures"]["test loss"],
            target_colors=target["figures"]["colors right"],
            draft_colors=draft["figures"]["colors right"],
            acceptance=draft["figures"]["acceptance"],
        )
        for target, draft in zip(*runs, strict=True)
    )
