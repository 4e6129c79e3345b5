"""Topics are listed and chosen."""

from __future__ import annotations

import json

import pytest

from llmquiz.app.chosen import chosen
from llmquiz.app.context import AppContext
from llmquiz.app.topics import topics
from llmquiz.errors import LlmquizError
from llmquiz.schedule.due_dates import Rating
from tests.store import records


def test_each_topic_says_what_it_has_and_what_is_known(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    records.reviewed(context.store, {"small/gpt3": Rating.good, "small/pick": Rating.again})
    topics(context, [], None, json=True)
    (topic,) = json.loads(capsys.readouterr().out)
    assert (topic["topic"], topic["title"], topic["chosen"]) == ("small", "Small", True)
    assert topic["levels"]["core"] == {"items": 8, "known": 1, "due": 0}
    topics(context, [], None, json=False)
    assert "1 of 8 points known" in capsys.readouterr().out


def test_what_is_chosen_is_kept_and_taken_back(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    topics(context, ["small"], "deep", json=False)
    assert (chosen(context).topics, chosen(context).level) == (("small",), 1)
    assert "Asked: small" in capsys.readouterr().out
    topics(context, ["all"], "all", json=False)
    assert (chosen(context).topics, chosen(context).level) == ((), None)


@pytest.mark.parametrize(("names", "level"), [(["smal"], None), ([], "easy")])
def test_what_there_is_not_is_refused(context: AppContext, names: list[str], level: str | None) -> None:
    with pytest.raises(LlmquizError):
        topics(context, names, level, json=False)
    assert (chosen(context).topics, chosen(context).level) == ((), None)
