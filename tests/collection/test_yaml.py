"""Bad input: each fault a line `path:line: field: what to do`, all faults in one run, sound files still usable."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llmquiz.collection.audit.audit import audit
from llmquiz.collection.faults import Fault
from llmquiz.collection.load import load
from llmquiz.collection.yaml import LARGEST, parse
from llmquiz.schema.topics import EntryFile

Write = Callable[[str, str], Path]

DECK = "title: {en: T, zh: 题}\nsummary: {en: S, zh: 述}\nlangs: [en, zh]\n"
GOOD = """questions:
  - id: sound
    type: open
    prompt: {en: Why?, zh: 为什么？}
    answers:
      one-line: {text: {en: Because., zh: 因为。}, seconds: 15}
      one-minute: {text: {en: Because of it., zh: 因为它。}, seconds: 60}
    points:
      - {id: one, text: {en: The cause is known., zh: 原因已知。}}
"""


def faults(root: Path) -> list[Fault]:
    """All faults, warnings left out."""
    loaded = load([root])
    return [fault for fault in sorted([*loaded.faults, *audit(loaded)]) if fault.level == "error"]


@pytest.mark.parametrize(
    ("text", "line", "field", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a", "stands here twice"),
        ("questions:\n  - {id: x, id: y}\n", 2, "id", "stands here twice"),
        ("a: &x [1]\nb: *x\n", 1, "", "anchors and aliases"),
        ("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 1, "", "anchors and aliases"),
        ("questions: !!python/object/apply:os.system [echo]\n", 1, "", "tags"),
        ("x: 1\nquestions: !mine [1]\n", 2, "", "tags"),
        ("claims:\n  - !!set {a}\n", 2, "", "tags"),
        ("a: \x1b[31mred\n", 1, "", "U+001B"),
        ("a: 1\nb: x\u202ey\n", 2, "", "U+202E"),
    ],
    ids=range(9),
)
def test_yaml_that_is_refused(text: str, line: int, field: str, message: str) -> None:
    data, noted = parse(text, "f.yaml")
    assert data is None
    assert [(f.path, f.line) for f in noted] == [("f.yaml", line)]
    assert field in noted[0].field
    assert message in noted[0].message
    assert noted[0].zh


@pytest.mark.parametrize(
    "text", ["questions:\n  - id: [\n", "a: b\n---\nc: d\n", "[" * 5000, "\tquestions: 1\n"], ids=range(4)
)
def test_what_is_no_yaml_is_refused_with_a_line_of_the_file(text: str) -> None:
    """Which line is the parser's choice, and differs between its versions: what is left open it may miss at the end."""
    data, noted = parse(text, "f.yaml")
    assert data is None
    assert [fault.path for fault in noted] == ["f.yaml"]
    assert 1 <= noted[0].line <= len(text.splitlines()) + 1
    assert noted[0].message.startswith("not valid YAML: ")
    assert "YAML 写法有误" in noted[0].zh


@pytest.mark.parametrize(
    "text", ["a: x & y\n", "a: '*bold* and & and !'\n", "a: 2*3, **b** !\n", "a: |\n  *x* &y !z\n"]
)
def test_ordinary_text_with_these_characters_is_read(text: str) -> None:
    assert parse(text, "f.yaml") == (yaml.safe_load(text), [])


