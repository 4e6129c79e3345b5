"""The demo decode-speed, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.decode_speed import measure as decode_speed
from llmquiz.demos.lab import decoding, demo, tiny
from llmquiz.demos.lab.quantities import Ratio
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> decode_speed.Result:
    found = quick_run("decode-speed").result
    assert isinstance(found, decode_speed.Result)
    return found


def _of_size(d_model: int, n_layers: int, steps: int = 6) -> decode_speed.Size:
    model = tiny.llama(d_model=d_model, n_layers=n_layers, n_heads=d_model // 64, init=0.1)
    return decode_speed.of_size(model, steps, 5, "cpu", seed=0)


def _finding(claim: str, result: decode_speed.Result, **changes: Any) -> bool | None:
    return decode_speed.CLAIMS[claim](replace(result, **changes)).holds


def test_a_loop_without_positions_writes_other_tokens(
    result: decode_speed.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "turn", lambda x, cos, sin: x)
    assert _finding("same-tokens", result, sizes=(_of_size(128, 4, 24),)) is False


def test_a_loop_that_does_every_product_twice_is_far_from_the_limit(
    result: decode_speed.Result, monkeypatch: pytest.MonkeyPatch
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
    assert [_finding("near-the-limit", result, sizes=(size,)) for size in (once, twice)] == [True, False]
    assert calls


def test_generate_against_itself_gains_nothing(result: decode_speed.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny.llama(d_model=128, n_layers=4, n_heads=2, init=0.1)

    def by_generate(_: Any, prompt: Any, new: int) -> Any:
        return model.generate(prompt, max_new_tokens=new, do_sample=False)[:, 1:]

    monkeypatch.setattr(decoding, "greedy", by_generate)
    with counted():
        itself = _of_size(128, 4, 24)
    assert itself.gain.value == pytest.approx(1, rel=0.01)
    assert _finding("beats-generate", result, sizes=(itself,)) is False


def test_sequences_stepped_one_after_the_other_share_nothing(
    result: decode_speed.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = decode_speed.one_step

    def one_by_one(decoder: Any, model: Any, batch: int, seed: int) -> Callable[[], object]:
        step = alone(decoder, model, 1, seed)
        return lambda: [step() for _ in range(batch)]

    model = tiny.llama(d_model=512, n_layers=8, n_heads=8, init=0.1)
    with counted():
        together = decode_speed.of_batches(model, (1, 8), 3, "cpu", seed=0)["many"]
        monkeypatch.setattr(decode_speed, "one_step", one_by_one)
        apart = decode_speed.of_batches(model, (1, 8), 3, "cpu", seed=0)["many"]
    assert [_finding("batch-shares-reading", result, many=many) for many in (together, apart)] == [True, False]


def test_a_machine_with_slow_arithmetic_is_not_bound_by_bytes(result: decode_speed.Result) -> None:
    for work_seconds, holds in ((0.4, True), (0.6, False), (1.0, False)):
        first = replace(result.batches[0], bytes_seconds=1.0, work_seconds=work_seconds)
        assert _finding("bound-by-bytes", result, batches=(first, *result.batches[1:])) is holds


def test_where_the_crossing_lies_beyond_the_batches_nothing_is_said_about_arithmetic(
    result: decode_speed.Result,
) -> None:
    flat = Ratio(1.0, (1.0,) * 5)
    assert _finding("bound-by-work", result, doubled=flat, crossing_batch=3.0) is False
    assert _finding("bound-by-work", result, doubled=flat, crossing_batch=300.0) is None


def test_on_an_accelerator_the_limit_is_shown_but_not_judged(result: decode_speed.Result) -> None:
    assert _finding("near-the-limit", result, device="cuda") is None


@pytest.mark.parametrize("claim", ["near-the-limit", "bound-by-bytes", "batch-shares-reading", "bound-by-work"])
def test_a_format_that_the_processor_emulates_is_shown_but_not_judged(result: decode_speed.Result, claim: str) -> None:
    slow = Ratio(0.5, (0.5,) * 5)
    found = decode_speed.CLAIMS[claim](replace(result, dtype="float16", many=slow, doubled=slow, crossing_batch=3.0))
    assert (found.holds, found.why) == (None, "slow-format")


@pytest.mark.parametrize(
    ("rounds", "holds"),
    [((0.99, 1.01, 0.98), True), ((0.97, 0.99, 0.98), False), ((1.2, 1.3, 1.1), True)],
)
def test_slower_means_slower_in_every_round(
    result: decode_speed.Result, rounds: tuple[float, ...], holds: bool
) -> None:
    sizes = (result.sizes[0], replace(result.sizes[1], gain=Ratio(sorted(rounds)[1], rounds)))
    assert _finding("never-slower", result, sizes=sizes) is holds


def test_the_limit_counts_every_matrix_once(result: decode_speed.Result) -> None:
    """All parameters of the large model but its embedding (256 × 1024) and 17 norms of 1024, in four bytes each."""
    large = result.sizes[-1]
    assert large.parameters >= decode_speed.LARGE
    assert large.matrix_bytes == 4 * (large.parameters - 256 * 1024 - 17 * 1024)
    assert len(set(result.sizes[0].tokens)) > 10
