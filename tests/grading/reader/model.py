"""The reader as a torch module: one pass over an answer and all statements of its question.

A packed text is a row of pieces in segments: 0 the prompt with what frames it, 1 the answer, 2 and up a statement each,
-1 padding. Prompt and answer are one text. The lower layers read each text alone; in the upper ones a statement sees
itself and the answer, the answer only itself (as in S. MacAvaney et al., "Efficient Document Re-Ranking for
Transformers by Precomputing Term Representations", 2020), so that one pass reads all statements of a question. Each
statement then points at the pieces of the answer that say it, and is judged by both together and by plain measures of
how near they are, two of them beside the nearest statement of the question.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llmquiz.grading.reader.pieces import ANSWER, FIRST_STATEMENT
from tests.grading.reader.base import Base

STATES = 4
"""Says, partly, denies, silent."""
MEASURES = 10
SPAN = 25
"""Pieces among which words of a statement are counted as standing together."""
HIDDEN = -1e4
"""A logit of what is not looked at."""


class Verdicts(NamedTuple):
    """Logits of the states (texts, statements, 4), and of the pieces that decided (texts, statements, pieces)."""

    states: Tensor
    pieces: Tensor
    measures: Tensor
    """What the judge goes by beside the meaning (texts, statements, 10): it may be weighed once more."""


class Layer(nn.Module):
    """A layer of BERT: attention and a feed-forward net, each normed after its sum."""

    def __init__(self, base: Base, at: int) -> None:
        super().__init__()
        self.heads = base.heads
        tensors = {name.removeprefix(f"l{at}."): t for name, t in base.tensors.items() if name.startswith(f"l{at}.")}
        self.into = _linear(
            torch.cat([tensors[f"{name}.w"] for name in "qkv"]), torch.cat([tensors[f"{name}.b"] for name in "qkv"])
        )
        self.out = _linear(tensors["ao.w"], tensors["ao.b"])
        self.wide = _linear(tensors["fi.w"], tensors["fi.b"])
        self.narrow = _linear(tensors["fo.w"], tensors["fo.b"])
        self.after_attention = _norm(tensors["aln.w"], tensors["aln.b"], base.epsilon)
        self.after_net = _norm(tensors["oln.w"], tensors["oln.b"], base.epsilon)

    def forward(self, states: Tensor, seen: Tensor, dropout: float) -> Tensor:
        """States (texts, pieces, width); `seen` (texts, pieces, pieces) is what each piece may look at."""
        texts, pieces, width = states.shape
        parts = self.into(states).view(texts, pieces, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(*parts, attn_mask=seen[:, None])
        mixed = self.out(mixed.transpose(1, 2).reshape(texts, pieces, width))
        states = self.after_attention(states + F.dropout(mixed, dropout, self.training))
        moved = self.narrow(F.gelu(self.wide(states)))
        return self.after_net(states + F.dropout(moved, dropout, self.training))


class Reader(nn.Module):
    """Base, judge and what lies between; `alone` layers read each text for itself and are not trained."""

    def __init__(self, base: Base, alone: int) -> None:
        super().__init__()
        self.pieces = nn.Embedding.from_pretrained(base.tensors["emb.word"].clone())
        self.places = nn.Embedding.from_pretrained(base.tensors["emb.pos"] + base.tensors["emb.type"][0])
        self.first = _norm(base.tensors["emb.ln.w"], base.tensors["emb.ln.b"], base.epsilon)
        self.alone = nn.ModuleList(Layer(base, at) for at in range(alone))
        for part in (self.first, self.alone):
            part.requires_grad_(False)
        self.together = nn.ModuleList(Layer(base, at) for at in range(alone, base.layers))
        width = base.width
        self.kind = nn.Embedding(3, width)
        nn.init.zeros_(self.kind.weight)
        self.found = nn.Parameter(torch.zeros(2, width))
        """What is added to a piece of a statement that the answer has too: for any, and for a rare one."""
        self.center = nn.Parameter(torch.zeros(width))
        """The mean of all states, which says nothing of any."""
        self.register_buffer("center_alone", torch.zeros(width))
        rarity = torch.tensor([-chance for _, chance in base.pieces])
        self.register_buffer("rarity", ((rarity - 7) / 8).clamp(0, 1))
        self.asks, self.offers = _identity(width), _identity(width)
        self.sharpness = nn.Parameter(torch.tensor(math.log(12.0)))
        self.by_words = nn.Parameter(torch.tensor(4.0))
        self.judge = nn.Sequential(
            nn.Linear(4 * width + MEASURES, width), nn.GELU(), nn.Dropout(0.1), nn.Linear(width, STATES)
        )

    def forward(self, pieces: Tensor, places: Tensor, segments: Tensor, statements: Tensor) -> Verdicts:
        """Whole rows at once: (texts, pieces) each; `statements` are the numbers of the segments to judge, from 2."""
        return self.judged(self.read_alone(pieces, places, segments), pieces, segments, statements)

    def read_alone(self, pieces: Tensor, places: Tensor, segments: Tensor) -> Tensor:
        """The states after the lower layers, (texts, pieces, width)."""
        return self._read(self.alone, pieces, places, segments, 0.0)

    def read_through(self, pieces: Tensor, places: Tensor, segments: Tensor, dropout: float) -> Tensor:
        """The states after all layers of texts that are read alone throughout, (texts, pieces, width)."""
        return self._read((*self.alone, *self.together), pieces, places, segments, dropout)

    def _read(
        self, layers: Iterable[nn.Module], pieces: Tensor, places: Tensor, segments: Tensor, dropout: float
    ) -> Tensor:
        states = self.first(self.pieces(pieces) + self.places(places))
        seen = _same_text(segments)
        for layer in layers:
            states = layer(states, seen, dropout)
        return states

    def judged(
        self, alone: Tensor, pieces: Tensor, segments: Tensor, statements: Tensor, dropout: float = 0.0
    ) -> Verdicts:
        """What the upper layers and the judge make of states from `read_alone`."""
        answer = segments == ANSWER
        stated = segments >= FIRST_STATEMENT
        same = (pieces[:, :, None] == pieces[:, None, :]) & stated[:, :, None] & answer[:, None, :]
        shared = same.any(2).to(alone.dtype)
        rarity = self.rarity[pieces]
        states = alone + self.kind(segments.clamp(0, 2))
        states = states + shared[..., None] * self.found[0] + (shared * rarity)[..., None] * self.found[1]
        reads = _same_text(segments) | (stated[:, :, None] & (segments[:, None, :] >= 0) & ~stated[:, None, :])
        for layer in self.together:
            states = layer(states, reads, dropout)
        states = states - self.center

        # (texts, statements, pieces): each statement's pieces as shares, evenly and by rarity
        own = (segments[:, None, :] == statements[None, :, None]).to(alone.dtype)
        evenly = own / own.sum(2, keepdim=True).clamp(min=1)
        rarely = own * (rarity[:, None, :] + 0.1)
        rarely = rarely / rarely.sum(2, keepdim=True).clamp(min=1e-6)

        meant = evenly @ states
        words = rarely @ same.to(alone.dtype)
        pointed = F.normalize(self.asks(meant), dim=-1) @ F.normalize(self.offers(states), dim=-1).transpose(1, 2)
        pointed = pointed * self.sharpness.exp() + self.by_words * words
        pointed = pointed.masked_fill(~answer[:, None, :], HIDDEN)
        shares = pointed.softmax(-1)
        said_there = shares @ states

        measures = self._measures(alone, states, answer, shared, rarely, words, shares, meant, said_there)
        together = [meant, said_there, meant * said_there, (meant - said_there).abs(), measures]
        return Verdicts(self.judge(torch.cat(together, -1)), pointed, measures)

    def _measures(
        self,
        alone: Tensor,
        states: Tensor,
        answer: Tensor,
        shared: Tensor,
        rarely: Tensor,
        words: Tensor,
        shares: Tensor,
        meant: Tensor,
        said_there: Tensor,
    ) -> Tensor:
        """Ten numbers a statement (texts, statements, 10): words shared, pieces alike, how sharply it points."""
        covered = (rarely @ shared[..., None]).squeeze(-1)
        alike_alone = (rarely @ _best(alone - self.center_alone, answer)[..., None]).squeeze(-1)
        alike = (rarely @ _best(states, answer)[..., None]).squeeze(-1)
        close = F.avg_pool1d(words, SPAN, 1, SPAN // 2, count_include_pad=True).amax(2) * SPAN
        long = (answer.sum(1).clamp(min=1).log() / 5)[:, None].expand_as(covered)
        return torch.stack(
            [
                covered,
                covered - covered.amax(1, keepdim=True),
                alike,
                2 * alike_alone,
                3 * (alike_alone - alike_alone.amax(1, keepdim=True)),
                covered * alike,
                close.clamp(max=2),
                shares.amax(-1),
                F.cosine_similarity(meant, said_there, dim=-1),
                long,
            ],
            -1,
        )


def _same_text(segments: Tensor) -> Tensor:
    """Which piece sees which while texts are read alone; padding sees itself, so that nothing is divided by zero."""
    text = segments.clamp(min=ANSWER).where(segments >= 0, segments)
    return text[:, :, None] == text[:, None, :]


def _best(states: Tensor, answer: Tensor) -> Tensor:
    """For each piece the cosine of the piece of the answer that is most like it, (texts, pieces)."""
    normed = F.normalize(states, dim=-1)
    return (normed @ normed.transpose(1, 2)).masked_fill(~answer[:, None, :], -1.0).amax(2)


def _linear(weight: Tensor, bias: Tensor) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight.data.copy_(weight)
    layer.bias.data.copy_(bias)
    return layer


def _norm(weight: Tensor, bias: Tensor, epsilon: float) -> nn.LayerNorm:
    layer = nn.LayerNorm(weight.shape[0], epsilon)
    layer.weight.data.copy_(weight)
    layer.bias.data.copy_(bias)
    return layer


def _identity(width: int) -> nn.Linear:
    layer = nn.Linear(width, width)
    nn.init.eye_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
