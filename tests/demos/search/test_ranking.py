"""Shared words, rounded vectors, ranks and their fusion, on texts and vectors put by hand."""

from __future__ import annotations

from math import log

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.search import measure, ranking
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("search")
SCORES = torch.tensor([[3.0, 1.0, 2.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])


def test_bm25_is_that_of_the_formula() -> None:
    texts = ["a mask, a mask", "a cache", "tokens"]  # of 4, 2 and 1 words: 7 / 3 on average
    scores = ranking.bm25(["Mask?", "a mask", "nothing"], texts)  # (3, 3)
    mask, a = log(1 + 2.5 / 1.5), log(1 + 1.5 / 2.5)
    four, two = 1.2 * (0.25 + 0.75 * 4 / (7 / 3)), 1.2 * (0.25 + 0.75 * 2 / (7 / 3))
    twice, once = 2 * 2.2 / (2 + four), 2.2 / (1 + two)
    assert scores[0].tolist() == pytest.approx([mask * twice, 0, 0])
    assert scores[1].tolist() == pytest.approx([(mask + a) * twice, a * once, 0])
    assert not scores[2].any()


@pytest.mark.parametrize(
    ("scores", "ranks"),
    [(SCORES.tolist(), [0, 1, 2]), ([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]], [1, 0.5, 0])],
    ids=["no tie", "a tie is half a place"],
)
def test_ranks_and_recall(scores: list[list[float]], ranks: list[float]) -> None:
    assert ranking.ranks(torch.tensor(scores)).tolist() == ranks
    assert ranking.recall(torch.tensor(scores), 2) == pytest.approx(sum(rank < 2 for rank in ranks) / 3)


def test_int8_is_a_grid_of_whole_numbers_by_the_largest_of_each_vector() -> None:
    assert ranking.int8(torch.tensor([[0.5, -0.25, 0.001], [-2.0, 1.0, 0.0]])).tolist() == [
        [127, -64, 0],
        [-127, 64, 0],
    ]


@pytest.mark.breaks("a-bit-keeps-most", "a-byte-costs-nothing")
def test_vectors_that_differ_in_length_of_steps_alone_are_one_to_their_signs() -> None:
    vectors = torch.rand(RESULT.claims, 8, generator=torch.Generator().manual_seed(0)) + 0.1  # all positive
    assert ranking.one_bit(torch.tensor([[0.5, -0.1, 0.0]])).tolist() == [[1, -1, -1]]
    mean, bit, byte = (
        measure.way(name, ranking.cosines(shown, shown))
        for name, shown in (("mean", vectors), ("bit", ranking.one_bit(vectors)), ("int8", ranking.int8(vectors)))
    )
    assert (mean.recall_1, byte.recall_1, bit.recall_10) == (1, 1, 0)
    assert finding("a-bit-keeps-most", RESULT, ways=(mean, bit)) is False
    assert finding("a-byte-costs-nothing", RESULT, ways=(mean, byte)) is True
    assert finding(
        "a-byte-costs-nothing", RESULT, ways=(mean, measure.way("int8", ranking.cosines(-vectors, vectors)))
    ) is (False)


def test_fused_ranks_put_first_what_both_put_high() -> None:
    first, second = torch.tensor([[9.0, 8.0, 0.0, 7.0]]), torch.tensor([[0.0, 0.3, 0.4, 0.2]])
    joined = ranking.fused(first, second)  # (1, 4)
    assert joined.argmax() == 1
    assert joined[0, 1] == pytest.approx(1 / 62 + 1 / 62)


@pytest.mark.breaks("vectors-find-more")
def test_a_lead_in_a_few_pairs_is_no_lead_and_one_in_all_is() -> None:
    n = RESULT.claims
    best, worst = torch.eye(n), -torch.eye(n)
    few = best.clone()
    few[1:] = worst[1:]

    def lead(better: torch.Tensor) -> tuple[float, float]:
        return measure.resampled(better, worst, torch.Generator().manual_seed(0))

    assert lead(best) == (1, 1)
    low, high = lead(few)
    assert low == 0 < high < 0.05
    assert finding("vectors-find-more", RESULT, lead_low=low) is False
    assert finding("vectors-find-more", RESULT, lead_low=lead(best)[0]) is True
