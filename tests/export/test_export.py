"""From a format's name to what is written."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.export import anki, data, markdown, page
from llmquiz.export.export import FORMATS, export
from llmquiz.export.topic import ExportedTopic
from llmquiz.schedule.due_dates import Rating
from tests.store import records

DOCUMENTS: dict[str, Callable[[ExportedTopic], Iterator[str]]] = {
    "markdown": markdown.markdown,
    "json": data.as_json,
    "csv": data.as_csv,
    "html": lambda topic: iter([page.page(topic)]),
}
"""The formats that are a topic in lines."""


def answered(topic: ExportedTopic, text: str) -> None:
    """An answer that met its one point, in the review log."""
    records.reviewed(topic.context.store, {"all/open.variance": Rating.good}, answer=text)


def test_every_format_is_one_of_the_log_of_a_package_or_of_a_document() -> None:
    assert set(FORMATS) == {"log", "anki", *DOCUMENTS}


@pytest.mark.parametrize("form", DOCUMENTS)
def test_a_document_is_the_same_as_lines_and_as_a_file(
    every_kind: ExportedTopic, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "".join(line + "\n" for line in DOCUMENTS[form](every_kind))
    export(every_kind.context, form, "all", None)
    assert capsys.readouterr() == (text, "")
    path = tmp_path / "written"
    export(every_kind.context, form, None, path)
    out, err = capsys.readouterr()
    assert (path.read_text(encoding="utf-8"), out) == (text, "")
    assert err.strip() == every_kind.context.words("export.done", path=path)


def test_the_log_is_a_line_a_review_and_belongs_to_no_topic(
    every_kind: ExportedTopic, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(every_kind, "方差")
    answered(every_kind, "two\nlines")
    export(every_kind.context, "log", "nothing", None)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert [json.loads(line) for line in lines] == list(every_kind.context.past.log())
    assert "方差" in lines[0]  # as it was typed, for whoever reads it


@pytest.mark.parametrize("path", [None, "mine.apkg"])
def test_a_package_is_always_a_file(
    every_kind: ExportedTopic, path: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written: list[Path] = []

    def write(topic: ExportedTopic, output: Path) -> int:
        written.append(output)
        return len(list(anki.notes(topic)))

    monkeypatch.setattr(anki, "write", write)
    export(every_kind.context, "anki", "all", Path(path) if path else None)
    assert written == [Path(path or "all.en.apkg")]
    out, err = capsys.readouterr()
    count = len(list(anki.notes(every_kind)))
    assert (out, err.strip()) == ("", every_kind.context.words("export.anki", path=written[0], count=count))


def test_an_unknown_format_is_refused_with_those_that_there_are(every_kind: ExportedTopic, tmp_path: Path) -> None:
    with pytest.raises(LlmquizError, match="No format 'pdf'") as refused:
        export(every_kind.context, "pdf", None, tmp_path / "x")
    assert [form for form in FORMATS if form not in str(refused.value)] == []
    assert list(tmp_path.glob("x")) == []


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "log"])
def test_an_unknown_topic_leaves_the_file_that_was_there(every_kind: ExportedTopic, form: str, tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(UnknownId, match="nothing"):
        export(every_kind.context, form, "nothing", path)
    assert path.read_text(encoding="utf-8") == "before"


def test_a_place_that_cannot_be_written_is_named_with_the_reason(every_kind: ExportedTopic, tmp_path: Path) -> None:
    path = tmp_path / "no" / "x.json"
    with pytest.raises(LlmquizError) as refused:
        export(every_kind.context, "json", None, path)
    assert refused.value.text("en") == f"{path}: No such file or directory"
    assert refused.value.text("zh") == f"{path}：No such file or directory"


def test_what_the_output_cannot_show_is_an_error_and_no_question_mark(
    every_kind: ExportedTopic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answered(every_kind, "plain")
    answered(every_kind, "方差")
    output = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding="ascii", errors="replace", newline=""))
    with pytest.raises(LlmquizError, match="ascii, has no U\\+65B9; use --output"):
        export(every_kind.context, "log", None, None)
    sys.stdout.flush()
    assert [json.loads(line)["answer"] for line in output.getvalue().splitlines()] == ["plain"]
    export(every_kind.context, "log", None, tmp_path / "log")  # a file takes all of it
    assert "方差" in (tmp_path / "log").read_text(encoding="utf-8")
