"""What drills tell an author: which questions want work, where they stand, and answers written in as examples."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from llmquiz.app.context import AppContext
from llmquiz.authoring import review
from llmquiz.collection.load import load
from llmquiz.errors import LlmquizError
from llmquiz.language import LANGS
from llmquiz.schema.texts import dump
from tests.store.records import DAY, MET, MISSING, UNDECIDED, record


@pytest.fixture
def answered(context: AppContext) -> dict[str, int]:
    """Answers to the small topic, and what became of each."""
    given: dict[str, dict[str, Any]] = {
        "clear": {"question": "small/scale", "answer": "It grows.", "variance": MET, "softmax": MISSING},
        "undecided": {"question": "small/scale", "answer": "It widens.", "variance": UNDECIDED, "softmax": UNDECIDED},
        "overruled": {"question": "small/scale", "answer": "It spreads: out", "variance": MISSING, "softmax": MET},
        "undone": {"question": "small/scale", "answer": "Oops.", "variance": UNDECIDED},
        "fact": {"question": "small/gpt3", "answer": "175", "value": UNDECIDED},
        "gone": {"question": "small/renamed", "answer": "words", "a": UNDECIDED},
    }
    at = context.store.present
    numbers = {name: record(context.store, at=at - (9 - n) * DAY, **row) for n, (name, row) in enumerate(given.items())}
    context.store.overrule(numbers["overruled"], "small/scale.variance", *MET[:2], at=at)
    context.store.undo(numbers["undone"], at=at)
    return numbers


def source(topic: Path) -> Path:
    """The file of the small topic."""
    return topic / "small" / "questions.yaml"


def scale(topic: Path) -> dict[str, Any]:
    """Its open question as it is read from the file."""
    return dump(load([topic]).entries["small/scale"].entry)


def test_answers_are_listed_on_which_learner_and_grader_disagree_or_the_grader_could_not_decide(
    context: AppContext, topic: Path, answered: dict[str, int]
) -> None:
    rows = {row["id"]: row for row in review.gathered(context, None)}
    assert list(rows) == ["small/gpt3", "small/renamed", "small/scale"]
    assert {answer["number"]: _verdicts(answer) for answer in rows["small/scale"]["answers"]} == {
        answered["undecided"]: [
            {"item": f"small/scale.{part}", "state": "undecided", "why": "undecided"}
            for part in ("variance", "softmax")
        ],
        answered["overruled"]: [{"item": "small/scale.variance", "state": "met", "why": "overruled"}],
    }
    assert [(answer["lang"], answer["text"]) for answer in rows["small/gpt3"]["answers"]] == [("en", "175")]


def _verdicts(answer: dict[str, Any]) -> list[dict[str, str]]:
    return [{name: item[name] for name in ("item", "state", "why")} for item in answer["items"]]


def test_an_open_answer_stands_beside_its_prompt_and_statements_so_that_a_reader_can_learn_from_it(
    context: AppContext, topic: Path, answered: dict[str, int]
) -> None:
    points = {point["id"]: point["text"]["en"] for point in scale(topic)["points"]}
    rows = {row["id"]: row["answers"] for row in review.gathered(context, None)}
    assert [(answer["prompt"], *(item["statement"] for item in answer["items"])) for answer in rows["small/scale"]] == [
        (scale(topic)["prompt"]["en"], points["variance"], points["softmax"]),
        (scale(topic)["prompt"]["en"], points["variance"]),
    ]
    assert not any("prompt" in answer for name in ("small/gpt3", "small/renamed") for answer in rows[name])


def test_each_question_has_its_place_and_what_is_no_longer_in_the_content_has_none(
    context: AppContext, topic: Path, answered: dict[str, int]
) -> None:
    lines = source(topic).read_text(encoding="utf-8").splitlines()
    rows = {row["id"]: (row["path"], row["line"]) for row in review.gathered(context, None)}
    assert rows == {
        "small/gpt3": (str(source(topic)), lines.index("  - id: gpt3") + 1),
        "small/scale": (str(source(topic)), lines.index("  - id: scale") + 1),
        "small/renamed": ("", 0),
    }


def test_notes_stand_beside_the_answers_of_their_question(context: AppContext, answered: dict[str, int]) -> None:
    context.store.flag("small/scale", "too hard", at=context.store.present)
    context.store.flag("small/free", "who says so?", at=context.store.present)
    rows = {row["id"]: row for row in review.gathered(context, None)}
    at = context.store.present.isoformat()
    assert rows["small/scale"]["flags"] == [{"at": at, "note": "too hard"}]
    assert len(rows["small/scale"]["answers"]) == 2
    assert (rows["small/free"]["flags"][0]["note"], rows["small/free"]["answers"]) == ("who says so?", [])


def test_one_question_may_be_named_by_its_short_name_or_by_a_part(
    context: AppContext, answered: dict[str, int]
) -> None:
    for name in ("scale", "small/scale", "scale.variance"):
        assert [row["id"] for row in review.gathered(context, name)] == ["small/scale"]
    assert review.gathered(context, "free") == []


FIRST = """  - id: first
    type: choice
    prompt: {en: A, zh: A}
    options: [{text: {en: A, zh: A}}, {text: {en: B, zh: B}, right: true}]
