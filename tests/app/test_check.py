"""What `check` looks at, what it is told of, and how it says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz import paths
from llmquiz.app.check import check, show
from llmquiz.app.context import AppContext
from llmquiz.collection.faults import Fault
from llmquiz.demos.lab.demo import claim_ids
from llmquiz.errors import ContentError
from llmquiz.messages.faults import wording
from llmquiz.schedule.due_dates import Rating
from tests.entries import both
from tests.store import records

Write = Callable[[str, str], Path]
SOURCE = "sources:\n  - {id: x-2020-y, title: T, authors: A, year: 2020}\n"


def messages(faults: list[Fault]) -> list[str]:
    """What is wrong, in English."""
    return [fault.message for fault in faults]


def reviewed(context: AppContext, *items: str) -> None:
    """Each of the items was reviewed once."""
    for item in items:
        records.reviewed(context.store, {item: Rating.good})


def test_without_a_path_the_users_own_content_and_the_shipped_is_checked(
    context: AppContext, topic: Path, write: Write
) -> None:
    write("shipped/sources.yaml", "sources: 3\n")
    write("small/more.yaml", "questions: 3\n")
    everything, entries = check(context, None, topic)
    assert {"content/small/more.yaml", "sources.yaml"} <= {fault.path for fault in everything}
    assert entries == len(context.collection.kinds())
    assert everything == sorted(set(everything))
    below, _ = check(context, topic / "small", None)
    assert below == [fault for fault in everything if fault.path.startswith("content/small/")]


@pytest.mark.parametrize(("name", "holds_entries"), [("questions.yaml", True), ("deck.yaml", False)])
def test_of_a_path_its_own_entries_are_counted(
    context: AppContext, topic: Path, name: str, holds_entries: bool
) -> None:
    _, entries = check(context, topic / "small" / name, None)
    assert entries == (len(context.collection.kinds()) if holds_entries else 0)


def test_of_what_stands_beside_a_file_only_a_missing_deck_concerns_it(
    context: AppContext, topic: Path, write: Write
) -> None:
    lonely = write("new/x.yaml", "type: claim\n")
    missing = wording("topic.no-deck", name="new")[0]
    assert missing in messages(check(context, lonely, None)[0])
    assert missing not in messages(check(context, topic / "small", None)[0])
    write("small/deck.yaml", "title: 3\n")
    assert check(context, topic / "small/deck.yaml", None)[0]
    assert check(context, write("small/more.yaml", "questions: []\n"), None)[0] == []


def test_a_path_that_is_not_there_is_refused(context: AppContext, tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"gone: there is no such file or folder"):
        check(context, tmp_path / "gone", None)


def test_what_is_checked_may_cite_what_is_shipped(context: AppContext, topic: Path, write: Write) -> None:
    file = topic / "small/questions.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("    demo: kv-cache\n", "    sources: [x-2020-y]\n"), encoding="utf-8")
    unknown = wording("source.unknown", name="x-2020-y")[0]
    assert unknown in messages(check(context, file, None)[0])
    write("shipped/sources.yaml", SOURCE)
    assert unknown not in messages(check(context, file, None)[0])


def test_the_shipped_content_is_checked_once_where_it_is_what_is_checked(context: AppContext, write: Write) -> None:
    faults, _ = check(context, write("shipped/sources.yaml", SOURCE), None)
    assert messages(faults) == [wording("source.uncited", name="x-2020-y")[0]]


def test_a_path_may_be_a_relative_one(context: AppContext, topic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(topic)
    assert check(context, Path("small/questions.yaml"), None) == check(context, topic / "small/questions.yaml", None)


def test_a_history_without_its_item_is_told_at_the_deck_of_its_topic(context: AppContext, topic: Path) -> None:
    here = ["scale.variance", "kinds.encoder.sees", "gpt3"]
    reviewed(context, *(f"small/{name}" for name in [*here, "gpt", "scale.soft", "gone", "scale.away"]), "else/x")
    file = topic / "small/questions.yaml"
    text = file.read_text(encoding="utf-8").replace("  - id: gpt3\n", "  - id: gpt3\n    aka: [gpt]\n")
    file.write_text(text.replace("- id: softmax\n", "- id: softmax\n        aka: [scale.soft]\n"), encoding="utf-8")
    faults, _ = check(context, topic, None)
    lost = [fault for fault in faults if fault.path == "content/small/deck.yaml"]
    assert messages(lost) == [wording("id.history-lost", name=f"small/{name}")[0] for name in ("gone", "scale.away")]
    assert {(fault.line, fault.field, fault.level) for fault in lost} == {(1, "", "warning")}
    assert not any("else/x" in message for message in messages(faults))


def test_a_check_leaves_no_database_behind_and_a_damaged_one_alone(context: AppContext, topic: Path) -> None:
    sound = check(context, topic, None)
    assert not paths.database().exists()
    paths.database().parent.mkdir(parents=True)
    paths.database().write_bytes(b"garbage" * 1000)
    assert check(context, topic, None) == sound
    assert paths.database().read_bytes() == b"garbage" * 1000
    paths.database().unlink()


def demo_words(*claims: str) -> str:
    """The words of a demo with these claims, a line each below the first."""
    listed = [json.dumps({"id": name, "text": both(name), "says": "llmquiz", "expected": True}) for name in claims]
    head = json.dumps({"title": both("a"), "shows": both("b"), "seconds": 1})
    return "\n".join([f'{head[:-1]}, "claims": [', ",\n".join(listed), "]}"])


def test_the_words_of_a_demo_are_held_against_the_claims_that_it_tests(context: AppContext, write: Write) -> None:
    dropped, *others = claim_ids("kv-cache")
    faults, _ = check(context, write("demos/kv-cache.yaml", demo_words("other", *others)), None)
    untested = wording("demo.claim-untested", claim_id="other")
    unworded = wording("demo.claim-unworded", claim_id=dropped)
    assert faults == [
        Fault("content/demos/kv-cache.yaml", 1, "claims", "error", *unworded),
        Fault("content/demos/kv-cache.yaml", 2, "claims.0.id", "error", *untested),
    ]


def test_of_a_demo_that_there_is_not_no_claim_is_tested(context: AppContext, write: Write) -> None:
    faults, _ = check(context, write("demos/no-such-demo.yaml", demo_words("a", "b")), None)
    assert messages(faults) == [wording("demo.claim-untested", claim_id=name)[0] for name in "ab"]


FAULTS = [
    Fault("x.yaml", 3, "questions.0", "error", "wrong " * 40 + "here", "这里不对" * 40),
    Fault("y.yaml", 1, "", "warning", "odd", "有点怪"),
]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_fault_is_a_line_with_its_place_and_then_they_are_counted(
    context: AppContext, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    context.switch_language(lang)  # type: ignore[arg-type]
    show(context, FAULTS, 7)
    out, err = capsys.readouterr()
    first, second = (fault.text(lang) for fault in FAULTS)
    assert out.splitlines() == [
        f"x.yaml:3: questions.0: {first}",
        f"y.yaml:1: {context.words('check.warning')}: {second}",
    ]
    assert err.splitlines() == [context.words("check.count", errors=1, warnings=1)]


def test_where_nothing_is_to_be_mended_the_entries_are_counted(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    show(context, [], 7)
    assert capsys.readouterr() == (context.words("check.sound", entries=7) + "\n", "")
