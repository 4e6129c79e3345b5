"""The two caches of an encoder–decoder."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")
from llmquiz.demos.lab import caching, tiny
from llmquiz.demos.lab.results import TwoCaches
from llmquiz.demos.lab.two_caches import two_caches

pytestmark = pytest.mark.demo

D, HEADS, LAYERS = 32, 4, 2
SOURCE = 11


def _measured(target: int, dtype: str = "float32") -> TwoCaches:
    model = tiny.t5(d_model=D, n_heads=HEADS, n_layers=LAYERS, dtype=dtype)
    ids = tiny.random_tokens(model, 1, SOURCE + target, seed=0)
    return two_caches(model, ids[:, :SOURCE], ids[:, SOURCE:])


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_one_cache_grows_with_the_text_and_the_other_with_the_source(dtype: str) -> None:
    short, long = _measured(2, dtype), _measured(8, dtype)
    assert long.self_bytes == 4 * short.self_bytes
    assert long.cross_bytes == short.cross_bytes == short.self_bytes * SOURCE // 2
    for measured in (short, long):
        assert (measured.self_bytes, measured.cross_bytes) == (
            measured.self_bytes_formula,
            measured.cross_bytes_formula,
        )
    assert (long.source, long.target, long.layers) == (SOURCE, 8, LAYERS)


def test_the_source_is_projected_once_a_layer_however_long_the_text() -> None:
    assert [_measured(target).cross_positions for target in (1, 8)] == [LAYERS * SOURCE] * 2


def test_step_by_step_gives_what_one_pass_gives() -> None:
    assert 0 < _measured(8).gap < 1e-5


def test_a_decoder_of_the_same_depth_keeps_source_and_text_in_all_layers() -> None:
    """Against what the cache of one holds."""
    measured = _measured(8)
    decoder = tiny.llama(d_model=D, n_heads=HEADS, n_layers=2 * LAYERS)
    cache = caching.empty_cache(decoder)
    caching.step(decoder, tiny.random_tokens(decoder, 1, SOURCE + 8, seed=0), cache)
    assert measured.same_depth_bytes == caching.cache_size(cache)
