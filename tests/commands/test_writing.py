"""The commands for authors: new, edit, review, import, preview, check, schema."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.collection.drafts.scaffold import TODO
from tests.collection.drafts.test_importing import SHEET
from tests.commands.conftest import Done

Run = Callable[..., Done]


@pytest.mark.parametrize("langs", ["en", "zh", "en,zh"])
@pytest.mark.parametrize("kind", ["question", "claim", "table", "interview"])
@pytest.mark.parametrize("name", ["mine/thing", "mine/section/thing"])
def test_what_new_writes_passes_check_once_its_blanks_are_filled(
    llmquiz: Run, topic: Path, kind: str, langs: str, name: str
) -> None:
    content = ("--content", topic)
    assert llmquiz("new", "topic", "mine", "--langs", langs, *content).code == 0
    assert llmquiz("new", kind, name, *content).code == 0
    unfilled = llmquiz("check", topic / "mine")
    assert unfilled.code == 1
    assert "still to be written" in unfilled.out
    for number, path in enumerate([*(topic / "mine").rglob("*.yaml"), *topic.glob("interviewers/*.yaml")]):
        text = path.read_text(encoding="utf-8")
        schema = text.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / schema).resolve().parent == topic / "schema"
        assert (path.parent / schema).is_file()
        text = text.replace(TODO, f"Filled in {number}").replace("[todo-source]", "[]\n    demo: kv-cache")
        path.write_text(text.replace("todo-question", "small/scale"), encoding="utf-8")
    (topic / "demos").mkdir(exist_ok=True)
    demo = Path(__file__).parents[2] / "content" / "demos" / "kv-cache.yaml"
    (topic / "demos" / "kv-cache.yaml").write_text(demo.read_text(encoding="utf-8"), encoding="utf-8")
    filled = llmquiz("check", topic / "mine")
    assert filled.code == 0, filled.out
    assert "mine/thing" in [row["id"] for row in json.loads(llmquiz("list", "--json", *content).out)]


def test_new_question_is_a_file_of_its_own(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("new", "question", "small/why-mask", "--text", "Why mask?", "--content", topic, "--lang", "en")
    path = topic / "small" / "why-mask.yaml"
    assert done.out.splitlines()[0] == f"Written: {path}"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=../schema/question.json"
    assert lines[2:4] == ["id: why-mask  # after a renaming put the old one into `aka: []`", lines[3]]
    assert 'prompt: {en: "Why mask?", zh: "Why mask?"}' in lines


def test_new_topic_has_its_own_sources_and_an_older_layout_keeps_its_one_file(llmquiz: Run, topic: Path) -> None:
    llmquiz("new", "topic", "mine", "--content", topic)
    assert (topic / "sources" / "mine.yaml").exists()
    (topic / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    (topic / "schema.json").write_text("{}", encoding="utf-8")
    llmquiz("new", "topic", "other", "--content", topic)
    assert not (topic / "sources" / "other.yaml").exists()
    assert json.loads((topic / "schema.json").read_text(encoding="utf-8"))["title"] == "llmquiz content"


def test_new_interview_takes_an_interviewer_who_is_there(llmquiz: Run, topic: Path) -> None:
    content = ("--content", topic)
    llmquiz("new", "interview", "small/ann", *content)
    assert (topic / "interviewers" / "ann.yaml").exists()
    llmquiz("new", "topic", "mine", *content)
    done = llmquiz("new", "interview", "mine/ann", *content)
    assert [line for line in done.out.splitlines() if "interviewers" in line] == []
    assert (topic / "mine" / "interview-ann.yaml").exists()


def test_new_never_overwrites(llmquiz: Run, topic: Path) -> None:
    content = ("--content", topic)
    llmquiz("new", "topic", "mine", *content)
    for arguments in (("topic", "mine"), ("question", "small/questions"), ("claim", "small/section/questions")):
        done = llmquiz("new", *arguments, *content)
        assert done.code == 1
        assert "exists already" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("essay", "x"), "No kind"),
        (("question", "nowhere/x"), "no topic"),
        (("question", "small"), "topic/id"),
        (("question", "small/Why Scale"), "cannot be an id"),
        (("topic", "My Topic"), "cannot be an id"),
        (("topic", "x", "--langs", "fr"), "en and zh"),
    ],
)
def test_new_says_what_to_do(llmquiz: Run, topic: Path, arguments: tuple[str, ...], message: str) -> None:
    done = llmquiz("new", *arguments, "--content", topic)
    assert done.code == 1
    assert message in done.err


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """An editor that replaces one text by another and writes down how it was called."""

    def install(old: str, new: str) -> Path:
        script, called = tmp_path / "vim", tmp_path / "called"
        script.write_text(
            f"#!{sys.executable}\nimport sys, pathlib\n"
            f"pathlib.Path({str(called)!r}).write_text(' '.join(sys.argv[1:]))\n"
            f"path = pathlib.Path(sys.argv[-1])\n"
            f"path.write_text(path.read_text(encoding='utf-8').replace({old!r}, {new!r}), encoding='utf-8')\n"
        )
        script.chmod(0o755)
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", str(script))
        return called

    return install


@pytest.mark.skipif(sys.platform == "win32", reason="the editor is a script")
def test_edit_opens_the_line_and_shows_what_changed(
    llmquiz: Run, topic: Path, editor: Callable[[str, str], Path]
) -> None:
    path = topic / "small" / "questions.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    demo: kv-cache\n", "    sources: [x]\n"), encoding="utf-8"
    )
    (topic / "sources.yaml").write_text("sources: [{id: x, title: T, authors: A, year: 2020}]\n", encoding="utf-8")
    called = editor("saturate the softmax.", "drive the softmax flat.")
    done = llmquiz("edit", "scale.softmax", "--content", topic)
    assert done.code == 0, done.out
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "- id: softmax" in text)
    assert called.read_text() == f"+{line} {path}"
    assert "- small/scale points.softmax.text.en: Large scores saturate the softmax.\n" in done.out
    assert "+ small/scale points.softmax.text.en: Large scores drive the softmax flat.\n" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="the editor is a script")
def test_edit_tells_faults_and_throws_nothing_away(
    llmquiz: Run, topic: Path, editor: Callable[[str, str], Path]
) -> None:
    editor("verdict: wrong", "verdict: rong")
    done = llmquiz("edit", "free", "--content", topic)
    assert done.code == 1
    assert "claims.0.verdict: " in done.out
    assert "verdict: rong" in (topic / "small" / "questions.yaml").read_text(encoding="utf-8")


def test_an_editor_that_is_not_there_is_named_with_the_place(
    llmquiz: Run, topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "no-such-editor")
    done = llmquiz("edit", "free", "--content", topic)
    assert done.code == 1
    assert "set EDITOR" in done.err
    assert "questions.yaml:" in done.err


def test_review_lists_flags_overrules_and_undecided_answers_with_their_line(llmquiz: Run, topic: Path) -> None:
    from datetime import UTC, datetime

    from llmquiz import paths
    from llmquiz.schedule.due_dates import Rating
    from llmquiz.store.store import Store

    content = ("--content", topic)
    assert "Nothing to do" in llmquiz("review", *content).out
    llmquiz("drill", "scale", *content, stdin="The spread widens.\n.\n")
    llmquiz("flag", "scale", "too hard", *content)
    with Store.open(paths.database(), now=datetime(2026, 11, 23, 10, tzinfo=UTC)) as store:
        answer = store.last_answer()
        assert answer
        store.overrule(answer.id, "small/scale.variance", "met", Rating.good, at=datetime(2026, 11, 23, 10, tzinfo=UTC))
    rows = json.loads(llmquiz("review", "--json", *content).out)
    path = topic / "small" / "questions.yaml"
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "- id: scale" in text)
    assert [(row["id"], row["path"], row["line"]) for row in rows] == [("small/scale", str(path), line)]
    assert rows[0]["flags"][0]["note"] == "too hard"
    (item,) = rows[0]["answers"][0]["items"]
    assert (item["item"], item["state"], item["why"]) == ("small/scale.variance", "met", "overruled")
    shown = llmquiz("review", *content, "--lang", "zh").out
    assert "学习者认为“答到”" in shown


def test_review_turns_an_answer_into_an_example_and_keeps_comments(llmquiz: Run, topic: Path) -> None:
    pytest.importorskip("ruamel.yaml")
    content = ("--content", topic)
    path = topic / "small" / "questions.yaml"
    path.write_text("# a comment of the author\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    llmquiz("drill", "scale", *content, stdin="The spread: it widens.\n.\n")
    assert llmquiz("review", "--accept", "1", "--as", "partial", *content).code == 1
    done = llmquiz("review", "--accept", "1", "--as", "partial", "--meets", "variance", *content)
    assert done.code == 0, done.err
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# a comment of the author\n")
    assert '"The spread: it widens."' in text
    assert json.loads(llmquiz("show", "scale", "--json", *content).out)[0]["partial"][0]["meets"] == ["variance"]
    assert llmquiz("review", "--accept", "99", *content).code == 1


def test_import_writes_a_topic_that_check_understands(llmquiz: Run, topic: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "My Sheet.md"
    sheet.write_text(SHEET, encoding="utf-8")
    done = llmquiz("import", sheet, "--content", topic)
    assert done.code == 0, done.err
    assert {path.name for path in (topic / "my-sheet").iterdir()} == {
        "deck.yaml",
        "why-scale-the-scores.yaml",
        "what-is-a-causal-mask.yaml",
        "tables.yaml",
        "claims.yaml",
        "leftover.yaml",
    }
    faults = json.loads(llmquiz("check", topic / "my-sheet", "--json").out)
    assert {fault["message"] for fault in faults if fault["level"] == "error"} <= {
        "still to be written",
        "a claim needs a source, or a demo that measures it",
    }
    assert sum(fault["field"].startswith("leftover") for fault in faults) == 3
    assert llmquiz("import", sheet, "--content", topic).code == 1


def test_preview_shows_the_card_in_both_languages_and_the_faults(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("preview", topic / "small", "--once")
    assert "Why divide by the square root of d?" in done.out
    assert "为什么要除以根号 d？" in done.out
    path = topic / "small" / "questions.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("verdict: wrong", "verdict: rong"), encoding="utf-8")
    broken = llmquiz("preview", topic / "small", "--once")
    assert broken.code == 1
    assert "claims.0.verdict: " in broken.out


def alone(topic: Path) -> Path:
    """The open question of the small topic in a file of its own, in a section."""
    small = topic / "small" / "questions.yaml"
    head, _, rest = small.read_text(encoding="utf-8").partition("  - id: scale\n")
    body, _, others = rest.partition("  - id: pick\n")
    small.write_text(f"{head}  - id: pick\n{others}", encoding="utf-8")
    path = topic / "small" / "section" / "scale.yaml"
    path.parent.mkdir()
    path.write_text("# of the author\nid: scale\n" + re.sub("(?m)^ {4}", "", body), encoding="utf-8")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="the editor is a script")
def test_edit_opens_a_part_of_a_question_in_a_file_of_its_own(
    llmquiz: Run, topic: Path, editor: Callable[[str, str], Path]
) -> None:
    path = alone(topic)
    called = editor("saturate the softmax.", "drive the softmax flat.")
    done = llmquiz("edit", "scale.softmax", "--content", topic)
    assert done.code == 0, done.out
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "- id: softmax" in text)
    assert called.read_text() == f"+{line} {path}"
    assert "+ small/scale points.softmax.text.en: Large scores drive the softmax flat.\n" in done.out
    editor("type: open", "type: opne")
    done = llmquiz("edit", "scale", "--content", topic)
    assert (done.code, "content/small/section/scale.yaml:1: " in done.out) == (1, True)


@pytest.mark.skipif(sys.platform == "win32", reason="the editor is a script")
def test_edit_opens_a_prediction_in_the_file_of_its_demo(
    llmquiz: Run, topic: Path, editor: Callable[[str, str], Path]
) -> None:
    path = topic / "demos" / "kv-cache.yaml"
    path.parent.mkdir()
    shipped = Path(__file__).parents[2] / "content" / "demos" / "kv-cache.yaml"
    path.write_text(
        re.sub(" +(see|sources): .*\n", "", shipped.read_text(encoding="utf-8").replace(": decoder-only", ": small")),
        encoding="utf-8",
    )
    called = editor("measures: positions_without_cache", "measures: positions_with_cache")
    done = llmquiz("edit", "predict-positions-uncached", "--content", topic)
    assert done.code == 0, done.out
    line = int(called.read_text().split()[0].removeprefix("+"))
    assert "- type: prediction" in path.read_text(encoding="utf-8").splitlines()[line - 1]
    assert "+ small/predict-positions-uncached measures: positions_with_cache\n" in done.out


@pytest.mark.reader
@pytest.mark.skipif(sys.platform == "win32", reason="the editor is a script")
def test_edit_of_an_installed_topic_copies_it_with_what_belongs_to_it_and_overwrites_nothing(
    llmquiz: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: Callable[[str, str], Path]
) -> None:
    from llmquiz import paths

    installed = tmp_path / "_content"
    shutil.copytree(paths.shipped_content(), installed)
    monkeypatch.setattr(paths, "shipped_content", lambda: installed)
    own = home / "data" / "content"
    (own / "sources").mkdir(parents=True)
    (own / "sources" / "decoder-only.yaml").write_text("sources: []\n", encoding="utf-8")
    before = json.loads(llmquiz("list", "--json").out)
    called = editor("What are the drawbacks of a decoder-only model", "What is wrong with a decoder-only model")
    assert llmquiz("edit", "drawbacks").code == 0
    assert called.read_text().split()[1] == str(own / "decoder-only" / "the-answer" / "drawbacks.yaml")
    assert (own / "sources" / "decoder-only.yaml").read_text(encoding="utf-8") == "sources: []\n"
    assert json.loads(llmquiz("list", "--json").out) == before
    assert "What is wrong with a decoder-only model" in llmquiz("show", "drawbacks", "--lang", "en").out
    assert llmquiz("edit", "predict-cache-bytes").code == 0
    assert called.read_text().split()[1] == str(own / "demos" / "kv-cache.yaml")


def test_review_writes_an_example_into_a_question_in_a_file_of_its_own(llmquiz: Run, topic: Path) -> None:
    pytest.importorskip("ruamel.yaml")
    path, content = alone(topic), ("--content", topic)
    text = path.read_text(encoding="utf-8")
    llmquiz("drill", "scale", *content, stdin="The spread: it widens.\n.\n")
    assert llmquiz("review", "--accept", "1", "--as", "reject", *content).code == 0
    assert path.read_text(encoding="utf-8").splitlines()[0] == "# of the author"
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(text.splitlines()) + 3
    assert json.loads(llmquiz("show", "scale", "--json", *content).out)[0]["reject"]["en"] == ["The spread: it widens."]


@pytest.mark.parametrize("where", ["small/section/scale.yaml", "small/section", "small", ""])
def test_check_and_preview_take_a_file_a_section_a_topic_or_all(llmquiz: Run, topic: Path, where: str) -> None:
    path = alone(topic)
    assert "Why divide by the square root of d?" in llmquiz("preview", topic / where, "--once").out
    path.write_text(path.read_text(encoding="utf-8").replace("level: core", "level: corn", 1), encoding="utf-8")
    done = llmquiz("check", topic / where)
    assert done.code == 1
    assert "content/small/section/scale.yaml:4: level: " in done.out
    assert llmquiz("preview", topic / where, "--once").code == 1


@pytest.mark.parametrize("where", ["new", "new/section", "new/section/x.yaml", ""])
def test_check_tells_a_folder_of_content_that_it_has_no_deck(llmquiz: Run, topic: Path, where: str) -> None:
    path = topic / "new" / "section" / "x.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("type: claim\n", encoding="utf-8")
    rows = json.loads(llmquiz("check", topic / where, "--json").out)
    (fault,) = [row for row in rows if "deck.yaml" in row["message"]]
    assert (fault["level"], fault["line"]) == ("warning", 1)
    assert "begin it: llmquiz new topic " in fault["message"]
    assert llmquiz("check", topic / where, "--strict").code == 1
    assert "这里没有 deck.yaml" in llmquiz("check", topic / where, "--lang", "zh").out


def test_schema_prints_one_kind_or_all_and_writes_a_file_a_kind(llmquiz: Run, tmp_path: Path) -> None:
    from llmquiz.schema.json_schema import MODELS, text

    assert llmquiz("schema").out == text()
    assert llmquiz("schema", "deck").out == text("deck")
    unknown = llmquiz("schema", "essay")
    assert (unknown.code, "kinds: question, items, deck" in unknown.err) == (1, True)
    llmquiz("schema", "--output", tmp_path / "all")
    assert {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "all").iterdir()} == {
        kind: text(kind) for kind in MODELS
    }
    llmquiz("schema", "deck", "--output", tmp_path / "one")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["deck.json"]
    llmquiz("schema", "--output", tmp_path / "schema.json")
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == text()


def test_preview_of_one_id_keeps_to_it_and_to_the_width(llmquiz: Run, topic: Path) -> None:
    out = llmquiz("preview", "free", "--once", "--width", "40", "--content", topic).out
    assert "The KV cache is free." in out
    assert "square root" not in out
    assert max(len(line) for line in out.splitlines() if "small/questions.yaml" not in line) <= 40
