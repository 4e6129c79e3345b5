"""One classification learned in three ways: by an encoder, by a decoder's state, by writing the label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import BertModel, LlamaForCausalLM

from llmquiz.demos.encode_vs_generate.claims import CLASSES, LABEL, Accuracies
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.run import Progress

LENGTH = 16
"""Tokens a text."""
FIRST, END, MARK, LABELS = 1, 7, 2, 220
"""Ids: the beginning of a text and its end, the mark of the first class, the first token of a label."""
WIDTH, BATCH, STEPS, TESTED = 64, 32, 40, 256


def texts(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Random tokens (N, T) with one mark somewhere that says the class (N); as many of each class."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(10, 200, (count, LENGTH), generator=generator)  # (N, T)
    classes = torch.arange(count) % CLASSES  # (N,)
    places = torch.randint(1, LENGTH - 1, (count,), generator=generator)  # (N,), neither the first nor the last
    ids[torch.arange(count), places] = MARK + classes
    ids[:, 0], ids[:, -1] = FIRST, END
    return ids, classes


def labels(classes: Tensor) -> Tensor:
    """What is written for each class: (N, 2)."""
    return torch.stack((LABELS + classes // 2, LABELS + 2 + classes % 2), 1)


def accuracies(seed: int, device: str, progress: Progress) -> Accuracies:
    """Train and test all of them, in float32; every model from scratch on the same texts."""
    shares = []
    for i, (build, at) in enumerate(((encoder, 0), (decoder, -1), (decoder, 0))):
        shares.append(by_state(build(seed=seed, device=device), at, seed))
        progress((i + 1) / 4)
    label, calls = by_label(decoder(seed=seed, device=device), seed)
    progress(1.0)
    return Accuracies(shares[0], shares[1], shares[2], label, calls)


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
        hidden = getattr(model, "model", model)(ids).last_hidden_state  # (N, T, C)
        return head(hidden[:, at])  # type: ignore[no-any-return]  # (N, 4)

    _train(model, [*model.parameters(), *head.parameters()], seed, lambda ids, y: F.cross_entropy(scores(ids), y))
    ids, classes = _on(model, *texts(TESTED, seed + STEPS))  # (N, T), (N,), behind the seeds of the training
    with torch.inference_mode():
        return float((scores(ids).argmax(-1) == classes).float().mean())


def by_label(model: Any, seed: int) -> tuple[float, int]:
    """A language model trained on the tokens of the label alone; and the passes that writing one takes."""

    def loss(ids: Tensor, classes: Tensor) -> Tensor:
        targets = labels(classes)  # (N, 2)
        logits = model(torch.cat((ids, targets), 1)).logits[:, LENGTH - 1 : -1]  # (N, 2, V), each before its token
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    _train(model, model.parameters(), seed, loss)
    ids, classes = _on(model, *texts(TESTED, seed + STEPS))
    calls: list[int] = []
    model.register_forward_hook(lambda *_: calls.append(1))
    with torch.inference_mode():
        for _ in range(LABEL):
            ids = torch.cat((ids, model(ids).logits[:, -1:].argmax(-1)), 1)  # (N, T + 1), then (N, T + 2)
    return float((ids[:, LENGTH:] == labels(classes)).all(1).float().mean()), len(calls)


def _train(model: Any, parameters: Any, seed: int, loss: Callable[[Tensor, Tensor], Tensor]) -> None:
    optimizer = torch.optim.AdamW(parameters, lr=3e-3)
    for step in range(STEPS):
        optimizer.zero_grad()
        loss(*_on(model, *texts(BATCH, seed + step))).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


def _on(model: Any, ids: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    return ids.to(model.device), classes.to(model.device)


@torch.inference_mode()
def head_gap(model: Any, ids: Tensor, label_tokens: Tensor) -> float:
    """Largest difference of the logits of these tokens (K) from a linear classifier on the last state, relative."""
    state = model.base_model(ids, use_cache=False).last_hidden_state[:, -1]  # (1, C)
    rows = model.get_output_embeddings().weight[label_tokens]  # (K, C)
    return caching.gap(F.linear(state, rows), caching.step(model, ids)[:, label_tokens])  # (1, K) both
