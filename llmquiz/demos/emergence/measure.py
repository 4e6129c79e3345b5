"""One ladder of models scored twice: token by token, and by answers that count only where every token is right.

The jump of the second score is in the metric (Schaeffer et al., 2023): it is about the first one to the power of K.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from rich.console import Group, RenderableType

from llmquiz.demos.lab import ladder, ladder_rungs, plots, terminal
from llmquiz.demos.lab.demo import OldDemo
from llmquiz.demos.lab.findings import Finding
from llmquiz.demos.lab.results import Rung
from llmquiz.demos.lab.run import Progress, part
from llmquiz.language import Lang
from llmquiz.schema.topics import DemoWords

if TYPE_CHECKING:
    from matplotlib.figure import Figure

K = 16
"""Tokens of an answer, where nothing else is said."""
LEVEL = 0.1
"""The share of answers by which the sizes are compared."""
FEW, MANY = 100, 40_000
"""Answers of the two exams that the smallest model sits."""
SHORT = 8
"""Tokens of an answer there."""
SHOWN = (0, 1, 2, 5)
"""Rungs whose answers are written out."""


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


def measure(*, device: str, dtype: str, seed: int, quick: bool, progress: Progress) -> Result:
    """Score every model both ways; `seed` draws the exams of the smallest, `quick` changes nothing."""
    rungs = ladder_rungs.tested(ladder.LADDER, device=device, dtype=dtype, progress=part(progress, 0, 0.6))
    ids = ladder.exam()[:1, :K]  # (1, K)
    models = {rungs[i].name: ladder_rungs.model(rungs[i].name, device=device, dtype=dtype) for i in SHOWN}
    smallest = models[rungs[0].name]
    many = sat(smallest, rungs[0].scores[0].right, MANY, seed)
    progress(0.9)
    largest = rungs[-1].scores[0]
    at = ladder.LENGTHS.index(K)
    result = Result(
        device=device,
        dtype=dtype,
        entropy=ladder.language().entropy,
        rungs=rungs,
        lengths=ladder.LENGTHS,
        wanted=tuple(ladder.language().table[ids[0]].argmax(-1).tolist()),
        answers=tuple(Answer(name, _chosen(model, ids)) for name, model in models.items()),
        few=sat(smallest, rungs[0].scores[0].right, FEW, seed),
        many=many,
        right_largest=100 * largest.right,
        exact_largest=100 * largest.in_a_row[at],
        exact_second=100 * rungs[1].scores[0].in_a_row[at],
    )
    progress(1.0)
    return result


def _chosen(model: Any, ids: torch.Tensor) -> tuple[int, ...]:
    return tuple(ladder.log_probabilities(model, ids)[0].argmax(-1).tolist())


def sat(model: Any, right: float, answers: int, seed: int) -> Exam:
    """So many answers of `SHORT` tokens, the first ones the same however many there are."""
    drawn, found, per_text = torch.Generator().manual_seed(seed + 2_000_000), 0, ladder.LENGTH // SHORT
    left = answers
    while left > 0:
        ids = ladder.texts(500, ladder.LENGTH, drawn)
        first = ladder.language().table.argmax(-1)[ids]  # (B, T)
        rows = ladder.in_a_row(ladder.log_probabilities(model, ids).argmax(-1) == first, SHORT).flatten()
        found += int(rows[:left].sum())
        left -= 500 * per_text
    return Exam(answers, found, right**SHORT)


def exact(rung: Rung, length: int) -> float:
    """Share of answers of that length that are right throughout, mean of the seeds."""
    rows = [score.in_a_row[ladder.LENGTHS.index(length)] for score in rung.scores]
    return sum(rows) / len(rows)


def reaches(rungs: Sequence[Rung], length: int) -> float:
    """Parameters at which `LEVEL` of the answers are right, on the line between rungs (log N); 0 where none is."""
    for before, after in pairwise(rungs):
        low, high = exact(before, length), exact(after, length)
        if low < LEVEL <= high:
            way = (LEVEL - low) / (high - low)
            return float(before.parameters * (after.parameters / before.parameters) ** way)
    return 0.0


def tokens_rise(r: Result) -> Finding:
    """In the mean of the seeds: much is right at the smallest size, and the first step is the greatest."""
    rights = [rung.mean_right for rung in r.rungs]
    gains = [b - a for a, b in pairwise(rights)]
    holds = rights[0] >= 0.25 and gains[0] == max(gains) and min(gains) >= -0.05
    return Finding(holds, ", ".join(f"{one:.0%}" for one in rights))


def exact_match_jumps(r: Result) -> Finding:
    """Nothing at the two smallest with any seed, much at the largest in the mean."""
    at = r.lengths.index(K)
    low = [score.in_a_row[at] for rung in r.rungs[:2] for score in rung.scores]
    high = exact(r.rungs[-1], K)
    return Finding(max(low) <= 0.02 and high >= 0.1, f"K={K}: ≤ {max(low):.1%}; {high:.0%}")


def power_predicts(r: Result) -> Finding:
    gaps = [
        abs(score.right**length - row)
        for rung in r.rungs
        for score in rung.scores
        for length, row in zip(r.lengths, score.in_a_row, strict=True)
    ]
    return Finding(max(gaps) <= 0.06, f"max|p^K − EM| {max(gaps):.3f} ≤ 0.06 (n={len(gaps)})")


def length_moves_it(r: Result) -> Finding:
    at = [reaches(r.rungs, length) for length in (4, 8, 16)]
    shown = ", ".join(f"K={k}: N = {n:,.0f}" for k, n in zip((4, 8, 16), at, strict=True))
    return Finding(at[0] > 0 and 1.5 * at[0] <= at[1] and 1.5 * at[1] <= at[2], f"EM = {LEVEL:.0%}: {shown}")


def progress_unseen(r: Result) -> Finding:
    """From the smallest to the next, where exact match stays at nothing."""
    first, second = r.rungs[:2]
    tokens = second.mean_right - first.mean_right
    fall = 1 - (second.mean_loss - r.entropy) / (first.mean_loss - r.entropy)
    answers = exact(second, K) - exact(first, K)
    holds = tokens >= 0.15 and fall >= 0.3 and answers <= 0.02
    return Finding(holds, f"+{100 * tokens:.0f} pp; L − E −{fall:.0%}; EM +{100 * answers:.1f} pp")


def zero_is_the_exam(r: Result) -> Finding:
    shown = f"{r.few.right}/{r.few.answers}; {r.many.right}/{r.many.answers:,} (p^{SHORT} = {r.many.expected:.1e})"
    return Finding(r.few.right == 0 and r.many.right > 0, shown)


CLAIMS: Mapping[str, Callable[[Result], Finding]] = {
    "tokens-rise": tokens_rise,
    "exact-match-jumps": exact_match_jumps,
    "power-predicts": power_predicts,
    "progress-unseen": progress_unseen,
    "length-moves-it": length_moves_it,
    "zero-is-the-exam": zero_is_the_exam,
}


def render(result: Result, words: DemoWords, lang: Lang) -> RenderableType:
    """Both scores over the size, a table with the spread of the seeds, and answers written out."""
    labels = {key: text[lang] for key, text in words.words.items()}
    at = result.lengths.index(K)
    rows = [
        (
            rung.name,
            f"{rung.parameters:,}",
            f"{rung.mean_loss - result.entropy:.3f}",
            _spread([score.right for score in rung.scores]),
            _spread([score.in_a_row[at] for score in rung.scores]),
            f"{100 * sum(score.right**K for score in rung.scores) / len(rung.scores):.1f}",
        )
        for rung in result.rungs
    ]
    header = ("", "N", "L − E", labels["tokens"], f"EM, K={K}", f"p^{K}")
    written = [(labels["language"], "".join(f"{token:02x} " for token in result.wanted))]
    for answer in result.answers:
        marked = [f"{t:02x}" + (" " if t == w else "*") for t, w in zip(answer.tokens, result.wanted, strict=True)]
        written.append((answer.model, "".join(marked)))
    return Group(
        terminal.curves(curves(result, labels), x_label="N", y_label=labels["share"], log_x=True, height=12),
        "",
        labels["spread"],
        terminal.table(header, rows),
        "",
        labels["choices"],
        terminal.table(("", ""), written),
    )


def _spread(shares: Sequence[float]) -> str:
    mean = 100 * sum(shares) / len(shares)
    return f"{mean:.1f} ({100 * min(shares):.1f}–{100 * max(shares):.1f})"


def curves(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Percent over parameters: tokens, then answers of growing length."""
    xs = [rung.parameters for rung in result.rungs]
    made = [terminal.Series(labels["tokens"], xs, [100 * rung.mean_right for rung in result.rungs])]
    for length in (4, 8, 16):
        made.append(terminal.Series(f"EM, K={length}", xs, [100 * exact(rung, length) for rung in result.rungs]))
    return made


def logarithms(result: Result, labels: Mapping[str, str]) -> list[terminal.Series]:
    """Nats a token over parameters: the loss above the entropy, and −log p, which K multiplies in exact match."""
    xs = [rung.parameters for rung in result.rungs]
    return [
        terminal.Series("L − E", xs, [rung.mean_loss - result.entropy for rung in result.rungs]),
        terminal.Series(labels["minus"], xs, [-math.log(rung.mean_right) for rung in result.rungs]),
    ]


def figure(result: Result, words: DemoWords, lang: Lang) -> Figure:
    """The jump, and the same models on logarithmic axes."""
    labels = {key: text[lang] for key, text in words.words.items()}
    made, (left, right) = plots.blank(words.title[lang], panels=2)
    plots.draw(left, curves(result, labels), x_label="N", y_label=labels["share"], log_x=True)
    plots.draw(right, logarithms(result, labels), x_label="N", y_label="nats", log_x=True, log_y=True)
    return made


DEMO: OldDemo[Result] = OldDemo(measure, CLAIMS, render, figure)
