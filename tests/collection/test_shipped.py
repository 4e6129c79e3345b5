"""The shipped content: sound, in two languages, its code right, and every id that it ever had still there."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from llmquiz import paths
from llmquiz.collection.audit.audit import audit
from llmquiz.collection.cache import open_collection
from llmquiz.collection.collection import Collection
from llmquiz.collection.load import load
from llmquiz.collection.loaded import LoadResult
from llmquiz.grading import grade
from llmquiz.grading.score import PointState
from llmquiz.grading.text.glossary import Glossary
from llmquiz.language import LANGS, Lang
from llmquiz.schedule.due_dates import Rating
from llmquiz.schema.questions import CodeQuestion, OpenQuestion
from llmquiz.schema.texts import Level
from llmquiz.store.store import Reviewed, Store

CONTENT = paths.shipped_content()
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@cache
def content() -> LoadResult:
    """The shipped content."""
    return load([CONTENT])


@pytest.fixture
def collection() -> Iterator[Collection]:
    """The shipped content, from the compiled cache."""
    opened = open_collection([CONTENT], paths.cache())
    yield opened
    opened.close()


def recorded() -> dict[str, Any]:
    """Every id that learners may have a history with; ids.json only ever grows."""
    ids: dict[str, Any] = json.loads((Path(__file__).parent / "ids.json").read_text(encoding="utf-8"))
    return ids


def current(name: str, aliases: dict[str, str]) -> str:
    """What an id is called today: it may be the alias of another, or lie inside one that is."""
    entry, dot, part = name.partition(".")
    return aliases.get(name, f"{aliases.get(entry, entry)}{dot}{part}")


@pytest.mark.reader
def test_check_finds_nothing() -> None:
    assert [fault.as_json() for fault in [*content().faults, *audit(content())]] == []


def test_every_recorded_entry_is_there_with_its_kind(collection: Collection) -> None:
    kinds, aliases = collection.kinds(), collection.aliases()
    assert {
        name: kind for name, kind in recorded()["entries"].items() if kinds.get(current(name, aliases)) != kind
    } == {}


def test_every_recorded_part_is_there(collection: Collection) -> None:
    known, aliases = set(collection.ids()), collection.aliases()
    assert [name for name in recorded()["parts"] if current(name, aliases) not in known] == []


def test_every_recorded_item_is_there_with_its_kind_and_level(collection: Collection) -> None:
    levels, aliases = list(Level), collection.aliases()
    items = {item.id: f"{item.kind} {levels[item.level]}" for item in collection.items()}
    assert {name: what for name, what in recorded()["items"].items() if items.get(current(name, aliases)) != what} == {}


def test_every_recorded_source_and_term_is_there(collection: Collection) -> None:
    assert set(recorded()["sources"]) - {source.id for source in collection.sources()} == set()
    assert set(recorded()["glossary"]) - {term.id for term in collection.glossary()} == set()


def test_what_the_deck_orders_is_learned_in_the_recorded_order(collection: Collection) -> None:
    (topic,) = collection.topics()
    assert [name for name in topic.deck.order if name in recorded()["order"]] == recorded()["order"]
    questions = dict.fromkeys(
        item.question.split(".")[0].split("/")[1] for item in collection.items() if not item.level
    )
    core = [name for name in questions if name in recorded()["order"]]
    assert core == sorted(core, key=recorded()["order"].index)


def test_a_review_of_every_recorded_item_counts_for_an_item_of_today(collection: Collection, tmp_path: Path) -> None:
    reviews = [Reviewed(item, "met", Rating.good, 1.0) for item in recorded()["items"]]
    with Store.open(tmp_path / "log.db", now=AT) as store:
        store.record(at=AT, sitting="s", question="all", lang="en", source="drill", answer="", hash="", reviews=reviews)
        store.rename(collection.aliases())
        assert len(store.dues()) == len(reviews)
        assert set(store.dues()) - {item.id for item in collection.items()} == set()


def test_no_model_answer_contradicts_its_own_points_or_speaks_in_absolutes() -> None:
    glossary = Glossary.build(content().glossary)
    questions = [loaded.entry for loaded in content().entries.values() if isinstance(loaded.entry, OpenQuestion)]
    assert len(questions) >= 8
    faults = []
    for question in questions:
        for lang in LANGS:
            for answer in _model_answers(question, lang):
                score = grade(question, answer, lang, glossary=glossary)
                faults += [(question.id, lang, p.id) for p in score.points if p.state is PointState.contradicted]
                faults += [(question.id, lang, m.id) for m in score.misconceptions]
                faults += [(question.id, lang, s.because) for s in score.style if s.id == "absolute"]
    assert faults == []


def _model_answers(question: OpenQuestion, lang: Lang) -> list[str]:
    """The answers at each depth."""
    answers = question.answers
    full = [" ".join(section.text[lang] for section in answers.full.sections)] if answers.full else []
    return [answers.one_line.text[lang], answers.one_minute.text[lang], *full]


def code_cards() -> list[str]:
    """The ids of the code questions."""
    return [name for name, loaded in content().entries.items() if isinstance(loaded.entry, CodeQuestion)]


@pytest.mark.demo
@pytest.mark.parametrize("name", code_cards())
def test_the_right_snippet_of_a_code_card_runs(name: str) -> None:
    entry = content().entries[name].entry
    assert isinstance(entry, CodeQuestion)
    assert entry.code != entry.right
    program = entry.right if "import torch" in entry.right else f"import torch\n{entry.right}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_no_content_file_is_forgotten_by_the_loader() -> None:
    assert {path for path in CONTENT.rglob("*.y*ml") if path not in content().shown} == set()


def test_an_open_question_is_a_file_of_its_own_and_small_kinds_share_files_that_a_reviewer_can_read() -> None:
    files: dict[Path, list[Any]] = {}
    for loaded in content().entries.values():
        files.setdefault(loaded.path, []).append(loaded)
    together = [path for path, inside in files.items() if len(inside) > 15]
    assert together == []
    for loaded in content().entries.values():
        if isinstance(loaded.entry, OpenQuestion):
            assert (loaded.path.name, loaded.loc) == (f"{loaded.entry.id}.yaml", ())
