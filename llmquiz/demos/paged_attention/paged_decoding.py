"""A model that decodes through blocks, each text held against the same model with a contiguous cache of its own."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from llmquiz.demos.lab import caching
from llmquiz.demos.lab.tiny import random_tokens
from llmquiz.demos.paged_attention.paged_cache import Memory, PagedSequence
from llmquiz.demos.paged_attention.result import SIZE, MixedRequests, OtherBeginning, Samples, SharedPrefix


@dataclass(slots=True)
class PagedDecoding:
    """A prompt that is being continued by `new` tokens, greedily."""

    model: Any
    sequence: PagedSequence
    prompt: Tensor  # (1, P)
    new: int
    logits: list[Tensor] = field(default_factory=list)  # (1, V) a step

    def step(self) -> None:
        """Read what of the prompt is not there yet; after that, one token."""
        ids = self.logits[-1].argmax(-1, keepdim=True) if self.logits else self.prompt[:, self.sequence.shared :]
        self.logits.append(caching.step(self.model, ids, self.sequence.cache))

    @property
    def done(self) -> bool:
        return len(self.logits) == self.new

    @property
    def end(self) -> int:
        """Tokens with keys and values in the end; the last one written is never read."""
        return self.prompt.shape[1] + self.new - 1

    def against_contiguous(self) -> tuple[int, float]:
        """Tokens that are those of a contiguous cache of its own, and the largest difference of logits."""
        contiguous = caching.decode(self.model, self.prompt, self.new, cached=True)
        logits = torch.cat(self.logits)  # (N, V)
        return int((logits.argmax(-1) == contiguous.tokens[0]).sum()), caching.gap(logits, contiguous.logits)


def compared(decodings: list[PagedDecoding]) -> tuple[int, int, float]:
    """Equal tokens, tokens in all, largest difference."""
    equal, gaps = zip(*(decoding.against_contiguous() for decoding in decodings), strict=True)
    return sum(equal), sum(decoding.new for decoding in decodings), max(gaps)


def blocks_for(tokens: int) -> int:
    """Blocks that so many tokens take, the last one perhaps not full."""
    return -(-tokens // SIZE)


@torch.inference_mode()
def mixed_requests(model: Any, requests: int, blocks: int, seed: int) -> MixedRequests:
    """Each step a token for every request that has room; the blocks of the finished go to the next."""
    generator, memory = random.Random(seed), Memory(model, blocks=blocks, size=SIZE, seed=seed)
    lengths = [(generator.randint(5, 60), generator.randint(8, 24)) for _ in range(requests)]
    prompts = [random_tokens(model, 1, prompt, seed=seed + i) for i, (prompt, _) in enumerate(lengths)]  # (1, P) each
    waiting = [(prompt, new) for prompt, (_, new) in zip(prompts, lengths, strict=True)]
    live: list[PagedDecoding] = []
    finished: list[PagedDecoding] = []
    tables: list[list[int]] = []
    while waiting or live:
        # the next one is let in where all of them will still have room when they are as long as they get
        while waiting and _blocks_in_the_end(live, *waiting[0]) <= blocks:
            prompt, new = waiting.pop(0)
            live.append(PagedDecoding(model, PagedSequence(memory), prompt, new))
        for decoding in live:
            decoding.step()
        for decoding in [decoding for decoding in live if decoding.done]:
            live.remove(decoding)
            finished.append(decoding)
            tables.append(decoding.sequence.table)
            decoding.sequence.close()
    equal, tokens, gap = compared(finished)
    pairs = [(a, b) for table in tables for a, b in pairwise(table)]
    apart = sum(b != a + 1 for a, b in pairs)
    return MixedRequests(requests, tokens, equal, gap, blocks, memory.pool.handed_out, len(pairs), apart)


def _blocks_in_the_end(live: list[PagedDecoding], prompt: Tensor, new: int) -> int:
    """Blocks once all of them, and one more, are as long as they will be."""
    ends = [decoding.end for decoding in live] + [prompt.shape[1] + new - 1]
    return sum(blocks_for(end) for end in ends)


@torch.inference_mode()
def shared_prefix(model: Any, questions: int, prefix: int, seed: int) -> SharedPrefix:
    """The same requests with and without the blocks of the beginning in common."""
    generator, new = random.Random(seed), 8
    start = random_tokens(model, 1, prefix, seed=seed + 100)  # (1, P)
    asked = [random_tokens(model, 1, generator.randint(4, 12), seed=seed + 101 + i) for i in range(questions)]
    texts = [torch.cat((start, question), 1) for question in asked]  # each (1, P + Q)
    memory, decodings, positions = _answered(model, texts, new, sharing=True)
    apart, _, positions_alone = _answered(model, texts, new, sharing=False)
    equal, tokens, gap = compared(decodings)

    # full blocks of the beginning are kept and computed once; the block in which it ends is each question's own
    whole, ends = prefix // SIZE, [decoding.end for decoding in decodings]
    return SharedPrefix(
        questions=questions,
        prefix=prefix,
        blocks=memory.pool.taken,
        blocks_formula=whole + sum(blocks_for(end) - whole for end in ends),
        blocks_alone=apart.pool.taken,
        positions=positions,
        positions_formula=sum(ends) - (questions - 1) * whole * SIZE,
        positions_alone=positions_alone,
        tokens=tokens,
        equal=equal,
        gap=gap,
    )


def _answered(model: Any, texts: list[Tensor], new: int, *, sharing: bool) -> tuple[Memory, list[PagedDecoding], int]:
    """One after the other, all kept; positions computed."""
    longest = max(text.shape[1] for text in texts) + new
    memory = Memory(model, blocks=len(texts) * blocks_for(longest), size=SIZE)
    decodings = []
    with caching.counting(model.get_input_embeddings()) as positions:
        for text in texts:
            ids = text[0].tolist()
            decoding = PagedDecoding(model, PagedSequence(memory, ids if sharing else ()), text, new)
            while not decoding.done:
                decoding.step()
            if sharing:
                decoding.sequence.remember(ids)
            decodings.append(decoding)
    return memory, decodings, sum(positions)


@torch.inference_mode()
def samples(model: Any, count: int, prompt: int, seed: int) -> Samples:
    """They begin with the `count` most probable first tokens and go on greedily."""
    new, ids = 12, random_tokens(model, 1, prompt, seed=seed + 200)  # (1, P)
    memory = Memory(model, blocks=64, size=SIZE)

    # the prompt is read once, and every sample begins on its blocks
    first = PagedSequence(memory)
    begun = caching.step(model, ids, first.cache).topk(count).indices[0]  # (1, V) -> (count,)
    sequences = [first, *(first.fork() for _ in range(count - 1))]
    decodings = []
    for sequence, token in zip(sequences, begun, strict=True):
        sequence.shared = prompt  # what is left to read is the first token of the continuation
        text = torch.cat((ids, token.view(1, 1)), 1)  # (1, P + 1)
        decodings.append(PagedDecoding(model, sequence, text, new))

    # in turn, a token each: whoever writes to a block that others still read must copy it
    for _ in range(new):
        for decoding in decodings:
            decoding.step()
    equal, tokens, gap = compared(decodings)
    alone = count * blocks_for(prompt + new)
    return Samples(count, prompt, memory.copies, memory.pool.taken, alone, tokens, equal, gap)


@torch.inference_mode()
def other_beginning(model: Any, seed: int) -> OtherBeginning:
    """Read a document, then look it up and use it behind another first token."""
    memory = Memory(model, blocks=32, size=SIZE)
    text = random_tokens(model, 1, 4 * SIZE + 8, seed=seed + 300)  # (1, T): four blocks and half of one
    changed = text.clone()
    changed[:, 0] = 1 + text[:, 0] % (model.config.vocab_size - 1)  # another token, and not the first of all

    # the document is known from a first reading; which of its blocks are found for either text?
    known = PagedSequence(memory)
    caching.step(model, text[:, :-8], known.cache)
    known.remember(text[0, :-8].tolist())
    blocks = len(known.table)
    again, behind_another = (len(PagedSequence(memory, ids[0].tolist()).table) for ids in (text, changed))

    # the last tokens of the changed text, on the blocks of the unchanged one and on its own
    wrong = caching.step(model, changed[:, -8:], known.cache)  # (1, V)
    right = caching.step(model, changed, PagedSequence(memory).cache)  # (1, V)
    return OtherBeginning(blocks, again, behind_another, caching.gap(wrong, right))
