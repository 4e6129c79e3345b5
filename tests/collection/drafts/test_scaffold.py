"""A draft is sound YAML of its kind in every choice of languages, and says itself what is still to be written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from llmquiz.collection.drafts import scaffold
from llmquiz.collection.yaml import parse, validate
from llmquiz.errors import LlmquizError
from llmquiz.ids import LONGEST
from llmquiz.schema.json_schema import MODELS

Draft = Callable[[str, Sequence[str]], str]

WORDS = 'a "quoted" \\ word: # no comment, {not} [a] list & *more*'
DRAFTS: dict[str, tuple[str, Draft]] = {
    "topic": ("deck", lambda words, langs: scaffold.deck(words, langs)),
    "question": ("question", lambda words, langs: scaffold.question("thing", words, langs)),
    "claim": ("items", lambda words, langs: scaffold.claim("thing", words, langs)),
    "table": ("items", lambda words, langs: scaffold.table("thing", words, langs)),
    "interview": ("interview", lambda words, langs: scaffold.interview("thing", langs)),
    "interviewer": ("interviewer", lambda words, langs: scaffold.interviewer(words, langs)),
    "sources": ("sources", lambda words, langs: scaffold.SOURCES),
}
"""Each draft with the kind of file that it is."""


def read(text: str, kind: str) -> Any:
    """The data of a draft, which is a sound file of its kind."""
    data, faults = parse(text, "draft.yaml")
    assert faults == []
    model, faults = validate(MODELS[kind], data, Path("draft.yaml"), "draft.yaml")
    assert (faults, model is None) == ([], False)
    return data


def texts(data: Any) -> list[dict[str, str]]:
    """Every text of a draft, by language."""
    if isinstance(data, dict) and data and {*data} <= {"en", "zh"}:
        return [data]
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else []
    return [text for value in inner for text in texts(value)]


def test_every_kind_that_can_be_begun_has_a_draft() -> None:
    assert set(scaffold.KINDS) <= set(DRAFTS)


@pytest.mark.parametrize("langs", [["en"], ["zh"], ["en", "zh"], ["zh", "en"]], ids="-".join)
@pytest.mark.parametrize("name", DRAFTS)
def test_a_draft_is_a_sound_file_of_its_kind_with_blanks_in_each_language(name: str, langs: list[str]) -> None:
    kind, draft = DRAFTS[name]
    text = draft(WORDS, langs)
    assert text.startswith(scaffold.schema_line(kind))
    data = read(text, kind)
    blanks = {str(words) for by_lang in texts(data) for words in by_lang.values()}
    assert blanks <= {scaffold.TODO, WORDS, "[]"}
    assert [list(by_lang) for by_lang in texts(data)] == [langs] * len(texts(data))
    assert data.get("langs", langs) == langs
    # An interview and a file of sources have no words of their own: they begin with those of somebody else.
    assert (WORDS in blanks) == (name not in {"interview", "sources"})


def test_what_is_optional_in_a_question_is_sound_once_it_is_no_comment() -> None:
    text = scaffold.question("thing", WORDS, ["en", "zh"])
    head, _, optional = text.partition("# Optional.")
    keys = re.findall("(?m)^# ([a-z-]+):", optional)
    assert keys == ["misconceptions", "hints", "accept", "reject", "partial", "sources", "demo"]
    data = read(head + "\n".join(line.removeprefix("# ") for line in optional.splitlines()[1:]), "question")
    assert [key for key in data if key in keys] == keys
    points = {point["id"] for point in data["points"]}
    assert {*data["misconceptions"][0]["contradicts"], *data["partial"][0]["meets"]} <= points


@pytest.mark.parametrize("langs", [["en"], ["zh"]], ids="-".join)
def test_the_example_of_a_partial_answer_is_in_a_language_of_the_deck(langs: list[str]) -> None:
    assert f"# partial: [{{lang: {langs[0]}," in scaffold.question("thing", WORDS, langs)


def test_the_example_of_a_source_is_sound_once_it_is_no_comment() -> None:
    lines = scaffold.SOURCES.splitlines()
    text = "\n".join("sources:" if line == "sources: []" else re.sub("^#  ", "  ", line) for line in lines)
    assert [source["id"] for source in read(text, "sources")["sources"]] == ["vaswani-2017-attention"]


@pytest.mark.parametrize("place", ["topic", "topic/section/inner"])
@pytest.mark.parametrize("name", ["question", "claim", "table", "interview"])
def test_a_file_finds_its_schema_from_where_it_lies_in_the_topic(name: str, place: str) -> None:
    draft: Any = getattr(scaffold, name)
    words = [] if name == "interview" else [WORDS]
    text = draft("thing", *words, ["en"], len(place.split("/")))
    schema = text.splitlines()[0].partition("$schema=")[2]
    assert posixpath.normpath(f"content/{place}/{schema}") == f"content/schema/{DRAFTS[name][0]}.json"


@pytest.mark.parametrize("name", ["no", "null", "2017", "2020-01-01", "1e5"])
def test_a_name_stays_a_name_where_yaml_would_read_something_else(name: str) -> None:
    assert read(scaffold.question(name, "Why?", ["en"]), "question")["id"] == name
    assert read(scaffold.claim(name, "It is.", ["en"]), "items")["claims"][0]["id"] == name
    assert read(scaffold.table(name, "Kinds", ["en"]), "items")["tables"][0]["id"] == name
    interview = read(scaffold.interview(name, ["en"]), "interview")["interviews"][0]
    assert (interview["id"], interview["interviewer"]) == (name, name)


@pytest.mark.parametrize("name", ["why-scale", "x", "gpt-3", "3d", "x" * LONGEST])
def test_a_name_that_can_be_an_id_is_taken_as_it_is(name: str) -> None:
    assert scaffold.checked_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "Why", "why scale", "why_scale", "-why", "why-", "why--scale", "为什么", "why\n", "a/b", "x" * (LONGEST + 1)],
)
def test_a_name_that_cannot_be_an_id_is_refused_in_both_languages(name: str) -> None:
    with pytest.raises(LlmquizError) as error:
        scaffold.checked_name(name)
    assert repr(name) in error.value.text("en")
    assert f"“{name}”不能作 id" in error.value.text("zh")
