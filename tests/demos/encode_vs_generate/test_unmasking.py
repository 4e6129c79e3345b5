"""How an encoder writes: a mask a pass."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.encode_vs_generate import unmasking
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.results import Passes

pytestmark = pytest.mark.demo


def test_masks_are_filled_one_a_pass() -> None:
    model = tiny.bert(head=True)
    prompt = tiny.random_tokens(model, 1, 5, seed=0)
    texts: list[Any] = []
    assert passes(model, lambda: texts.append(unmasking.unmasked(model, prompt, 7))) == Passes(7, 7 * 12)
    assert texts[0].shape == (1, 7)
    assert not bool((texts[0] == unmasking.MASK).any())
