"""Files become entries: one a file or in lists, at any depth, with what topics share; old layouts load as ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmquiz.collection.audit.audit import audit
from llmquiz.collection.cache import open_collection
from llmquiz.collection.load import load
from llmquiz.collection.loaded import LoadResult
from llmquiz.schema.topics import Interview

Write = Callable[[str, str], Path]

DECK = "title: {en: T}\nsummary: {en: S}\nlangs: [en]\n"
OPEN = """id: why
type: open
prompt: {en: Why?}
answers:
  one-line: {text: {en: Because.}, seconds: 15}
  one-minute: {text: {en: Because of it.}, seconds: 60}
points:
  - id: cause
    text: {en: The cause is known.}
"""
CLAIM = "type: claim\nid: %s\ntext: {en: It is free.}\nverdict: wrong\nright: {en: It is not.}\nwhy: {en: It is.}\n"
PERSON = """name: {en: Ann}
manner: {en: Calm.}
cares: {en: Reasons.}
irritated: {en: Noise.}
opening: {en: Hello.}
closing: {en: Bye.}
weights: {coverage: 3}
"""
PART = """interviews:
  - id: ann
    interviewer: ann
%s    sections: [{id: a, title: {en: A}, minutes: 5, ask: [why]}]
"""
DEMO = """title: {en: D, zh: 丁}
shows: {en: It, zh: 它}
seconds: 1
claims: [{id: c, says: llmquiz, expected: true, text: {en: It does., zh: 是的。}}]
predictions:
  - type: prediction
    id: guess
    topic: %s
    prompt: {en: How many?}
    measures: count
    factor: 1.1
    why: {en: So many.}