"""
"""A question that stands before the others of the file."""


@pytest.mark.parametrize("kind", ["accept", "reject"])
def test_an_answer_becomes_an_example_in_its_language_beside_those_that_are_there(
    context: AppContext, topic: Path, answered: dict[str, int], kind: str
) -> None:
    pytest.importorskip("ruamel.yaml")
    text = source(topic).read_text(encoding="utf-8").replace("questions:\n", f"questions:\n{FIRST}")
    source(topic).write_text(text, encoding="utf-8")
    for name in ("overruled", "clear"):
        review.keep_example(context, answered[name], kind, [])
    assert scale(topic)[kind] == {"en": ["It spreads: out", "It grows."]}


def test_a_partial_answer_names_its_language_and_its_points(
    context: AppContext, topic: Path, answered: dict[str, int]
) -> None:
    pytest.importorskip("ruamel.yaml")
    review.accept(context, answered["clear"], "partial", "variance,softmax,")
    assert scale(topic)["partial"] == [{"lang": "en", "text": "It grows.", "meets": ["variance", "softmax"]}]


@pytest.mark.parametrize("answer", ["175", "yes", "- a: b", '"quoted" \\ back', "two\nlines", "# none", "不会变。 "])
def test_an_answer_is_kept_to_the_letter_whatever_it_means_in_yaml(
    context: AppContext, topic: Path, answer: str
) -> None:
    pytest.importorskip("ruamel.yaml")
    number = record(context.store, at=context.store.present, question="small/scale", answer=answer, variance=MET)
    review.keep_example(context, number, "accept", [])
    assert scale(topic)["accept"] == {"en": [answer]}


def test_nothing_else_of_the_file_changes(context: AppContext, topic: Path, answered: dict[str, int]) -> None:
    pytest.importorskip("ruamel.yaml")
    long = f"# a remark of the author's {'and on ' * 40}\n"
    text = long + source(topic).read_text(encoding="utf-8").lstrip().replace("Kinds", f"'Kinds{' of them' * 40}'")
    source(topic).write_text(text, encoding="utf-8")
    review.keep_example(context, answered["clear"], "accept", [])
    lines = source(topic).read_text(encoding="utf-8").splitlines()
    added = [line for line in lines if line not in text.splitlines()]
    assert [line.strip() for line in added] == ["accept:", "en:", '- "It grows."']
    assert [line for line in lines if line not in added] == text.splitlines()
    assert [path.name for path in source(topic).parent.iterdir() if path.suffix != ".yaml"] == []


def test_a_file_that_could_not_be_written_to_the_end_is_as_it_was(
    context: AppContext, topic: Path, answered: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ruamel = pytest.importorskip("ruamel.yaml")

    def fail(_: object, data: object, file: Any) -> None:
        file.write("questions:\n")
        raise OSError("No space left on device")

    monkeypatch.setattr(ruamel.YAML, "dump", fail)
    before = source(topic).read_bytes()
    with pytest.raises(OSError, match="No space"):
        review.keep_example(context, answered["clear"], "accept", [])
    assert source(topic).read_bytes() == before


@pytest.mark.parametrize(
    ("answer", "kind", "meets", "message"),
    [
        ("clear", "perfect", [], "--as perfect: accept, partial or reject."),
        ("fact", "accept", [], "small/gpt3 is no open question; only those have examples."),
        ("gone", "accept", [], "There is no 'small/renamed'."),
        ("clear", "partial", [], "--meets names the points that it meets: variance, softmax, kernel."),
        ("clear", "partial", ["variance", "speed"], "--meets names the points that it meets: variance,"),
    ],
)
def test_what_can_be_no_example_is_refused_and_nothing_is_written(
    context: AppContext, topic: Path, answered: dict[str, int], answer: str, kind: str, meets: list[str], message: str
) -> None:
    before = source(topic).read_bytes()
    with pytest.raises(LlmquizError) as refused:
        review.keep_example(context, answered[answer], kind, meets)
    assert str(refused.value).startswith(message)
    assert source(topic).read_bytes() == before


def test_an_answer_that_nobody_gave_is_refused_by_its_number(context: AppContext, answered: dict[str, int]) -> None:
    number = max(answered.values()) + 1
    with pytest.raises(LlmquizError) as refused:
        review.keep_example(context, number, "accept", [])
    assert [str(number) in refused.value.text(lang) for lang in LANGS] == [True, True]


def test_without_the_library_that_keeps_comments_nothing_is_written(
    context: AppContext, topic: Path, answered: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    before = source(topic).read_bytes()
    with pytest.raises(LlmquizError, match="needs ruamel") as refused:
        review.keep_example(context, answered["clear"], "accept", [])
    assert "llmquiz[authoring]" in refused.value.text("zh")
    assert source(topic).read_bytes() == before


def test_the_place_of_an_example_is_said(
    context: AppContext, topic: Path, answered: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ruamel.yaml")
    line = source(topic).read_text(encoding="utf-8").splitlines().index("  - id: scale") + 1
    review.accept(context, answered["clear"], "reject", "")
    place = f"{source(topic)}:{line}"
    assert capsys.readouterr().out.splitlines() == [context.words("review.kept", path=place)]


def test_the_list_is_printed_for_people_or_as_json(
    context: AppContext, answered: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    review.report(context, "free", json=False)
    assert capsys.readouterr().out.strip() == context.words("review.none")
    review.report(context, "scale", json=False)
    shown = capsys.readouterr().out
    assert f"#{answered['overruled']} It spreads: out" in shown
    assert "small/gpt3" not in shown
    review.report(context, "scale", json=True)
    assert json.loads(capsys.readouterr().out) == review.gathered(context, "scale")
