"""Requests as they arrive at a server: their lengths are drawn. Counted in tokens."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from llmquiz.demos.paged_attention.result import LONGEST

SPREAD = 0.9
"""Standard deviation of the logarithm of a length."""


@dataclass(slots=True, eq=False)
class Request:
    """`answer` tokens will follow its `prompt`, of which the first `common` all requests share."""

    prompt: int
    answer: int
    common: int = 0
    written: int = 0

    @property
    def length(self) -> int:
        """Tokens with keys and values so far."""
        return self.prompt + self.written

    @property
    def end(self) -> int:
        """The length that it will have."""
        return self.prompt + self.answer


def chats(seed: int, common: int = 0) -> Iterator[Request]:
    """Requests of very different lengths: medians of 110 and 230 tokens, after a `common` beginning."""
    generator = random.Random(seed)
    while True:
        # exp(4.7) = 110 and exp(5.45) = 233; what would be too long is drawn again
        prompt, answer = (max(4, round(generator.lognormvariate(mean, SPREAD))) for mean in (4.7, 5.45))
        if common + prompt + answer <= LONGEST:
            yield Request(common + prompt, answer, common)


def full_length(seed: int) -> Iterator[Request]:
    """Requests that fill the largest reservation almost from the start: long prompts, short answers."""
    generator = random.Random(seed)
    while True:
        answer = generator.randint(16, 64)
        yield Request(LONGEST - answer, answer)
