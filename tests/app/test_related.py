"""What belongs to a question beside its answer: its table or claim, its sources, its demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from rich.console import Console

from llmquiz.app.context import AppContext
from llmquiz.app.related import belongings, demo_of, sources
from llmquiz.collection.collection import QuestionRef
from llmquiz.ids import Id
from llmquiz.schema.texts import Text


def shown(context: AppContext, question: QuestionRef, **options: bool) -> str:
    """What is printed after an answer."""
    console = Console(width=80, highlight=False)
    with console.capture() as capture:
        for part in belongings(context, question, **options):
            console.print(part)
    return capture.get()


def question(context: AppContext, name: str, **changed: object) -> QuestionRef:
    """A question of the small topic with this of its entry changed."""
    ref = context.collection.get(f"small/{name}")
    return replace(ref, entry=ref.entry.model_copy(update=changed))


def test_a_cell_shows_its_table_and_has_the_demo_of_it(context: AppContext) -> None:
    cell = context.collection.get("small/kinds.encoder.sees")
    assert "both sides" in shown(context, cell)
    assert demo_of(cell) is None
    assert demo_of(context.collection.get("small/gpt3")) == "kv-cache"


def test_of_what_belongs_the_first_is_shown_and_all_on_demand(context: AppContext) -> None:
    linked = question(context, "scale", see=["free", "pick"])
    first, everything = shown(context, linked), shown(context, linked, everything=True)
    assert "small/free" in first
    assert "small/pick" not in first
    assert "small/free" in everything
    assert "small/pick" in everything


def test_a_claim_that_belongs_is_short_and_in_full_on_demand(context: AppContext) -> None:
    linked = question(context, "scale", see=["free"])
    assert "The KV cache is free." in shown(context, linked)
    assert "Two vectors a layer and token." not in shown(context, linked)
    assert "Two vectors a layer and token." in shown(context, linked, everything=True)


def test_a_link_that_leads_nowhere_stops_no_drill(context: AppContext) -> None:
    assert shown(context, question(context, "scale", see=["gone"])) == ""


def test_sources_are_those_of_the_entry_and_of_its_points_once_each(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(context.collection), "source", lambda _, name: None if name == "gone" else name)
    scale = context.collection.get("small/scale")
    points = [point.model_copy(update={"sources": ["b", "a", "gone"]}) for point in scale.entry.points]  # type: ignore[union-attr]
    assert sources(context, question(context, "scale", sources=["a"], points=points)) == ["a", "b"]


def test_a_cell_cites_its_own_sources_or_those_of_its_table(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(context.collection), "source", lambda _, name: name)
    ref = context.collection.get("small/kinds.encoder.sees")
    table = ref.entry.table.model_copy(update={"sources": ["table"]})  # type: ignore[union-attr]
    own = ref.entry.cell.model_copy(update={"sources": ["own"]})  # type: ignore[union-attr]
    assert sources(context, question(context, "kinds.encoder.sees", table=table)) == ["table"]
    assert sources(context, question(context, "kinds.encoder.sees", table=table, cell=own)) == ["own"]


def test_the_last_measurement_of_its_demo_is_shown(context: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = [SimpleNamespace(id=name, text=Text(en=f"Claim {name}.", zh="论断")) for name in "abcd"]
    words = SimpleNamespace(title=Text(en="The cache", zh="缓存"), claims=claims)
    monkeypatch.setattr(type(context.collection), "demo", lambda _, name: words if name == "kv-cache" else None)
    gpt3 = context.collection.get("small/gpt3")
    assert "The cache" in shown(context, gpt3)
    assert "Claim a." not in shown(context, gpt3)
    measured = [
        {"id": "a", "holds": True, "expected": True, "measured": "1.5"},
        {"id": "b", "holds": False, "expected": True, "measured": "2.5"},
        {"id": "c", "holds": None, "expected": True, "measured": "3.5"},
        {"id": "d", "holds": True, "expected": True, "measured": "4.5"},
    ]
    context.store.save_measurement("kv-cache", datetime(2026, 11, 20, 12, tzinfo=UTC), measured)
    lines = [line.strip() for line in shown(context, gpt3).splitlines()]
    assert [line for line in lines if "Claim" in line] == ["✓ Claim a. 1.5", "✗ Claim b. 2.5", "– Claim c. 3.5"]
    assert context.words("show.last-measured", date="2026-11-20", fine=2, count=3, unknown=1) in " ".join(lines)


def test_an_entry_without_anything_beside_it_shows_nothing(context: AppContext) -> None:
    pick = context.collection.get("small/pick")
    assert pick.id == Id("small/pick")
    assert shown(context, pick, everything=True) == ""


def test_the_verdict_on_a_claim_that_is_still_to_be_asked_is_not_shown(context: AppContext) -> None:
    asked = question(context, "scale", see=["free"])
    verdict = context.words("verdict.wrong")
    assert verdict in shown(context, asked)
    assert verdict not in shown(context, asked, hidden={"small/free"})
    assert "free" in shown(context, asked, hidden={"small/free"})
