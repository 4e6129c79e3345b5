"""A topic as one document."""

from __future__ import annotations

from llmquiz.export.markdown import SECTIONS, markdown
from llmquiz.export.topic import ExportedTopic
from llmquiz.ui.document.from_entry import document
from tests.entries import MODELS


def test_every_kind_has_its_section() -> None:
    assert sorted(SECTIONS) == sorted(MODELS)


def test_no_entry_of_a_topic_is_left_out(every_kind: ExportedTopic) -> None:
    headings = [line for line in markdown(every_kind) if line.startswith("### ")]
    shown = {ref.kind: document(ref.entry, every_kind.context.words) for ref in every_kind.entries()}
    assert headings == [f"### {shown[kind].prompt}" for kind in SECTIONS]


def test_it_begins_with_the_topic_and_ends_with_the_sources(every_kind: ExportedTopic) -> None:
    lines = list(markdown(every_kind))
    assert lines[:5] == ["# All", "", "Every kind.", "", "## Questions and answers"]
    assert lines[-1] == "## Sources"