"""


@pytest.fixture
def root(write: Write) -> Path:
    """A root with an empty topic."""
    return write("t/deck.yaml", DECK).parent.parent


def told(result: LoadResult) -> list[tuple[str, int, str, str]]:
    """Where each fault is, and what it says in English."""
    return [(fault.path, fault.line, fault.field, fault.message) for fault in result.faults]


def test_a_file_may_be_one_entry(root: Path, write: Write) -> None:
    path = write("t/basics/why.yaml", f"# a comment\n{OPEN}")
    result = load([root])
    loaded = result.entries["t/why"]
    assert (loaded.path, loaded.loc, loaded.shown) == (path, (), "content/t/basics/why.yaml")
    assert result.place(loaded, ("points", 0, "text", "en")) == (loaded.shown, 10, "points.0.text.en")
    assert told(result) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("prompt:", "promt:", 1, "prompt"),
        ("prompt:", "promt:", 3, "promt"),
        ("type: open", "type: opne", 1, ""),
        ("type: open\n", "", 1, ""),
        ("id: cause", "id: The Cause", 8, "points.0.id"),
    ],
)
def test_a_fault_in_a_file_of_one_entry_has_its_line(
    root: Path, write: Write, old: str, new: str, line: int, field: str
) -> None:
    write("t/why.yaml", OPEN.replace(old, new))
    assert ("content/t/why.yaml", line, field) in [fault[:3] for fault in told(load([root]))]


def test_a_small_kind_may_have_a_file_of_its_own_too(root: Path, write: Write) -> None:
    write("t/free.yaml", CLAIM % "free")
    assert load([root]).entries["t/free"].entry.type == "claim"


def test_one_id_in_two_sections_is_a_fault_where_it_stands_again(root: Path, write: Write) -> None:
    write("t/a/why.yaml", OPEN)
    write("t/b/why.yaml", OPEN)
    assert told(load([root])) == [("content/t/b/why.yaml", 1, "id", "the id 'why' is used twice; rename one of them")]


def test_the_deck_names_its_sections_in_the_order_to_read_them(write: Write) -> None:
    root = write("t/deck.yaml", f"{DECK}sections: [b, a, gone]\n").parent.parent
    for section in ("a", "b", "c"):
        write(f"t/{section}/x.yaml", CLAIM % section)
    result = load([root])
    assert list(result.entries) == ["t/b", "t/a", "t/c"]
    assert told(result) == [
        ("content/t/deck.yaml", 4, "sections.2", "there is no folder 'gone' here; mend or remove it")
    ]


def test_what_the_deck_does_not_order_is_learned_in_the_order_of_its_sections(write: Write, tmp_path: Path) -> None:
    root = write("t/deck.yaml", f"{DECK}sections: [b, a]\norder: [last]\n").parent.parent
    for name in ("a/first", "b/second", "b/third", "a/last"):
        write(f"t/{name}.yaml", CLAIM % name.split("/")[1])
    collection = open_collection([root], tmp_path / "cache")
    assert [item.id for item in collection.items()] == ["t/last", "t/second", "t/third", "t/first"]
    collection.close()


def test_an_interview_is_the_topics_part_and_the_person(root: Path, write: Write) -> None:
    write("interviewers/ann.yaml", PERSON)
    write("t/why.yaml", OPEN)
    write("t/interview.yaml", PART % "    opening: {en: Let us talk of why.}\n")
    result = load([root])
    assert told(result) == []
    entry = result.entries["t/ann"].entry
    assert isinstance(entry, Interview)
    assert (entry.name.en, entry.opening.en, entry.weights.coverage) == ("Ann", "Let us talk of why.", 3)
    assert [section.id for section in entry.sections] == ["a"]
    assert "interviewer" not in result.entries["t/ann"].raw


def test_a_person_without_words_of_greeting_needs_them_in_each_topic(root: Path, write: Write) -> None:
    write("interviewers/ann.yaml", PERSON.replace("opening: {en: Hello.}\n", ""))
    write("t/interview.yaml", PART % "")
    assert told(load([root])) == [
        ("content/t/interview.yaml", 2, "interviews.0.opening", "this key is missing; add it")
    ]


def test_an_interviewer_that_is_not_there_is_told_with_those_that_are(root: Path, write: Write) -> None:
    write("interviewers/ben.yaml", PERSON)
    write("t/interview.yaml", PART % "")
    assert told(load([root])) == [
        ("content/t/interview.yaml", 3, "interviews.0.interviewer", "no interviewer 'ann'; those there are: ben")
    ]


def test_a_faulty_interviewer_is_told_once(root: Path, write: Write) -> None:
    write("interviewers/ann.yaml", PERSON.replace("manner", "maner"))
    write("t/interview.yaml", PART % "")
    assert {fault[0] for fault in told(load([root]))} == {"content/interviewers/ann.yaml"}


def test_what_is_missing_in_a_persons_words_is_told_where_they_stand(write: Write) -> None:
    root = write("t/deck.yaml", DECK.replace("[en]", "[en, zh]")).parent.parent
    write("interviewers/ann.yaml", PERSON)
    write("t/interview.yaml", PART % "")
    result = load([root])
    places = {(fault.path, fault.line, fault.field) for fault in audit(result) if "no zh text" in fault.message}
    assert ("content/interviewers/ann.yaml", 2, "manner.zh") in places
    assert ("content/t/interview.yaml", 4, "interviews.0.sections.0.title.zh") in places


def test_a_user_may_replace_a_shipped_interviewer(root: Path, write: Write, tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    (shipped / "interviewers").mkdir(parents=True)
    (shipped / "interviewers" / "ann.yaml").write_text(PERSON.replace("Ann", "Shipped"), encoding="utf-8")
    write("t/interview.yaml", PART % "")
    assert load([root, shipped]).entries["t/ann"].raw["name"] == {"en": "Shipped"}
    write("interviewers/ann.yaml", PERSON)
    assert load([root, shipped]).entries["t/ann"].raw["name"] == {"en": "Ann"}


def test_a_demo_gives_its_predictions_to_a_topic(root: Path, write: Write) -> None:
    path = write("demos/kv-cache.yaml", DEMO % "t")
    result = load([root])
    loaded = result.entries["t/guess"]
    assert (loaded.topic, loaded.path, loaded.loc) == ("t", path, ("predictions", 0))
    assert loaded.entry.demo == "kv-cache"
    assert "topic" not in loaded.raw
    assert told(result) == []


def test_a_prediction_for_no_topic_is_a_fault(root: Path, write: Write) -> None:
    write("demos/kv-cache.yaml", DEMO % "u")
    assert told(load([root])) == [
        ("content/demos/kv-cache.yaml", 8, "predictions.0.topic", "there is no topic 'u'; mend it")
    ]


def test_the_users_topic_takes_the_place_of_a_shipped_one_of_the_same_name(
    root: Path, write: Write, tmp_path: Path
) -> None:
    write("t/mine.yaml", CLAIM % "mine")
    shipped: dict[str, Any] = {"t/deck.yaml": DECK, "t/a.yaml": CLAIM % "theirs", "u/deck.yaml": DECK}
    for name, text in {**shipped, "u/b.yaml": CLAIM % "other", "demos/d.yaml": DEMO % "t"}.items():
        path = tmp_path / "shipped" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    result = load([root, tmp_path / "shipped"])
    assert list(result.entries) == ["t/mine", "u/other"]
    assert result.topics["t"][0] == root / "t"
    assert told(result) == []
    collection = open_collection([root, tmp_path / "shipped"], tmp_path / "cache")
    assert collection.get("mine").path == str(root / "t" / "mine.yaml")
    assert [topic.folder for topic in collection.topics()] == [str(root / "t"), str(tmp_path / "shipped" / "u")]
    collection.close()


SOURCE = "sources:\n  - {id: x-2020-y, title: %s, authors: A, year: 2020}\n"


@pytest.mark.parametrize("name", ["sources.yaml", "sources/t.yaml", "t/sources.yaml", "t/sources/a.yaml"])
def test_sources_may_stand_beside_the_topics_or_in_one(root: Path, write: Write, name: str) -> None:
    write(name, SOURCE % "T")
    for start in (root, root / "t") if name.startswith("t/") else (root,):
        result = load([start])
        assert ([*result.sources], told(result)) == (["x-2020-y"], [])


def test_a_source_id_stands_for_one_source_in_all_files_of_a_root(root: Path, write: Write, tmp_path: Path) -> None:
    write("sources/a.yaml", SOURCE % "T")
    write("sources/b.yaml", SOURCE % "T")
    assert told(load([root])) == []
    write("sources/b.yaml", SOURCE % "Another")
    assert told(load([root])) == [
        ("content/sources/b.yaml", 2, "sources.0.id", "the id 'x-2020-y' is used twice; rename one of them")
    ]
    other = tmp_path / "other"
    other.mkdir()
    (other / "sources.yaml").write_text(SOURCE % "Theirs", encoding="utf-8")
    write("sources/b.yaml", "sources: []\n")
    result = load([root, other])
    assert (told(result), result.sources["x-2020-y"].title) == ([], "T")


def test_a_flat_topic_of_an_older_layout_loads(root: Path, write: Write) -> None:
    body = "".join(f"    {line}\n" for line in OPEN.splitlines()[1:])
    person = "".join(f"    {line}\n" for line in PERSON.splitlines())
    guess = (DEMO % "t").partition("predictions:\n")[2].replace("    topic: t\n", "    demo: kv-cache\n")
    write("t/questions.yaml", f"format: llmquiz/1\nquestions:\n  - id: why\n{body}{guess}")
    write("t/interviews.yaml", (PART % person).replace("    interviewer: ann\n", ""))
    write("sources.yaml", SOURCE % "T")
    result = load([root])
    assert told(result) == []
    kinds = {name: loaded.entry.type for name, loaded in result.entries.items()}
    assert kinds == {"t/ann": "interview", "t/why": "open", "t/guess": "prediction"}


def test_an_interview_of_an_older_layout_that_lacks_its_person_is_a_fault(root: Path, write: Write) -> None:
    write("t/interviews.yaml", (PART % "").replace("    interviewer: ann\n", ""))
    fields = [fault[2] for fault in told(load([root]))]
    assert fields == [f"interviews.0.{key}" for key in ("cares", "closing", "irritated", "manner", "name", "opening")]


def test_content_without_a_deck_is_told_with_what_to_do(root: Path, write: Write) -> None:
    write("new/why.yaml", OPEN)
    result = load([root])
    assert [(fault.level, fault.path, fault.message) for fault in result.faults] == [
        (
            "warning",
            "content/new/deck.yaml",
            "no deck.yaml here, so nothing in new is read; begin it: llmquiz new topic new",
        )
    ]
    assert result.faults[0].zh.startswith("这里没有 deck.yaml")


def test_a_topic_inside_a_topic_is_told_with_what_to_do(root: Path, write: Write) -> None:
    write("t/inner/deck.yaml", DECK)
    write("t/inner/why.yaml", OPEN)
    result = load([root])
    assert dict(result.entries) == {}
    assert [(fault.level, fault.path) for fault in result.faults] == [("warning", "content/t/inner/deck.yaml")]
    assert result.faults[0].message.startswith("a topic inside a topic is not read; move inner up")


def test_two_files_are_never_called_the_same(root: Path, write: Write, tmp_path: Path) -> None:
    write("t/why.yaml", OPEN)
    again = tmp_path / "again" / "content"
    (again / "u").mkdir(parents=True)
    (again / "u" / "deck.yaml").write_text(DECK, encoding="utf-8")
    (again / "glossary.yaml").write_text("terms: []\n", encoding="utf-8")
    write("glossary.yaml", "terms: []\n")
    shown = load([root, again]).shown
    assert shown[root / "glossary.yaml"] == "content/glossary.yaml"
    assert shown[again / "glossary.yaml"] == str(again / "glossary.yaml")
