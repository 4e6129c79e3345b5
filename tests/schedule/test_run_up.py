"""A plan followed to its end: all is seen, no day is heaped, and no level but the one that was chosen is asked."""

from __future__ import annotations

import pytest

from tests.schedule.run_up import run_up


@pytest.mark.parametrize("days", [4, 10, 30])
@pytest.mark.parametrize("skips", [0, 3])
def test_whoever_follows_a_plan_has_seen_everything_by_its_day(days: int, skips: int) -> None:
    done = run_up(days, skips=skips, topics=2)
    learnt = [number for number, new in enumerate(done.new, 1) if new]
    assert done.seen == 1
    assert done.level == {0}
    assert done.recall > 0.8
    # evenly: what is left out on one day is spread over those that follow, and the last day has nothing new
    assert max(done.new) <= 3 * min(done.new[n - 1] for n in learnt[:-1]) + 1
    assert skips or done.new[-1] == 0
