"""An answer from standard input graded, and labelled answers read and measured."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from llmquiz.app import grade as module
from llmquiz.app.context import AppContext
from llmquiz.app.grade import as_json, grade, measure, read_cases
from llmquiz.app.graders import Name, Points
from llmquiz.errors import ContentError, DemoError, LlmquizError
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schema.questions import OpenQuestion, Term
from tests.entries import DATA
from tests.grading.samples import GLOSSARY
from tests.home import settings_say

Capture = pytest.CaptureFixture[str]


class Grader(Points):
    """The points, with something to say of every answer."""

    def __init__(self) -> None:
        super().__init__(GLOSSARY)
        self.asked: list[tuple[Any, ...]] = []
        """Who was asked for: name, model, glossary, settings."""
        self.calls: list[tuple[str, str, tuple[str, ...], int | None]] = []
        """Response, language, terms and seconds of each answer."""

    def choose(self, *asked: Any) -> Grader:
        self.asked.append(asked)
        return self

    def __call__(
        self, question: OpenQuestion, response: str, lang: Any, terms: Sequence[Term] = (), seconds: int | None = None
    ) -> Score:
        self.calls.append((response, lang, tuple(term.id for term in terms), seconds))
        return super().__call__(question, response, lang, terms, seconds)

    def problems(self, lang: str) -> list[str]:
        return [f"trouble in {lang}" for _ in self.calls]


@pytest.fixture
def grader(monkeypatch: pytest.MonkeyPatch) -> Grader:
    """The grader, whichever is asked for."""
    chosen = Grader()
    monkeypatch.setattr(module, "named", chosen.choose)
    return chosen


@pytest.fixture
def graded(context: AppContext, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Callable[..., str]:
    """What is printed of an answer on standard input."""

    def call(name: str, answer: str, *, json: bool = False) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        grade(context, Name.points, None, name, json)
        return capsys.readouterr().out

    return call


Graded = Callable[..., str]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_no_question_is_refused_before_anything_is_read(context: AppContext, lang: str) -> None:
    with pytest.raises(LlmquizError) as refused:
        grade(context, Name.points, None, "kinds", json=False)
    assert ("not asked (table)" if lang == "en" else "不是题目（表格）") in refused.value.text(lang)


def test_every_point_is_shown_with_what_was_noticed(context: AppContext, graded: Graded) -> None:
    shown = graded("scale", "The variance grows with d. It makes it faster.")
    entry = context.collection.get("small/scale").entry
    assert isinstance(entry, OpenQuestion)
    for text in (*(point.text.en for point in entry.points), entry.misconceptions[0].right.en):
        assert text in shown
    assert context.words("back.score", percent=33, met=1, total=len(entry.points)) in shown


def test_of_a_question_of_one_answer_the_verdict_is_shown(graded: Graded) -> None:
    assert "Not right" in graded("gpt3", "3B")
    assert "Not right" not in graded("gpt3", "175B")


def test_an_open_answer_goes_to_the_grader_that_was_asked_for_with_all_that_it_is_judged_by(
    context: AppContext, grader: Grader, graded: Graded, write: Callable[[str, str], Path]
) -> None:
    noted = {"id": "noted", "level": "core", "noted": True, **DATA["term"]}
    write("small/more.yaml", json.dumps({"terms": [noted]}))
    context.switch_language("zh")
    answer = "方差增长，这是顺序的。"
    assert "自回归" in graded("scale", answer)
    entry = context.collection.get("small/scale").entry
    assert isinstance(entry, OpenQuestion)
    assert grader.calls == [(answer, "zh", ("noted",), entry.answers.one_minute.seconds)]


def test_the_grader_is_the_one_that_is_named_and_what_went_wrong_is_told_on_standard_error(
    context: AppContext, grader: Grader, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_say("encoder: mine\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO("The variance grows."))
    grade(context, Name.judge, "m", "scale", json=True)
    ((name, model, glossary, settings),) = grader.asked
    assert (name, model, settings) == (Name.judge, "m", {"encoder": "mine"})
    assert glossary is context.glossary("small")
    out, err = capsys.readouterr()
    assert err == "trouble in en\n"
    assert json.loads(out)["grader"] == "points"


def test_a_terminal_is_told_how_to_end_the_answer(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stdin, told_of in ((io.StringIO("2"), ""), (Terminal("2"), context.words("grade.type") + "\n")):
        monkeypatch.setattr(sys, "stdin", stdin)
        grade(context, Name.points, None, "pick", json=True)
        out, err = capsys.readouterr()
        assert err == told_of
        assert json.loads(out)["score"] == 1.0


def test_bytes_that_are_no_text_are_an_answer_all_the_same(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe variance grows"), encoding="utf-8"))
    grade(context, Name.points, None, "scale", json=True)
    points = json.loads(capsys.readouterr().out)["points"]
    assert [point["id"] for point in points if point["state"] == "met"] == ["variance"]


PREDICTION = {"id": "guess", "type": "prediction", "level": "core", **DATA["prediction"]}


def test_a_prediction_is_held_against_the_demo_and_one_that_cannot_run_is_an_error(
    graded: Graded, write: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def measured(context: AppContext, demo: str, field: str) -> float:
        asked.append((demo, field))
        return 10.0

    def refuse(*_: object) -> float:
        raise DemoError("demo.no-token")

    write("small/more.yaml", json.dumps({"questions": [PREDICTION]}))
    monkeypatch.setattr("llmquiz.app.demos.measured", measured)
    assert [json.loads(graded("guess", guess, json=True))["score"] for guess in ("15", "50")] == [1.0, 0.0]
    assert set(asked) == {(PREDICTION["demo"], PREDICTION["measures"])}
    monkeypatch.setattr("llmquiz.app.demos.measured", refuse)
    with pytest.raises(DemoError):
        graded("guess", "15")


def test_the_reasons_that_scripts_read_have_no_blanks_around_them(context: AppContext) -> None:
    score = Score(0.5, (PointScore("a", PointState.partly, because=" it grows\n"),), grader="judge")
    assert as_json(context.collection.get("small/scale"), score, "zh") == {
        "question": "small/scale", "lang": "zh", "grader": "judge", "score": 0.5,
        "points": [{"id": "a", "state": "partly", "because": "it grows"}],
        "misconceptions": [], "terms": [], "style": [],
    }  # fmt: skip


ASKED = {"question": "Why?", "reference": "The memory grows with the length."}
LINES = [
    {**ASKED, "id": "a", "answer": "The memory grows\u2028with the length.", "score": 1.0},
    {**ASKED, "id": "b", "answer": "没有", "score": 0.0},
]


def lines(*cases: dict[str, Any]) -> str:
    """JSON lines."""
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)


def test_lines_may_hold_any_character_and_begin_with_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("\ufeff" + lines(*LINES) + "\n", encoding="utf-8")
    assert [case.answer for case in read_cases(path)] == [line["answer"] for line in LINES]


def test_a_folder_has_its_questions_beside_its_answers(tmp_path: Path) -> None:
    questions, answers = tmp_path / "questions.yaml", tmp_path / "answers.jsonl"
    questions.write_text("questions: [{id: q, en: Why?, points: [{id: p, en: It grows.}]}]\n", encoding="utf-8")
    answers.write_text(lines({"id": "a", "question": "q", "text": "x", "covered": ["p"]}), encoding="utf-8")
    (case,) = read_cases(tmp_path)
    assert (case.id, case.group, case.covered) == ("a", "q", {"p"})
    answers.write_text("\n", encoding="utf-8")
    with pytest.raises(ContentError, match="there is no answer in it"):
        read_cases(tmp_path)
    answers.unlink()
    with pytest.raises(ContentError, match=r"answers\.jsonl"):
        read_cases(tmp_path)
    questions.write_text("questions:\n  - {id: q\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"^questions\.yaml:3: "):
        read_cases(tmp_path)


def test_lines_that_are_no_utf_8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b"\xff\xff")
    with pytest.raises(ContentError, match=r"x\.jsonl"):
        read_cases(tmp_path / "x.jsonl")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Two labelled answers."""
    path = tmp_path / "x.jsonl"
    path.write_text(lines(*LINES), encoding="utf-8")
    return path


