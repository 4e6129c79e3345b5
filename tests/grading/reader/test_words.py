"""The words that decided: whole clauses, as few as hold enough, and never the whole of a speech without marks."""

from __future__ import annotations

import re

import pytest

from llmquiz.grading.reader.words import deciding

ENGLISH = "It is slow. The cache grows with the length, so memory runs out. Ask again."


def pointed(answer: str, *words: str) -> str:
    """What is shown when all the pointing is at `words`, evenly."""
    offsets = [match.span() for match in re.finditer(r"[\u4e00-\u9fff]|[^\s\u4e00-\u9fff]+", answer)]
    meant = [any(answer.find(w) <= start < answer.find(w) + len(w) for w in words) for start, _ in offsets]
    span = deciding(answer, offsets, [here / sum(meant) for here in meant])
    return answer[span.start : span.end]


@pytest.mark.parametrize(
    ("answer", "words", "shown"),
    [
        (ENGLISH, ("grows",), "The cache grows with the length"),
        (ENGLISH, ("grows", "memory"), "The cache grows with the length, so memory runs out."),
        ("生成是串行的，所以慢；缓存随长度增长。", ("缓存",), "缓存随长度增长。"),
        ("生成是串行的，所以慢；缓存随长度增长。", ("串行",), "生成是串行的"),
        ("- serial decoding\n- cache linear in length\n- no right context", ("cache",), "- cache linear in length"),
        ("short", ("short",), "short"),
    ],
)  # fmt: skip
def test_the_clauses_that_are_pointed_at_are_shown_whole(answer: str, words: tuple[str, ...], shown: str) -> None:
    assert pointed(answer, *words) == shown


def test_a_number_with_a_point_is_not_cut() -> None:
    assert pointed("About 1.75 trillion, I think.", "1.75") == "About 1.75 trillion"


@pytest.mark.parametrize("unit", ["so the cache keeps growing while we go on talking ", "缓存一直在涨我们还在说"])
def test_of_speech_without_marks_only_a_stretch_is_shown(unit: str) -> None:
    answer = unit * 20
    assert 20 < len(pointed(answer, answer[len(answer) // 2 :][:10].strip())) <= 200


def test_clauses_far_apart_are_not_joined() -> None:
    answer = "The cache grows. Nobody knows why it is so. It rains a lot. Memory runs out."
    assert pointed(answer, "grows", "Memory runs") in ("The cache grows.", "Memory runs out.")


def test_an_answer_without_pieces_has_no_words() -> None:
    assert deciding("", [], []).end == 0
