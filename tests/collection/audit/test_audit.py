"""What stands in an entry leads somewhere, and in each language; what nobody cites is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmquiz.collection.audit.audit import audit, walk
from llmquiz.collection.loaded import LoadResult
from llmquiz.messages.faults import wording
from llmquiz.schema.texts import Text
from tests.collection.audit.conftest import DECK, Topic, entry
from tests.entries import DATA, POINTS, SAMPLES, both

Write = Callable[[str, str], Path]

SOURCE = "{id: %s, title: T, authors: A, year: 2020}"
DEMO = """title: {en: D, zh: 丁}
shows: {en: It, zh: 它}
seconds: 1
claims: [{id: c, says: llmquiz, expected: true, text: {en: It does., zh: 是的。}}]
"""
GUESS = """predictions:
  - type: prediction
    id: guess
    topic: t
    prompt: {en: How many?}
    measures: count
    factor: 1.1
    why: {en: So many.}
"""
INTERVIEW: dict[str, Any] = DATA["interview"]
TABLE: dict[str, Any] = DATA["table"]


def told_at(result: LoadResult, code: str, **values: object) -> list[tuple[str, str]]:
    """Level and field of each fault of a code, in the words for these values in both languages."""
    words = wording(code, **values)
    return [(fault.level, fault.field) for fault in audit(result) if (fault.message, fault.zh) == words]


def test_a_walk_comes_to_every_text_under_the_names_of_the_file() -> None:
    texts = {
        ".".join(map(str, loc))
        for kind in ("open", "table")
        for loc, model in walk(SAMPLES[kind])
        if isinstance(model, Text)
    }
    assert texts == {
        "prompt",
        "answers.one-line.text",
        "answers.one-minute.text",
        "answers.full.sections.0.title",
        "answers.full.sections.0.text",
        "points.0.text",
        "points.0.why",
        "points.1.text",
        "misconceptions.0.text",
        "misconceptions.0.right",
        "note",
        "title",
        "columns.0.text",
        "columns.1.text",
        "rows.0.text",
        "rows.0.cells.sees.text",
        "rows.0.cells.sees.why",
        "rows.0.cells.makes.text",
    }


def test_sound_content_has_no_fault_and_names_lead_wherever_they_can(write: Write, topic: Topic) -> None:
    write("sources/t.yaml", f"sources: [{SOURCE % 'x-2020-y'}]\n")
    write("demos/kv-cache.yaml", DEMO)
    write("u/deck.yaml", DECK % "en" + "order: [theirs, t/kinds]\n")
    write("u/theirs.yaml", json.dumps(entry("term", id="theirs", see=["t/kinds.encoder.sees"])))
    result = topic(
        entry("claim", id="free", demo="kv-cache", see=["u/theirs", "kinds.encoder"]),
        entry("table", id="kinds", sources=["x-2020-y"]),
    )
    assert [*result.faults, *audit(result)] == []


@pytest.mark.parametrize(
    ("langs", "missing"), [(["en", "zh"], ["prompt.zh", "why.en"]), (["en"], ["why.en"]), (["zh"], ["prompt.zh"])]
)
def test_a_text_is_there_in_each_language_of_its_deck(topic: Topic, langs: list[str], missing: list[str]) -> None:
    result = topic(entry("term", prompt={"en": "Why?"}, why={"zh": "因为。"}), langs=", ".join(langs))
    noted = [place for lang in ("en", "zh") for place in told_at(result, "text.missing", lang=lang, langs=langs)]
    assert sorted(noted) == [("error", field) for field in missing]


def test_a_blank_that_is_not_filled_is_told_in_its_language(topic: Topic) -> None:
    result = topic(entry("term", prompt={"en": "TODO", "zh": "为什么？"}, why={"en": "What is TODO?", "zh": " TODO\n"}))
    assert told_at(result, "text.todo") == [("error", "prompt.en"), ("error", "why.zh")]


@pytest.mark.parametrize(
    ("en", "zh", "code", "field"),
    [
        ("The same six words are here.", "The same six words are here.", "text.untranslated", "why"),
        ("Only names: BERT, GPT-3, T5.", "Only names: BERT, GPT-3, T5.", "", ""),
        ("Each word reads all of it.", "Each word reads all of the weights again.", "text.not-chinese", "why.zh"),
        ("Names.", "Each word reads all of the weights again 一次。", "", ""),
        ("Names.", "BERT, GPT-3, T5.", "", ""),
        ("每个词都要读一遍。", "每个词都要读一遍。", "text.not-english", "why.en"),
        ("The word 词 is one token, 词元 in Chinese.", "一个词是一个 token。", "", ""),
    ],
    ids=range(7),
)
def test_a_text_in_the_wrong_language_is_a_warning(topic: Topic, en: str, zh: str, code: str, field: str) -> None:
    expected = [("warning", field, *wording(code))] if code else []
    faults = audit(topic(entry("term", why={"en": en, "zh": zh})))
    assert [(fault.level, fault.field, fault.message, fault.zh) for fault in faults] == expected


def test_what_is_cited_is_a_source_wherever_it_is_cited(write: Write, topic: Topic) -> None:
    row = TABLE["rows"][0]
    cells = {**row["cells"], "sees": {**row["cells"]["sees"], "sources": ["gone-2020-x"]}}
    points = [{**POINTS[0], "sources": ["x-2020-y", "gone-2020-x"]}]
    write("sources/t.yaml", f"sources: [{SOURCE % 'x-2020-y'}]\n")
    result = topic(
        entry("table", id="a", rows=[{**row, "cells": cells}]),
        entry("open", id="b", points=points),
        entry("term", id="c", sources=["gone-2020-x"]),
    )
    assert told_at(result, "source.unknown", name="gone-2020-x") == [
        ("error", "rows.0.cells.sees.sources.0"),
        ("error", "points.0.sources.1"),
        ("error", "sources.0"),
    ]
    assert told_at(result, "source.uncited", name="x-2020-y") == []


def test_a_source_that_nothing_cites_is_a_warning_where_it_stands(write: Write, topic: Topic) -> None:
    write("sources/t.yaml", f"sources:\n  - {SOURCE % 'x-2020-y'}\n  - {SOURCE % 'z-2020-y'}\n")
    (fault,) = audit(topic(entry("term", sources=["x-2020-y"])))
    assert (fault.path, fault.line, fault.field, fault.level) == (
        "content/sources/t.yaml",
        3,
        "sources.1.id",
        "warning",
    )
    assert (fault.message, fault.zh) == wording("source.uncited", name="z-2020-y")


@pytest.mark.parametrize(("verdict", "level"), [("wrong", "error"), ("contested", "error"), ("sound", "warning")])
def test_a_claim_has_a_source_or_a_demo(write: Write, topic: Topic, verdict: str, level: str) -> None:
    write("demos/kv-cache.yaml", DEMO)
    assert told_at(topic(entry("claim", verdict=verdict)), "claim.no-source") == [(level, "sources")]
    for proven in ({"demo": "kv-cache"}, {"sources": ["x-2020-y"]}):
        assert told_at(topic(entry("claim", verdict=verdict, **proven)), "claim.no-source") == []


def test_a_demo_that_is_not_there_is_told_where_it_is_named(topic: Topic) -> None:
    assert told_at(topic(entry("term", demo="gone")), "demo.unknown", name="gone") == [("error", "demo")]


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (entry("term", see=["x", "gone"]), ["see.1"]),
        (entry("claim", see=["gone"], points=[{**POINTS[0], "claim": "gone"}]), ["see.0", "points.0.claim"]),
        (entry("open", follow_ups=[{"when": "met", "point": "variance", "ask": "gone"}]), ["follow-ups.0.ask"]),
        (
            entry("open", misconceptions=[{"id": "a", "text": both("A."), "right": both("B."), "claim": "gone"}]),
            ["misconceptions.0.claim"],
        ),
    ],
    ids=range(4),
)
def test_an_id_leads_to_an_entry_or_to_a_part_of_one(topic: Topic, data: dict[str, object], fields: list[str]) -> None:
    result = topic(data)
    assert told_at(result, "id.unknown", name="gone") == [("error", field) for field in fields]
    # A follow-up calls a point of its own question by its short name.
    assert told_at(result, "id.unknown", name="variance") == []


def test_the_parts_of_each_entry_and_the_circles_between_them_are_looked_at(topic: Topic) -> None:
    result = topic(entry("open", follow_ups=[{"when": "always"}, {"when": "always", "ask": "x"}]))
    assert told_at(result, "follow-up.empty") == [("error", "follow-ups.0")]
    assert told_at(result, "follow-up.circle", name="x") == [("error", "follow-ups.1.ask")]


def test_an_interviewer_asks_what_is_there(write: Write, topic: Topic) -> None:
    branches = [{"when": "met", "point": "x.variance", "ask": "x"}, {"when": "met", "point": "x.gone", "ask": "gone"}]
    section = {**INTERVIEW["sections"][0], "ask": ["x", "gone"], "branches": branches}
    part = {**INTERVIEW, "id": "ann", "sections": [section]}
    write("t/interview.yaml", json.dumps({"interviews": [part]}))
    result = topic(entry("open"))
    place = "interviews.0.sections.0"
    assert told_at(result, "id.unknown", name="gone") == [
        ("error", f"{place}.ask.1"),
        ("error", f"{place}.branches.1.ask"),
    ]
    assert told_at(result, "id.unknown", name="x.gone") == [("error", f"{place}.branches.1.point")]


def test_an_id_of_another_topic_is_written_out(write: Write, topic: Topic) -> None:
    write("u/deck.yaml", DECK % "en")
    write("u/theirs.yaml", json.dumps(entry("term", id="theirs")))
    result = topic(entry("term", see=["theirs", "u/theirs", "u/x"]))
    assert told_at(result, "id.unknown", name="theirs") == [("error", "see.0")]
    assert told_at(result, "id.unknown", name="u/x") == [("error", "see.2")]


def test_an_id_may_stand_in_a_file_that_could_not_be_read(write: Write, topic: Topic) -> None:
    write("u/deck.yaml", DECK % "en")
    write("u/theirs.yaml", "claims: 3\n")
    result = topic(entry("term", see=["u/theirs", "gone"]))
    assert told_at(result, "id.unknown", name="u/theirs") == []
    assert told_at(result, "id.unknown", name="gone") == [("error", "see.1")]


def test_a_deck_orders_what_is_there(write: Write, topic: Topic) -> None:
    write("u/deck.yaml", DECK % "en" + "order:\n  - t/x\n  - x\n")
    (fault,) = audit(topic(entry("term")))
    assert (fault.path, fault.line, fault.field, fault.level) == ("content/u/deck.yaml", 6, "order.1", "error")
    assert (fault.message, fault.zh) == wording("id.unknown", name="x")


def test_a_demo_speaks_both_languages_whatever_its_topics_do(write: Write, topic: Topic) -> None:
    write("demos/kv-cache.yaml", DEMO.replace(", zh: 它", "") + GUESS + "words: {bytes: {zh: 字节}}\n")
    result = topic(langs="en")
    assert told_at(result, "text.one-language") == [("error", "shows"), ("error", "words.bytes")]
    assert [(fault.path, fault.line) for fault in audit(result)] == [
        ("content/demos/kv-cache.yaml", 2),
        ("content/demos/kv-cache.yaml", 13),
    ]


def test_the_examples_of_a_question_outside_are_not_graded_but_its_links_are_looked_at(topic: Topic) -> None:
    result = topic(entry("open", id="a", see=["gone"]), entry("open", id="b", see=["gone"]))
    faults = audit(result, result.entries["t/b"].path)
    ungraded, unlinked = wording("question.no-demo"), wording("id.unknown", name="gone")
    assert [fault.path for fault in faults if (fault.message, fault.zh) == ungraded] == ["content/t/b.yaml"]
    assert [fault.path for fault in faults if (fault.message, fault.zh) == unlinked] == [
        "content/t/a.yaml",
        "content/t/b.yaml",
    ]
    assert faults == sorted(faults)
    assert set(faults) < set(audit(result))
