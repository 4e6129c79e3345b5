"""A model that decodes through blocks: what the demo `paged-attention` measures on real keys and values."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.tiny import random_tokens
from llmquiz.demos.paged_attention.blocks import Memory, Request
from llmquiz.demos.paged_attention.workloads import SIZE


@dataclass(slots=True)
class Writing:
    """A request that is being answered, greedily."""

    model: Any
    request: Request
    prompt: Tensor  # (1, P)
    new: int
    logits: list[Tensor] = field(default_factory=list)

    def step(self) -> None:
        """Read what of the prompt is not there yet; after that, one token."""
        ids = self.logits[-1].argmax(-1, keepdim=True) if self.logits else self.prompt[:, self.request.shared :]
        self.logits.append(caching.step(self.model, ids, self.request.cache))

    @property
    def done(self) -> bool:
        return len(self.logits) == self.new

    def against_alone(self) -> tuple[int, float]:
        """Tokens that are those of a contiguous cache of its own, and the largest difference of logits."""
        alone = caching.decode(self.model, self.prompt, self.new, cached=True)
        logits = torch.cat(self.logits)  # (N, V)
        return int((logits.argmax(-1) == alone.tokens[0]).sum()), caching.gap(logits, alone.logits)


def compared(writings: list[Writing]) -> tuple[int, int, float]:
    """Equal tokens, tokens in all, largest difference."""
    found = [writing.against_alone() for writing in writings]
    return sum(equal for equal, _ in found), sum(one.new for one in writings), max(gap for _, gap in found)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Requests of many lengths that come and go in a memory too small for all of them at once."""

    requests: int
    tokens: int
    equal: int
    """So many of them are those of a contiguous cache."""
    gap: float
    """Largest difference of logits, relative to the largest logit."""
    blocks: int
    handed_out: int
    """More than there are: blocks of requests that ended were used again."""
    pairs: int
    """Of successive blocks of a text."""
    apart: int
    """Of them, not one behind the other in memory."""


@torch.inference_mode()
def mixed(model: Any, requests: int, blocks: int, seed: int) -> Mixed:
    """Each step a token for every request that has room; the blocks of the finished go to the next."""
    drawn, memory = random.Random(seed), Memory(model, blocks=blocks, size=SIZE, seed=seed)
    lengths = [(drawn.randint(5, 60), drawn.randint(8, 24)) for _ in range(requests)]
    waiting = [(random_tokens(model, 1, prompt, seed=seed + i), new) for i, (prompt, new) in enumerate(lengths)]
    live: list[Writing] = []
    finished: list[Writing] = []
    tables: list[list[int]] = []
    while waiting or live:
        while waiting and _need(live, *waiting[0]) <= blocks:
            prompt, new = waiting.pop(0)
            live.append(Writing(model, Request(memory), prompt, new))
        for writing in live:
            writing.step()
        for writing in [writing for writing in live if writing.done]:
            live.remove(writing)
            finished.append(writing)
            tables.append(writing.request.table)
            writing.request.close()
    equal, tokens, gap = compared(finished)
    pairs = [(a, b) for table in tables for a, b in pairwise(table)]
    apart = sum(b != a + 1 for a, b in pairs)
    return Mixed(requests, tokens, equal, gap, blocks, memory.pool.handed_out, len(pairs), apart)


