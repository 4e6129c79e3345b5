"""The demo flash-attention, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.flash_attention import attention, costs, draw, peak_memory
from llmquiz.demos.flash_attention import measure as flash_attention
from llmquiz.demos.flash_attention.claims import CACHED, Length, Result
from llmquiz.demos.lab import demo, run, tiny
from llmquiz.demos.lab.quantities import Times
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo

SIZES: dict[str, Any] = {"heads": 4, "width": 64, "device": "cpu", "dtype": "float32", "seed": 0}


def windowed(q: Any, k: Any, v: Any) -> Any:
    """Every tile of queries sees its own tile of keys and nothing before it: linear work, another function."""
    parts = [tuple(x.split(attention.BLOCK, -2)) for x in (q, k, v)]
    return torch.cat([attention.eager(*tile) for tile in zip(*parts, strict=True)], -2)


@pytest.mark.parametrize("tokens", [1, 127, 128, 129, 300])
def test_tiles_agree_with_the_formula_at_every_length(tokens: int) -> None:
    assert max(costs.gaps(tokens, SIZES)) < 1e-6


@pytest.mark.breaks("same-result")
@pytest.mark.parametrize("kind", ["tiled", "fused"])
def test_attention_that_forgets_what_was_before_is_not_exact(
    result: Result, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("same-result", result, gaps=costs.gaps(300, SIZES)) is True
    monkeypatch.setitem(attention.BY_KIND, kind, windowed)
    assert finding("same-result", result, gaps=costs.gaps(300, SIZES)) is False


def _tiles_with(old: str, new: str) -> Any:
    """The tiles of the demo with a piece of their source exchanged."""
    source = inspect.getsource(attention.tiled)
    assert old in source
    names = dict(vars(attention))
    exec(source.replace(old, new), names)
    return names["tiled"]


@pytest.mark.breaks("same-result")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total * shrink", "total"),  # sums before a larger score was found count too much
        ("mixed * shrink", "mixed"),
        ("left == start", "left < 0"),  # no mask in the tile of the diagonal
        ("* q.shape[-1] ** -0.5", ""),
    ],
)
def test_tiles_without_one_of_their_parts_are_not_exact(
    result: Result, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(attention.BY_KIND, "tiled", _tiles_with(old, new))
    assert finding("same-result", result, gaps=costs.gaps(300, SIZES)) is False


@pytest.mark.skipif(not peak_memory.can_measure("cpu"), reason="peak memory of a process can be read on Linux only")
@pytest.mark.breaks("eager-squared", "linear-memory", "no-score-matrix", "step-has-none")
def test_a_kernel_with_the_score_matrix_in_the_place_of_the_fused_one(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims = ("eager-squared", "linear-memory", "no-score-matrix", "step-has-none")
    assert [finding(claim, result) for claim in claims] == [True] * 4
    monkeypatch.setattr(costs, "WORK", "tests.demos.flash_attention.exchanged:work")
    peaks, step_peak = costs.peaks([peak.tokens for peak in result.peaks], SIZES)
    broken = {"peaks": peaks, "step_peak": step_peak}
    assert [finding(claim, result, **broken) for claim in claims] == [False] * 4


def test_where_peaks_cannot_be_read_times_are_drawn_all_the_same(result: Result, words_of: Any) -> None:
    unknown = tuple(replace(peak, eager=None, tiled=None, fused=None) for peak in result.peaks)
    blind = replace(result, peaks=unknown, step_peak=None)
    assert draw.plot(blind, words_of("flash-attention"), "zh")
    assert draw.tables(blind, words_of("flash-attention"), "zh")
    assert draw.figure(blind, words_of("flash-attention"), "en")


@pytest.mark.breaks("work-stays")
def test_attention_over_a_window_is_not_quadratic(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(attention.BY_KIND, "tiled", windowed)
    counted = tuple(costs.operations(tokens, SIZES) for tokens in (512, 1024))
    assert counted[1].tiled == 2 * counted[0].tiled
    quadratic = _lengths(1, 4, 16)
    assert finding("work-stays", result, lengths=quadratic) is True
    assert finding("work-stays", result, lengths=quadratic, operations=counted) is False


def _lengths(*seconds: float) -> tuple[Length, ...]:
    times = [Times((each,) * 5) for each in seconds]
    return tuple(Length(256 * 2**i, each, each, each) for i, each in enumerate(times))


@pytest.mark.breaks("faster")
def test_the_formula_is_not_faster_than_itself(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(attention.BY_KIND, "fused", attention.eager)
    lengths = costs.times([512], SIZES, 5, run.silent)
    assert finding("faster", result, lengths=lengths) is not True


@pytest.mark.breaks("recomputes")
@pytest.mark.parametrize(("kind", "recomputes"), [("fused", True), ("tiled", False), ("eager", False)])
def test_only_the_fused_kernel_recomputes(
    result: Result, kind: str, recomputes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(attention.BY_KIND, "fused", attention.BY_KIND[kind])
    for_backward = tuple(costs.kept_for_backward(tokens, SIZES) for tokens in (256, 512))
    assert finding("recomputes", result, kept=for_backward) is recomputes


def test_the_fused_kernel_keeps_inputs_result_and_a_number_for_each_query(result: Result) -> None:
    """q, k, v and the result of 64 numbers, and one logarithm of a sum, for 4 heads, in 4 bytes."""
    assert [at.fused for at in result.kept] == [(4 * 64 + 1) * 4 * 4 * n for n in (512, 1024)]


@pytest.mark.breaks("tiles-alone")
def test_tiles_that_recompute_would_keep_little(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(attention.BY_KIND, "tiled", attention.fused)
    for_backward = (costs.kept_for_backward(1024, SIZES),)
    assert finding("tiles-alone", result, kept=for_backward) is False


@pytest.mark.breaks("shrinks-cache")
def test_fewer_heads_would_shrink_the_cache(result: Result) -> None:
    model = tiny.llama(n_kv_heads=2)
    size, _ = flash_attention.read(model, tiny.random_tokens(model, 1, CACHED, seed=0))
    assert size == result.cache_formula // 2
    assert finding("shrinks-cache", result, cache_fused=size) is True
    assert result.cache_fused == result.cache_eager == result.cache_formula


def test_in_bfloat16_equality_is_shown_but_not_judged(words_of: Any) -> None:
    words = words_of("flash-attention")
    outcome = demo.run("flash-attention", words, device="cpu", dtype="bfloat16", quick=True)
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert (claims["same-result"], claims["recomputes"]) == (None, None)
    assert (claims["faster"], claims["step-has-none"], claims["shrinks-cache"]) == (None, None, False)
