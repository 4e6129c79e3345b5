"""Which positions carry loss: pretraining objectives cut from raw text, and the gradient of every output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import BertForMaskedLM, LlamaForCausalLM, T5ForConditionalGeneration

from llmquiz.demos.lab import tiny

IGNORED = -100
"""The label of a position without loss, in all models of `transformers`."""
END, MASK, FIRST_WORD, FIRST_SENTINEL = 1, 2, 3, 200
"""Ids of our little vocabulary: words from FIRST_WORD on, then a sentinel for each span that is cut out."""
RAW = 568
"""Tokens of text that span corruption turns into 512 of input and 114 of target (Raffel et al., 2020)."""


@dataclass(frozen=True, slots=True)
class Share:
    """An objective, and where its loss falls."""

    objective: str
    model: str
    text: int
    """Tokens of raw text in all."""
    computed: int
    """Positions that the model computes for them, on both sides."""
    loss: int
    """Positions whose output receives a gradient."""

    @property
    def of_computed(self) -> float:
        return self.loss / self.computed


@dataclass(frozen=True, slots=True)
class RawText:
    """Training pairs made from text alone."""

    text: int
    source: int
    target: int
    restored: int
    """Tokens of the text that come back when the target's spans are put into the source's gaps."""
    loss: float


def raw_text(batch: int, seed: int) -> Tensor:
    """Random words, (B, RAW)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(FIRST_WORD, FIRST_SENTINEL, (batch, RAW), generator=generator)


def masked(text: Tensor, seed: int, rate: float = 0.15) -> tuple[Tensor, Tensor]:
    """BERT's recipe: of the chosen tokens 80 % are masked, 10 % swapped, 10 % left; input and labels."""
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.rand(text.shape, generator=generator) < rate  # (B, T)
    how = torch.rand(text.shape, generator=generator)  # (B, T)
    swapped = torch.randint(FIRST_WORD, FIRST_SENTINEL, text.shape, generator=generator)
    shown = text.where(~chosen | (how >= 0.8), torch.tensor(MASK))
    shown = shown.where(~chosen | (how < 0.8) | (how >= 0.9), swapped)
    return shown, text.where(chosen, torch.tensor(IGNORED))


def corrupted(text: Tensor, seed: int, rate: float = 0.15, mean_span: float = 3.0) -> tuple[Tensor, Tensor]:
    """T5's recipe on one text (T,): source with a sentinel for each span cut out, target with the spans."""
    generator = torch.Generator().manual_seed(seed)
    noise = round(len(text) * rate)
    spans = round(noise / mean_span)
    kept, cut = _pieces(len(text) - noise, spans, generator), _pieces(noise, spans, generator)
    source, target, at = [], [], 0
    for i, (stays, leaves) in enumerate(zip(kept, cut, strict=True)):
        words = text[at : at + stays + leaves].tolist()
        source += [*words[:stays], FIRST_SENTINEL + i]
        target += [FIRST_SENTINEL + i, *words[stays:]]
        at += stays + leaves
    return torch.tensor([*source, END]), torch.tensor([*target, END])


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
    text = raw_text(4, seed)  # (B, T)
    words, labels = masked(text, seed)
    pairs = [corrupted(one, seed + i) for i, one in enumerate(text)]
    sources, targets = (torch.stack(side) for side in zip(*pairs, strict=True))  # (B, S), (B, T)
    half = RAW // 2
    batches: dict[str, tuple[Any, Mapping[str, Tensor]]] = {
        "next-token": (LlamaForCausalLM, {"input_ids": text, "labels": text}),
        "masked-tokens": (BertForMaskedLM, {"input_ids": words, "labels": labels}),
        "spans": (T5ForConditionalGeneration, {"input_ids": sources, "labels": targets}),
        "second-half": (T5ForConditionalGeneration, {"input_ids": text[:, :half], "labels": text[:, half:]}),
    }
    found = {name: _share(name, kind, batch, text.numel(), seed, device) for name, (kind, batch) in batches.items()}
    back = [
        sum(a == b for a, b in zip(restored(*pair), one.tolist(), strict=True))
        for pair, one in zip(pairs, text, strict=True)
    ]
    raw = RawText(RAW, sources.shape[1], targets.shape[1], min(back), found["spans"][1])
    return tuple(share for share, _ in found.values()), raw


def _share(
    objective: str, kind: Any, batch: Mapping[str, Tensor], text: int, seed: int, device: str
) -> tuple[Share, float]:
    """The share, and the loss itself."""
    model = little(kind, seed, device)
    found = model(**{name: ids.contiguous().to(device) for name, ids in batch.items()})
    found.logits.retain_grad()
    found.loss.backward()
    carrying = int((found.logits.grad.abs().sum(-1) > 0).sum())  # of (B, T)
    both_sides = batch["input_ids"].numel() + (batch["labels"].numel() if model.config.is_encoder_decoder else 0)
    return Share(objective, model.config.model_type, text, both_sides, carrying), found.loss.item()


def little(kind: Any, seed: int, device: str, vocab: int = tiny.VOCAB) -> Any:
    """A model of two layers of width 64, with gradients."""
    t5 = {"d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4, "dropout_rate": 0.0}
    others = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
    ends = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": 0}
    sizes = (t5 | {"decoder_start_token_id": 0}) if kind is T5ForConditionalGeneration else others
    limit = {"max_position_embeddings": 1024} if kind is not T5ForConditionalGeneration else {}
    return tiny.build(kind, seed=seed, device=device, dtype="float32", vocab_size=vocab, **sizes, **ends, **limit)