def test_a_grader_is_measured_and_each_of_its_problems_told_once(
    context: AppContext, grader: Grader, labelled: Path, capsys: Capture
) -> None:
    predictions = labelled.with_name("p.jsonl")
    measure(context, Name.encoder, "m", labelled, predictions, json=True)
    out, err = capsys.readouterr()
    assert err == "trouble in en\n"
    ((name, model, glossary, _),) = grader.asked
    assert (name, model) == (Name.encoder, "m")
    assert glossary is context.glossary()
    figures = json.loads(out)
    assert (figures["grader"], figures["n"], figures["pearson"]) == ("encoder", len(LINES), 1.0)
    rows = [json.loads(line) for line in predictions.read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["score"]) for row in rows] == [(line["id"], line["score"]) for line in LINES]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_are_shown_as_a_table_in_the_users_language(
    context: AppContext, labelled: Path, capsys: Capture, lang: str
) -> None:
    context.switch_language(lang)  # type: ignore[arg-type]
    measure(context, Name.points, None, labelled, None, json=False)
    shown = capsys.readouterr().out
    assert context.words("bench.title", n=len(LINES)) in shown
    assert "points" in shown


def test_predictions_that_cannot_be_written_are_refused(context: AppContext, labelled: Path) -> None:
    with pytest.raises(ContentError, match="cannot be written"):
        measure(context, Name.points, None, labelled, labelled / "p.jsonl", json=True)
