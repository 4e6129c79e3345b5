"""Reading and writing counted and timed, and what becomes of the claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.encode_vs_generate import reading_writing
from llmquiz.demos.encode_vs_generate.claims import AtLength, Result
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.passes import passes
from llmquiz.demos.lab.quantities import ratio
from llmquiz.demos.lab.results import Passes
from tests.demos.breaking import finding
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo

Writer = Callable[..., Callable[[], Any]]


def _at(encoder: Any, *lengths: int) -> tuple[AtLength, ...]:
    with counted():
        return reading_writing.at_lengths(encoder, tiny.llama(), lengths, 5, own=True, device="cpu")


@pytest.mark.breaks("same-positions")
def test_without_a_cache_writing_computes_far_more_positions(result: Result) -> None:
    model = tiny.llama()
    prompt = tiny.random_tokens(model, 1, 1, seed=0)
    again = passes(model, lambda: caching.decode(model, prompt, 64, cached=False))
    assert again == Passes(64, 64 * 65 // 2)
    assert finding("same-positions", result) is True
    assert finding("same-positions", result, writing=again) is False


@pytest.mark.breaks("writing-is-slow")
def test_a_text_written_in_one_pass_is_not_slow(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(model: Any, batch: int, new: int, *, own: bool) -> Callable[[], Any]:
        return reading_writing.reader(model, batch, new)

    assert finding("writing-is-slow", result, lengths=_at(tiny.bert(), 64)) is True
    monkeypatch.setattr(reading_writing, "writer", at_once)
    assert finding("writing-is-slow", result, lengths=_at(tiny.bert(), 64)) is False


@pytest.mark.breaks("encoder-reads-faster")
def test_a_quarter_of_the_layers_is_faster_at_reading(result: Result) -> None:
    assert finding("encoder-reads-faster", result, lengths=_at(tiny.bert(), 128)) is False
    assert finding("encoder-reads-faster", result, lengths=_at(tiny.bert(n_layers=1), 128)) is True


@pytest.mark.breaks("grows-by-token")
def test_a_text_written_in_as_many_steps_at_every_length_does_not_grow(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight tokens, however many are asked for."""
    writer: Writer = reading_writing.writer

    def growth() -> Any:
        shortest, longest = _at(tiny.bert(), 32, 128)
        return ratio(longest.write, shortest.write)

    assert finding("grows-by-token", result, growth=growth()) is True
    monkeypatch.setattr(reading_writing, "writer", lambda model, batch, new, *, own: writer(model, batch, 8, own=own))
    assert finding("grows-by-token", result, growth=growth()) is False


@pytest.mark.breaks("batch-helps-writing", "batch-closes-the-gap")
def test_texts_written_one_after_another_gain_nothing_from_a_batch(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer: Writer = reading_writing.writer

    def one_by_one(model: Any, batch: int, new: int, *, own: bool) -> Callable[[], Any]:
        single = writer(model, 1, new, own=own)
        return lambda: [single() for _ in range(batch)]

    def holds(claim: str) -> bool | None:
        with counted():
            batching = reading_writing.batching(tiny.bert(), tiny.llama(), 8, (1, 8), 5, own=True, device="cpu")
        return finding(claim, result, batching=batching)

    claims = ("batch-helps-writing", "batch-closes-the-gap")
    assert [holds(claim) for claim in claims] == [True, True]
    monkeypatch.setattr(reading_writing, "writer", one_by_one)
    assert [holds(claim) for claim in claims] == [False, False]
