"""Letters in common: how much of a statement stands in an answer, and how close together."""

from __future__ import annotations

import pytest

from llmquiz.grading.reader.overlap import overlap

STATEMENT = "The cache grows with the length."


def test_an_answer_that_holds_the_statement_has_all_of_it_and_another_none() -> None:
    whole, together = overlap(STATEMENT, f"I think so. {STATEMENT} Nothing else.")
    assert (whole, together) == (1.0, pytest.approx(1.0, abs=0.05))  # a sentence is taken without its mark
    assert overlap(STATEMENT, "Ridiculous!") == (0.0, 0.0)
    assert overlap(STATEMENT, "") == (0.0, 0.0)


def test_words_far_from_each_other_count_as_a_whole_but_not_together() -> None:
    apart = "The cache is fast. It is old. It is new. It is blue. Time grows with the length."
    whole, together = overlap(STATEMENT, apart)
    assert 0.5 < together < whole


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ("缓存随长度增长", "这个缓存，随着长度增长"),
        ("The KV cache grows", "the ｋｖ  CACHE\ngrows"),
    ],
)
def test_signs_widths_and_case_make_little_difference(statement: str, answer: str) -> None:
    assert overlap(statement, answer)[0] > 0.5


def test_a_statement_shorter_than_a_run_has_nothing_in_common_with_anything() -> None:
    assert overlap("QK", "QK") == (0.0, 0.0)
