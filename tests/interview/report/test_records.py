"""A report as data: written, kept, and read back."""

from __future__ import annotations

import json

import pytest

from llmquiz.interview.report.records import FORMAT, report_of
from llmquiz.interview.report.report import build
from tests.interview.candidates import CANDIDATES, held, planned


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_report_is_read_back_as_it_was_written(name: str) -> None:
    exchanges, interviewer = held(planned("practice", "zh"), CANDIDATES[name])
    written = build("test", "2026-11-23T09:00:00+00:00", exchanges, interviewer, finished=True)
    data = json.loads(json.dumps(written.data(), ensure_ascii=False))
    assert data["format"] == FORMAT
    assert report_of(data) == written
