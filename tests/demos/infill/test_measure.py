"""The demo infill as it is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo

pytestmark = pytest.mark.demo


def test_a_text_of_ones_own_is_filled(words_of: Callable[[str], Any]) -> None:
    outcome = demo.run("infill", words_of("infill"), device="cpu", quick=True, text="abc__de")
    sample = outcome.result.sample
    assert sample.text == "abc__de"
    assert {len(fill.letters) for fill in sample.fills} == {2}
    best = max(sample.fills, key=lambda fill: fill.chance)
    assert sample.fills[0].way == "best"
    assert sample.fills[0].chance == best.chance
