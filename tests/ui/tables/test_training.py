"""Trainings on the screen: what is shipped, and a run beside the shipped one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from llmquiz.language import LANGS, Lang
from llmquiz.messages.ui import Words
from llmquiz.ui.tables.training import comparison, listing
from tests.ui.drawn import cells_of, drawn

RUN = SimpleNamespace(loss=1.23456, figures={"recall": 0.5, "width": 1234.6})
"""What a training here came to; of it the table reads its loss and its figures."""


def seed(loss: float, recall: float, **more: Any) -> dict[str, Any]:
    """A run of a card."""
    return {"steps": 1500, "seconds": 42.4, "loss": loss, "figures": {"recall": recall, "width": 2000.0}} | more


def card(**more: Any) -> dict[str, Any]:
    """The card of a model that was trained from three seeds; the first run is shipped."""
    recipe = {"batch": 32, "rate": 0.003, "tried": [0.001, 0.003], "curriculum": {"short": 1}}
    runs = [seed(1.0, 0.75), seed(1.5, 0.25), seed(0.9, 0.5)]
    return {"demo": "ssm", "name": "mamba-32", "model": "a small Mamba", "recipe": recipe, "runs": runs} | more


@pytest.mark.parametrize("lang", LANGS)
def test_models_are_listed_under_their_demo_with_what_the_first_run_took(lang: Lang) -> None:
    words = Words(lang)
    untimed = card(name="attention", runs=[seed(1.0, 1.0, steps=900, seconds=0.0), seed(1.0, 1.0)])
    lines = drawn(*listing([card(), untimed, card(demo="moe", name="dense")], words), width=200)
    head, _, *rows = cells_of(lines)
    assert head == [words(key) for key in ("train.model", "train.what", "train.steps", "demo.seconds")]
    assert rows[:-1] == [
        ["ssm"],
        ["mamba-32", "a small Mamba", "1,500", "42 s"],
        ["attention", "a small Mamba", "900", "–"],
        ["moe"],
        ["dense", "a small Mamba", "1,500", "42 s"],
    ]
    assert rows[-1] == [words("train.how").replace("`", "")]


@pytest.mark.parametrize("lang", LANGS)
def test_a_run_stands_beside_the_shipped_one_and_the_range_of_all_seeds(lang: Lang) -> None:
    words = Words(lang)
    lines = drawn(*comparison(RUN, card(), "(curve)", words), width=100)  # type: ignore[arg-type]
    assert lines[1].startswith("ssm-mamba-32 · a small Mamba ─")
    # What has an inside of its own is in the card.
    assert lines[2:5] == ["batch 32, rate 0.003", "", "(curve)"]
    head, _, *rows = cells_of(lines[5:])
    assert head == [words("train.here"), words("train.shipped"), words("train.seeds", n=3)]
    assert rows == [
        [words("train.loss"), "1.235", "1", "0.9–1.5"],
        ["recall", "0.5", "0.75", "0.25–0.75"],
        ["width", "1235", "2000", "2000–2000"],
    ]
