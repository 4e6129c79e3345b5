"""Is a text that was written with a draft the target's own? Tests of the loop against the target's exact distribution.

That distribution comes from the model itself, in one pass over the text, not from the loop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.speculative.decoding import Law, Speculation, Written, lenient

CELLS = 20
"""Of the test of every token."""
LEAST = 5
"""Expected in every cell of a chi-square test; rarer outcomes are counted together."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A chi-square test."""

    draws: int
    chi_square: float
    freedom: int
    """Degrees of freedom."""
    p_value: float


def chi_square(counts: Tensor, probs: Tensor) -> Fit:
    """Whether the counts of the outcomes fit their probabilities."""
    draws = int(counts.sum())
    expected = draws * probs.double()
    common = expected >= LEAST
    seen = torch.cat((counts[common].double(), counts[~common].sum()[None].double()))
    due = torch.cat((expected[common], expected[~common].sum()[None]))
    if due[-1] < LEAST:  # too rare even together: they join the rarest of the others
        rarest = due[:-1].argmin()
        seen[rarest], due[rarest] = seen[rarest] + seen[-1], due[rarest] + due[-1]
        seen, due = seen[:-1], due[:-1]
    found, freedom = float(((seen - due) ** 2 / due).sum()), len(due) - 1
    half = torch.tensor([freedom / 2, found / 2], dtype=torch.float64)
    return Fit(draws, found, freedom, float(torch.special.gammaincc(half[0], half[1])))


@torch.inference_mode()
def first_two(target: Any, prompt: Tensor) -> Tensor:
    """The target's probabilities of the next two tokens together: (V, V)."""
    V = target.config.vocab_size
    longer = torch.cat((prompt.expand(V, -1), torch.arange(V, device=prompt.device)[:, None]), 1)  # (V, T + 1)
    probs: Tensor = target(longer, use_cache=False).logits[:, -2:].double().softmax(-1)  # (V, 2, V)
    return probs[0, 0, :, None] * probs[:, 1]


def two_tokens(pair: Speculation, exact: Tensor, *, gamma: int, runs: int, law: Law) -> Fit:
    """The loop is run so many times for two tokens, and what comes out is counted."""
    V = len(exact)
    written = torch.cat([pair.together(2, gamma, law).tokens[:, :2] for _ in range(runs)]).cpu()  # (runs, 2)
    return chi_square(torch.bincount(written[:, 0] * V + written[:, 1], minlength=V * V), exact.cpu().flatten())


@torch.inference_mode()
def probabilities(model: Any, texts: Sequence[Written]) -> list[Tensor]:
    """What the model thinks of every written token and of all others in its place: (N, V) for each text."""
    whole = [torch.cat((one.prompt, one.tokens), 1)[0] for one in texts]
    fed = torch.nn.utils.rnn.pad_sequence(whole, batch_first=True)  # what stands behind the end changes nothing
    probs = model(fed, use_cache=False).logits.double().softmax(-1)  # (B, T, V)
    return [row[one.prompt.shape[1] - 1 : len(text) - 1] for row, text, one in zip(probs, whole, texts, strict=True)]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Proposals that the target checked."""

    checked: int
    stayed: int
    expected: float
    """So many should have stayed: the sum of min(p, q) over the vocabulary, added up over the places checked."""
    errors: float
    """What lies between, in standard errors."""


def acceptance(target: Any, draft: Any, texts: Sequence[Written]) -> Acceptance:
    """The proposals that stayed against those that should have."""
    stayed, chances = list[bool](), list[float]()
    for one, p, q in zip(texts, probabilities(target, texts), probabilities(draft, texts), strict=True):
        along = torch.minimum(p, q).sum(-1).tolist()
        for place, stay in one.checked:
            stayed.append(stay)
            chances.append(along[place])
    spread = math.sqrt(sum(chance * (1 - chance) for chance in chances))
    off = sum(stayed) - sum(chances)
    return Acceptance(len(stayed), sum(stayed), sum(chances), off / spread if spread else 0.0)


def every_token(target: Any, draft: Any, texts: Sequence[Written], seed: int) -> Fit:
    """Where in its distribution each token fell: a uniform number if the text is the target's own.

    The vocabulary is laid out with what the draft overrates first, so that a token of the draft falls too far left.
    """
    drawn = torch.Generator().manual_seed(seed)
    fell = list[Tensor]()
    for one, p, q in zip(texts, probabilities(target, texts), probabilities(draft, texts), strict=True):
        p, q, token = p.cpu(), q.cpu(), one.tokens[0, :, None].cpu()  # (N, V), (N, V), (N, 1)
        order = (q / p).argsort(-1, descending=True)
        upto = p.gather(1, order).cumsum(1)
        place = (order == token).long().argmax(1, keepdim=True)
        within = torch.rand(len(p), 1, generator=drawn, dtype=torch.float64)
        fell.append((upto.gather(1, place) - within * p.gather(1, token))[:, 0])
    cells = (torch.cat(fell) * CELLS).long().clamp(0, CELLS - 1)
    return chi_square(torch.bincount(cells, minlength=CELLS), torch.full((CELLS,), 1 / CELLS))


@torch.inference_mode()
def telling(target: Any, draft: Any, texts: Tensor, count: int) -> list[Tensor]:
    """Beginnings of `texts`, one of each, behind which three wrong rules would change the next token's law most.

    The rules: `lenient`; accept all; after a refusal draw from the target's law and not from what the draft left over.
    """
    p, q = (model(texts, use_cache=False).logits.softmax(-1) for model in (target, draft))  # (B, T, V)
    both = torch.minimum(p, q)
    overlap = both.sum(-1, keepdim=True)
    taken = q * lenient(p, q, q)
    rest = (p - q).clamp_min(0) / (1 - overlap).clamp_min(1e-9)
    laws = (taken + (1 - taken.sum(-1, keepdim=True)) * rest, q, both + (1 - overlap) * p)
    change = torch.stack([(law - p).abs().sum(-1) for law in laws]).amin(0)  # (B, T)
    most, places = change.max(1)
    return [texts[i : i + 1, : int(places[i]) + 1] for i in most.argsort(descending=True)[:count].tolist()]
