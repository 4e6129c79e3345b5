"""What `doctor` finds: the rows of its table, what is to be mended, and the block for a bug report."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from llmquiz import clock, paths
from llmquiz.app import diagnosis
from llmquiz.app.context import AppContext
from llmquiz.app.diagnosis import NAMED, Diagnosis, ahead, report, unwritable
from llmquiz.grading.optional import server
from llmquiz.schedule.due_dates import Rating
from tests.grading import scripted
from tests.home import settings_say
from tests.store import records

Capture = pytest.CaptureFixture[str]
NOWHERE = "http://127.0.0.1:1/v1"


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """No judge is named by whoever runs the tests, nor serves there."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.setattr(server, "LOCAL", NOWHERE)


def answered(context: AppContext, later: timedelta, times: int = 1) -> None:
    """Answers so much after the present."""
    for _ in range(times):
        records.reviewed(context.store, {"small/gpt3": Rating.good}, later)


def test_a_sound_house_has_nothing_to_mend_and_looking_makes_no_database(context: AppContext) -> None:
    sound = Diagnosis(context)
    assert sound.faults == []
    assert context.words("doctor.no-database") in dict(sound.rows)[context.words("doctor.database")]
    assert not paths.database().exists()
    assert {"database: none", "faults: 0"} <= set(sound.report().splitlines())
    answered(context, timedelta(0))
    assert dict(Diagnosis(context).rows)["review database"] == f"{paths.database()}\n{context.words('doctor.sound')}"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_not_installed_is_told_in_the_users_language_and_reported_in_english(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    known = diagnosis.version

    def version(name: str) -> str:
        if name in ("genanki", "fsrs"):
            raise diagnosis.PackageNotFoundError(name)
        return known(name)

    monkeypatch.setattr(diagnosis, "version", version)
    context.switch_language(lang)  # type: ignore[arg-type]
    result, missing = Diagnosis(context), context.words("doctor.missing")
    rows = dict(result.rows)
    assert rows["fsrs"] == missing
    assert (
        f"genanki {missing}{context.words('list.separator')}ruamel.yaml "
        in rows[context.words("doctor.extra", name="authoring")]
    )
    assert {"fsrs missing", "genanki missing"} <= set(" · ".join(result.facts).split(" · "))


def test_models_and_servers_are_shown_to_the_user_and_only_counted_in_the_report(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{NOWHERE}/of.the.environment")
    assert dict(Diagnosis(context).rows)["judge server"] == f"{NOWHERE}/of.the.environment\ndoes not answer now"
    settings_say(f"encoder: my-encoder\njudge: {{base_url: '{NOWHERE}/of.the.settings'}}\n")
    result = Diagnosis(context)
    rows = dict(result.rows)
    assert rows["encoder"] == "my-encoder"
    assert rows["judge server"] == f"{NOWHERE}/of.the.settings\ndoes not answer now"
    assert rows["settings"] == str(paths.settings_file())
    assert rows["demo models"] == context.words("doctor.shipped", count=len(diagnosis.shipped.cards()))
    assert "encoder named, judge named" in result.report()
    assert "settings: encoder, judge" in result.report()
    assert "my-encoder" not in result.report()
    assert "of.the" not in result.report()


def test_a_model_server_that_answers_is_seen_and_the_setting_for_it_is_told(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dict(Diagnosis(context).rows)["judge server"] == "not set"
    listed = (200, {"data": [{"id": name} for name in "abcd"]})
    replies: Iterator[Any] = iter([listed, 401, (200, {"models": []})])
    with scripted.serving(lambda body: next(replies)) as seen:
        monkeypatch.setattr(server, "LOCAL", seen.url)
        rows = dict(Diagnosis(context).rows)["judge server"].splitlines()
        assert rows[0] == f"not set, but {seen.url} answers: a, b, c…"
        assert rows[2] == f"judge: {{base_url: '{seen.url}', model: 'a', second_reader: true}}"
        settings_say(f"{rows[2]}\n")
        for _ in range(2):  # without a key, and with something else than a list
            assert dict(Diagnosis(context).rows)["judge server"] == f"{seen.url}\nanswers."
    assert len(seen.bodies) == 3
    assert not any("authorization" in header for header in seen.headers)


def test_without_torch_the_demos_are_to_be_mended(context: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "torch_found", lambda: False)
    result = Diagnosis(context)
    assert result.faults == [context.words("doctor.no-torch")]
    assert "device: no torch" in result.report()


def test_errors_in_content_and_in_settings_are_to_be_mended(
    context: AppContext, write: Callable[[str, str], Path]
) -> None:
    write("small/broken.yaml", "questions: [\n")
    settings_say("rate: fast\n")
    in_settings, in_content = Diagnosis(context).faults
    assert in_settings.startswith(f"{paths.settings_file()}:1: rate: ")
    assert in_content == context.words("doctor.faults", count=1)


def test_a_home_that_cannot_be_written_is_one_fault_with_all_its_folders(
    topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = topic / "small/deck.yaml"  # a file
    monkeypatch.setenv("LLMQUIZ_HOME", str(home))
    context = AppContext("en", topic)
    result = Diagnosis(context)
    (fault,) = result.faults
    for folder in (paths.data(), paths.cache(), paths.log_file().parent):
        assert str(folder) in fault
    assert str(home) not in result.report()
    assert "~" in result.report()
    context.collection.close()


def test_a_folder_is_writable_where_what_is_there_of_its_path_is(tmp_path: Path) -> None:
    assert unwritable(tmp_path / "not" / "yet") == ""
    assert list(tmp_path.iterdir()) == []
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert unwritable(file / "inside") == unwritable(file) == os.strerror(errno.ENOTDIR)


def test_a_damaged_database_is_to_be_mended(context: AppContext) -> None:
    paths.database().parent.mkdir(parents=True)
    garbage = b"garbage" * 1000
    paths.database().write_bytes(garbage)
    result = Diagnosis(context)
    assert len(result.faults) == 1
    assert dict(result.rows)["review database"] == str(paths.database())
    assert f"database: at fault, {len(garbage) // 1024} KiB" in result.report()
    paths.database().unlink()


def test_of_the_answers_with_a_date_to_come_the_first_are_named(context: AppContext) -> None:
    answered(context, clock.SKEW)
    assert ahead(context) == ()
    answered(context, clock.SKEW + timedelta(days=40), times=NAMED + 1)
    late = ahead(context)
    assert len(late) == NAMED + 1
    (fault,) = Diagnosis(context).faults
    assert [f"small/gpt3 (#{answer.id})" in fault for answer in late] == [True] * NAMED + [False]
    assert f"{late[0].at.astimezone():%Y-%m-%d}" in fault


def test_they_are_taken_back_on_demand_and_nothing_else_is(context: AppContext, capsys: Capture) -> None:
    answered(context, timedelta(0))
    answered(context, timedelta(days=40), times=2)
    late = ahead(context)
    assert report(context, rebuild=False, void_ahead=False, json=True)
    assert capsys.readouterr().out
    assert not report(context, rebuild=False, void_ahead=True, json=False)
    out = capsys.readouterr().out
    for answer in late:
        assert context.words("doctor.voided", number=answer.id, id=answer.question) in out
    assert context.words("doctor.fine") in out
    assert (ahead(context), context.store.memories()["small/gpt3"].reviews) == ((), 1)


def test_memories_that_the_log_does_not_explain_are_made_again_on_demand(context: AppContext) -> None:
    answered(context, timedelta(0))
    with closing(sqlite3.connect(paths.database())) as database, database:
        database.execute("delete from memory")
    assert report(context, rebuild=False, void_ahead=False, json=True)
    assert not report(context, rebuild=True, void_ahead=False, json=True)
    assert list(context.store.memories()) == ["small/gpt3"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_screen_ends_with_the_block_that_json_has_too(
    context: AppContext, capsys: Capture, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr(diagnosis, "torch_found", lambda: False)
    context.switch_language(lang)  # type: ignore[arg-type]
    assert report(context, rebuild=False, void_ahead=False, json=False)
    shown = capsys.readouterr().out
    assert report(context, rebuild=False, void_ahead=False, json=True)
    data = json.loads(capsys.readouterr().out)
    assert shown.endswith(f"```\n{data['report']}\n```\n")
    assert context.words("doctor.mend") in shown
    assert context.words("doctor.fine") not in shown
    assert data["faults"] == [context.words("doctor.no-torch")]
    assert (data["database"], data["cache"], data["log"]) == tuple(
        map(str, (paths.database(), paths.cache(), paths.log_file()))
    )
    assert data["rows"]["rich"] in shown


def test_a_user_without_a_home_folder_gets_a_report_all_the_same(
    context: AppContext, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", staticmethod(nobody))
    settings_say(f"content: {home}/gone\n")
    text = Diagnosis(context).report()
    assert str(home) not in text
    assert "~/gone" in text
