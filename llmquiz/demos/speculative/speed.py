"""What speculative decoding brings in time: measured, and by the formula of Leviathan et al. (2022)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from llmquiz.demos.lab.decoding import Decoder
from llmquiz.demos.lab.findings import Varies
from llmquiz.demos.lab.quantities import Ratio, Times, ratio
from llmquiz.demos.lab.timing import timed
from llmquiz.demos.speculative.decoding import Greedy, Law, Sampling, Speculation, Written

REPEATS = 16
"""Of a single step, which is short."""


def per_call(alpha: float, gamma: int) -> float:
    """Tokens a call of the target if each of `gamma` proposals stays with chance `alpha`, on its own: equation 1."""
    return gamma + 1 if alpha == 1 else (1 - alpha ** (gamma + 1)) / (1 - alpha)


def speedup(alpha: float, gamma: int, draft: float, check: float = 1.0) -> float:
    """Of which a draft's step costs `draft` steps of the target, and its check of all proposals `check`: theorem 3.8.

    The paper counts a check as one step.
    """
    return per_call(alpha, gamma) / (draft * gamma + check)


@dataclass(slots=True)
class Runner:
    """A way to write behind every prompt; remembers what it wrote."""

    pairs: Sequence[Speculation]
    new: int
    gamma: int
    law: Law
    lengths: list[int] = field(default_factory=list)
    """Tokens of each call, all prompts together."""
    texts: list[Written] = field(default_factory=list)

    def __call__(self) -> None:
        if self.gamma:
            made = [pair.together(self.new, self.gamma, self.law) for pair in self.pairs]
            self.texts += made
            self.lengths.append(sum(one.tokens.shape[1] for one in made))
        else:
            for pair in self.pairs:
                pair.alone(self.new, self.law)
            self.lengths.append(self.new * len(self.pairs))

    @property
    def tokens_per_call(self) -> float:
        """Of the target."""
        return sum(self.lengths) / sum(len(one.stayed) for one in self.texts)

    def a_token(self, times: Times) -> Times:
        """Seconds a token."""
        lengths = self.lengths[-len(times.seconds) :]  # the first call warmed up
        return Times(tuple(s / n for s, n in zip(times.seconds, lengths, strict=True)))


@dataclass(frozen=True, slots=True)
class Way:
    """A way to write with a draft."""

    gamma: int
    tokens_per_call: float
    speedup: Varies[Ratio]
    """Over the target alone, a token."""


@dataclass(frozen=True, slots=True)
class Race:
    """All ways, and the texts that came of them."""

    ways: tuple[Way, ...]
    untrained: Way
    greedy: Way
    texts: tuple[Written, ...]
    """Of the trained draft, sampled."""


def race(
    pairs: Sequence[Speculation],
    untrained: Sequence[Speculation],
    gammas: Sequence[int],
    usual: int,
    *,
    new: int,
    rounds: int,
    device: str,
    seed: int,
) -> Race:
    """The target alone and every way with a draft, in turn; `usual` is the gamma of the untrained and of the greedy."""

    def sampling(case: int) -> Sampling:
        return Sampling(torch.Generator(device).manual_seed(100 * seed + case))

    runners = {f"{gamma}": Runner(pairs, new, gamma, sampling(gamma)) for gamma in (0, *gammas)}
    runners["untrained"] = Runner(untrained, new, usual, sampling(99))
    runners |= {f"greedy {gamma}": Runner(pairs[:2], new, gamma, Greedy()) for gamma in (0, usual)}
    times = timed(runners, device=device, rounds=rounds)
    tokens = {name: runner.a_token(times[name]) for name, runner in runners.items()}

    def way(name: str, alone: str) -> Way:
        runner = runners[name]
        return Way(runner.gamma, runner.tokens_per_call, ratio(tokens[alone], tokens[name]))

    return Race(
        ways=tuple(way(f"{gamma}", "0") for gamma in gammas),
        untrained=way("untrained", "0"),
        greedy=way(f"greedy {usual}", "greedy 0"),
        texts=tuple(one for gamma in gammas for one in runners[f"{gamma}"].texts),
    )


@dataclass(frozen=True, slots=True)
class Prices:
    """In steps of the target."""

    batch: int
    draft: Varies[Ratio]
    """A step of the draft."""
    checks: Varies[tuple[Ratio, ...]]
    """The target's check of so many proposals, for each number that was asked about."""


def prices(models: tuple[Decoder, Decoder], gammas: Sequence[int], batch: int, place: int, rounds: int) -> Prices:
    """Steps and checks behind `place` tokens, each with the choice of its tokens, `batch` texts at a time."""
    device = str(models[0].head.device)
    law = Sampling(torch.Generator(device).manual_seed(0))
    length = place + max(gammas) + 1
    target, draft = (one.sized(batch=batch, length=length) for one in models)

    repeats = REPEATS if batch == 1 else 1

    def repeated(model: Decoder, tokens: int) -> Callable[[], None]:
        ids = torch.zeros(batch, tokens, dtype=torch.long, device=device)
        drafts = [torch.ones(1, model.head.shape[0], device=device)] * (tokens - 1)

        @torch.inference_mode()
        def run() -> None:
            for _ in range(repeats):
                model.rewind(place)
                if tokens == 1:
                    law.choose(model(ids))
                elif batch == 1:
                    law.check(model.every(ids)[0], ids[0, 1:], drafts)
                else:  # each text would have its own outcome; here every place draws a token
                    law.choose(model.every(ids).flatten(0, 1))

        return run

    cases = {"target": repeated(target, 1), "draft": repeated(draft, 1)}
    cases |= {f"{gamma}": repeated(target, gamma + 1) for gamma in gammas}
    times = timed(cases, device=device, rounds=rounds)
    checks = tuple(ratio(times[f"{gamma}"], times["target"]) for gamma in gammas)
    return Prices(batch, ratio(times["draft"], times["target"]), checks)


def foreseen(alpha: float, gamma: int, paid: Prices) -> Ratio:
    """The speed-up by the formula with the first of the prices paid, and with those of every round."""
    check = paid.checks[0]
    rounds = zip(paid.draft.rounds, check.rounds, strict=True)
    return Ratio(
        speedup(alpha, gamma, paid.draft.value, check.value), tuple(speedup(alpha, gamma, *one) for one in rounds)
    )


def predictions(ways: Sequence[Way], paid: Prices, alpha: float) -> list[tuple[float, float, float]]:
    """For each number of proposals: the speed-up measured, by the formula, and with what a check costs here."""
    draft = paid.draft.value
    return [
        (way.speedup.value, speedup(alpha, way.gamma, draft), speedup(alpha, way.gamma, draft, check.value))
        for way, check in zip(ways, paid.checks, strict=True)
    ]
