"""What becomes of the claims of icl when the mechanism is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.icl.claims import Trained
from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.icl import architectures, induction, mapping
from llmquiz.demos.lab.icl.arms import COPIERS, INDUCTION
from llmquiz.demos.lab.icl.mapping import Texts
from llmquiz.demos.lab.icl.train import TRAINING
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("icl")


def _holds(claim: str, **values: Any) -> bool | None:
    return verdict("icl", claim, changed(RESULT, values))


def _asked_again() -> tuple[Trained, ...]:
    """The shipped models, asked anew."""
    again = []
    for trained in RESULT.trained:
        model = training.trained(TRAINING, trained.arm)
        right = tuple(mapping.right(trained.arm, model, k, seed=0, count=300) for k in range(1, 9))
        again.append(replace(trained, right=right))
    return tuple(again)


@pytest.mark.breaks("all-reach", "with-examples", "bert-cannot")
def test_without_the_examples_labels_nobody_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """The labels of the examples belong to another mapping: what is left is chance, and the sheet would be right."""
    draw_texts = mapping.draw_texts

    def scrambled(count: int, length: int, generator: Any, *, held_out: bool = False) -> Texts:
        texts = draw_texts(count, length, generator, held_out=held_out)
        labels = torch.randint(0, mapping.LABELS, texts.labels.shape, generator=generator)
        labels[:, -1] = texts.labels[:, -1]
        return Texts(texts.inputs, labels)

    assert _holds("all-reach") is True
    assert _holds("all-reach", trained=_asked_again()) is True
    monkeypatch.setattr(mapping, "draw_texts", scrambled)
    broken = _asked_again()
    assert max(trained.right[-1] for trained in broken) < 0.25
    assert _holds("all-reach", trained=broken) is False
    assert _holds("with-examples", trained=broken) is False
    assert _holds("bert-cannot") is False
    assert _holds("bert-cannot", trained=broken) is True


@pytest.mark.breaks("by-nature")
def test_a_decoder_that_comes_into_the_world_trained_would_have_it_by_nature() -> None:
    for model, holds in ((mapping.untrained("decoder", 0), False), (training.trained(TRAINING, "decoder"), True)):
        assert _holds("by-nature", untrained=mapping.right("decoder", model, 8, seed=0, count=300)) is holds


@pytest.mark.breaks("equal-size")
def test_an_encoder_of_another_width_is_not_of_equal_size(monkeypatch: pytest.MonkeyPatch) -> None:
    def trained() -> tuple[Trained, ...]:
        size = tiny.parameters(mapping.untrained("encoder", 0))
        return tuple(replace(t, parameters=size) if t.arm == "encoder" else t for t in RESULT.trained)

    assert _holds("equal-size", trained=trained()) is True
    monkeypatch.setattr(architectures, "WIDTH", 40)
    assert _holds("equal-size", trained=trained()) is False


@pytest.mark.breaks("copies")
def test_in_texts_that_do_not_repeat_nobody_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _holds("copies") is True

    def endless(count: int, generator: Any, period: int | None = None) -> Any:
        return torch.randint(1, induction.TOKENS + 1, (count, induction.LENGTH), generator=generator)

    monkeypatch.setattr(induction, "draw_texts", endless)
    models = {name: training.trained(TRAINING, name) for name in COPIERS if not INDUCTION[name].questions}
    right = {name: induction.right(name, model, seed=0, count=500) for name, model in models.items()}
    assert max(right.values()) < 0.25
    broken = tuple(replace(copier, right=right.get(copier.arm, copier.right)) for copier in RESULT.copiers)
    assert _holds("copies", copiers=broken) is False
