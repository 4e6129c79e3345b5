"""Labelled answers become cases: those of a folder, those of lines; what cannot be read is told with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llmquiz.errors import ContentError
from llmquiz.grading.evaluation.cases import LABELS, MOST_POINTS, Case, from_folder, from_lines, sentences
from llmquiz.language import LANGS
from tests.grading.evaluation.counted import LINES, QUESTIONS

ANSWER = json.loads(LINES[0])
LINE = {"question": "Why a cache?", "reference": "Keys are reused. Memory grows.", "answer": "Keys."}


def answered(**more: Any) -> Case:
    """The case of an answer to the one question of a folder."""
    return from_folder(QUESTIONS, [json.dumps(ANSWER | more)])[0]


def referenced(**more: Any) -> Case:
    """The case of a line with a reference."""
    return from_lines([json.dumps(LINE | more)])[0]


def changed(**more: Any) -> dict[str, Any]:
    """The parsed questions, with other fields in their one question."""
    return {"questions": [QUESTIONS["questions"][0] | more]}


def test_a_case_of_a_folder_keeps_the_datas_own_names_for_points_and_misconceptions() -> None:
    case = answered(covered=["second"], misconceptions=["bad_1"])
    assert {case.names[point.id]: point.text.en for point in case.question.points} == {
        "first_one": "Keys are reused.",
        "second": "Memory grows.",
    }
    assert [case.names[wrong.id] for wrong in case.question.misconceptions] == ["bad_1"]
    assert (case.id, case.group, case.kind, case.answer) == ("a", "q_1", "excellent", ANSWER["text"])
    assert (case.covered, case.wrong) == ({"second"}, {"bad_1"})
    assert (case.score, case.label) == (0.5, None)
    assert case.question.prompt.zh == "为什么要缓存？"


def test_what_an_answer_leaves_out_is_filled_in() -> None:
    line = {name: ANSWER[name] for name in ("id", "question", "text", "covered")}
    (case,) = from_folder(QUESTIONS, ["", json.dumps(line), "  "])
    assert (case.kind, case.wrong, case.data_lang) == ("unnamed", frozenset(), "en")


def test_the_language_of_an_answer_is_told_by_its_words_beside_what_the_data_says() -> None:
    case = answered(text="显存随上下文长度增长", lang="mixed")
    assert (case.lang, case.data_lang) == ("zh", "mixed")
    assert answered(text="缓存 of the decoder").lang == "zh"  # a fifth of it is enough
    assert answered(text="The KV 缓存 of a decoder grows with each new token that it writes.").lang == "en"


def test_inaccurate_terms_are_looked_for_in_every_answer_under_the_datas_own_names() -> None:
    terms = [{"id": "one_way", "right": "causal", "wrong": ["one-way attention", "单向注意力"]}]
    for case in from_folder(QUESTIONS | {"terms": terms}, LINES):
        assert [(case.names[term.id], term.wrong.en) for term in case.terms] == [("one_way", terms[0]["wrong"])]


def test_a_case_of_a_line_has_a_point_for_each_sentence_of_its_reference() -> None:
    case = referenced(score=0.25)
    assert [point.text.en for point in case.question.points] == ["Keys are reused", "Memory grows"]
    assert (case.id, case.group, case.kind, case.covered) == ("1", LINE["question"], "scored", None)
    assert (case.score, case.label) == (0.25, None)
    assert set(case.names) == set(case.names.values()) == {point.id for point in case.question.points}


@pytest.mark.parametrize(("label", "score"), LABELS.items())
def test_a_label_stands_for_a_score_unless_there_is_one(label: str, score: float) -> None:
    case = referenced(label=label)
    assert (case.score, case.label, case.kind) == (score, label, label)
    assert referenced(label=label, score=0.75, kind="own").score == 0.75
    assert referenced(score=0).score == 0


def test_a_line_with_neither_has_no_score() -> None:
    assert referenced().score is None


def test_question_and_points_are_in_the_language_of_the_reference() -> None:
    case = referenced(reference="键被复用。显存增长。", answer="Keys are reused.")
    assert [point.text.zh for point in case.question.points] == ["键被复用", "显存增长"]
    assert (case.question.prompt.zh, case.question.prompt.en) == (LINE["question"], None)
    assert case.lang == case.data_lang == "en"


def test_a_question_of_more_points_than_are_graded_is_cut() -> None:
    points = [{"id": f"own_{number}", "en": f"Fact {number}."} for number in range(MOST_POINTS + 5)]
    (case,) = from_folder(changed(points=points), LINES[:1])
    assert [case.names[point.id] for point in case.question.points] == [f"own_{at}" for at in range(MOST_POINTS)]


def test_a_long_reference_is_cut_and_an_empty_line_keeps_its_number() -> None:
    long = {"reference": " ".join(f"Fact {number}." for number in range(MOST_POINTS + 5))}
    first, last = from_lines([json.dumps(LINE | long), "", json.dumps(LINE)])
    assert len(first.question.points) == len(first.names) == MOST_POINTS
    assert last.id == "3"


def test_a_reference_is_cut_into_its_sentences() -> None:
    assert sentences("Keys stay. Memory grows!  显存增长。好") == ["Keys stay", "Memory grows", "显存增长", "好"]


def test_a_text_without_words_is_one_sentence() -> None:
    assert sentences("…!") == ["…!"]


def test_an_empty_answer_is_an_answer() -> None:
    assert (answered(text="").answer, referenced(answer="").answer) == ("", "")


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ([], "questions.yaml: `questions:` is needed"),
        ({}, "questions.yaml: questions: a list is needed"),
        ({"questions": ["q"]}, "questions.yaml: a mapping is needed"),
        (changed(id=" "), "questions.yaml: id: a text is needed"),
        (changed(points=[]), "questions.yaml: q_1: points: one at least is needed"),
        (changed(en=" ", zh=None), "questions.yaml: q_1: a text in en or zh is needed"),
        (changed(points=[{"id": "p", "de": "Ja."}]), "questions.yaml: q_1: a text in en or zh is needed"),
        (changed(misconceptions="none"), "questions.yaml: q_1: misconceptions: a list is needed"),
        ({**QUESTIONS, "terms": [{"id": "t"}]}, "questions.yaml: terms: wrong: a list is needed"),
    ],
)
def test_questions_that_cannot_be_used_are_refused(questions: object, message: str) -> None:
    with pytest.raises(ContentError) as refused:
        from_folder(questions, LINES)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"question": "q_2"}, "no question 'q_2' in questions.yaml"),
        ({"covered": None}, "covered: a list is needed"),
        ({"text": None}, "text: a text is needed"),
        ({"id": ""}, "id: a text is needed"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_with_its_line(line: dict[str, Any], message: str) -> None:
    with pytest.raises(ContentError) as refused:
        from_folder(QUESTIONS, ["", json.dumps(ANSWER | line)])
    assert str(refused.value) == f"answers.jsonl:2: {message}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"question": "q", "answer": "a"}', "reference: a text is needed"),
        (json.dumps(LINE | {"question": " "}), "question: a text is needed"),
        *((json.dumps(LINE | {"label": label}), f"label: one of {', '.join(LABELS)}") for label in ("good", [], 1)),
        *((json.dumps(LINE | {"score": score}), "score: a number from 0 to 1") for score in (-0.1, 1.5, "1", True)),
        ("[1]", "a mapping is needed"),
        ("{", "this is no JSON: "),
        ("[" * 100_000, "this is no JSON: "),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_number(line: str, message: str) -> None:
    with pytest.raises(ContentError) as refused:
        from_lines(["", line])
    assert str(refused.value).startswith(f"line 2: {message}")
    assert len({refused.value.text(lang) for lang in LANGS}) == len(LANGS)
