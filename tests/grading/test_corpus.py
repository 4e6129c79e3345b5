"""The corpus is what its README says: written blind, labelled twice, kept apart by question, readable by hand."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from llmquiz import paths
from llmquiz.collection.load import load
from llmquiz.schema.questions import OpenQuestion
from tests.grading import agreement
from tests.grading.corpus import CONTRAST, FOLDER, LETTERS, SILENT, STATES, contrast, questions

ANSWERS = [answer for question in questions() for answer in question.answers]


def test_it_is_as_large_as_it_has_to_be() -> None:
    assert len(ANSWERS) >= 3000
    assert len({question.id for question in questions()}) >= 200
    assert len({question.topic for question in questions()}) >= 19
    chinese = sum(answer.lang == "zh" for answer in ANSWERS) / len(ANSWERS)
    assert 0.45 <= chinese <= 0.55


def test_every_question_has_both_languages_and_six_statements_or_more() -> None:
    for question in questions():
        assert set(question.prompt) == {"en", "zh"}, question.id
        assert len(question.statements) >= 6, question.id
        assert len({statement.id for statement in question.statements}) == len(question.statements), question.id
        for statement in question.statements:
            assert re.search("[\u4e00-\u9fff]", statement.text["zh"]), (question.id, statement.id)
            assert statement.text["en"].isprintable(), (question.id, statement.id)


def test_every_answer_was_read_twice_and_its_labels_are_one_of_the_readings_or_between() -> None:
    assert len({answer.key for answer in ANSWERS}) == len(ANSWERS)
    for question in questions():
        for answer in question.answers:
            assert len(answer.readings) == 2, answer.key
            for number, statement in enumerate(question.statements):
                states = {LETTERS[reading[number]] for reading in answer.readings}
                label = answer.label(statement.id)
                assert label.state in STATES, answer.key
                if len(states) == 1:
                    assert {label.state} == states, (answer.key, statement.id)


def test_the_words_of_a_label_stand_in_the_answer() -> None:
    labels = [(answer, label) for answer in ANSWERS for label in answer.labels.values()]
    assert all(label.state != "silent" for _, label in labels)
    assert all(label.words in answer.text for answer, label in labels)
    assert sum(bool(label.words) for _, label in labels) > 0.97 * len(labels)


def test_what_is_measured_stays_apart_from_what_is_learned() -> None:
    parts = defaultdict(set)
    writers = defaultdict(set)
    for question in questions():
        parts[question.part].add(question.id)
        writers[question.part, question.topic] |= {answer.writer for answer in question.answers}
    learned = parts["train"]
    assert not learned & (parts["test"] | parts["test-topic"] | parts["calibration"])
    topics = {question.topic for question in questions() if question.part == "test-topic"}
    assert len(topics) == 2
    assert not topics & {question.topic for question in questions() if question.part in {"train", "calibration"}}
    # The exam: the same eight questions as in training, other people.
    assert parts["exam"] <= learned
    examined = {answer.writer for q in questions() if q.part == "exam" for answer in q.answers}
    assert not examined & {answer.writer for q in questions() if q.part != "exam" for answer in q.answers}


@pytest.mark.parametrize("part", ["test", "test-topic", "exam"])
def test_each_part_that_measures_has_both_languages_and_most_manners(part: str) -> None:
    answers = [answer for question in questions() if question.part == part for answer in question.answers]
    assert min(Counter(answer.lang for answer in answers).values()) > 0.4 * len(answers)
    assert len({answer.manner for answer in answers}) >= 18


def test_the_statements_of_the_first_topic_are_those_of_the_content() -> None:
    loaded = load([paths.shipped_content()])
    entries = {filed.entry.id: filed.entry for filed in loaded.entries.values() if filed.topic == "decoder-only"}
    asked = [question for question in questions() if question.part == "exam"]
    assert {q.id for q in asked} == {id for id, entry in entries.items() if isinstance(entry, OpenQuestion)}
    for question in asked:
        entry = entries[question.id]
        assert isinstance(entry, OpenQuestion)
        ids = {wording.id for wording in (*entry.points, *entry.misconceptions)}
        assert {statement.entry for statement in question.statements} <= ids, question.id


def test_contrast_lines_belong_to_a_statement_and_mostly_come_in_tens() -> None:
    known = {(question.id, statement.id) for question in questions() for statement in question.statements}
    kinds: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for line in contrast():
        assert (line.question, line.statement) in known
        assert line.state in STATES
        kinds[line.question, line.statement, line.lang].append(line.kind)
    assert all(len(set(listed)) == len(listed) >= 3 for listed in kinds.values())
    assert sum(sorted(listed) == sorted(CONTRAST) for listed in kinds.values()) >= 1400
    assert sum(map(len, kinds.values())) >= 10_000


def test_kappa_is_that_of_the_book() -> None:
    # 20 equal verdicts "yes", 15 "no", 5 and 10 apart: p = 0.7, e = 0.5.
    pairs = [("yes", "yes")] * 20 + [("no", "no")] * 15 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    assert agreement.kappa(pairs) == pytest.approx(0.4)
    assert agreement.kappa([("no", "no")] * 3) == 1.0


def test_the_table_of_agreement_has_a_row_for_points_and_one_for_misconceptions() -> None:
    rows = list(agreement.table())
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| points", "| misconceptions"]
    assert all(float(cell) > 0.7 for row in rows[2:] for cell in row.strip("| ").split(" | ")[2:3])


def test_a_silent_label_is_what_is_not_labelled() -> None:
    answer = next(answer for answer in ANSWERS if not answer.labels)
    assert answer.label("p1") is SILENT


def test_the_tables_of_its_readme_are_what_is_counted() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for rows in (agreement.table(), agreement.parts()):
        assert "\n".join(rows) in text
