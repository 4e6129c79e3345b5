"""A fault: in the order of reading, as data, in the author's language."""

from __future__ import annotations

from llmquiz.collection.faults import Fault


def test_faults_sort_by_file_and_line() -> None:
    at = [("a.yaml", 9, "x"), ("a.yaml", 10, "b"), ("a.yaml", 10, "c"), ("b.yaml", 1, "a")]
    faults = [Fault(*place, "error", "m") for place in at]
    assert sorted(reversed(faults)) == faults


def test_a_fault_is_told_once_however_often_it_is_noted() -> None:
    assert len({Fault("a.yaml", 1, "x", "error", "m"), Fault("a.yaml", 1, "x", "error", "m")}) == 1


def test_the_data_of_a_fault_is_english_whoever_reads_it() -> None:
    assert Fault("a.yaml", 3, "x.0", "warning", "mend it", "请改正").as_json() == {
        "path": "a.yaml",
        "line": 3,
        "field": "x.0",
        "level": "warning",
        "message": "mend it",
    }


def test_a_fault_speaks_the_authors_language_where_it_can() -> None:
    fault = Fault("a.yaml", 1, "x", "error", "mend it", "请改正")
    assert [fault.text(lang) for lang in ("en", "zh")] == ["mend it", "请改正"]
    assert Fault("a.yaml", 1, "x", "error", "mend it").text("zh") == "mend it"
