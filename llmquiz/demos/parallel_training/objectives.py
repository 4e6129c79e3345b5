"""Which positions carry loss: pretraining objectives cut from raw text, and the gradient of every output.

Masked tokens: Devlin et al. (2019, BERT). Span corruption: Raffel et al. (2020, T5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from transformers import BertForMaskedLM, LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.parallel_training.claims import RawText, Share
from llmquiz.demos.parallel_training.small_model import small_model

IGNORED = -100
"""The label of a position without loss, in all models of `transformers`."""
END, MASK, FIRST_WORD, FIRST_SENTINEL = 1, 2, 3, 200
"""Ids of our little vocabulary: words from FIRST_WORD on, then a sentinel for each span that is cut out."""
RAW = 568
"""Tokens of text that span corruption turns into 512 of input and 114 of target (Raffel et al., 2020)."""


def raw_text(batch: int, seed: int) -> Tensor:
    """Random words, (B, RAW)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(FIRST_WORD, FIRST_SENTINEL, (batch, RAW), generator=generator)


def masked(text: Tensor, seed: int, rate: float = 0.15) -> tuple[Tensor, Tensor]:
    """BERT's recipe: of the chosen tokens 80 % are masked, 10 % swapped, 10 % left; input and labels, both (B, T)."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.rand(text.shape, generator=generator) < rate  # (B, T)
    how = torch.rand(text.shape, generator=generator)  # (B, T)
    swapped = torch.randint(FIRST_WORD, FIRST_SENTINEL, text.shape, generator=generator)  # (B, T)
    ids = text.where(~chosen | (how >= 0.8), torch.tensor(MASK))
    ids = ids.where(~chosen | (how < 0.8) | (how >= 0.9), swapped)
    return ids, text.where(chosen, torch.tensor(IGNORED))


def corrupted(text: Tensor, seed: int, rate: float = 0.15, mean_span: float = 3.0) -> tuple[Tensor, Tensor]:
    """T5's recipe on one text (T,): source with a sentinel for each span cut out, target with the spans."""
    generator = torch.Generator().manual_seed(seed)
    noise = round(len(text) * rate)
    spans = round(noise / mean_span)
    # what stays and what is cut out take turns, in pieces of random length
    stays, leaves = _pieces(len(text) - noise, spans, generator), _pieces(noise, spans, generator)
    source, target, at = [], [], 0
    for i, (stay, leave) in enumerate(zip(stays, leaves, strict=True)):
        words = text[at : at + stay + leave].tolist()
        source += [*words[:stay], FIRST_SENTINEL + i]
        target += [FIRST_SENTINEL + i, *words[stay:]]
        at += stay + leave
    return torch.tensor([*source, END]), torch.tensor([*target, END])  # (S,), (T′,)


def _pieces(total: int, count: int, generator: torch.Generator) -> list[int]:
    """`total` cut at random into so many pieces of at least one."""
    cuts = (torch.randperm(total - 1, generator=generator)[: count - 1] + 1).sort().values.tolist()
    return [end - start for start, end in zip([0, *cuts], [*cuts, total], strict=True)]


def restored(source: Tensor, target: Tensor) -> list[int]:
    """The text again: the target's spans in the places of the source's sentinels."""
    spans: dict[int, list[int]] = {}
    words: list[int] = []
    for token in target.tolist():
        if token >= FIRST_SENTINEL:
            words = spans.setdefault(token, [])
        elif token != END:
            words.append(token)
    text = [spans.get(token, []) if token >= FIRST_SENTINEL else [token] for token in source.tolist() if token != END]
    return [token for piece in text for token in piece]


def shares(seed: int, device: str) -> tuple[tuple[Share, ...], RawText]:
    """Four objectives on the same text; in float32, for only places are counted."""
    text = raw_text(4, seed)  # (B, RAW)
    words, labels = masked(text, seed)  # (B, RAW) both
    pairs = [corrupted(row, seed + i) for i, row in enumerate(text)]
    sources, targets = (torch.stack(side) for side in zip(*pairs, strict=True))  # (B, S), (B, T)
    half = RAW // 2
    batches: dict[str, tuple[Any, Mapping[str, Tensor]]] = {
        "next-token": (LlamaForCausalLM, {"input_ids": text, "labels": text}),
        "masked-tokens": (BertForMaskedLM, {"input_ids": words, "labels": labels}),
        "spans": (T5ForConditionalGeneration, {"input_ids": sources, "labels": targets}),
        "second-half": (T5ForConditionalGeneration, {"input_ids": text[:, :half], "labels": text[:, half:]}),
    }
    counted = {
        name: share_of(name, model_class, batch, text.numel(), seed, device)
        for name, (model_class, batch) in batches.items()
    }
    come_back = min(_equal(restored(*pair), row.tolist()) for pair, row in zip(pairs, text, strict=True))
    raw = RawText(RAW, sources.shape[1], targets.shape[1], come_back, counted["spans"][1])
    return tuple(share for share, _ in counted.values()), raw


def _equal(restored_text: list[int], text: list[int]) -> int:
    return sum(a == b for a, b in zip(restored_text, text, strict=True))


def share_of(
    objective: str, model_class: Any, batch: Mapping[str, Tensor], text: int, seed: int, device: str
) -> tuple[Share, float]:
    """The share, and the loss itself; `text` tokens were cut into `batch`."""
    model = small_model(model_class, seed, device)
    output = model(**{name: ids.contiguous().to(device) for name, ids in batch.items()})
    output.logits.retain_grad()
    output.loss.backward()
    # an output without loss has a gradient of exactly 0
    carrying = int((output.logits.grad.abs().sum(-1) > 0).sum())  # (B, T, V) -> (B, T) -> how many
    computed = batch["input_ids"].numel() + (batch["labels"].numel() if model.config.is_encoder_decoder else 0)
    return Share(objective, model.config.model_type, text, computed, carrying), output.loss.item()
