"""A topic as the exports go through it."""

from __future__ import annotations

import pytest

from llmquiz.errors import UnknownId
from llmquiz.export.topic import ExportedTopic, topic
from tests.entries import DATA


def test_entries_come_in_the_order_to_learn_them_then_in_that_of_the_files(every_kind: ExportedTopic) -> None:
    learned = [ref.kind for ref in every_kind.to_learn()]
    others = [ref.kind for ref in every_kind.entries() if ref.kind not in ("order", "choice")]
    assert learned == ["order", "choice", *others]
    assert set(learned) == set(DATA)


def test_without_a_name_it_is_the_users_own(every_kind: ExportedTopic) -> None:
    assert topic(every_kind.context, None).name == "all"


def test_a_topic_that_there_is_not_is_an_error(every_kind: ExportedTopic) -> None:
    with pytest.raises(UnknownId, match="nothing"):
        topic(every_kind.context, "nothing")
