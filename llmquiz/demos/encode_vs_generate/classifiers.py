"""One classification learned in three ways: by an encoder, by a decoder's state, by writing the label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import BertModel, LlamaForCausalLM

from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.run import Progress

CLASSES = 4
LENGTH = 16
LABEL = 2
"""Tokens of a label; it takes both to tell four labels apart."""
FIRST, END, MARK, LABELS = 1, 7, 2, 220
WIDTH, BATCH, STEPS, TESTED = 64, 32, 40, 256


def texts(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Random tokens (N, T) with one mark somewhere that says the class (N); as many of each class."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(10, 200, (count, LENGTH), generator=generator)  # (N, T)
    classes = torch.arange(count) % CLASSES
    ids[torch.arange(count), torch.randint(1, LENGTH - 1, (count,), generator=generator)] = MARK + classes
    ids[:, 0], ids[:, -1] = FIRST, END
    return ids, classes


def labels(classes: Tensor) -> Tensor:
    """What is written for each class: (N, 2)."""
    return torch.stack((LABELS + classes // 2, LABELS + 2 + classes % 2), 1)


@dataclass(frozen=True, slots=True)
class Accuracies:
    """Share of new texts put into the right class of four."""

    encoder_first: float
    """A linear head on the encoder's first state, where BERT has [CLS]."""
    decoder_last: float
    decoder_first: float
    label: float
    """The right label written, token by token."""
    label_calls: int
    """Passes that writing one label takes."""


def accuracies(seed: int, device: str, progress: Progress) -> Accuracies:
    """Train and test all of them, in float32; every model from scratch on the same texts."""
    found = []
    for i, (made, at) in enumerate(((encoder, 0), (decoder, -1), (decoder, 0))):
        found.append(by_state(made(seed=seed, device=device), at, seed))
        progress((i + 1) / 4)
    label, calls = by_label(decoder(seed=seed, device=device), seed)
    progress(1.0)
    return Accuracies(found[0], found[1], found[2], label, calls)


def encoder(*, seed: int, device: str) -> Any:
    """A small BERT."""
    return tiny.build(
        BertModel,
        vocab_size=tiny.VOCAB,
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        seed=seed,
        device=device,
        dtype="float32",
    )


def decoder(*, seed: int, device: str) -> Any:
    """A small Llama, as wide and deep."""
    return tiny.build(
        LlamaForCausalLM,
        vocab_size=tiny.VOCAB,
        hidden_size=WIDTH,
        intermediate_size=tiny.swiglu_width(WIDTH),
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=None,
        eos_token_id=None,
        pad_token_id=0,
        seed=seed,
        device=device,
        dtype="float32",
    )


def by_state(model: Any, at: int, seed: int) -> float:
    """A linear head on the state of one position, trained together with the model."""
    head = nn.Linear(WIDTH, CLASSES).to(model.device)

    def scores(ids: Tensor) -> Tensor:
        read = getattr(model, "model", model)(ids)
        return head(read.last_hidden_state[:, at])  # type: ignore[no-any-return]  # (N, 4)

    _train(model, [*model.parameters(), *head.parameters()], seed, lambda ids, y: F.cross_entropy(scores(ids), y))
    ids, classes = _on(model, *texts(TESTED, seed + STEPS))
    with torch.inference_mode():
        return float((scores(ids).argmax(-1) == classes).float().mean())


def by_label(model: Any, seed: int) -> tuple[float, int]:
    """A language model trained on the tokens of the label alone; and the passes that writing one takes."""

    def loss(ids: Tensor, classes: Tensor) -> Tensor:
        wanted = labels(classes)  # (N, 2)
        logits = model(torch.cat((ids, wanted), 1)).logits[:, LENGTH - 1 : -1]  # (N, 2, V)
        return F.cross_entropy(logits.flatten(0, 1), wanted.flatten())

    _train(model, model.parameters(), seed, loss)
    ids, classes = _on(model, *texts(TESTED, seed + STEPS))
    calls: list[int] = []
    model.register_forward_hook(lambda *_: calls.append(1))
    with torch.inference_mode():
        for _ in range(LABEL):
            ids = torch.cat((ids, model(ids).logits[:, -1:].argmax(-1)), 1)
    return float((ids[:, LENGTH:] == labels(classes)).all(1).float().mean()), len(calls)


def _train(model: Any, parameters: Any, seed: int, loss: Callable[[Tensor, Tensor], Tensor]) -> None:
    optimizer = torch.optim.AdamW(parameters, lr=3e-3)
    for step in range(STEPS):
        optimizer.zero_grad()
        loss(*_on(model, *texts(BATCH, seed + step))).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _on(model: Any, ids: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    return ids.to(model.device), classes.to(model.device)