def test_a_hostile_tag_runs_nothing(write: Write, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    write("t/deck.yaml", DECK)
    write("t/a.yaml", f"questions: !!python/object/apply:os.mkdir ['{mark}']\n")
    assert [fault.path for fault in faults(tmp_path / "content")] == ["content/t/a.yaml"]
    assert not mark.exists()


def test_a_file_that_is_too_large_is_refused_unread(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading it would take minutes; how long the refusal takes is told by `python -m tests.bench`."""
    write("t/deck.yaml", DECK)
    path = write("t/a.yaml", "")
    with path.open("wb") as file:
        file.truncate(2 * LARGEST)
    opened: list[str] = []
    really = io.open

    def watched(file: Path, *how: Any, **more: Any) -> Any:
        opened.append(file.name)
        return really(file, *how, **more)

    monkeypatch.setattr(io, "open", watched)  # what every method of Path that reads a file calls
    noted = faults(path.parent.parent)
    assert [fault.line for fault in noted] == [1]
    assert "split it" in noted[0].message
    assert opened == ["deck.yaml"]


def test_what_is_not_utf8_is_named_with_its_line(write: Write) -> None:
    write("t/deck.yaml", DECK)
    path = write("t/a.yaml", "")
    path.write_bytes(b"questions: []\n# \xff\xfe\n")
    assert [(f.line, "UTF-8" in f.message) for f in faults(path.parent.parent)] == [(2, True)]


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message"),
    [
        ("type: open", "type: opne", 2, "questions.0", "use one of: open, choice, code, order, prediction"),
        ("    type: open\n", "", 2, "questions.0", "type"),
        ("    prompt:", "    level: hard\n    prompt:", 4, "questions.0.level", "should be one of: core, deep, expert"),
        ("prompt:", "promt:", 2, "questions.0.prompt", "missing"),
        ("prompt:", "promt:", 4, "questions.0.promt", "unknown key"),
        ("en: Why?", "en: no", 4, "questions.0.prompt.en", "put quotes around it"),
        ("seconds: 15", "seconds: fast", 6, "questions.0.answers.one-line.seconds", "whole number"),
        ("id: sound", "id: Sound One", 2, "questions.0.id", "small letters"),
        ("zh: 为什么？", "zh: ''", 4, "questions.0.prompt.zh", "empty"),
        ("    points:\n", "    points: 3\n    x:\n", 8, "questions.0.points", "list"),
    ],
)
def test_a_fault_is_placed_and_says_what_to_do(
    write: Write, old: str, new: str, line: int, field: str, message: str
) -> None:
    assert old in GOOD
    write("t/deck.yaml", DECK)
    root = write("t/a.yaml", GOOD.replace(old, new)).parent.parent
    noted = [f for f in faults(root) if f.field == field]
    assert [(f.path, f.line) for f in noted] == [("content/t/a.yaml", line)], faults(root)
    assert message in noted[0].message


def test_every_kind_that_a_file_of_one_entry_can_hold_is_named(write: Write) -> None:
    write("t/deck.yaml", DECK)
    root = write("t/a.yaml", "id: a\ntype: opne\n").parent.parent
    unknown = next(fault for fault in faults(root) if "unknown `type`" in fault.message)
    assert set(unknown.message.rpartition(": ")[2].split(", ")) == set(
        EntryFile.model_json_schema()["discriminator"]["mapping"]
    )
    assert "、choice、" in unknown.zh


def test_all_faults_are_told_at_once_and_sound_files_stay_usable(write: Write) -> None:
    write("t/deck.yaml", DECK)
    write("t/a.yaml", GOOD)
    write("t/b.yaml", "questions: 3\nclaimz: []\n")
    root = write("t/c.yaml", "a: [\n").parent.parent
    loaded = load([root])
    assert list(loaded.entries) == ["t/sound"]
    assert sorted((f.path, f.line) for f in loaded.faults if f.path != "content/t/c.yaml") == [
        ("content/t/b.yaml", 1),
        ("content/t/b.yaml", 2),
    ]
    assert [f.path for f in loaded.faults].count("content/t/c.yaml") == 1


def test_an_id_used_twice_is_a_fault_where_it_stands_again(write: Write) -> None:
    write("t/deck.yaml", DECK)
    write("t/a.yaml", GOOD)
    root = write("t/b.yaml", GOOD).parent.parent
    assert [(f.path, f.line, f.field) for f in faults(root)] == [("content/t/b.yaml", 2, "questions.0.id")]


def test_two_topics_never_share_an_id(write: Write) -> None:
    for topic in ("one", "two"):
        write(f"{topic}/deck.yaml", DECK)
        root = write(f"{topic}/a.yaml", GOOD).parent.parent
    assert list(load([root]).entries) == ["one/sound", "two/sound"]


def test_a_topic_for_a_newer_llmquiz_is_refused(write: Write) -> None:
    root = write("t/deck.yaml", DECK + "needs: '99.1'\n").parent.parent
    assert [(f.line, "99.1" in f.message) for f in faults(root)] == [(4, True)]


yaml_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["questions", "claims", "tables", "numbers", "terms", "interviews", "technique", "id", "type"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, yaml_values, max_size=4))
def test_any_data_loads_or_is_a_fault(tmp_path: Path, data: dict[str, object]) -> None:
    topic = tmp_path / "content" / "t"
    topic.mkdir(parents=True, exist_ok=True)
    (topic / "deck.yaml").write_text(DECK, encoding="utf-8")
    (topic / "a.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    for fault in faults(tmp_path / "content"):
        assert fault.line >= 1
        assert fault.message


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    data, noted = parse(text, "f.yaml")
    assert data is None or not noted


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 12), st.text(alphabet=" :-[]{}'\"\n&*!#abc", max_size=6))
def test_a_broken_copy_of_a_sound_file_never_crashes(tmp_path: Path, at: int, length: int, instead: str) -> None:
    topic = tmp_path / "content" / "t"
    topic.mkdir(parents=True, exist_ok=True)
    (topic / "deck.yaml").write_text(DECK, encoding="utf-8")
    (topic / "a.yaml").write_text(GOOD[:at] + instead + GOOD[at + length :], encoding="utf-8")
    faults(tmp_path / "content")
