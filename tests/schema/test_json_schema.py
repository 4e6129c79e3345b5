"""The schemas that editors read: current, explained, and named by the first line of every shipped file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmquiz import paths
from llmquiz.errors import LlmquizError
from llmquiz.schema.json_schema import MODELS, text, write

CONTENT = paths.shipped_content()
FILES = [path.relative_to(CONTENT) for path in sorted(CONTENT.rglob("*.yaml"))]
SHARED = {"demos": "demo", "interviewers": "interviewer", "sources": "sources"}


def kind_of(file: Path, data: dict[str, Any]) -> str:
    """What a shipped file is, by its place and by what is in it."""
    if file.parts[0] in SHARED:
        return SHARED[file.parts[0]]
    if file.name in {"deck.yaml", "glossary.yaml", "interview.yaml"}:
        return file.stem
    return "question" if "type" in data else "items"


@pytest.mark.parametrize("kind", MODELS)
def test_the_schemas_that_editors_read_are_current(kind: str) -> None:
    """As data: whether a bound is written 1 or 1.0 is the choice of a version of pydantic."""
    shipped = json.loads((CONTENT / "schema" / f"{kind}.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(text(kind))


def test_there_is_a_schema_for_each_kind_of_file_and_no_other(tmp_path: Path) -> None:
    write(tmp_path / "schema")
    assert {path.name for path in (tmp_path / "schema").iterdir()} == {f"{kind}.json" for kind in MODELS}
    assert {path.name for path in (CONTENT / "schema").iterdir()} == {f"{kind}.json" for kind in MODELS}


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_shipped_file_names_the_schema_of_its_kind_and_fits_it(file: Path) -> None:
    lines = (CONTENT / file).read_text(encoding="utf-8")
    line = re.match(r"# yaml-language-server: \$schema=(\S+)\n", lines)
    assert line
    schema = ((CONTENT / file).parent / line[1]).resolve()
    data = yaml.safe_load(lines)
    assert schema == (CONTENT / "schema" / f"{kind_of(file, data)}.json").resolve()
    assert schema.is_file()
    MODELS[schema.stem].model_validate(data)


def test_every_field_that_leaves_a_question_is_explained() -> None:
    definitions = json.loads(text())["$defs"]
    assert definitions["KeyPoint"]["properties"]["also"]["description"].startswith("Whole sentences that say the same")
    assert definitions["Claim"]["properties"]["level"]["description"].startswith("core: needed for a sound")
    deck = json.loads(text("deck"))["properties"]
    assert deck["order"]["description"].startswith("Ids in the order to learn them")


def test_the_whole_holds_every_kind_of_file() -> None:
    whole = json.loads(text())
    assert {part["$ref"].rpartition("/")[2] for part in whole["anyOf"]} == {
        "Deck",
        "DemoText",
        "EntryFile",
        "GlossaryFile",
        "Interviewer",
        "SourcesFile",
        "TopicFile",
    }
    assert "InterviewFile" not in whole["$defs"]  # its list may stand in any file of a topic


def test_a_kind_that_is_none_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(LlmquizError, match="No kind 'essay'; kinds: question, items, deck"):
        write(tmp_path / "schema", "essay")
    assert list(tmp_path.iterdir()) == []
