"""What is measured of chains of thought in a prompt, and what each claim says of it; without torch."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding

LEAST = 0.1
"""Where the chain gains less than this share of all tests, nothing can be compared with its gain."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Right answers to sums of so many numbers: at once, in one step that holds the whole sum, and after a chain."""

    terms: int
    tests: int
    direct: int
    equation: int
    chain: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A sum as it was asked, and what the model wrote behind it."""

    prompt: str
    at_once: str
    with_chain: str


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; where nothing else is said, on sums of three numbers."""

    device: str
    dtype: str
    model: str
    size: int
    """Parameters of the model."""
    shots: int
    """Examples in a prompt."""
    draws: int
    """Sets of examples."""
    tests: int
    """Sums asked for, with all sets together."""
    commonest: int
    """Tests whose sum is the commonest among them: what one and the same answer to all would get right."""
    direct: int
    """Right answers, given at once."""
    chain: int
    """After a chain that the model writes itself."""
    won: int
    """Right with the chain and wrong at once."""
    lost: int
    """The other way round."""
    equation: int
    """At once, but behind the numbers and an equals sign, as in a chain of one step."""
    dots: int
    """After as many dots as the chain has tokens."""
    other: int
    """After the right chain of other numbers."""
    after: int
    """Before the chain."""
    carried: int
    """After a chain with a wrong result that is carried on: answers that are the end of that chain."""
    direct_tokens: float
    """Tokens of an answer at once, with the line break: the mean."""
    chain_tokens: float
    by_terms: tuple[Terms, ...]
    shown: Shown

    @property
    def gain(self) -> float:
        """Of the chain, as a share of all tests."""
        return (self.chain - self.direct) / self.tests

    @property
    def chain_percent(self) -> float:
        """Right answers with the chain, in percent."""
        return 100 * self.chain / self.tests

    @property
    def carried_percent(self) -> float:
        """Answers that follow the wrong chain, in percent."""
        return 100 * self.carried / self.tests

    @property
    def times_tokens(self) -> float:
        """How many times as many tokens an answer with its chain takes."""
        return self.chain_tokens / self.direct_tokens

    @property
    def chance(self) -> float:
        """One-sided sign test: how likely so many of the tests that differ go to the chain if both were equal."""
        differ = self.won + self.lost
        return sum(comb(differ, wins) for wins in range(self.won, differ + 1)) / float(2**differ)


def needs_100b(r: Result) -> Finding:
    return Finding(
        r.gain < 0.15,
        f"{r.direct} → {r.chain}/{r.tests} (+{r.won} −{r.lost}, p={r.chance:.2g})",
        figures={
            "direct": str(r.direct),
            "chain": str(r.chain),
            "tests": str(r.tests),
            "size": f"{r.size / 1e6:,.0f}",
            "won": str(r.won),
            "lost": str(r.lost),
        },
    )


def one_step_suffices(r: Result) -> Finding:
    return _as_good(r, r.equation)


def more_tokens_suffice(r: Result) -> Finding:
    return _as_good(r, r.dots)


def any_steps_suffice(r: Result) -> Finding:
    return _as_good(r, r.other)


def order_is_free(r: Result) -> Finding:
    return _as_good(r, r.after)


def _as_good(r: Result, right: int) -> Finding:
    """Whether so many right answers are at least half of what the chain gains."""
    measured = f"{right}/{r.tests} (CoT {r.chain}, – {r.direct})"
    figures = {"right": str(right), "chain": str(r.chain), "direct": str(r.direct), "tests": str(r.tests)}
    if r.gain < LEAST:
        return Finding(None, measured, "no-gain", figures=figures)
    return Finding(right - r.direct >= (r.chain - r.direct) / 2, measured, figures=figures)


def answer_reads_the_chain(r: Result) -> Finding:
    return Finding(
        r.carried >= 0.75 * r.tests,
        f"{r.carried}/{r.tests}",
        figures={"carried": str(r.carried), "tests": str(r.tests)},
    )


def costs_tokens(r: Result) -> Finding:
    return Finding(
        r.times_tokens >= 2.5,
        f"{r.chain_tokens:.0f} / {r.direct_tokens:.0f} token = ×{r.times_tokens:.1f}",
        figures={
            "direct": f"{r.direct_tokens:.0f}",
            "chain": f"{r.chain_tokens:.0f}",
            "times": f"{r.times_tokens:.1f}",
        },
    )


CLAIMS = findings.claims(
    needs_100b,
    one_step_suffices,
    more_tokens_suffice,
    any_steps_suffice,
    order_is_free,
    answer_reads_the_chain,
    costs_tokens,
)
