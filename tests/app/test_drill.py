"""From options to a sitting: which questions, at which level, and what is weakest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.drill import drill, nothing_to_ask, queue, resolved, weakest
from llmquiz.errors import LlmquizError, UnknownId
from llmquiz.schedule.due_dates import Memory, Rating
from llmquiz.schedule.selection import DrillOptions
from tests.store import records


def memory(item: str, *, stability: float = 5.0, lapses: int = 0, due_in_days: float = 3.0) -> Memory:
    now = clock.now()
    return Memory(f"small/{item}", now + timedelta(days=due_in_days), stability, 5.0, now, 3, lapses)


def test_names_become_full_ids_and_topics_stay(context: AppContext) -> None:
    assert resolved(context, DrillOptions(names=("scale", "small", "small/gpt3"))).names == (
        "small/scale",
        "small",
        "small/gpt3",
    )


@pytest.mark.parametrize("torch", [True, False])
def test_predictions_are_left_out_where_torch_is_missing(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, torch: bool
) -> None:
    monkeypatch.setattr("llmquiz.app.chosen.torch_found", lambda: torch)
    assert resolved(context, DrillOptions()).without == (() if torch else ("prediction",))


def test_kinds_names_and_depths_that_there_are_not_are_refused(context: AppContext) -> None:
    with pytest.raises(LlmquizError, match=r"^No kind 'essay'; kinds: open, choice, "):
        resolved(context, DrillOptions(kinds=("essay",)))
    with pytest.raises(UnknownId, match="scales"):
        resolved(context, DrillOptions(names=("scales",)))
    with pytest.raises(LlmquizError, match=r"^No depth 'deep': one-line, one-minute or full\.$"):
        drill(context, DrillOptions(), depth="deep")


def test_a_new_learner_is_asked_the_core_in_the_order_of_the_deck(context: AppContext) -> None:
    candidates, level = queue(context, DrillOptions(limit=2))
    assert ([candidate.question for candidate in candidates], level) == (["small/scale", "small/pick"], 0)
    assert candidates[0].items == ("small/scale.variance", "small/scale.softmax")


def test_what_is_weakest_is_what_was_forgotten_most_then_what_fades_soonest(context: AppContext) -> None:
    memories = [
        memory("gpt3", lapses=1),
        memory("scale.variance", stability=0.5),
        memory("scale.softmax", lapses=2),
        memory("free", stability=0.2),
        memory("pick"),  # neither forgotten nor fading
        memory("gone", lapses=9),  # no longer in the content
    ]
    rows = weakest(context, {remembered.item: remembered for remembered in memories}, most=3)
    assert [(name, text) for name, text, _ in rows] == [
        ("small/scale.softmax", "Large scores saturate the softmax."),
        ("small/gpt3", "How many parameters has GPT-3?"),
        ("small/free", "“The KV cache is free.”"),
    ]
    assert len(weakest(context, {remembered.item: remembered for remembered in memories})) == 4


@pytest.mark.parametrize(("due_in_days", "message"), [(3.0, "due.nothing"), (None, "due.done"), (0.1, "due.done")])
def test_where_nothing_is_to_be_asked_it_says_when_something_will_be(
    context: AppContext,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    due_in_days: float | None,
    message: str,
) -> None:
    memories = {} if due_in_days is None else {"small/gpt3": memory("gpt3", due_in_days=due_in_days)}
    monkeypatch.setattr(type(context.past), "memories", lambda *_: memories)
    nothing_to_ask(context, DrillOptions(), 0)
    start = context.words(message, when="|").partition("|")[0]
    assert " ".join(capsys.readouterr().out.split()).startswith(start.strip())


def test_what_there_is_only_at_a_deeper_level_is_said_so(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = context.collection.get("small/scale").entry
    assert entry.type == "open"
    item = "small/scale.kernel"  # for experts; all the rest of the question was seen
    records.reviewed(context.store, {f"small/scale.{p.id}": Rating.good for p in entry.points if p.id != "kernel"})
    options = DrillOptions(names=(item,), level=0)
    nothing_to_ask(context, options, 0)
    assert "--level expert" in capsys.readouterr().out
    nothing_to_ask(context, DrillOptions(), 0)
    assert "Next: " in capsys.readouterr().out
