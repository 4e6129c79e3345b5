"""What an audit notes down stands at the line of its field; what it can rely on is what could be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from llmquiz.collection.audit.findings import Findings
from llmquiz.collection.faults import Fault
from llmquiz.collection.load import load
from llmquiz.messages.faults import wording
from tests.collection.audit.conftest import DECK, Topic, entry

Write = Callable[[str, str], Path]

CLAIMS = """claims:
  - id: free
    text: {en: It is free., zh: 它没有代价。}
    verdict: wrong
    right: {en: It is not., zh: 有代价。}
    why: {en: It is kept., zh: 要存。}
    sources: [x-2020-y]
"""


def test_a_fault_stands_at_the_line_of_its_field_in_both_languages(write: Write, topic: Topic) -> None:
    write("t/section/claims.yaml", CLAIMS)
    findings = Findings(topic())
    loaded = findings.result.entries["t/free"]
    findings.error(loaded, ("sources", 0), "source.unknown", name="x-2020-y")
    findings.warning(loaded, iter(["text", "zh"]), "text.not-chinese")
    shown = "content/t/section/claims.yaml"
    assert findings.faults == [
        Fault(shown, 7, "claims.0.sources.0", "error", *wording("source.unknown", name="x-2020-y")),
        Fault(shown, 3, "claims.0.text.zh", "warning", *wording("text.not-chinese")),
    ]


def test_entries_and_what_is_inside_them_are_known_by_their_ids(topic: Topic) -> None:
    ids = Findings(topic(entry("open", id="why"), entry("table", id="kinds"), entry("claim", id="free"))).ids
    assert ids == {
        "t/why",
        "t/why.variance",
        "t/why.fold",
        "t/kinds",
        "t/kinds.encoder",
        "t/kinds.encoder.sees",
        "t/kinds.encoder.makes",
        "t/free",
    }


@pytest.mark.parametrize(
    ("name", "text", "broken"),
    [
        ("t/a.yaml", "claims: 3\n", {"t"}),
        ("t/section/a.yaml", "a: [\n", {"t"}),
        ("t/a.yaml", "leftover: [words]\n", set()),
        ("glossary.yaml", "terms: 3\n", set()),
        ("not-t/a.yaml", "claims: 3\n", {"not-t"}),
        # The folder of all topics is called content, and stands in every name.
        ("content/deck.yaml", DECK % "en", set()),
        ("u/deck.yaml", "titel: {en: U}\n", {"u"}),
    ],
)
def test_a_topic_with_a_file_that_could_not_be_read_is_broken(
    write: Write, topic: Topic, name: str, text: str, broken: set[str]
) -> None:
    write("not-t/deck.yaml", DECK % "en")
    write("not-t/b.yaml", "leftover: [words]\n")
    write(name, text)
    result = topic()
    assert result.faults
    assert Findings(result).broken == broken


def test_a_folder_that_is_one_topic_may_be_broken_too(write: Write) -> None:
    write("t/deck.yaml", DECK % "en")
    path = write("t/a.yaml", "claims: 3\n")
    assert Findings(load([path.parent])).broken == {"t"}
