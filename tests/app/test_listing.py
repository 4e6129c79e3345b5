"""Every addressable id with what the learner knows of it."""

from __future__ import annotations

import json

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.listing import Filter, listing
from llmquiz.errors import LlmquizError
from llmquiz.language import Lang
from llmquiz.schedule.due_dates import Rating
from tests.store import records

ENTRIES = ["scale", "pick", "steps", "free", "gpt3", "order-of-words", "kinds"]


def reviewed(context: AppContext, item: str, rating: Rating, days_ago: int = 0, times: int = 1) -> None:
    """The item was reviewed, so many days before the present."""
    for _ in range(times):
        records.reviewed(context.store, {f"small/{item}": rating}, -days_ago * records.DAY)


@pytest.fixture
def listed(context: AppContext, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """The rows of `list --json` by short id."""

    def rows(**wanted: str) -> dict[str, dict[str, object]]:
        capsys.readouterr()
        listing(context, Filter(**wanted), json=True)  # type: ignore[arg-type]
        return {row["id"].removeprefix("small/"): row for row in json.loads(capsys.readouterr().out)}

    return rows


def test_every_entry_is_followed_by_what_is_inside_it(listed) -> None:  # type: ignore[no-untyped-def]
    inside = ["scale.variance", "scale.softmax", "scale.kernel"]
    assert sorted(listed()) == sorted([*ENTRIES, *inside, "kinds.encoder.sees"])
    kinds = {name: row["kind"] for name, row in listed().items()}
    assert (kinds["scale"], kinds["scale.kernel"], kinds["kinds.encoder.sees"]) == ("open", "point", "cell")


def test_a_part_has_a_level_of_its_own_or_that_of_its_entry(listed) -> None:  # type: ignore[no-untyped-def]
    rows = listed()
    assert (rows["scale.kernel"]["level"], rows["scale.variance"]["level"]) == ("expert", "core")
    assert (rows["free"]["verdict"], rows["free"]["demo"], rows["scale"]["verdict"]) == ("wrong", "kv-cache", None)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"kind": "point"}, ["scale.kernel", "scale.softmax", "scale.variance"]),
        ({"search": "SOFTMAX scores"}, ["scale.softmax"]),  # every word, in the text or the id
        ({"search": "scale"}, ["scale", "scale.kernel", "scale.softmax", "scale.variance"]),
        ({"search": "nothing of it"}, []),
        ({"topic": "elsewhere"}, []),
    ],
)
def test_rows_are_chosen_by_kind_words_and_topic(listed, wanted: dict[str, str], names: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert sorted(listed(**wanted)) == names


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("words", "point"),
    [
        ("投机采样", "latency-remedies"),
        ("speculative sampling", "latency-remedies"),
        ("SPECULATIVE-DECODING", "latency-remedies"),
        ("kvcache", "kv-growth"),
        ("键值缓存", "kv-growth"),
        ("ＫＶ ｃａｃｈｅ", "kv-growth"),
    ],
)
def test_a_term_is_found_by_its_synonyms_in_either_language(
    words: str, point: str, lang: Lang, capsys: pytest.CaptureFixture[str]
) -> None:
    listing(AppContext(lang, None), Filter(words), json=True)
    names = {row["id"] for row in json.loads(capsys.readouterr().out)}
    assert f"decoder-only/drawbacks.{point}" in names
    assert len(names) < 200


def test_an_item_is_new_due_weak_or_learned_and_an_entry_the_worst_of_its_items(context: AppContext, listed) -> None:  # type: ignore[no-untyped-def]
    reviewed(context, "scale.variance", Rating.good, days_ago=30)
    reviewed(context, "scale.softmax", Rating.good)
    reviewed(context, "gpt3", Rating.good)
    reviewed(context, "free", Rating.again, times=2)  # forgotten once it had been seen
    assert sorted(listed(status="due")) == ["scale", "scale.variance"]
    assert sorted(listed(status="learned")) == ["gpt3", "scale.softmax"]
    assert sorted(listed(status="weak")) == ["free"]
    assert {"scale.kernel", "pick", "kinds"} <= set(listed(status="new"))


def test_a_status_that_there_is_not_is_refused(context: AppContext) -> None:
    with pytest.raises(LlmquizError, match=r"^No status 'old': new, due, learned, weak\.$"):
        listing(context, Filter(status="old"), json=True)


def test_the_table_shows_entries_and_cells_and_says_where_there_are_none(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    listing(context, Filter(), json=False)
    shown = capsys.readouterr().out
    assert all(f"small/{name}" in shown for name in [*ENTRIES, "kinds.encoder.sees"])
    assert "scale.variance" not in shown
    listing(context, Filter(search="nothing of it"), json=False)
    assert capsys.readouterr().out.strip() == context.words("list.none")
