"""The demo decode-speed, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from llmquiz.demos.decode_speed import batches
from llmquiz.demos.decode_speed.claims import LARGE, Result, Size
from llmquiz.demos.decode_speed.step_times import of_size
from llmquiz.demos.lab import decoding, demo, tiny
from llmquiz.errors import DemoError
from tests.demos import measuring
from tests.demos.breaking import finding
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo


def _of_size(d_model: int, n_layers: int, steps: int = 6) -> Size:
    model = tiny.llama(d_model=d_model, n_layers=n_layers, n_heads=d_model // 64, init=0.1)
    return of_size(model, steps, 5, "cpu", seed=0)


def _roofline(*sizes: int) -> batches.Roofline:
    """Of the demo's model at these batches, in counted time."""
    model = tiny.llama(d_model=512, n_layers=8, n_heads=8, init=0.1)
    with counted():
        return batches.roofline(model, sizes, 3, "cpu", seed=0)


@pytest.mark.breaks("same-tokens")
def test_a_loop_without_positions_writes_other_tokens(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "turn", lambda x, cos, sin: x)
    assert finding("same-tokens", result, sizes=(_of_size(128, 4, 24),)) is False


@pytest.mark.breaks("near-the-limit")
def test_a_loop_that_does_every_product_twice_is_far_from_the_limit(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    linear = torch.nn.functional.linear
    calls: list[int] = []

    class Twice:
        """The functions of torch, with the products of `Decoder` done twice."""

        def __getattr__(self, name: str) -> Any:
            return getattr(torch.nn.functional, name)

        def linear(self, x: Any, weight: Any) -> Any:
            if x.dim() == 3:  # `products` multiplies plain vectors
                calls.append(linear(x, weight).numel())
            return linear(x, weight)

    with counted():
        once = _of_size(1024, 8, 2)
        monkeypatch.setattr(decoding, "F", Twice())
        twice = _of_size(1024, 8, 2)
    assert [finding("near-the-limit", result, sizes=(size,)) for size in (once, twice)] == [True, False]
    assert calls


@pytest.mark.breaks("beats-generate")
def test_generate_against_itself_gains_nothing(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny.llama(d_model=128, n_layers=4, n_heads=2, init=0.1)

    def by_generate(_: Any, prompt: Any, new: int) -> Any:
        return model.generate(prompt, max_new_tokens=new, do_sample=False)[:, 1:]

    monkeypatch.setattr(decoding, "greedy", by_generate)
    with counted():
        itself = _of_size(128, 4, 24)
    assert itself.gain.value == pytest.approx(1, rel=0.01)
    assert finding("beats-generate", result, sizes=(itself,)) is False


@pytest.mark.breaks("never-slower")
def test_a_loop_without_a_cache_is_slower_than_generate(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step reads the whole text again."""
    greedy = decoding.greedy

    def all_again(decoder: Any, prompt: Any, new: int) -> Any:
        tokens = prompt
        for _ in range(new):
            decoder.rewind()
            tokens = torch.cat((tokens, greedy(decoder, tokens, 1)), 1)
        return tokens[:, prompt.shape[1] :]

    with counted():
        cached = _of_size(512, 1, 16)
        monkeypatch.setattr(decoding, "greedy", all_again)
        uncached = _of_size(512, 1, 16)
    assert cached.tokens == uncached.tokens
    assert [finding("never-slower", result, sizes=(size,)) for size in (cached, uncached)] == [True, False]


@pytest.mark.breaks("batch-shares-reading")
def test_sequences_stepped_one_after_the_other_share_nothing(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = batches.one_step

    def in_turn(decoder: Any, model: Any, batch: int, seed: int) -> Callable[[], object]:
        step = alone(decoder, model, 1, seed)
        return lambda: [step() for _ in range(batch)]

    together = _roofline(1, 8).many
    monkeypatch.setattr(batches, "one_step", in_turn)
    apart = _roofline(1, 8).many
    assert [finding("batch-shares-reading", result, many=many) for many in (together, apart)] == [True, False]


@pytest.mark.breaks("bound-by-bytes")
def test_on_a_machine_whose_arithmetic_is_slow_reading_is_not_the_limit(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("bound-by-bytes", result, batches=_roofline(1, 8, 64).batches) is True
    monkeypatch.setattr(measuring, "FLOP", 10 * measuring.NUMBER)  # a number is read sooner than added
    assert finding("bound-by-bytes", result, batches=_roofline(1, 8, 64).batches) is False


@pytest.mark.breaks("bound-by-work")
def test_a_batch_of_which_one_sequence_is_computed_is_not_bound_by_work(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(at: batches.Roofline) -> bool | None:
        values = {"crossing_batch": at.crossing_batch, "half_batch": at.half_batch, "doubled": at.doubled}
        return finding("bound-by-work", result, **values)

    assert judged(_roofline(1, 8, 32, 64)) is True
    alone = batches.one_step
    monkeypatch.setattr(batches, "one_step", lambda decoder, model, batch, seed: alone(decoder, model, 1, seed))
    assert judged(_roofline(1, 8, 32, 64)) is False


def test_the_limit_counts_every_matrix_once(result: Result) -> None:
    """All parameters of the large model but its embedding (256 × 1024) and 17 norms of 1024, in four bytes each."""
    large = result.sizes[-1]
    assert large.parameters >= LARGE
    assert large.matrix_bytes == 4 * (large.parameters - 256 * 1024 - 17 * 1024)
    assert len(set(result.sizes[0].tokens)) > 10


def test_a_checkpoint_takes_the_place_of_the_largest_size_and_of_the_batches(tmp_path: Path, words_of: Any) -> None:
    size = {"vocab_size": 99, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2}
    config = LlamaConfig(**size, num_attention_heads=4, num_key_value_heads=2, initializer_range=0.2)
    LlamaForCausalLM(config).save_pretrained(tmp_path)
    outcome = demo.run("decode-speed", words_of("decode-speed"), device="cpu", quick=True, model=str(tmp_path))
    assert [size.d_model for size in outcome.result.sizes] == [128, 64]
    assert outcome.result.model == outcome.result.sizes[-1].model
    claims = {claim.id: claim for claim in outcome.claims}
    assert claims["same-tokens"].holds is True
    assert claims["near-the-limit"].holds is None, "too small a model for it"


def test_a_model_that_the_loop_does_not_know_is_refused(tmp_path: Path, words_of: Any) -> None:
    GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4)).save_pretrained(tmp_path)
    with pytest.raises(DemoError, match="its family is GPT2LMHeadModel; this demo needs LlamaForCausalLM"):
        demo.run("decode-speed", words_of("decode-speed"), device="cpu", quick=True, model=str(tmp_path))
