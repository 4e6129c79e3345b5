"""Greedy decoding with drafts: the model checks a whole draft in one pass and keeps what it would have written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import DynamicLayer

from llmquiz.demos.lab import caching, kv
from llmquiz.demos.lab.devices import synchronise
from llmquiz.demos.lab.timing import clock_for
from llmquiz.demos.prompt_lookup.claims import Cost
from llmquiz.errors import DemoError

LONGEST = 3
"""The last so many tokens are looked for first, then fewer."""

Drafter = Callable[[list[int], int], Sequence[int]]
"""Tokens that may follow the text so far, prompt included: at most so many."""


def nothing(_seen: list[int], _most: int) -> list[int]:
    """The drafter of plain decoding."""
    return []


def look_up(seen: list[int], most: int) -> list[int]:
    """What followed the last tokens of `seen` where they stood before: three of them if they did, else two or one.

    Of several places the latest counts.
    """
    for length in range(min(LONGEST, len(seen) - 1), 0, -1):
        tail = seen[-length:]
        for start in range(len(seen) - length - 1, -1, -1):
            if seen[start : start + length] == tail:
                return seen[start + length : start + length + most]
    return []


def looking_in(other: list[int], prompt: int) -> Drafter:
    """`look_up` with `other` in the place of the prompt, which has `prompt` tokens."""
    return lambda seen, most: look_up(other + seen[prompt:], most)


def guessing(vocabulary: int, seed: int) -> Drafter:
    """Random tokens, as many as are asked for."""
    generator = torch.Generator().manual_seed(seed)
    return lambda _, most: torch.randint(vocabulary, (most,), generator=generator).tolist()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that the model has read."""

    ids: list[int]
    first: int
    """The token that follows it."""
    cache: Any
    """Keys and values of the prompt alone: whoever adds to it crops it again."""


@torch.inference_mode()
def read(model: Any, ids: Tensor) -> Prompt:
    """The pass over the prompt (1, P), which all ways of decoding share.

    Raises: DemoError where the cache keeps something other than all keys and values: it cannot be cropped.
    """
    cache = caching.empty_cache(model)
    if any(type(layer) is not DynamicLayer for layer in cache.layers):
        kind = model.config.model_type
        raise DemoError("demo.other-family", title=type(model).__name__, kind=kind, family="decoder, full attention")
    first = int(caching.step(model, ids, cache).argmax())
    return Prompt(ids[0].tolist(), first, cache)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was written, and how."""

    pieces: tuple[tuple[int, ...], ...]
    """The tokens that each call added; the first is that over the prompt."""
    positions: int
    drafted: int
    accepted: int
    seconds: float
    """After the prompt."""

    @property
    def tokens(self) -> list[int]:
        """The whole text."""
        return [token for piece in self.pieces for token in piece]

    def cost(self, plain: Answer) -> Cost:
        """In numbers, held against plain decoding."""
        equal = sum(a == b for a, b in zip(self.tokens, plain.tokens, strict=False))
        return Cost(len(self.pieces), self.positions, self.drafted, self.accepted, equal)


@torch.inference_mode()
def write(model: Any, prompt: Prompt, new: int, most: int, draft: Drafter, ends: frozenset[int]) -> Answer:
    """`new` tokens after the prompt, or up to one of `ends`; up to `most` tokens are drafted for each pass."""
    pieces: list[tuple[int, ...]] = [(prompt.first,)]
    text, drafted, accepted = [prompt.first], 0, 0
    device = str(model.device)
    clock = clock_for(device)
    synchronise(device)
    start = clock()
    with caching.counting(model.get_input_embeddings()) as fed:
        while len(text) < new and text[-1] not in ends:
            guess = list(draft(prompt.ids + text, min(most, new - len(text) - 1)))
            choices = check(model, text[-1], guess, prompt.cache)
            agreed = agreeing(guess, choices)
            if agreed < len(guess):
                prompt.cache.crop(agreed - len(guess))  # what was refused leaves the cache
            piece = up_to_end([*guess[:agreed], choices[agreed]], ends)
            pieces.append(piece)
            text += piece
            drafted += len(guess)
            accepted += min(agreed, len(piece))
    synchronise(device)
    seconds = clock() - start
    if (added := prompt.cache.get_seq_length() - len(prompt.ids)) > 0:
        prompt.cache.crop(-added)
    return Answer(tuple(pieces), sum(fed), drafted, accepted, seconds)


def check(model: Any, newest: int, guess: list[int], cache: Any) -> list[int]:
    """What the model itself would write after `newest` and after each drafted token, in one pass."""
    ids = torch.tensor([[newest, *guess]], device=model.device)  # (1, 1 + k)
    choices: list[int] = kv.call(model, ids, cache=cache).logits[0].argmax(-1).tolist()  # (1 + k,)
    return choices


def agreeing(guess: Sequence[int], choices: Sequence[int]) -> int:
    """How many drafted tokens, from the first on, are those that the model would have written."""
    for i, (token, choice) in enumerate(zip(guess, choices, strict=False)):
        if token != choice:
            return i
    return len(guess)


def up_to_end(piece: list[int], ends: frozenset[int]) -> tuple[int, ...]:
    """The tokens up to the first one that ends a text."""
    last = next((i for i, token in enumerate(piece) if token in ends), len(piece) - 1)
    return tuple(piece[: last + 1])


def copied(text: Sequence[int], prompt: Sequence[int]) -> float:
    """The share of the runs of `LONGEST` tokens in `text` that stand in `prompt`."""
    runs = [tuple(ids[i : i + LONGEST]) for ids in (text, prompt) for i in range(len(ids) - LONGEST + 1)]
    own, there = runs[: max(0, len(text) - LONGEST + 1)], set(runs[max(0, len(text) - LONGEST + 1) :])
    return sum(run in there for run in own) / len(own) if own else 0.0
