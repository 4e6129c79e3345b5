"""One task learned in three ways, and what becomes of the claims when the mechanism is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import LlamaForCausalLM

from llmquiz.demos.encode_vs_generate import classifiers
from llmquiz.demos.encode_vs_generate.claims import Result
from llmquiz.demos.lab import run, tiny
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


@pytest.mark.breaks("no-generation-needed", "last-state", "first-state", "label-written")
def test_labels_that_say_nothing_of_the_text_are_not_learned(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = classifiers.texts

    def shuffled(count: int, seed: int) -> tuple[Any, Any]:
        ids, classes = texts(count, seed)
        return ids, classes[torch.randperm(count, generator=torch.Generator().manual_seed(seed + 1))]

    monkeypatch.setattr(classifiers, "texts", shuffled)
    accuracies = classifiers.accuracies(0, "cpu", run.silent)
    for claim in ("no-generation-needed", "last-state", "first-state", "label-written"):
        assert finding(claim, result) is True
        assert finding(claim, result, accuracies=accuracies) is False


@pytest.mark.breaks("first-state")
def test_without_the_causal_mask_the_first_state_knows_the_class(result: Result) -> None:
    bidirectional = classifiers.by_state(classifiers.encoder(seed=0, device="cpu"), 0, 0)
    sighted = replace(result.accuracies, decoder_first=bidirectional)
    assert finding("first-state", result, accuracies=sighted) is False


def test_half_a_label_is_no_label() -> None:
    """One token tells two classes from the other two."""
    labels = classifiers.labels(torch.arange(4))
    assert [len({*column.tolist()}) for column in labels.T] == [2, 2]
    assert len({tuple(row) for row in labels.tolist()}) == 4


@pytest.mark.breaks("label-is-a-head")
def test_a_head_with_a_bias_is_more_than_a_linear_map(result: Result) -> None:
    model = tiny.build(LlamaForCausalLM, seed=0, device="cpu", dtype="float32", **tiny.llama().config.to_diff_dict())
    ids = tiny.random_tokens(model, 1, 16, seed=0)
    assert finding("label-is-a-head", result, head_gap=classifiers.head_gap(model, ids, ids[0, :4])) is True
    model.lm_head.bias = torch.nn.Parameter(torch.linspace(0, 1, model.config.vocab_size))
    assert finding("label-is-a-head", result, head_gap=classifiers.head_gap(model, ids, ids[0, :4])) is False


def test_every_text_shows_its_class_once() -> None:
    ids, classes = classifiers.texts(64, 3)
    marks = (ids >= classifiers.MARK) & (ids < classifiers.MARK + 4)
    assert marks.sum(1).tolist() == [1] * 64
    assert (ids[marks] - classifiers.MARK).tolist() == classes.tolist()
    assert classes.bincount().tolist() == [16] * 4
