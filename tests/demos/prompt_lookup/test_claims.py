"""What each claim of prompt-lookup says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.prompt_lookup.claims import OPEN, Cost, Task
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT = recorded("prompt-lookup")


def tasks(names: tuple[str, ...], **values: Any) -> tuple[Task, ...]:
    """The recorded tasks, those of `names` with other costs of lookup."""
    return tuple(
        replace(task, lookup=replace(task.lookup, **values)) if task.name in names else task for task in RESULT.tasks
    )


def free(task: Task) -> Task:
    """The task with every refused position left out, and one more."""
    return replace(task, lookup=replace(task.lookup, positions=task.plain.positions - 1))


COPIED: Cost = RESULT.copying.lookup


@pytest.mark.breaks("always-faster", "saves-arithmetic")
@pytest.mark.parametrize(
    ("claim", "values"),
    [
        pytest.param("same-text", {"random.equal": RESULT.random.equal - 1}, id="one token differs"),
        pytest.param("same-text", {"tasks": tasks(("copy",), equal=COPIED.equal - 1)}, id="one copied token differs"),
        pytest.param("copying-saves", {"tasks": tasks(("copy",), calls=RESULT.copying.tokens // 2)}, id="half"),
        pytest.param("open-saves-little", {"tasks": tasks(OPEN, calls=RESULT.copying.tokens // 2)}, id="half, open"),
        pytest.param("always-faster", {"open_speed": Ratio(1.5, (1.4, 1.5, 1.6))}, id="faster on open questions too"),
        pytest.param("prompt-pays", {"elsewhere": COPIED}, id="another text does as well"),
        pytest.param("prompt-pays", {"random": COPIED}, id="chance does as well"),
        pytest.param("saves-arithmetic", {"tasks": tuple(map(free, RESULT.tasks))}, id="fewer positions"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any]) -> None:
    before = verdict("prompt-lookup", claim, RESULT)
    assert verdict("prompt-lookup", claim, changed(RESULT, values)) is (not before)


def test_rounds_that_disagree_are_not_judged() -> None:
    noisy = changed(RESULT, {"open_speed": Ratio(1.3, (0.8, 1.5, 1.3))})
    assert verdict("prompt-lookup", "always-faster", noisy) is None


def test_a_single_question_that_gains_makes_no_always() -> None:
    gains = changed(RESULT, {"open_speed": Ratio(1.1, (0.8, 1.5, 0.9))})
    assert gains.slower_speed.rounds == (0.8, 0.9)
    assert verdict("prompt-lookup", "always-faster", gains) is False


def test_equality_is_not_claimed_in_short_formats() -> None:
    short = changed(RESULT, {"dtype": "bfloat16", "random.equal": 0})
    assert verdict("prompt-lookup", "same-text", short) is None
