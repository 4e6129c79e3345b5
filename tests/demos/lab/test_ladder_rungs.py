"""The trained models of the ladder, tested."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")
from llmquiz.demos.lab import ladder, ladder_rungs, shipped, tiny, training
from llmquiz.demos.lab.results import Rung, Score

pytestmark = pytest.mark.demo

NAMES = ("d4", "d32-100")


def _tested(*names: str) -> tuple[tuple[Rung, ...], list[float]]:
    done: list[float] = []
    return ladder_rungs.tested(names, device="cpu", dtype="float32", progress=done.append), done


def _on_the_card(name: str) -> list[Score]:
    figures = [run["figures"] for run in shipped.card(ladder.TRAINING.demo, name)["runs"]]
    return [Score(f["loss"], f["right"], tuple(f[f"all {count}"] for count in ladder.LENGTHS)) for f in figures]


def test_a_rung_has_the_score_of_its_model_and_those_of_the_other_seeds() -> None:
    rungs, done = _tested(*NAMES)
    assert done == [0.5, 1.0]
    for name, rung in zip(NAMES, rungs, strict=True):
        first, *others = _on_the_card(name)
        assert list(rung.scores[1:]) == others
        assert rung.scores[0].loss == pytest.approx(first.loss, abs=1e-3)
        assert rung.scores[0].in_a_row == pytest.approx(first.in_a_row, abs=1e-2)


def test_the_sizes_of_a_rung_are_those_of_its_name() -> None:
    for rung in _tested(*NAMES)[0]:
        assert rung.parameters == tiny.parameters(ladder.untrained(rung.name, 0))
        assert rung.parameters - rung.without_embedding == ladder.VOCAB * ladder.width_of(rung.name)
        assert rung.tokens == ladder.tokens_of(rung.name)


def test_the_first_score_is_measured_now(tmp_path: Path) -> None:
    untrained = ladder.untrained("d4", 0)
    training.save(untrained, tmp_path / f"{shipped.stem(ladder.TRAINING.demo, 'd4')}.safetensors")
    with training.weights_from(tmp_path):
        (rung,), _ = _tested("d4")
    assert rung.scores[0].loss == ladder.figures("d4", untrained)["loss"]
    assert list(rung.scores[1:]) == _on_the_card("d4")[1:]
