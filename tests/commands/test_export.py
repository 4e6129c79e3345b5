"""Anki packages and the printable page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Done

Run = Callable[..., Done]


def test_the_page_is_one_file_in_the_users_language(llmquiz: Run, topic: Path) -> None:
    page = llmquiz("export", "--format", "html", "--lang", "zh", "--content", topic).out
    assert page.startswith('<!doctype html>\n<html lang="zh">')
    assert "为什么要除以根号 d？" in page
    assert "1750 亿" in page
    assert not re.findall(r"(?:src|href)=", page)


def test_markup_in_content_is_no_markup_of_the_page(llmquiz: Run, topic: Path) -> None:
    path = topic / "small" / "questions.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "Why divide by the square root of d?", "'<script>alert(1)</script>'"
    )
    path.write_text(text, encoding="utf-8")
    page = llmquiz("export", "--format", "html", "--content", topic).out
    assert "<script>" not in page


@pytest.mark.slow
def test_a_browser_shows_the_page(llmquiz: Run, topic: Path, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium here")
    llmquiz("export", "--format", "html", "--output", tmp_path / "page.html", "--content", topic)
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    command = [
        browser,
        *options,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        (tmp_path / "page.html").as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
    assert "The variance of the dot product grows with d." in done.stdout


def test_exporting_twice_updates_the_notes_of_the_first_import(llmquiz: Run, topic: Path, tmp_path: Path) -> None:
    pytest.importorskip("genanki", reason="needs llmquiz[authoring]")
    collection_module = pytest.importorskip("anki.collection", reason="needs the anki library")
    content = ("--content", topic)
    assert llmquiz("export", "--format", "anki", "--output", tmp_path / "one.apkg", *content).code == 0
    time.sleep(1.1)  # Anki tells newer notes from older ones by the second
    path = topic / "small" / "questions.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("It takes memory.", "It takes a lot of memory."), encoding="utf-8"
    )
    assert llmquiz("export", "--format", "anki", "--output", tmp_path / "two.apkg", *content).code == 0
    collection = collection_module.Collection(str(tmp_path / "collection.anki2"))
    try:
        counts = []
        for name in ("one.apkg", "two.apkg"):
            request = collection_module.ImportAnkiPackageRequest(package_path=str(tmp_path / name))
            collection.import_anki_package(request)
            counts.append(collection.note_count())
        assert counts == [7, 7]
        note = collection.get_note(collection.find_notes("Id:small/free")[0])
        assert "It takes a lot of memory." in note["Back"]
    finally:
        collection.close()


def test_without_genanki_the_error_says_what_to_install(
    llmquiz: Run, topic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "genanki", None)
    done = llmquiz("export", "--format", "anki", "--content", topic)
    assert done.code == 1
    assert "pip install 'llmquiz[authoring]'" in done.err


def test_the_json_of_a_topic_holds_full_ids(llmquiz: Run, topic: Path) -> None:
    rows = json.loads(llmquiz("export", "--format", "json", "--content", topic).out)
    assert {row["id"] for row in rows} >= {"small/scale", "small/free"}
