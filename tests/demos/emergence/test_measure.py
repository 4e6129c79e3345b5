"""The demo emergence, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.emergence import measure as emergence
from llmquiz.demos.lab import demo, ladder, ladder_rungs
from llmquiz.demos.lab.results import Rung, Score

pytestmark = pytest.mark.demo


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> emergence.Result:
    found = quick_run("emergence").result
    assert isinstance(found, emergence.Result)
    return found


def _holds(claim: str, result: emergence.Result, **changes: Any) -> bool | None:
    return emergence.CLAIMS[claim](replace(result, **changes)).holds


def _scored(rung: Rung, change: Callable[[Score], Score]) -> Rung:
    return replace(rung, scores=tuple(change(score) for score in rung.scores))


def test_errors_that_come_all_together_make_no_power(result: emergence.Result) -> None:
    """Where a text is right or wrong as a whole, exact match is the share of tokens, and nothing jumps."""
    together = tuple(_scored(rung, lambda s: replace(s, in_a_row=(s.right,) * 5)) for rung in result.rungs)
    for claim in ("power-predicts", "exact-match-jumps", "length-moves-it"):
        assert _holds(claim, result) is True
        assert _holds(claim, result, rungs=together) is False


def test_a_leap_of_the_tokens_themselves_is_noticed(result: emergence.Result) -> None:
    """A model that has nothing right and, one size on, nearly everything."""
    none = [_scored(rung, lambda s: replace(s, right=0.26 + s.right / 100)) for rung in result.rungs[:3]]
    assert _holds("tokens-rise", result) is True
    assert _holds("tokens-rise", result, rungs=(*none, *result.rungs[3:])) is False
    assert _holds("tokens-rise", result, rungs=result.rungs[::-1]) is False


def test_progress_that_is_none_is_noticed(result: emergence.Result) -> None:
    first = result.rungs[0]
    assert _holds("progress-unseen", result) is True
    assert _holds("progress-unseen", result, rungs=(first, first, *result.rungs[2:])) is False
    assert _holds("progress-unseen", result, rungs=result.rungs[1:]) is False, "exact match sees that step"


def test_a_model_that_can_do_it_is_not_at_zero_in_the_short_exam(result: emergence.Result) -> None:
    able = ladder_rungs.model(ladder.LADDER[-1], device="cpu", dtype="float32")
    few = emergence.sat(able, result.rungs[-1].scores[0].right, emergence.FEW, 0)
    assert few.right / few.answers == pytest.approx(few.expected, abs=0.15)
    assert _holds("zero-is-the-exam", result) is True
    assert _holds("zero-is-the-exam", result, few=few) is False
    assert _holds("zero-is-the-exam", result, many=result.few) is False


def test_an_untrained_ladder_shows_nothing(result: emergence.Result) -> None:
    """Training made the difference, not the size."""
    rungs = []
    for rung in result.rungs:
        figures = ladder.figures(rung.name, ladder.untrained(rung.name, 0))
        score = Score(figures["loss"], figures["right"], tuple(figures[f"all {k}"] for k in ladder.LENGTHS))
        rungs.append(replace(rung, scores=(score,)))
    for claim in ("tokens-rise", "exact-match-jumps", "length-moves-it", "progress-unseen"):
        assert _holds(claim, result, rungs=tuple(rungs)) is False


class Oracle(torch.nn.Module):  # type: ignore[misc, name-defined]
    """The language's own table as a model."""

    device = torch.device("cpu")

    def forward(self, ids: Any, **_: Any) -> Any:
        return SimpleNamespace(logits=ladder.language().table[ids].log())


def test_the_language_itself_is_always_right_and_its_loss_is_the_entropy() -> None:
    found = ladder.figures("d4", Oracle())
    assert found.pop("loss") == pytest.approx(ladder.language().entropy, abs=1e-9)
    assert set(found.values()) == {1.0}


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


@pytest.mark.parametrize(
    ("shares", "parameters"),
    [
        ((0.0, 0.2, 0.6), 100 * 10**0.5),  # half way up, on the axis of log N
        ((0.0, 0.1, 0.6), 1000),  # a rung on the level is where it is reached
        ((0.0, 0.05, 0.09), 0),  # never
        ((0.2, 0.3, 0.4), 0),  # already above
    ],
)
def test_where_the_level_is_reached(shares: tuple[float, ...], parameters: float) -> None:
    at = emergence._ladder.LENGTHS.index(8)
    rungs = [
        Rung("", 100 * 10**i, 0, 0, (Score(0.0, 0.0, tuple(share if k == at else 0.0 for k in range(5))),))
        for i, share in enumerate(shares)
    ]
    assert emergence.reaches(rungs, 8) == pytest.approx(parameters)


def test_the_longer_exam_begins_with_the_shorter(result: emergence.Result) -> None:
    model = ladder_rungs.model(ladder.LADDER[1], device="cpu", dtype="float32")
    found = [emergence.sat(model, 0.5, answers, 3).right for answers in (100, 1000, 1100)]
    assert found == sorted(found)
    ids = ladder.texts(500, ladder.LENGTH, torch.Generator().manual_seed(2_000_003))
    right = ladder.log_probabilities(model, ids).argmax(-1) == ladder.language().table.argmax(-1)[ids]
    assert found[1] == int(ladder.in_a_row(right, emergence.SHORT).flatten()[:1000].sum())


def test_texts_follow_the_table() -> None:
    """Pairs of tokens are as frequent as the table says, and the first token as often as any."""
    ids, language = ladder.texts(20_000, 2, torch.Generator().manual_seed(5)), ladder.language()
    first = torch.bincount(ids[:, 0], minlength=ladder.VOCAB) / len(ids)
    assert float((first - language.often).abs().max()) < 0.01
    token = int(language.often.argmax())
    after = torch.bincount(ids[ids[:, 0] == token][:, 1], minlength=ladder.VOCAB)
    assert float((after / after.sum() - language.table[token]).abs().sum() / 2) < 0.2
    torch.testing.assert_close(language.often @ language.table, language.often)
