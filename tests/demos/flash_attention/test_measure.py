"""The demo flash-attention, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.flash_attention import costs, tiles
from llmquiz.demos.flash_attention import measure as flash_attention
from llmquiz.demos.lab import demo, run, tiny
from llmquiz.demos.lab.quantities import Times

pytestmark = pytest.mark.demo

SIZES: dict[str, Any] = {"heads": 4, "width": 64, "device": "cpu", "dtype": "float32", "seed": 0}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> flash_attention.Result:
    found = quick_run("flash-attention").result
    assert isinstance(found, flash_attention.Result)
    return found


def _finding(claim: str, result: flash_attention.Result, **changes: Any) -> bool | None:
    return flash_attention.CLAIMS[claim](replace(result, **changes)).holds


def windowed(q: Any, k: Any, v: Any) -> Any:
    """Every tile of queries sees its own tile of keys and nothing before it: linear work, another function."""
    parts = [tuple(x.split(tiles.BLOCK, -2)) for x in (q, k, v)]
    return torch.cat([tiles.eager(*tile) for tile in zip(*parts, strict=True)], -2)


@pytest.mark.parametrize("tokens", [1, 127, 128, 129, 300])
def test_tiles_agree_with_the_formula_at_every_length(tokens: int) -> None:
    assert max(costs.gaps(tokens, SIZES)) < 1e-6


@pytest.mark.parametrize("kind", ["tiled", "fused"])
def test_attention_that_forgets_what_was_before_is_not_exact(
    result: flash_attention.Result, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("same-result", result, gaps=costs.gaps(300, SIZES)) is True
    monkeypatch.setitem(tiles.KINDS, kind, windowed)
    assert _finding("same-result", result, gaps=costs.gaps(300, SIZES)) is False


def _tiles_with(old: str, new: str) -> Any:
    """The tiles of the demo with one piece of their source exchanged."""
    source = inspect.getsource(tiles.tiled)
    assert old in source
    names = dict(vars(tiles))
    exec(source.replace(old, new), names)
    return names["tiled"]


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
    result: flash_attention.Result, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tiles.KINDS, "tiled", _tiles_with(old, new))
    assert _finding("same-result", result, gaps=costs.gaps(300, SIZES)) is False


def test_a_kernel_with_the_score_matrix_in_the_place_of_the_fused_one(result: flash_attention.Result) -> None:
    """The peaks come from processes of their own, where nothing can be broken from here: they are exchanged."""
    as_eager = tuple(replace(one, fused=one.eager) for one in result.peaks)
    as_fused = tuple(replace(one, eager=one.fused) for one in result.peaks)
    for claim in ("eager-squared", "linear-memory", "no-score-matrix"):
        assert _finding(claim, result) is True
    assert _finding("linear-memory", result, peaks=as_eager) is False
    assert _finding("no-score-matrix", result, peaks=as_eager) is False
    assert _finding("eager-squared", result, peaks=as_fused) is False
    assert _finding("no-score-matrix", result, peaks=as_fused) is False


def test_where_peaks_cannot_be_read_nothing_is_judged(result: flash_attention.Result, words_of: Any) -> None:
    unknown = tuple(replace(one, eager=None, tiled=None, fused=None) for one in result.peaks)
    blind = replace(result, peaks=unknown, step_peak=None)
    for claim in ("eager-squared", "linear-memory", "no-score-matrix", "step-has-none"):
        finding = flash_attention.CLAIMS[claim](blind)
        assert (finding.holds, finding.why) == (None, "no-peak-memory")
    assert flash_attention.render(blind, words_of("flash-attention"), "zh")


def test_attention_over_a_window_is_not_quadratic(
    result: flash_attention.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "tiled", windowed)
    counted = tuple(costs.operations(tokens, SIZES) for tokens in (512, 1024))
    assert counted[1].tiled == 2 * counted[0].tiled
    quadratic = _lengths(1, 4, 16)
    assert _finding("work-stays", result, lengths=quadratic) is True
    assert _finding("work-stays", result, lengths=quadratic, operations=counted) is False


def _lengths(*seconds: float) -> tuple[costs.Length, ...]:
    times = [Times((one,) * 5) for one in seconds]
    return tuple(costs.Length(256 * 2**i, one, one, one) for i, one in enumerate(times))


@pytest.mark.parametrize(
    ("seconds", "device", "holds"),
    [((1, 4, 16), "cpu", True), ((1, 2, 4), "cpu", False), ((1, 1.1, 1.2), "cuda", None)],
)
def test_times_that_grow_with_the_length_alone_are_not_quadratic(
    result: flash_attention.Result, seconds: tuple[float, ...], device: str, holds: bool | None
) -> None:
    assert _finding("work-stays", result, lengths=_lengths(*seconds), device=device) is holds


def test_the_formula_is_not_faster_than_itself(result: flash_attention.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tiles.KINDS, "fused", tiles.eager)
    lengths = costs.times([512], SIZES, 5, run.silent)
    assert _finding("faster", result, lengths=lengths) is not True


@pytest.mark.parametrize(("kind", "recomputes"), [("fused", True), ("tiled", False), ("eager", False)])
def test_only_the_fused_kernel_recomputes(
    result: flash_attention.Result, kind: str, recomputes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tiles.KINDS, "fused", tiles.KINDS[kind])
    kept = tuple(costs.kept_for_backward(tokens, SIZES) for tokens in (256, 512))
    assert _finding("recomputes", result, kept=kept) is recomputes


def test_other_gradients_are_noticed(result: flash_attention.Result) -> None:
    wrong = tuple(replace(one, gradient_gap=0.1) for one in result.kept)
    assert _finding("recomputes", result, kept=wrong) is False


def test_the_fused_kernel_keeps_inputs_result_and_a_number_for_each_query(result: flash_attention.Result) -> None:
    """q, k, v and the result of 64 numbers, and one logarithm of a sum, for 4 heads, in 4 bytes."""
    assert [one.fused for one in result.kept] == [(4 * 64 + 1) * 4 * 4 * n for n in (512, 1024)]


def test_tiles_that_recompute_would_keep_little(
    result: flash_attention.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tiles.KINDS, "tiled", tiles.fused)
    kept = (costs.kept_for_backward(1024, SIZES),)
    assert _finding("tiles-alone", result, kept=kept) is False


def test_fewer_heads_would_shrink_the_cache(result: flash_attention.Result) -> None:
    model = tiny.llama(n_kv_heads=2)
    size, _ = flash_attention.read(model, tiny.random_tokens(model, 1, flash_attention.CACHED, seed=0))
    assert size == result.cache_formula // 2
    assert _finding("shrinks-cache", result, cache_fused=size) is True
    assert result.cache_fused == result.cache_eager == result.cache_formula


def test_the_memory_of_a_whole_pass_is_more_than_that_of_a_step(result: flash_attention.Result) -> None:
    assert _finding("step-has-none", result, step_peak=result.peaks[-1].eager) is False


@pytest.mark.parametrize(("values", "p"), [((3, 12, 48), 2), ((5, 10, 20), 1), ((7, 7, 7), 0)])
def test_the_exponent_of_a_power_law(values: tuple[float, ...], p: float) -> None:
    assert costs.exponent([128, 256, 512], list(values)) == pytest.approx(p)


def test_in_bfloat16_equality_is_shown_but_not_judged(words_of: Any) -> None:
    words = words_of("flash-attention")
    outcome = demo.run("flash-attention", words, device="cpu", dtype="bfloat16", quick=True)
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert (claims["same-result"], claims["recomputes"]) == (None, None)
    assert (claims["faster"], claims["step-has-none"], claims["shrinks-cache"]) == (None, None, False)
