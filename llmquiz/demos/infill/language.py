"""A little language whose every probability is known: letters that depend on the one before, and gaps in its texts.

With a transition matrix P and its stationary distribution, the entropy of a letter given its left neighbour is h(1),
given the one i places before it h(i), from the i-th power of P. A gap of k letters between two known ones then has
((k + 1) h(1) - h(k + 1)) / k nats a letter: no predictor that sees both sides can have less on average.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import torch
from torch import Tensor

from llmquiz.demos.infill.setting import ALPHABET, LENGTH, LETTERS, STARTS

SHARPNESS = 2.0
"""Standard deviation of the logits that make the matrix."""


@lru_cache
def matrix() -> Tensor:
    """P, (V, V) in float64: row the letter before, column the letter."""
    logits = SHARPNESS * torch.randn(LETTERS, LETTERS, generator=torch.Generator().manual_seed(0))  # (V, V)
    return logits.double().softmax(1)


@lru_cache
def power(steps: int) -> Tensor:
    """The matrix (V, V) of a letter so many places on."""
    product: Tensor = torch.linalg.matrix_power(matrix(), steps)
    return product


@lru_cache
def stationary() -> Tensor:
    """How frequent each letter is, (V,)."""
    return power(4096)[0]  # by then every row is the same, whatever letter came first


def unigram() -> float:
    """Entropy of a letter of which nothing is known but the language."""
    return float(-(stationary() * stationary().log()).sum())


@lru_cache
def entropy(steps: int = 1) -> float:
    """h(steps): of a letter, given the one so many places before it; h(1) is the floor of every causal predictor."""
    joint = stationary()[:, None] * power(steps)  # (V, V): of the two letters together
    return float(-(joint * power(steps).log()).sum())


def together(letters: int) -> float:
    """The floor of a gap filled letter after letter with both sides known, nats a letter."""
    return ((letters + 1) * entropy() - entropy(letters + 1)) / letters


def apart(letters: int) -> float:
    """The floor of a gap whose letters are all predicted in one pass, none knowing the others, nats a letter."""
    around = letters + 1
    return sum(entropy(i) + entropy(around - i) - entropy(around) for i in range(1, around)) / letters


def enumerated(letters: int) -> float:
    """`together` by adding up all texts of a gap and its neighbours, as a check of the formula."""
    joint = stationary()  # (V,)
    for _ in range(letters + 1):
        joint = joint[..., None] * matrix()  # (V, ..., V): left neighbour, gap, right neighbour
    sides = joint.sum(tuple(range(1, letters + 1)), keepdim=True)  # (V, 1, ..., 1, V): of the two neighbours
    return float(-(joint * (joint / sides).log()).sum()) / letters


def texts(count: int, generator: torch.Generator) -> Tensor:
    """Drawn from the language, (B, T)."""
    letters = [torch.multinomial(stationary(), count, replacement=True, generator=generator)]  # T times (B,)
    for _ in range(LENGTH - 1):
        letters.append(torch.multinomial(matrix()[letters[-1]], 1, generator=generator)[:, 0])
    return torch.stack(letters, 1)


def exact(text: Tensor, letters: int) -> tuple[float, float, float]:
    """What the language itself loses on the gaps of these texts (B, T), nats a letter, the mean over `STARTS`.

    Seeing the left side only; both sides, letter after letter; both sides, all letters in one pass.
    """
    causal, two_sided, one_pass = [], [], []
    for start in STARTS:
        span = text[:, start - 1 : start + letters + 1]  # (B, k + 2): with its neighbours
        around, left, right = letters + 1, span[:, 0], span[:, -1]  # both (B,)
        steps = matrix()[span[:, :-1], span[:, 1:]].log()  # (B, k + 1)
        ends = power(around)[left, right].log()  # (B,): of the right neighbour, the gap unknown
        causal.append(-steps[:, :-1].sum(1))
        two_sided.append(ends - steps.sum(1))
        # each letter by itself, the others summed over: k times (B,)
        alone = [power(i)[left, span[:, i]] * power(around - i)[span[:, i], right] for i in range(1, around)]
        one_pass.append(letters * ends - torch.stack(alone).log().sum(0))
    means = [float(torch.cat(losses).mean()) / letters for losses in (causal, two_sided, one_pass)]
    return means[0], means[1], means[2]


def nats(written: Tensor) -> float:
    """Minus the mean logarithm of the probability that the language gives to a letter of these texts (B, T)."""
    first = stationary()[written[:, 0]].log()  # (B,)
    rest = matrix()[written[:, :-1], written[:, 1:]].log().sum(1)  # (B, T - 1), summed to (B,)
    return float(-(first + rest).mean()) / written.shape[1]


def nats_expected() -> float:
    """What `nats` is on average for texts of the language itself."""
    return (unigram() + (LENGTH - 1) * entropy()) / LENGTH


def divergence(written: Tensor) -> float:
    """Of the pairs of neighbours in these texts from those of the language, nats a pair; 0 where they are the same.

    Texts that only play safe are far away here, though each letter is probable. Drawing few texts adds a little.
    """
    counts = torch.zeros(LETTERS, LETTERS, dtype=torch.float64)  # (V, V)
    pairs = (written[:, :-1].flatten().cpu(), written[:, 1:].flatten().cpu())  # both (B (T - 1),)
    counts.index_put_(pairs, torch.ones(1, dtype=torch.float64), accumulate=True)
    share, expected = counts / counts.sum(), stationary()[:, None] * matrix()  # both (V, V)
    return float(torch.special.xlogy(share, share / expected).sum())


def best_fill(left: int, right: int, letters: int) -> list[int]:
    """The most probable letters of a gap between these two neighbours (Viterbi)."""
    score, back = matrix()[left].log(), []  # (V,)
    for _ in range(letters - 1):
        score, origin = (score[:, None] + matrix().log()).max(0)  # both (V,): by letter, the best way to it
        back.append(origin)
    # the last letter, then back along the best ways
    path = [int((score + matrix()[:, right].log()).argmax())]
    for origin in reversed(back):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def chance(fill: list[int], left: int, right: int) -> float:
    """The probability of these letters between these neighbours."""
    path = [left, *fill, right]
    along = torch.stack([matrix()[a, b] for a, b in pairwise(path)]).prod()  # ()
    return float(along / power(len(fill) + 1)[left, right])


def spelled(ids: Tensor) -> str:
    """A text as letters."""
    return "".join(ALPHABET[i] for i in ids.tolist())
