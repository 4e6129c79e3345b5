"""What is measured of a ladder of models under two scores, and what each claim says of it; without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from llmquiz.demos.lab import findings
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.results import Rung

K = 16
"""Tokens of an answer, where nothing else is said."""
SHORT = 8
"""Tokens of an answer in the two exams that the smallest model sits."""
LEVEL = 0.1
"""The share of answers by which the sizes are compared."""
COMPARED = (4, 8, 16)
"""Tokens of the answers whose curves are compared."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model chooses at each of K positions of a text."""

    model: str
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exam:
    """Answers of `SHORT` tokens by the smallest model."""

    answers: int
    right: int
    expected: float
    """Its share of tokens right, to the power of their number."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured."""

    device: str
    dtype: str
    entropy: float
    rungs: tuple[Rung, ...]
    lengths: tuple[int, ...]
    """Tokens of an answer, for each of a score's `in_a_row`."""
    wanted: tuple[int, ...]
    """The language's own first choices in one text."""
    answers: tuple[Answer, ...]
    """Of some models, there."""
    few: Exam
    many: Exam
    right_largest: float
    """Percent of tokens, by the largest model."""
    exact_largest: float
    """Percent of answers of K tokens, by the largest model."""
    exact_second: float
    """Percent, by the second smallest."""

    def exact(self, rung: Rung, length: int) -> float:
        """Share of answers of that length that are right throughout, mean of the seeds."""
        return exact(rung, self.lengths.index(length))


def exact(rung: Rung, at: int) -> float:
    """Exact match, mean of the seeds: the share of right answers of the length that stands at this place."""
    shares = [score.in_a_row[at] for score in rung.scores]
    return sum(shares) / len(shares)


def reaches(rungs: Sequence[Rung], at: int) -> float:
    """Parameters at which `LEVEL` of the answers are right, on the line between rungs (log N); 0 where none is."""
    for before, after in pairwise(rungs):
        low, high = exact(before, at), exact(after, at)
        if low < LEVEL <= high:
            way = (LEVEL - low) / (high - low)
            return float(before.parameters * (after.parameters / before.parameters) ** way)
    return 0.0


def tokens_rise(r: Result) -> Finding:
    """In the mean of the seeds: much is right at the smallest size, and the first step is the greatest."""
    shares = [rung.mean_right for rung in r.rungs]
    gains = [b - a for a, b in pairwise(shares)]
    holds = shares[0] >= 0.25 and gains[0] == max(gains) and min(gains) >= -0.05
    listed = ", ".join(f"{share:.0%}" for share in shares)
    return Finding(holds, listed, figures={"shares": " → ".join(f"{share:.0%}" for share in shares)})


def exact_match_jumps(r: Result) -> Finding:
    """Nothing at the two smallest with any seed, much at the largest in the mean."""
    at = r.lengths.index(K)
    low = [score.in_a_row[at] for rung in r.rungs[:2] for score in rung.scores]
    high = r.exact(r.rungs[-1], K)
    return Finding(
        max(low) <= 0.02 and high >= 0.1,
        f"K={K}: ≤ {max(low):.1%}; {high:.0%}",
        figures={"k": str(K), "low": f"{max(low):.1%}", "high": f"{high:.0%}"},
    )


def power_predicts(r: Result) -> Finding:
    gaps = [
        abs(score.right**length - share)
        for rung in r.rungs
        for score in rung.scores
        for length, share in zip(r.lengths, score.in_a_row, strict=True)
    ]
    return Finding(
        max(gaps) <= 0.06,
        f"max|p^K − EM| {max(gaps):.3f} ≤ 0.06 (n={len(gaps)})",
        figures={"gap": f"{100 * max(gaps):.1f}", "cases": str(len(gaps))},
    )


def progress_unseen(r: Result) -> Finding:
    """From the smallest to the next, where exact match stays at nothing."""
    first, second = r.rungs[:2]
    tokens = second.mean_right - first.mean_right
    fall = 1 - (second.mean_loss - r.entropy) / (first.mean_loss - r.entropy)
    answers = r.exact(second, K) - r.exact(first, K)
    return Finding(
        tokens >= 0.15 and fall >= 0.3 and answers <= 0.02,
        f"+{100 * tokens:.0f} pp; L − E −{fall:.0%}; EM +{100 * answers:.1f} pp",
        figures={"tokens": f"{100 * tokens:+.0f}", "fall": f"{-fall:+.0%}", "answers": f"{100 * answers:+.1f}"},
    )


def length_moves_it(r: Result) -> Finding:
    """Twice the length, and it takes half as many parameters again or more to get as many answers right."""
    sizes = [reaches(r.rungs, r.lengths.index(length)) for length in COMPARED]
    shown = ", ".join(f"K={k}: N = {n:,.0f}" for k, n in zip(COMPARED, sizes, strict=True))
    holds = sizes[0] > 0 and all(1.5 * shorter <= longer for shorter, longer in pairwise(sizes))
    figures = {f"n{k}": f"{n:,.0f}" if n else "–" for k, n in zip(COMPARED, sizes, strict=True)}
    return Finding(holds, f"EM = {LEVEL:.0%}: {shown}", figures=figures | {"level": f"{LEVEL:.0%}"})


def zero_is_the_exam(r: Result) -> Finding:
    few, many = r.few, r.many
    return Finding(
        few.right == 0 and many.right > 0,
        f"{few.right}/{few.answers}; {many.right}/{many.answers:,} (p^{SHORT} = {many.expected:.1e})",
        figures={"few": str(few.right), "few_answers": f"{few.answers:,}", "many": str(many.right)}
        | {"many_answers": f"{many.answers:,}"},
    )


CLAIMS = findings.claims(
    tokens_rise,
    exact_match_jumps,
    power_predicts,
    progress_unseen,
    length_moves_it,
    zero_is_the_exam,
)