def _need(live: list[Writing], prompt: Tensor, new: int) -> int:
    """Blocks once all of them, and one more, are as long as they will be."""
    ends = [one.prompt.shape[1] + one.new - 1 for one in live] + [prompt.shape[1] + new - 1]
    return sum(-(-end // SIZE) for end in ends)


@dataclass(frozen=True, slots=True)
class Shared:
    """Several questions behind one beginning."""

    questions: int
    prefix: int
    blocks: int
    """Held, all questions answered and none closed."""
    blocks_formula: int
    blocks_alone: int
    """Held where every request keeps its own."""
    positions: int
    """Computed, the beginning once."""
    positions_formula: int
    positions_alone: int
    tokens: int
    equal: int
    gap: float


@torch.inference_mode()
def shared(model: Any, questions: int, prefix: int, seed: int) -> Shared:
    """The same requests with and without the blocks of the beginning in common."""
    drawn, new = random.Random(seed), 8
    start = random_tokens(model, 1, prefix, seed=seed + 100)
    asked = [random_tokens(model, 1, drawn.randint(4, 12), seed=seed + 101 + i) for i in range(questions)]
    texts = [torch.cat((start, one), 1) for one in asked]  # each (1, P + Q)
    memory, writings, positions = _answered(model, texts, new, sharing=True)
    apart, _, positions_alone = _answered(model, texts, new, sharing=False)
    whole = prefix // SIZE
    equal, tokens, gap = compared(writings)
    return Shared(
        questions=questions,
        prefix=prefix,
        blocks=memory.pool.taken,
        blocks_formula=whole + sum(-(-(text.shape[1] + new - 1) // SIZE) - whole for text in texts),
        blocks_alone=apart.pool.taken,
        positions=positions,
        positions_formula=sum(text.shape[1] + new - 1 for text in texts) - (questions - 1) * whole * SIZE,
        positions_alone=positions_alone,
        tokens=tokens,
        equal=equal,
        gap=gap,
    )


def _answered(model: Any, texts: list[Tensor], new: int, *, sharing: bool) -> tuple[Memory, list[Writing], int]:
    """One after the other, all kept; positions computed."""
    longest = max(text.shape[1] for text in texts) + new
    memory = Memory(model, blocks=len(texts) * -(-longest // SIZE), size=SIZE)
    writings = []
    with caching.counting(model.get_input_embeddings()) as seen:
        for text in texts:
            ids = text[0].tolist()
            writing = Writing(model, Request(memory, ids if sharing else ()), text, new)
            while not writing.done:
                writing.step()
            if sharing:
                writing.request.remember(ids)
            writings.append(writing)
    return memory, writings, sum(seen)


@dataclass(frozen=True, slots=True)
class Samples:
    """Several continuations of one prompt."""

    samples: int
    prompt: int
    copies: int
    """Blocks that were copied because somebody else still reads them."""
    blocks: int
    blocks_alone: int
    tokens: int
    equal: int
    gap: float


@torch.inference_mode()
def samples(model: Any, count: int, prompt: int, seed: int) -> Samples:
    """They begin with the `count` most probable first tokens and go on greedily."""
    new, ids = 12, random_tokens(model, 1, prompt, seed=seed + 200)
    memory = Memory(model, blocks=64, size=SIZE)
    first = Request(memory)
    begun = caching.step(model, ids, first.cache).topk(count).indices[0]  # (count,)
    requests = [first, *(first.fork() for _ in range(count - 1))]
    writings = []
    for request, token in zip(requests, begun, strict=True):
        request.shared = prompt  # what is left to read is the first token of the continuation
        writings.append(Writing(model, request, torch.cat((ids, token.view(1, 1)), 1), new))
    for _ in range(new):
        for writing in writings:
            writing.step()
    equal, tokens, gap = compared(writings)
    alone = count * -(-(prompt + new) // SIZE)
    return Samples(count, prompt, memory.copies, memory.pool.taken, alone, tokens, equal, gap)


@dataclass(frozen=True, slots=True)
class OtherBeginning:
    """A document that is known, behind another first token."""

    blocks: int
    """Full blocks of the document as it was first read."""
    found_again: int
    """Of them, found for the same text with the same beginning."""
    found_behind_another: int
    gap_if_shared: float
    """How far the logits move where they are used all the same, relative to the largest logit."""


@torch.inference_mode()
def other_beginning(model: Any, seed: int) -> OtherBeginning:
    """Read a document, then look it up and use it behind another first token."""
    memory = Memory(model, blocks=32, size=SIZE)
    text = random_tokens(model, 1, 4 * SIZE + 8, seed=seed + 300)
    other = text.clone()
    other[:, 0] = 1 + text[:, 0] % (model.config.vocab_size - 1)
    known = Request(memory)
    caching.step(model, text[:, :-8], known.cache)
    known.remember(text[0, :-8].tolist())
    blocks = len(known.table)
    again, behind_another = (len(Request(memory, ids[0].tolist()).table) for ids in (text, other))
    wrong = caching.step(model, other[:, -8:], known.cache)
    right = caching.step(model, other, Request(memory).cache)
    return OtherBeginning(blocks, again, behind_another, caching.gap(wrong, right))
