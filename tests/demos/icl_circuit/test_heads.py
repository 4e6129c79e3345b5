"""Attention heads: what silencing one does."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.icl_circuit import heads
from llmquiz.demos.icl_circuit.heads import HeadId
from llmquiz.demos.lab.icl import induction
from llmquiz.demos.lab.icl.arms import INDUCTION, Reader
from llmquiz.demos.lab.icl.induction import LENGTH
from llmquiz.demos.lab.icl.train import TRAINING

pytestmark = pytest.mark.demo


@pytest.mark.parametrize("name", [name for name, arm in INDUCTION.items() if not arm.questions])
def test_a_silenced_head_adds_nothing_and_speaks_again(name: str) -> None:
    """With its part of the mixing projection at zero the model says what it says with the head silenced."""
    arm, model = INDUCTION[name], TRAINING.build(name, 0)
    ids = induction.draw_texts(4, torch.Generator().manual_seed(0))

    @torch.no_grad()
    def logits() -> Any:
        return induction.predictions(arm, model, ids, induction.last_asked(ids), LENGTH // 2)[0]

    kinds = ("self", "cross") if arm.reader is Reader.two_stacks else ("self",)
    for kind in kinds:
        plain = logits()
        with heads.silenced(arm, model, HeadId(kind, 0, 1)):
            silent = logits()
        torch.testing.assert_close(logits(), plain)
        assert not torch.allclose(silent, plain)
        weight = heads.output_projection(arm.reader, model, kind, 0).weight
        before = weight.detach().clone()
        with torch.no_grad():
            weight[:, 16:] = 0
        torch.testing.assert_close(logits(), silent)
        with torch.no_grad():
            weight.copy_(before)
