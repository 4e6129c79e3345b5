"""What is remembered of a text, and what becomes of the claims on it when the mechanism is broken."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import training
from llmquiz.demos.ssm import language, train
from llmquiz.demos.ssm.recall import recall
from llmquiz.demos.ssm.result import Memory, Result
from tests.demos.breaking import changed, verdict

pytestmark = pytest.mark.demo


def _finding(claim: str, result: Result, *remember: Memory) -> bool | None:
    return verdict("ssm", claim, changed(result, {"remember": remember} if remember else {}))


def _memory(model: Any, like: Memory) -> Memory:
    return replace(like, recalls=tuple(recall(model, r.pairs, seed=0) for r in like.recalls))


@pytest.mark.breaks("attention-recalls")
def test_an_untrained_attention_model_recalls_nothing(result: Result) -> None:
    untrained = _memory(train.untrained("attention", 0), result.remember[0])
    assert _finding("attention-recalls", result) is True
    assert _finding("attention-recalls", result, untrained, *result.remember[1:]) is False


@pytest.mark.breaks("attention-recalls")
def test_an_attention_model_that_sees_few_tokens_back_forgets_too(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same weights behind a window of 24 tokens: short texts are recalled, long ones not."""
    model = training.trained(train.TRAINING, "attention")
    model.set_attn_implementation("eager")
    layer = model.model.layers[0].self_attn
    forward = type(layer).forward

    def windowed(self: Any, hidden_states: Any, **options: Any) -> Any:
        T = hidden_states.shape[1]
        far = torch.ones(T, T).tril(-24).bool()
        mask = torch.full((T, T), -torch.inf).triu(1).masked_fill(far, -torch.inf)
        return forward(self, hidden_states, **options | {"attention_mask": mask[None, None]})

    monkeypatch.setattr(type(layer), "forward", windowed)
    narrow = _memory(model, result.remember[0])
    assert narrow.recalls[0].right > 0.9
    assert _finding("attention-recalls", result, narrow, *result.remember[1:]) is False


@pytest.mark.breaks("state-forgets")
def test_a_large_state_that_was_not_trained_holds_no_more_than_the_small_one(result: Result) -> None:
    attention, small, large = result.remember
    assert _finding("state-forgets", result) is True
    assert _finding("state-forgets", result, attention, small, _memory(train.untrained("mamba-64", 0), large)) is False


@pytest.mark.breaks("state-forgets")
def test_attention_in_the_place_of_the_small_state_forgets_nothing(result: Result) -> None:
    attention, _, large = result.remember
    assert _finding("state-forgets", result, attention, attention, large) is False


@pytest.mark.breaks("early-token")
def test_a_model_that_knows_but_the_end_of_the_text_is_noticed(result: Result) -> None:
    attention, small, large = result.remember
    assert _finding("early-token", result) is True
    assert _finding("early-token", result, attention, small, _memory(LastPairs(), large)) is False


class LastPairs(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Looks values up as it should, in the second half of the pairs alone."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, ids: Any, **_: Any) -> Any:
        pairs = ids.shape[1] // 3
        keys, values = ids[:, pairs // 2 * 2 : 2 * pairs : 2], ids[:, pairs // 2 * 2 + 1 : 2 * pairs : 2]
        asked = ids[:, 2 * pairs :, None] == keys[:, None]  # (B, N, N / 2)
        answers = (asked * values[:, None]).sum(-1)  # (B, N)
        return SimpleNamespace(logits=torch.nn.functional.one_hot(answers, language.VOCAB))


class LastPairOnly(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Knows the value of the last pair, and gives it as every answer."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, ids: Any, **_: Any) -> Any:
        pairs = ids.shape[1] // 3
        last = ids[:, 2 * pairs - 1]  # (B,)
        logits = torch.nn.functional.one_hot(last, language.VOCAB)[:, None].expand(-1, ids.shape[1], -1)
        return SimpleNamespace(logits=logits)


def test_recall_is_counted_by_place() -> None:
    recalled = recall(LastPairOnly(), 8, seed=0, count=400)
    assert recalled.by_place[-1] == 1
    assert max(recalled.by_place[:-1]) < 0.1, "another pair has the same value by chance only"
    assert recalled.recalled == pytest.approx(sum(recalled.by_place), rel=1e-5)
