"""The conditions of a run, and how much of it is done."""

from __future__ import annotations

import pytest

from llmquiz.demos.lab.run import Run, part


def test_a_part_reports_its_share_of_the_whole() -> None:
    seen: list[float] = []
    half = part(seen.append, 0.5, 0.9)
    half(0.0)
    half(0.5)
    half(1.0)
    assert seen == pytest.approx([0.5, 0.7, 0.9])


def test_a_part_of_a_part_of_a_run_is_a_part_of_the_run() -> None:
    seen: list[float] = []
    inner = part(Run(progress=seen.append).part(0.5, 1.0), 0.0, 0.5)
    inner(0.0)
    inner(1.0)
    assert seen == pytest.approx([0.5, 0.75])


def test_a_model_is_built_in_the_place_of_the_run() -> None:
    assert Run(device="cuda:1", dtype="float16", seed=3, model="x").place == {"device": "cuda:1", "dtype": "float16"}


@pytest.mark.parametrize(
    ("run", "options"),
    [
        (Run(device="cpu", dtype="float64", seed=1, quick=True), {}),
        (Run(model="x", text="y", live=True), {"model": "x", "text": "y", "live": True}),
        (Run(text=""), {"text": ""}),  # given, if empty
    ],
)
def test_the_options_are_what_the_user_put_in_the_place_of_the_demos_own(run: Run, options: dict[str, object]) -> None:
    assert run.options == options
