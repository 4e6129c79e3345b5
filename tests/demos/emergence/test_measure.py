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


class Oracle(torch.nn.Module):  # type: ignore[misc, name-defined]
    """The language's own table as a model."""

    device = torch.device("cpu")

    def forward(self, ids: Any, **_: Any) -> Any:
        return SimpleNamespace(logits=ladder.language().table[ids].log())


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


def test_the_language_itself_is_always_right_and_its_loss_is_the_entropy() -> None:
    figures = ladder.figures("d4", Oracle())
    assert figures.pop("loss") == pytest.approx(ladder.language().entropy, abs=1e-9)
    assert set(figures.values()) == {1.0}


@pytest.mark.parametrize(
    ("count", "rows"),
    [
        (1, [[True, True, False, True], [True, True, True, True]]),
        (2, [[True, False], [True, True]]),
        (4, [[False], [True]]),
    ],
)
def test_a_stretch_counts_only_where_all_of_it_is_right(count: int, rows: list[list[bool]]) -> None:
    right = torch.tensor([[True, True, False, True], [True] * 4])
    assert ladder.in_a_row(right, count).tolist() == rows


def test_the_longer_exam_begins_with_the_shorter() -> None:
    model = ladder_rungs.model(ladder.LADDER[1], device="cpu", dtype="float32")
    passed = [measure.sit(model, 0.5, answers, 3).right for answers in (100, 1000, 1100)]
    assert passed == sorted(passed)
    ids = ladder.texts(500, ladder.LENGTH, torch.Generator().manual_seed(2_000_003))
    right = ladder.log_probabilities(model, ids).argmax(-1) == ladder.language().table.argmax(-1)[ids]
    assert passed[1] == int(ladder.in_a_row(right, SHORT).flatten()[:1000].sum())


def test_texts_follow_the_table() -> None:
    """Pairs of tokens are as frequent as the table says, and the first token as often as any."""
    ids, language = ladder.texts(20_000, 2, torch.Generator().manual_seed(5)), ladder.language()
    first = torch.bincount(ids[:, 0], minlength=ladder.VOCAB) / len(ids)
    assert float((first - language.often).abs().max()) < 0.01
    token = int(language.often.argmax())
    after = torch.bincount(ids[ids[:, 0] == token][:, 1], minlength=ladder.VOCAB)
    assert float((after / after.sum() - language.table[token]).abs().sum() / 2) < 0.2
    torch.testing.assert_close(language.often @ language.table, language.often)
