"""`llmquiz grade`: every kind of question, the JSON that scripts read, and the bench in both forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.ui.tables import bench as view
from tests.home import settings_say


@pytest.fixture
def grade(llmquiz: Callable[..., object], topic: Path) -> Callable[..., dict]:
    """Grade an answer and read the JSON."""

    def call(name: str, answer: str, *more: str) -> dict:
        done = llmquiz("grade", name, "--json", "--content", topic, *more, stdin=answer)
        assert done.code == 0, done.err
        return json.loads(done.out)

    return call


def test_the_json_of_an_open_answer(grade: Callable[..., dict]) -> None:
    assert grade("scale", "The variance grows with d. It makes everything faster.") == {
        "question": "small/scale",
        "lang": "en",
        "grader": "points",
        "score": 0.3333,
        "points": [
            {"id": "variance", "state": "met", "because": "The variance grows with d."},
            {"id": "softmax", "state": "missing", "because": ""},
            {"id": "kernel", "state": "missing", "because": ""},
        ],
        "misconceptions": ["speed"],
        "terms": [],
        "style": ["too-short"],
    }


def test_an_item_is_graded_with_its_question(grade: Callable[..., dict]) -> None:
    assert grade("scale.softmax", "softmax saturates")["question"] == "small/scale"


@pytest.mark.parametrize(
    ("name", "answer", "state"),
    [
        ("small/pick", "2", "met"),
        ("small/pick", "1", "missing"),
        ("small/pick", "both", "undecided"),
        ("small/steps", "1 2 3", "met"),
        ("small/steps", "2 1 3", "missing"),
        ("small/free", "wrong", "met"),
        ("small/free", "sound\nIt is cheap.", "missing"),
        ("small/gpt3", "1750 亿", "met"),
        ("small/gpt3", "17B", "missing"),
        ("order-of-words", "autoregressive generation", "met"),
        ("order-of-words", "sequential generation", "contradicted"),
        ("small/kinds.encoder.sees", "both sides", "met"),
        ("small/kinds.encoder.sees", "left only", "missing"),
    ],
)
def test_every_kind_of_question_is_graded(grade: Callable[..., dict], name: str, answer: str, state: str) -> None:
    result = grade(name, answer)
    assert result["points"][0]["state"] == state
    assert result["points"][0]["id"] == ""
    assert result["score"] == (1.0 if state == "met" else 0.0)


def test_chinese_is_graded_and_shown_in_chinese(llmquiz: Callable[..., object], topic: Path) -> None:
    done = llmquiz("grade", "scale", "--lang", "zh", "--content", topic, stdin="方差随维度增长。")
    assert done.code == 0
    assert "要点答到 1/3" in done.out
    assert "方差" in done.out


def test_a_prediction_is_measured(llmquiz: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    from llmquiz.app import demos

    monkeypatch.setattr(demos, "measured", lambda context, demo, field: 10.0)
    name = next(entry["id"] for entry in json.loads(llmquiz("list", "--json").out) if entry["kind"] == "prediction")
    assert json.loads(llmquiz("grade", name, "--json", stdin="10").out)["score"] == 1.0


@pytest.mark.parametrize("name", ["kinds", "nowhere"])
def test_what_is_not_asked_is_refused_in_one_line(llmquiz: Callable[..., object], topic: Path, name: str) -> None:
    done = llmquiz("grade", name, "--content", topic)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize(
    "arguments", [(), ("scale", "--bench", "."), ("scale", "--predictions", "p"), ("scale", "--grader", "oracle")]
)
def test_a_call_that_makes_no_sense_is_a_usage_error(llmquiz: Callable[..., object], arguments: tuple[str]) -> None:
    assert llmquiz("grade", *arguments).code == 2


QUESTIONS = """
terms:
  - {id: one_way, right: causal attention, wrong: [one-way attention, 单向注意力]}
