"""An entry looked up: the answer at the depth asked for, what belongs to it, and the learner's record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.show import look_up
from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.schedule.due_dates import Rating
from llmquiz.ui.when import when
from tests.entries import DATA, both
from tests.store import records

Write = Callable[[str, str], Path]
Show = Callable[..., str]
GROUPS = {"references": "reference", "technique": "technique", "interviews": "interview", "tables": "table"}


@pytest.fixture
def shown(context: AppContext, capsys: pytest.CaptureFixture[str]) -> Show:
    """What is printed of a name."""

    def call(name: str, depth: str = "one-line", json: bool = False) -> str:
        capsys.readouterr()
        look_up(context, name, depth, json)
        return capsys.readouterr().out

    return call


def reviewed(context: AppContext, item: str, *ratings: Rating) -> None:
    """The item was reviewed just now, once with each rating."""
    for rating in ratings:
        records.reviewed(context.store, {item: rating})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_id_the_kind_the_question_and_the_answer_stand_in_the_users_language(
    context: AppContext, shown: Show, lang: str
) -> None:
    context.switch_language(lang)  # type: ignore[arg-type]
    answer = context.collection.get("small/scale").entry.answers.one_line.text[context.lang]  # type: ignore[union-attr]
    lines = [line.strip() for line in shown("scale").splitlines()]
    start = lines.index(f"small/scale  {context.words('kind.open')}")
    assert lines[start + 1].startswith("Why divide" if lang == "en" else "为什么")
    assert answer in lines[start + 2 :]


def test_the_model_answer_is_that_of_the_depth(shown: Show) -> None:
    short, longer = "To keep the variance at one.", "The variance would grow with d."
    for depth, seen, unseen in (("one-line", short, longer), ("one-minute", longer, short)):
        out = shown("scale", depth)
        assert seen in out
        assert unseen not in out


@pytest.mark.parametrize("json", [True, False])
def test_a_depth_that_there_is_not_is_refused_before_anything_is_shown(
    context: AppContext, capsys: pytest.CaptureFixture[str], json: bool
) -> None:
    with pytest.raises(LlmquizError, match=r"^No depth 'abyss': one-line, one-minute or full\.$"):
        look_up(context, "scale", "abyss", json)
    assert capsys.readouterr().out == ""


def test_a_name_that_there_is_not_is_answered_with_the_nearest(shown: Show) -> None:
    with pytest.raises(UnknownId, match="Did you mean scale"):
        shown("scal")


def test_the_name_of_a_group_is_every_entry_of_its_kind(context: AppContext, shown: Show, write: Write) -> None:
    lists = {
        name: [{"id": f"{kind}-{n}", "level": "core", **DATA[kind]} for n in "ab"] for name, kind in GROUPS.items()
    }
    lists["interviews"] = [
        {**entry, "sections": [{"id": "start", "title": both("Start"), "minutes": 5, "ask": ["scale"]}]}
        for entry in lists["interviews"]
    ]
    write("small/groups.yaml", json.dumps(lists))
    for name, kind in GROUPS.items():
        ids = [row["id"] for row in json.loads(shown(name, json=True))]
        assert [entry for entry in ids if entry != "small/kinds"] == [f"small/{kind}-a", f"small/{kind}-b"]
        out = shown(name)
        assert [out.count(f"{entry}  {context.words(f'kind.{kind}')}") for entry in ids] == [1] * len(ids)
        assert context.words("show.status") not in out


def test_of_several_entries_each_has_its_sources_but_no_record(context: AppContext, shown: Show, write: Write) -> None:
    write("sources.yaml", "sources:\n  - {id: x-2020-y, title: A note, authors: A, year: 2020}\n")
    entry = {"level": "core", "sources": ["x-2020-y"], **DATA["reference"]}
    write("small/more.yaml", json.dumps({"references": [{"id": name, **entry} for name in ("first", "second")]}))
    alone, several = shown("first"), shown("references")
    assert (alone.count("A note"), several.count("A note")) == (1, 2)
    status = context.words("show.status")
    assert status in alone
    assert status not in several
    assert status in shown("tables")  # a group of one


def test_the_points_of_an_entry_and_all_that_it_refers_to_stand_below_it(shown: Show, write: Write) -> None:
    linked = {"id": "linked", "type": "choice", "level": "core", "see": ["free", "steps"], **DATA["choice"]}
    write("small/more.yaml", json.dumps({"questions": [linked]}))
    below = shown("linked")
    assert "Two vectors a layer and token." in below
    assert "small/steps" in below
    assert "Large scores saturate the softmax." in shown("scale")


def test_json_has_the_whole_entry_with_its_id_and_kind_and_no_more(shown: Show) -> None:
    (row,) = json.loads(shown("gpt3", json=True))
    assert (row["id"], row["kind"], row["value"]) == ("small/gpt3", "number", 175_000_000_000)
    assert row["why"] == {"en": "As published.", "zh": "论文所载。"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_record_has_a_line_for_each_point_that_was_asked(context: AppContext, shown: Show, lang: str) -> None:
    context.switch_language(lang)  # type: ignore[arg-type]
    words = context.words
    assert words("show.never") in shown("scale")
    reviewed(context, "small/scale.variance", Rating.good, Rating.again, Rating.again)
    reviewed(context, "small/gpt3", Rating.easy)
    memories = context.store.memories()
    lines = {}
    for item, memory in memories.items():
        due = when(memory.due, clock.now(), words)
        lines[item] = words("show.seen", reviews=memory.reviews, lapses=memory.lapses, when=due)
    assert memories["small/gpt3"].due - clock.now() > timedelta(days=1)
    scale = shown("scale")
    assert f"  variance: {lines['small/scale.variance']}" in scale.splitlines()
    assert lines["small/gpt3"] not in scale
    assert words("show.never") not in scale
    assert f"  small/gpt3: {lines['small/gpt3']}" in shown("gpt3").splitlines()
