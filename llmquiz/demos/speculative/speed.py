"""What speculative decoding brings in time: ways to write side by side, and what their parts cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.lab.quantities import Times, ratio
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.speculative.decoding import NEW_TOKENS, DraftedText, Greedy, Sampling, Speculation, Strategy
from llmquiz.demos.speculative.result import USUAL_GAMMA, Prices, Way

REPEATS = 16
"""Of a single step, which is short."""


@dataclass(slots=True)
class Writer:
    """A way to write behind every prompt; remembers what it wrote."""

    pairs: Sequence[Speculation]
    new: int
    gamma: int
    """0 for the target alone."""
    strategy: Strategy
    lengths: list[int] = field(default_factory=list)
    """Tokens of each call, all prompts together."""
    texts: list[DraftedText] = field(default_factory=list)

    def __call__(self) -> None:
        if self.gamma:
            texts = [pair.together(self.new, self.gamma, self.strategy) for pair in self.pairs]
            self.texts += texts
            self.lengths.append(sum(text.tokens.shape[1] for text in texts))
        else:
            for pair in self.pairs:
                pair.alone(self.new, self.strategy)
            self.lengths.append(self.new * len(self.pairs))

    @property
    def tokens_per_call(self) -> float:
        """Of the target: each round is one call."""
        return sum(self.lengths) / sum(len(text.accepted) for text in self.texts)

    def per_token(self, times: Times) -> Times:
        """Seconds a token: the last round may write more than was asked for."""
        lengths = self.lengths[-len(times.seconds) :]  # the first call warmed up
        return Times(tuple(s / n for s, n in zip(times.seconds, lengths, strict=True)))


@dataclass(frozen=True, slots=True)
class Race:
    """All ways to write, and the texts that came of them."""

    ways: tuple[Way, ...]
    untrained: Way
    greedy: Way
    texts: tuple[DraftedText, ...]
    """Of the trained draft, sampled."""


def race(
    pairs: Sequence[Speculation],
    untrained: Sequence[Speculation],
    gammas: Sequence[int],
    *,
    rounds: int,
    device: str,
    seed: int,
) -> Race:
    """The target alone and every way with a draft, in turn; the untrained and the greedy with the usual gamma alone."""

    def sampling(case: int) -> Sampling:
        return Sampling(torch.Generator(device).manual_seed(100 * seed + case))

    writers = {f"{gamma}": Writer(pairs, NEW_TOKENS, gamma, sampling(gamma)) for gamma in (0, *gammas)}
    writers["untrained"] = Writer(untrained, NEW_TOKENS, USUAL_GAMMA, sampling(99))
    writers |= {f"greedy {gamma}": Writer(pairs[:2], NEW_TOKENS, gamma, Greedy()) for gamma in (0, USUAL_GAMMA)}
    times = timed(writers, device=device, rounds=rounds)
    per_token = {name: writer.per_token(times[name]) for name, writer in writers.items()}

    def way(name: str, alone: str) -> Way:
        writer = writers[name]
        return Way(writer.gamma, writer.tokens_per_call, ratio(per_token[alone], per_token[name]))

    return Race(
        ways=tuple(way(f"{gamma}", "0") for gamma in gammas),
        untrained=way("untrained", "0"),
        greedy=way(f"greedy {USUAL_GAMMA}", "greedy 0"),
        texts=tuple(text for gamma in gammas for text in writers[f"{gamma}"].texts),
    )


def prices(target: Decoder, draft: Decoder, gammas: Sequence[int], batch: int, place: int, rounds: int) -> Prices:
    """Steps and checks behind `place` tokens, each with the choice of its tokens, `batch` texts at a time."""
    device = str(target.head.device)
    strategy = Sampling(torch.Generator(device).manual_seed(0))
    length = place + max(gammas) + 1
    target, draft = (decoder.sized(batch=batch, length=length) for decoder in (target, draft))

    repeats = REPEATS if batch == 1 else 1

    def reading(decoder: Decoder, tokens: int) -> Callable[[], None]:
        """A step, or with more tokens than one a check. The cache holds zeros: what stands in it costs the same."""
        ids = torch.zeros(batch, tokens, dtype=torch.long, device=device)  # (B, T)
        drafts = [torch.ones(1, decoder.head.shape[0], device=device)] * (tokens - 1)  # each (1, V)

        @torch.inference_mode()
        def read() -> None:
            for _ in range(repeats):
                decoder.rewind(place)
                if tokens == 1:
                    strategy.choose(decoder(ids))
                elif batch == 1:
                    strategy.check(decoder.every(ids)[0], ids[0, 1:], drafts)
                else:  # each text would have its own outcome; here every place draws a token: (B * T, V)
                    strategy.choose(decoder.every(ids).flatten(0, 1))

        return read

    cases = {"target": reading(target, 1), "draft": reading(draft, 1)}
    cases |= {f"{gamma}": reading(target, gamma + 1) for gamma in gammas}
    times = timed(cases, device=device, rounds=rounds)
    checks = tuple(ratio(times[f"{gamma}"], times["target"]) for gamma in gammas)
    return Prices(batch, ratio(times["draft"], times["target"]), checks)
