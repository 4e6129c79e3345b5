"""The other commands, as a user types them."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from llmquiz import paths
from llmquiz.cli import COMMANDS, PANELS
from tests.commands.conftest import Done
from tests.home import settings_say

Run = Callable[..., Done]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(llmquiz: Run, name: str) -> None:
    done = llmquiz(name, "--help")
    assert done.code == 0
    assert f"llmquiz {name}" in done.out
    assert re.search(r"Example: .*llmquiz ", done.out)


def test_the_overview_lists_every_command_in_its_panel(llmquiz: Run) -> None:
    out = llmquiz("--help").out
    for panel, names in PANELS.items():
        assert panel in out
        for name in names:
            assert f" {name} " in out
            assert COMMANDS[name] in " ".join(out.split())


def test_the_version_is_that_of_the_package(llmquiz: Run) -> None:
    from importlib.metadata import version

    assert llmquiz("--version").out == f"llmquiz {version('llmquiz')}\n"


def test_a_misspelt_command_is_a_usage_error_with_the_nearest_name(llmquiz: Run) -> None:
    done = llmquiz("dril")
    assert (done.code, done.err) == (2, "llmquiz: no command 'dril'; did you mean drill?\n")


@pytest.mark.parametrize(
    "arguments", [("drill", "--limit", "0"), ("drill", "--level", "master"), ("plan", "--level", "all"), ("show",)]
)
def test_wrong_options_are_usage_errors(llmquiz: Run, arguments: tuple[str, ...]) -> None:
    done = llmquiz(*arguments)
    assert done.code == 2
    assert "llmquiz" in done.err
    assert "Traceback" not in done.err


def test_the_language_is_option_then_environment_then_settings_then_locale(
    llmquiz: Run, topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llmquiz.app.settings import read_settings

    def spoken(*arguments: str) -> str:
        read_settings.cache_clear()
        return "zh" if "核心题" in llmquiz(*arguments, "--content", topic).out else "en"

    assert spoken() == "en"  # LC_ALL=C.UTF-8
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert spoken() == "zh"
    settings_say("lang: en\n")
    assert spoken() == "en"
    monkeypatch.setenv("LLMQUIZ_LANG", "zh")
    assert spoken() == "zh"
    assert spoken("--lang", "en") == "en"
    assert spoken("due", "--lang", "en") == "en"


def test_an_unknown_language_says_which_there_are(llmquiz: Run) -> None:
    done = llmquiz("due", "--lang", "fr")
    assert done.code == 1
    assert "use en or zh" in done.err


def test_without_a_terminal_llmquiz_alone_prints_what_is_due(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("--content", topic)
    assert done.code == 0
    assert "questions are waiting" in done.out


def test_list_shows_every_addressable_id(llmquiz: Run, topic: Path) -> None:
    rows = json.loads(llmquiz("list", "--json", "--content", topic).out)
    assert set(rows[0]) == {"id", "topic", "kind", "level", "langs", "sources", "demo", "verdict"}
    kinds = {row["id"]: row["kind"] for row in rows}
    assert kinds["small/scale"] == "open"
    assert kinds["small/scale.variance"] == "point"
    assert kinds["small/kinds.encoder.sees"] == "cell"
    assert {row["id"]: row["verdict"] for row in rows}["small/free"] == "wrong"


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--search", "cache free"), ["small/free"]),
        (("--kind", "term"), ["small/order-of-words"]),
        (("--status", "due"), []),
        (("--search", "没有代价", "--lang", "zh"), ["small/free"]),
    ],
)
def test_list_filters(llmquiz: Run, topic: Path, options: tuple[str, ...], ids: list[str]) -> None:
    rows = json.loads(llmquiz("list", "--json", *options, "--content", topic).out)
    assert [row["id"] for row in rows] == ids


def test_list_tells_what_is_weak(llmquiz: Run, topic: Path) -> None:
    llmquiz("drill", "gpt3", "--content", topic, stdin="3\n")
    rows = json.loads(llmquiz("list", "--status", "weak", "--json", "--content", topic).out)
    assert [row["id"] for row in rows] == ["small/gpt3"]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("scale", ["Why divide", "The variance would grow with d.", "not asked yet"]),
        ("small/scale.variance", ["Why divide"]),
        ("free", ["wrong", "It takes memory."]),
        ("gpt3", ["175 billion parameters"]),
        ("kinds", ["both sides"]),
        ("kinds.encoder.sees", ["Kinds: encoder — sees?", "both sides"]),
        ("order-of-words", ["autoregressive generation"]),
        ("steps", ["1. First", "3. Third"]),
    ],
)
def test_show_answers_any_id(llmquiz: Run, topic: Path, name: str, texts: list[str]) -> None:
    out = llmquiz("show", name, "--content", topic).out
    assert [text for text in texts if text not in out] == []


def test_show_says_what_is_near_an_unknown_id(llmquiz: Run, topic: Path) -> None:
    done = llmquiz("show", "scal", "--content", topic)
    assert done.code == 1
    assert "Did you mean scale" in done.err


def test_plan_counts_the_days_and_refuses_the_past(llmquiz: Run, topic: Path) -> None:
    plan = json.loads(llmquiz("plan", "--date", "2026-11-27", "--json", "--content", topic).out)
    assert (plan["days"], plan["unseen"], plan["new_per_day"], plan["expected_recall"]) == (4, 8, 3, 0.0)
    for date in ("2026-11-23", "yesterday"):
        done = llmquiz("plan", "--date", date, "--content", topic)
        assert done.code == 1
        assert "Traceback" not in done.err


def test_stats_tell_what_was_answered(llmquiz: Run, topic: Path) -> None:
    assert "Nothing has been answered yet" in llmquiz("stats", "--content", topic).out
    llmquiz("drill", "gpt3", "--content", topic, stdin="175B\n")
    llmquiz("drill", "gpt3", "--content", topic, stdin="3\n", now="2026-11-25T09:00:00Z")
    stats = json.loads(llmquiz("stats", "--json", "--content", topic, now="2026-11-25T10:00:00Z").out)
    assert (stats["answers"], stats["reviews"], stats["days"]) == (2, 2, 2)
    assert stats["retention"] == {"reviews": 1, "recalled": 0, "rate": 0.0}
    assert stats["calendar"] == {"2026-11-23": 1, "2026-11-25": 1}
    assert [row["id"] for row in stats["weak"]] == ["small/gpt3"]
    assert "Retention" in llmquiz("stats", "--content", topic, now="2026-11-25T10:00:00Z").out


def test_flags_are_kept_listed_and_removed(llmquiz: Run, topic: Path) -> None:
    content = ("--content", topic)
    assert "Flagged small/scale" in llmquiz("flag", "scale", "too hard", *content).out
    assert json.loads(llmquiz("flag", "--json", *content).out)[0]["note"] == "too hard"
    llmquiz("flag", "scale", "--remove", *content)
    assert json.loads(llmquiz("flag", "--json", *content).out) == []
    assert llmquiz("flag", "scale", *content).code == 1


@pytest.mark.parametrize("form", ["markdown", "json", "csv"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_export_holds_every_entry(llmquiz: Run, topic: Path, form: str, lang: str) -> None:
    out = llmquiz("export", "--format", form, "--lang", lang, "--content", topic).out
    assert ("The KV cache is free." if lang == "en" else "KV 缓存没有代价。") in out
    assert out.count("small/") == 7 if form == "csv" else True


def test_export_writes_a_file_and_says_so(llmquiz: Run, topic: Path, tmp_path: Path) -> None:
    done = llmquiz("export", "--format", "json", "--output", tmp_path / "x.json", "--content", topic)
    assert "x.json" in done.err
    assert (tmp_path / "x.json").stat().st_size > 1000
    assert llmquiz("export", "--output", tmp_path / "no" / "x", "--content", topic).code == 1


def test_a_backup_is_a_database_of_its_own(llmquiz: Run, topic: Path, tmp_path: Path) -> None:
    llmquiz("drill", "gpt3", "--content", topic, stdin="175B\n")
    assert llmquiz("backup", tmp_path / "copy.db").code == 0
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("select count(*) from answer").fetchone() == (1,)


def test_check_prints_lines_that_editors_understand(llmquiz: Run, topic: Path) -> None:
    path = topic / "small" / "questions.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("level: core", "level: corn", 1), encoding="utf-8")
    done = llmquiz("check", topic)
    assert done.code == 1
    assert done.out.splitlines()[0].startswith("content/small/questions.yaml:5: questions.0.level: ")
    rows = json.loads(llmquiz("check", topic, "--json").out)
    assert set(rows[0]) == {"path", "line", "field", "level", "message"}
    assert "只能是" in llmquiz("check", topic, "--lang", "zh").out


def test_check_fails_on_warnings_only_when_strict(llmquiz: Run, topic: Path) -> None:
    path = topic / "small" / "questions.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    demo: kv-cache\n", "    sources: [x-2020-y]\n"), encoding="utf-8"
    )
    (topic / "sources.yaml").write_text(
        "sources:\n  - {id: x-2020-y, title: T, authors: A, year: 2020}\n", encoding="utf-8"
    )
    done = llmquiz("check", topic)
    assert "warning: questions.0.accept: no accept example" in done.out
    assert done.code == 0
    assert llmquiz("check", topic, "--strict").code == 1


def test_other_commands_warn_of_faults_and_go_on(llmquiz: Run, topic: Path) -> None:
    (topic / "small" / "broken.yaml").write_text("questions: [\n", encoding="utf-8")
    done = llmquiz("show", "scale", "--content", topic)
    assert done.code == 0
    assert "1 faults in content were passed over" in done.err


def test_a_damaged_database_is_refused_in_words(llmquiz: Run, topic: Path) -> None:
    paths.database().parent.mkdir(parents=True, exist_ok=True)
    paths.database().write_bytes(b"garbage" * 1000)
    for lang in ("en", "zh"):
        done = llmquiz("due", "--content", topic, "--lang", lang)
        assert done.code == 1
        assert done.err.startswith("llmquiz: ")
        assert "Traceback" not in done.err
    assert paths.database().read_bytes() == b"garbage" * 1000


def test_markup_and_escapes_in_content_are_shown_as_text(llmquiz: Run, topic: Path) -> None:
    path = topic / "small" / "questions.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            "Why divide by the square root of d?", "'[bold red]Why[/] :smile: divide'"
        ),
        encoding="utf-8",
    )
    assert "[bold red]Why[/] :smile: divide" in llmquiz("show", "scale", "--content", topic).out


def test_an_edit_keeps_the_history_and_a_renaming_does_with_aka(llmquiz: Run, topic: Path) -> None:
    content = ("--content", topic)
    llmquiz("drill", "scale", *content, stdin="The variance grows.\n.\n")
    path = topic / "small" / "questions.yaml"
    text = path.read_text(encoding="utf-8").replace("Why divide by", "Why do we divide by")
    path.write_text(
        text.replace("- id: variance\n", "- id: spread\n        aka: [scale.variance]\n").replace(
            "names: [variance]", "names: [spread]"
        ),
        encoding="utf-8",
    )
    due = json.loads(llmquiz("due", "--json", *content).out)
    assert due[0]["id"] == "small/scale"
    assert (
        "small/scale.spread: " in llmquiz("show", "scale", *content).out
        or "spread: 1 reviews" in llmquiz("show", "scale", *content).out
    )
