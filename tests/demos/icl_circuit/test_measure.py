"""What becomes of the claims of icl-circuit when the mechanism is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.icl_circuit import copying, heads
from llmquiz.demos.icl_circuit.claims import Copier
from llmquiz.demos.lab import training
from llmquiz.demos.lab.icl import induction
from llmquiz.demos.lab.icl.train import TRAINING
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("icl-circuit")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("icl-circuit", claim, changed(RESULT, values))


@pytest.mark.breaks("only-repeats")
def test_in_texts_that_do_not_repeat_nothing_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(count: int, generator: Any, period: int | None = None) -> Any:
        return torch.randint(1, induction.TOKENS + 1, (count, induction.LENGTH), generator=generator)

    decoder = training.trained(TRAINING, "induction-decoder")
    assert _holds("only-repeats", along=tuple(copying.right_along(decoder, 8, seed=0))) is True
    monkeypatch.setattr(induction, "draw_texts", endless)
    assert _holds("only-repeats", along=tuple(copying.right_along(decoder, 8, seed=0))) is False


def _with_heads_of(name: str, model: Any) -> tuple[Copier, ...]:
    measured = tuple(heads.heads(name, model, seed=0, count=200))
    return tuple(replace(copier, heads=measured) if copier.arm == name else copier for copier in RESULT.copiers)


@pytest.mark.breaks("copying-head", "two-layers")
@pytest.mark.parametrize("name", ["induction-decoder", "induction-encoder-slot", "induction-encoder-decoder"])
def test_an_untrained_model_has_no_such_heads(name: str) -> None:
    assert _holds("copying-head") is True
    assert _holds("copying-head", copiers=_with_heads_of(name, TRAINING.build(name, 0))) is False
    if name == "induction-decoder":
        assert _holds("two-layers", copiers=_with_heads_of(name, training.trained(TRAINING, name))) is True
        assert _holds("two-layers", copiers=_with_heads_of(name, TRAINING.build(name, 0))) is False
