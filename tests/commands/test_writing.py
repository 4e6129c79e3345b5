"""The commands for authors: new, edit."""

from __future__ import annotations

import json
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
def test_what_new_writes_passes_check_once_its_blanks_are_filled(
    llmquiz: Run, topic: Path, kind: str, langs: str
) -> None:
    content = ("--content", topic)
    assert llmquiz("new", "topic", "mine", "--langs", langs, *content).code == 0
    assert llmquiz("new", kind, "mine/thing", *content).code == 0
    unfilled = llmquiz("check", topic / "mine")
    assert unfilled.code == 1
    assert "still to be written" in unfilled.out
    for number, path in enumerate((topic / "mine").glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=../schema.json\n")
        text = text.replace(TODO, f"Filled in {number}").replace("[todo-source]", "[]\n    demo: kv-cache")
        path.write_text(text.replace("todo-question", "small/scale"), encoding="utf-8")
    (topic / "demos").mkdir(exist_ok=True)
    demo = Path(__file__).parents[2] / "content" / "demos" / "kv-cache.yaml"
    (topic / "demos" / "kv-cache.yaml").write_text(demo.read_text(encoding="utf-8"), encoding="utf-8")
    filled = llmquiz("check", topic / "mine")
    assert filled.code == 0, filled.out
    assert (topic / "schema.json").exists()


def test_new_never_overwrites(llmquiz: Run, topic: Path) -> None:
    content = ("--content", topic)
    llmquiz("new", "topic", "mine", *content)
    done = llmquiz("new", "topic", "mine", *content)
    assert done.code == 1
    assert "exists already" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("essay", "x"), "No kind"),
        (("question", "nowhere/x"), "no topic"),
        (("question", "small"), "topic/id"),
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
    from llmquiz.schedule.scheduling import Rating
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
    assert rows[0]["answers"][0]["items"] == [{"item": "small/scale.variance", "state": "met", "why": "overruled"}]
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
    assert (topic / "my-sheet" / "deck.yaml").exists()
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


def test_preview_of_one_id_keeps_to_it_and_to_the_width(llmquiz: Run, topic: Path) -> None:
    out = llmquiz("preview", "free", "--once", "--width", "40", "--content", topic).out
    assert "The KV cache is free." in out
    assert "square root" not in out
    assert max(len(line) for line in out.splitlines() if "small/questions.yaml" not in line) <= 40
