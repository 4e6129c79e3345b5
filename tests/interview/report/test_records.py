"""A report as data: written, kept, and read back."""

from __future__ import annotations

import json

import pytest

from llmquiz.interview.report.records import FORMAT, report_of
from tests.interview.candidates import CANDIDATES, reported


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_report_is_read_back_as_it_was_written(name: str) -> None:
    written = reported("practice", "zh", CANDIDATES[name])
    data = json.loads(json.dumps(written.data(), ensure_ascii=False))
    assert data["format"] == FORMAT
    assert report_of(data) == written
