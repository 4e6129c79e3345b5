"""The ladder of emergence scored twice, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.emergence import measure
from llmquiz.demos.emergence.claims import SHORT
from llmquiz.demos.lab import ladder, ladder_rungs
from llmquiz.demos.lab.results import Rung, Score
from tests.demos.breaking import changed, verdict
from tests.demos.oracle import Oracle
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("emergence")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("emergence", claim, changed(RESULT, values))


def _ladder(model_of: Callable[[str], Any]) -> tuple[Rung, ...]:
    """The ladder with these models in the place of the trained ones."""
    rungs = []
    for rung in RESULT.rungs:
        figures = ladder.figures(rung.name, model_of(rung.name))
        score = Score(figures["loss"], figures["right"], tuple(figures[f"all {k}"] for k in ladder.LENGTHS))
        rungs.append(replace(rung, scores=(score,)))
    return tuple(rungs)


class AllOrNothing(Oracle):
    """Right throughout in every second text, and wrong throughout in the others."""

    def forward(self, ids: Any, **options: Any) -> Any:
        logits = super().forward(ids, **options).logits
        logits[1::2] = -logits[1::2]
        return SimpleNamespace(logits=logits)


@pytest.mark.breaks("power-predicts")
def test_a_model_whose_errors_come_together_follows_no_power() -> None:
    trained = _ladder(lambda name: ladder_rungs.model(name, device="cpu", dtype="float32"))
    assert _holds("power-predicts", rungs=trained) is True
    assert _holds("power-predicts", rungs=_ladder(lambda name: AllOrNothing())) is False


@pytest.mark.breaks("zero-is-the-exam")
def test_a_model_that_can_do_it_is_not_at_zero_in_the_short_exam() -> None:
    able = ladder_rungs.model(ladder.LADDER[-1], device="cpu", dtype="float32")
    few = measure.sit(able, RESULT.rungs[-1].scores[0].right, measure.FEW, 0)
    assert few.right / few.answers == pytest.approx(few.expected, abs=0.15)
    assert _holds("zero-is-the-exam") is True
    assert _holds("zero-is-the-exam", few=few) is False


@pytest.mark.breaks("tokens-rise", "exact-match-jumps", "length-moves-it", "progress-unseen")
def test_an_untrained_ladder_shows_nothing() -> None:
    """Training made the difference, not the size."""
    untrained = _ladder(lambda name: ladder.untrained(name, 0))
    for claim in ("tokens-rise", "exact-match-jumps", "length-moves-it", "progress-unseen"):
        assert _holds(claim) is True
        assert _holds(claim, rungs=untrained) is False


def test_the_longer_exam_begins_with_the_shorter() -> None:
    model = ladder_rungs.model(ladder.LADDER[1], device="cpu", dtype="float32")
    passed = [measure.sit(model, 0.5, answers, 3).right for answers in (100, 1000, 1100)]
    assert passed == sorted(passed)
    ids = ladder.texts(500, ladder.LENGTH, torch.Generator().manual_seed(2_000_003))
    right = ladder.log_probabilities(model, ids).argmax(-1) == ladder.language().table.argmax(-1)[ids]
    assert passed[1] == int(ladder.in_a_row(right, SHORT).flatten()[:1000].sum())
