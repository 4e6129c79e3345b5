"""Calls of a model, counted."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.results import Passes

pytestmark = pytest.mark.demo


@pytest.mark.parametrize("name", ["llama", "gpt2", "bert", "mamba"])
def test_every_call_counts_and_every_position_of_every_text_in_it(name: str) -> None:
    model: Any = getattr(tiny, name)(d_model=32, n_layers=1)
    long, short = tiny.random_tokens(model, 1, 9, seed=0), tiny.random_tokens(model, 3, 4, seed=1)
    assert passes(model, lambda: [model(ids) for ids in (long, short, long)]) == Passes(3, 9 + 3 * 4 + 9)
    assert passes(model, lambda: None) == Passes(0, 0), "nothing is left of the calls before"


def test_a_call_counts_however_the_text_is_given() -> None:
    model = tiny.llama(d_model=32, n_layers=1)
    ids = tiny.random_tokens(model, 2, 5, seed=0)
    assert passes(model, lambda: model(input_ids=ids)) == Passes(1, 2 * 5)


def test_no_gradients_are_kept_of_what_is_counted() -> None:
    modes: list[bool] = []
    passes(tiny.llama(d_model=32, n_layers=1), lambda: modes.append(torch.is_inference_mode_enabled()))
    assert modes == [True]
