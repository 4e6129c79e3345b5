"""How each kind of model fills a gap: what it reads, which logits it gives to the missing letters, and its loss there.

An encoder reads the text with marks in the gap, without a causal mask. A decoder reads up to the gap; one that was
trained to fill in reads the text with its marks first and the missing letters last, each at the position that it has
in the text (fill in the middle: Bavarian et al., 2022; positions as in GLM: Du et al., 2021).
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llmquiz.demos.infill.setting import FILL, LETTERS, MASK, START, STARTS
from llmquiz.demos.lab import tiny

# what a model reads, and its logits


def seen_by_all(model: Any, ids: Tensor) -> Tensor:
    """Logits of the letters, (B, T, V), with no causal mask: every position attends to every other."""
    logits: Tensor = model(ids, attention_mask=tiny.open_mask(model, *ids.shape), use_cache=False).logits
    return logits[..., :LETTERS]  # MASK, START and FILL are never an answer


def from_left(model: Any, text: Tensor) -> Tensor:
    """Logits (B, T, V) of every letter of `text` (B, T) behind those before it; the causal mask is the class's own."""
    start = torch.full_like(text[:, :1], START)  # (B, 1)
    logits: Tensor = model(torch.cat((start, text[:, :-1]), 1), use_cache=False).logits  # (B, T, V + 3)
    return logits[..., :LETTERS]


def gap_last(model: Any, text: Tensor, places: Tensor) -> Tensor:
    """Logits (B, N, V) of the letters at `places` (B, N), in the order of the text, behind all that are not missing.

    The input is the text with marks at `places`, then each missing letter's predecessor: the letter before where that
    is missing too, else FILL. Positions are those of the text, so the second part starts again within it.
    """
    B, T = text.shape
    missing = torch.zeros_like(text, dtype=torch.bool).scatter_(1, places, value=True)  # (B, T)
    before = (places - 1).clamp_min(0)  # (B, N)
    goes_on = missing.gather(1, before) & (places > 0)  # (B, N)
    predecessors = text.gather(1, before).masked_fill(~goes_on, FILL)  # (B, N)
    ids = torch.cat((text.masked_fill(missing, MASK), predecessors), 1)  # (B, T + N)
    in_text = torch.arange(1, T + 1, device=text.device).expand(B, -1)  # (B, T), START being at 0 in `from_left`
    positions = torch.cat((in_text, places), 1)  # (B, T + N)
    everything = torch.ones_like(ids)  # without it, positions that start again are taken for another text
    logits: Tensor = model(ids, position_ids=positions, attention_mask=everything, use_cache=False).logits
    return logits[:, T:, :LETTERS]  # (B, N, V)


def gap_logits(name: str, model: Any, text: Tensor, start: int, letters: int, *, at_once: bool = False) -> Tensor:
    """Logits (B, k, V) of the letters of a gap, the true ones before each given to it unless `at_once`."""
    gap = torch.arange(start, start + letters, device=text.device)  # (k,)
    if name == "decoder":
        return from_left(model, text)[:, gap]
    if name == "decoder-fill":
        return gap_last(model, text, gap.expand(len(text), -1))
    masked = text.clone()  # (B, T)
    masked[:, gap] = MASK
    if at_once:
        return seen_by_all(model, masked)[:, gap]
    steps = []
    for place in gap.tolist():
        steps.append(seen_by_all(model, masked)[:, place])  # (B, V)
        masked[:, place] = text[:, place]
    return torch.stack(steps, 1)


# losses


@torch.inference_mode()
def gap_loss(name: str, model: Any, text: Tensor, letters: int, *, at_once: bool = False) -> float:
    """Nats a letter of gaps of so many letters in `text` (B, T), the mean over `STARTS`."""
    text = text.to(model.device)
    losses = []
    for start in STARTS:
        logits = gap_logits(name, model, text, start, letters, at_once=at_once).float()  # (B, k, V)
        losses.append(F.cross_entropy(logits.flatten(0, 1), text[:, start : start + letters].flatten()))
    return float(torch.stack(losses).mean())


@torch.inference_mode()
def left_loss(model: Any, text: Tensor) -> float:
    """Nats a letter of whole texts (B, T) read from left to right."""
    text = text.to(model.device)
    return float(F.cross_entropy(from_left(model, text).flatten(0, 1).float(), text.flatten()))


@torch.inference_mode()
def candidates(model: Any, text: Tensor, start: int) -> Tensor:
    """Log-probabilities (B, V) of a gap of one letter by a decoder that reads from left to right, untouched.

    By Bayes' rule: the text is read once with each letter in the gap, and what it then gives to all letters compared.
    """
    B = len(text)
    versions = text[:, None].repeat(1, LETTERS, 1)  # (B, V, T)
    versions[:, :, start] = torch.arange(LETTERS, device=text.device)
    flat = versions.flatten(0, 1)  # (B V, T)
    logs = from_left(model, flat).float().log_softmax(-1).gather(2, flat[..., None])[..., 0]  # (B V, T)
    return logs.sum(1).view(B, LETTERS).log_softmax(1)  # (B, V): whole texts scored, then normalized over the letters


def candidates_loss(model: Any, text: Tensor) -> float:
    """Nats a letter of gaps of one letter, filled by `candidates`."""
    text = text.to(model.device)
    return sum(float(F.nll_loss(candidates(model, text, start), text[:, start])) for start in STARTS) / len(STARTS)


@torch.inference_mode()
def moved(name: str, model: Any, text: Tensor, start: int, letters: int) -> int:
    """In how many texts another letter right behind the gap moves what is predicted for the gap."""
    text = text.to(model.device)
    changed = text.clone()  # (B, T)
    changed[:, start + letters] = (changed[:, start + letters] + 1) % LETTERS
    before, after = (gap_logits(name, model, ids, start, letters) for ids in (text, changed))  # (B, k, V)
    return int((before != after).flatten(1).any(1).sum())
