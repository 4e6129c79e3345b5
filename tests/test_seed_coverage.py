"""Every item of the interview sheet is in the content, and nothing wrong in it is taught as right."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from llmquiz import paths
from llmquiz.collection.load import load
from llmquiz.collection.loaded import LoadResult, items_of, parts_of
from llmquiz.schema.questions import Claim, OpenQuestion
from llmquiz.schema.texts import Level, Verdict

COVERAGE = Path(__file__).parent / "seed_coverage.yaml"
VERDICTS = {verdict.value for verdict in Verdict}


@cache
def items() -> dict[str, dict[str, Any]]:
    """The coverage file."""
    recorded: dict[str, dict[str, Any]] = yaml.safe_load(COVERAGE.read_text(encoding="utf-8"))["items"]
    return recorded


@cache
def content() -> LoadResult:
    """The shipped content."""
    return load([paths.shipped_content()])


def ids() -> set[str]:
    """Every addressable id."""
    loaded = content()
    return set(loaded.entries).union(*(parts_of(filed) for filed in loaded.entries.values()))


def test_all_311_items_are_there() -> None:
    assert len(items()) == 311


def test_every_item_is_carried_by_content_that_exists() -> None:
    known = ids()
    missing = {name: item for name, item in items().items() if not set(item.get("content", [])) <= known}
    assert missing == {}
    empty = [name for name, item in items().items() if not item.get("content") and not item.get("left-out")]
    assert empty == []


def test_only_the_three_closing_courtesies_are_left_out() -> None:
    left = {name for name, item in items().items() if "left-out" in item}
    assert left <= {"close-good-luck", "close-share", "close-follow"}


def test_what_is_not_sound_is_a_claim_that_says_so_with_correction_reason_and_source() -> None:
    entries, weak = content().entries, []
    for name, item in items().items():
        if "left-out" in item:
            continue
        assert item["verdict"] in VERDICTS, name
        if item["verdict"] == "sound":
            continue
        carried = [entries[i].entry for i in item["content"] if i in entries]
        claims = [entry for entry in carried if isinstance(entry, Claim) and entry.verdict is not Verdict.sound]
        if not any(c.right["en"] and c.right["zh"] and c.why["en"] and (c.sources or c.demo) for c in claims):
            weak.append(name)
    assert weak == []


def test_no_claim_of_the_sheet_stands_apart_from_it() -> None:
    carried = {name for item in items().values() for name in item.get("content", [])}
    alone = [
        filed.id
        for filed in content().entries.values()
        if isinstance(filed.entry, Claim) and filed.entry.says == "sheet" and filed.id not in carried
    ]
    assert alone == []


def test_an_item_that_a_demo_can_show_is_tied_to_an_entry_that_names_it() -> None:
    entries, loose = content().entries, {}
    for name, item in items().items():
        if "demo" in item:
            demos = {entries[i.split(".")[0]].entry.demo for i in item["content"]}
            if item["demo"] not in demos:
                loose[name] = item["demo"]
    assert loose == {}


def test_the_core_level_can_be_learned_in_an_evening_or_two() -> None:
    levels = Counter(level for filed in content().entries.values() for _, _, level in items_of(filed))
    assert 30 <= levels[Level.core] <= 60


def test_every_open_question_ships_examples_that_differ() -> None:
    for filed in content().entries.values():
        if isinstance(filed.entry, OpenQuestion):
            entry = filed.entry
            for lang in ("en", "zh"):
                assert len(set(entry.accept[lang])) >= 3, (filed.id, lang, "accept")
                assert len(set(entry.reject[lang])) >= 3, (filed.id, lang, "reject")
                assert len({item.text for item in entry.partial if item.lang == lang}) >= 2, (filed.id, lang, "partial")


def test_the_full_answer_of_the_main_question_can_be_said_in_three_to_five_minutes() -> None:
    main = content().entries["decoder-only/why-decoder-only"].entry
    assert isinstance(main, OpenQuestion)
    assert main.answers.full
    assert 180 <= main.answers.full.seconds <= 300
    assert main.answers.one_line.seconds <= 15
    assert main.answers.one_minute.seconds <= 60


WORDS_A_MINUTE = {"en": 165, "zh": 290}
"""An unhurried speaker's words, and Han characters plus Latin words, with room of a tenth."""


def spoken_length(text: str, lang: str) -> int:
    """English words; or Han characters and Latin words."""
    import re

    return len(text.split()) if lang == "en" else len(re.findall(r"[\u4e00-\u9fff]|[A-Za-z0-9.%-]+", text))


def test_every_model_answer_fits_its_time() -> None:
    late = []
    for filed in content().entries.values():
        if isinstance(filed.entry, OpenQuestion):
            answers = filed.entry.answers
            timed = [
                (answers.one_line.text, answers.one_line.seconds),
                (answers.one_minute.text, answers.one_minute.seconds),
            ]
            timed += [(section.text, section.seconds) for section in (answers.full.sections if answers.full else [])]
            for text, seconds in timed:
                for lang, pace in WORDS_A_MINUTE.items():
                    minutes = spoken_length(text[lang], lang) / pace  # type: ignore[index]
                    if 60 * minutes > 1.1 * seconds:
                        late.append((filed.id, lang, seconds, round(60 * minutes), text[lang][:30]))  # type: ignore[index]
    assert late == []
