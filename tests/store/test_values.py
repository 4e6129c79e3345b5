"""Values as the database keeps them: exact, and sorted as they are."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmquiz.store.store import Store
from llmquiz.store.values import micros, moment, stamp, storable
from tests.store.records import MET, NOW, record

TIMES = st.timedeltas(timedelta(days=-100_000), timedelta(days=400_000)).map(lambda past: NOW + past)


@given(TIMES)
def test_a_time_is_read_back_to_the_microsecond(at: datetime) -> None:
    assert moment(micros(at)) == at


@given(TIMES, TIMES)
def test_stamps_sort_as_the_times_do(first: datetime, second: datetime) -> None:
    assert (stamp(first) < stamp(second)) == (first < second)
    assert datetime.fromisoformat(stamp(first)) == first


def test_a_stamp_is_in_utc_whatever_zone_it_was_taken_in() -> None:
    east = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8)))
    assert stamp(east) == "2026-11-23T01:00:00.000000+00:00"


@pytest.mark.parametrize(("text", "stored"), [("因果 😀\x00", "因果 😀\x00"), ("\udce4", r"\udce4"), ("", "")])
def test_only_what_no_file_can_hold_is_written_out(text: str, stored: str) -> None:
    assert storable(text) == stored


def test_half_a_character_from_a_broken_terminal_is_written_out(store: Store) -> None:
    record(store, answer="ok \udcff \ud83d", a=MET)
    store.save_draft("t/r", "\udce4")
    store.flag("t/q", "\udce4", at=NOW)
    assert (store.answers()[0].text, store.draft("t/r"), store.flags()[0].note) == (
        r"ok \udcff \ud83d",
        r"\udce4",
        r"\udce4",
    )