questions:
  - id: q_1
    en: Why is a cache kept?
    zh: 为什么要保留缓存？
    points:
      - {id: re_use, en: Keys of earlier tokens are reused., zh: 前面 token 的键被复用。}
      - {id: memory, en: The memory grows with the length., zh: 显存随长度增长。}
    misconceptions:
      - {id: bad_1, en: The cache stores the text., zh: 缓存里存的是文字。}
"""


def answer(name: str, text: str, kind: str, covered: list[str], wrong: list[str]) -> str:
    """A line of answers.jsonl."""
    return json.dumps(
        {"id": name, "question": "q_1", "lang": "en", "kind": kind, "text": text, "covered": covered,
         "misconceptions": wrong}
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Labelled answers in the form of a folder."""
    path = tmp_path / "labelled"
    path.mkdir()
    (path / "questions.yaml").write_text(QUESTIONS, encoding="utf-8")
    both = "The keys of earlier tokens are reused. The memory grows with the length, always."
    lines = [
        answer("a", both, "excellent", ["re_use", "memory"], []),
        answer("b", "The cache stores the text by one-way attention.", "wrong", [], ["bad_1"]),
    ]
    (path / "answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_bench_of_a_folder(llmquiz: Callable[..., object], folder: Path, tmp_path: Path) -> None:
    done = llmquiz("grade", "--bench", folder, "--predictions", tmp_path / "p.jsonl", "--json")
    assert done.code == 0, done.err
    result = json.loads(done.out)
    assert {"n", "baselines", "intervals", *view.FIGURES, "by_lang", "by_kind"} <= set(result)
    assert (result["n"], result["micro_f1"], result["misconception_f1"], result["false_alarm"]) == (2, 1.0, 1.0, 0.0)
    assert [json.loads(line) for line in (tmp_path / "p.jsonl").read_text().splitlines()] == [
        {"id": "a", "covered": ["re_use", "memory"], "misconceptions": [], "wrong_terms": [], "absolute": True,
         "score": 1.0},
        {"id": "b", "covered": [], "misconceptions": ["bad_1"], "wrong_terms": ["one_way"], "absolute": False,
         "score": 0.0},
    ]  # fmt: skip


@pytest.mark.parametrize(("lang", "words"), [("en", "word overlap"), ("zh", "词重叠")])
def test_the_bench_as_a_table_stands_beside_the_baselines(
    llmquiz: Callable[..., object], folder: Path, lang: str, words: str
) -> None:
    done = llmquiz("grade", "--bench", folder, "--lang", lang)
    assert done.code == 0, done.err
    assert words in done.out
    assert "excellent" in done.out


def test_the_bench_of_lines_with_labels_and_scores(llmquiz: Callable[..., object], tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    asked = {"question": "Why?", "reference": "The memory grows with the length."}
    lines = [
        asked | {"answer": "The memory grows with the length of it.", "label": "correct"},
        asked | {"answer": "The memory does not grow with the length.", "label": "contradictory"},
        asked | {"answer": "No idea.", "score": 0.0},
    ]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    done = llmquiz("grade", "--bench", path, "--json")
    result = json.loads(done.out)
    figures = [result[name] for name in ("n", "micro_f1", "two_way_macro_f1", "accepted_contradictory", "pearson")]
    assert figures == [3, None, 1.0, 0.0, 1.0]
    assert llmquiz("grade", "--bench", path).code == 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("questions.yaml", "questions: [{id: q, en: Q}]", "q: points: a list is needed"),
        ("questions.yaml", "questions: [{id: q, en: Q, points: []}]", "q: points: one at least"),
        ("questions.yaml", "questions: [{id: q, points: [{id: p}]}]", "q: a text in en or zh"),
        ("questions.yaml", "- 1", "`questions:` is needed"),
        ("questions.yaml", "questions: !!python/object:os.system {}", "questions.yaml:1"),
        ("answers.jsonl", "{", "answers.jsonl:1: this is no JSON"),
        ("answers.jsonl", "[" * 100_000, "answers.jsonl:1: this is no JSON"),
        ("answers.jsonl", "[]", "answers.jsonl:1: a mapping is needed"),
        ("answers.jsonl", '{"id": "a", "question": "q_2", "text": "x"}', "no question 'q_2'"),
        ("answers.jsonl", '{"id": "a", "question": "q_1", "text": "x"}', "covered: a list is needed"),
        ("answers.jsonl", "", "there is no answer in it"),
    ],
)
def test_data_that_cannot_be_read_is_refused_with_its_place(
    llmquiz: Callable[..., object], folder: Path, name: str, text: str, message: str
) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    done = llmquiz("grade", "--bench", folder)
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert message in done.err


