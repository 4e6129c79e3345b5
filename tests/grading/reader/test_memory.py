"""What was read already: kept by a hash, apart for each network, and never in the way."""

from __future__ import annotations

from pathlib import Path

from llmquiz import paths
from llmquiz.grading.reader.memory import LARGEST, Memory, file_name

ROWS = [[0.9, 0.05, 0.0, 0.05, 3, 7]]


def test_what_was_put_is_there_for_the_next_process(home: Path) -> None:
    first = Memory("one")
    key = first.key("prompt", "answer", "statement")
    assert first.get(key) is None
    first.put(key, ROWS)
    assert first.get(key) == ROWS
    assert Memory("one").get(key) == ROWS
    assert Memory("another").get(key) is None


def test_no_text_is_kept_and_texts_do_not_run_together() -> None:
    memory = Memory("one")
    memory.put(memory.key("a secret answer"), ROWS)
    assert b"secret" not in (paths.cache() / file_name("one")).read_bytes()
    assert memory.key("ab", "c") != memory.key("a", "bc")


def test_a_broken_line_is_passed_over(home: Path) -> None:
    file = paths.cache() / file_name("one")
    file.write_text('["cut", [[0.9\n["whole", [[1, 2]]]\n', encoding="utf-8")
    assert Memory("one").get("whole") == [[1, 2]]
    assert Memory("one").get("cut") is None


def test_a_file_that_grew_too_large_begins_anew(home: Path) -> None:
    file = paths.cache() / file_name("one")
    file.write_bytes(b"x" * (LARGEST + 1))
    Memory("one").put("key", ROWS)
    assert file.stat().st_size < 100


def test_where_nothing_can_be_written_it_is_known_for_as_long_as_the_process_runs(home: Path) -> None:
    (paths.cache() / file_name("one")).mkdir()
    memory = Memory("one")
    memory.put("key", ROWS)
    assert memory.get("key") == ROWS
