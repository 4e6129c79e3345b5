"""What each claim of few-shot says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("few-shot")


def _tasks(**values: Any) -> dict[str, Any]:
    """The tasks with other values in each."""
    return {"tasks": tuple(replace(task, **values) for task in RESULT.tasks)}


HALF_AT_ONCE = (0.0, *(0.9 for _ in RESULT.counts[1:]))


@pytest.mark.breaks("one-is-enough", "answers-hardly-matter", "format-alone-is-nothing")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("examples-help", _tasks(right=tuple(0.4 for _ in RESULT.counts)), id="no gain"),
        pytest.param("one-is-enough", _tasks(right=HALF_AT_ONCE), id="all gained by the first example"),
        pytest.param("answers-hardly-matter", _tasks(shuffled=RESULT.right[-1]), id="shuffling costs nothing"),
        pytest.param("format-alone-is-nothing", _tasks(other=0.5), id="another task helps"),
        pytest.param("known-labels-stand-noise", {"labels.random": 0.5}, id="noise brings it down to chance"),
        pytest.param("invented-as-well", {"labels.invented": RESULT.labels.known}, id="foo is as good"),
        pytest.param("follows-swapped", {"labels.swapped": 0.9}, id="it follows"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("few-shot", claim, RESULT)
    assert verdict("few-shot", claim, changed(RESULT, values)) is not before


def test_means_are_taken_over_the_tasks() -> None:
    first, second, _ = RESULT.tasks
    two = replace(RESULT, tasks=(replace(first, right=(0.0, 1.0)), replace(second, right=(0.5, 0.5))))
    assert two.right == (0.25, 0.75)