def test_a_path_that_is_not_there_is_refused(llmquiz: Callable[..., object], tmp_path: Path) -> None:
    done = llmquiz("grade", "--bench", tmp_path / "nothing.jsonl", "--lang", "zh")
    assert done.code == 1
    assert "读不了" in done.err


def test_the_encoder_is_the_one_of_the_settings_or_of_the_option(
    llmquiz: Callable[..., object], topic: Path, home: Path, tmp_path: Path
) -> None:
    from tests.grading import tiny

    folder = tiny.entailment(tmp_path / "encoder", always="entailment")
    ask = ("grade", "scale", "--grader", "encoder", "--json", "--content", topic)
    named = json.loads(llmquiz(*ask, "--model", folder, stdin="Nothing of the kind.").out)
    assert (named["grader"], named["score"]) == ("encoder", 1.0)
    none = llmquiz(*ask, stdin="x")
    assert (none.code, none.out) == (1, "")
    assert "--model NAME_OR_PATH" in none.err
    settings_say(f"encoder: {folder}\n")
    assert json.loads(llmquiz(*ask, stdin="Nothing of the kind.").out) == named
    missing = llmquiz(*ask, "--model", tmp_path / "nowhere", "--lang", "zh", stdin="x")
    assert (missing.code, missing.err.count("\n")) == (1, 1)
    assert "加载不了" in missing.err


def test_a_bench_with_an_encoder(llmquiz: Callable[..., object], folder: Path, tmp_path: Path) -> None:
    from tests.grading import tiny

    encoder = tiny.entailment(tmp_path / "encoder", always="entailment")
    done = llmquiz("grade", "--bench", folder, "--grader", "encoder", "--model", encoder, "--json")
    result = json.loads(done.out)
    assert (result["grader"], result["n"]) == ("encoder", 2)


def test_the_default_grader_needs_no_model_and_the_others_say_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_architecture import without_torch

    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    answer = "Every position carries loss."
    done = without_torch("grade", "why-decoder-only", "--json", stdin=answer)
    assert (done.returncode, json.loads(done.stdout)["grader"]) == (0, "points")
    for name, words in (("encoder", "needs torch and transformers"), ("judge", "pip install 'llmquiz[judge]'")):
        refused = without_torch("grade", "why-decoder-only", "--grader", name, "--model", "m", stdin=answer)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
        assert words in refused.stderr


def test_the_judge_that_fails_is_told_on_stderr_and_points_judges(
    llmquiz: Callable[..., object], topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.grading.scripted import serving

    pytest.importorskip("openai")
    with serving(lambda body: 500) as seen:
        monkeypatch.setenv("OPENAI_BASE_URL", seen.url)
        ask = ("grade", "scale", "--grader", "judge", "--model", "m", "--json", "--content", topic)
        done = llmquiz(*ask, stdin="The variance grows with d.")
    assert (done.code, done.err) == (
        0,
        "judge: the server answered with status 500; points judged the answer instead.\n",
    )
    result = json.loads(done.out)
    assert (result["grader"], result["points"][0]["state"]) == ("points", "met")
