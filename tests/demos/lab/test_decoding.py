"""Our decoding loop against the models of `transformers`."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
from llmquiz.demos.lab import decoding, tiny
from llmquiz.demos.lab.decoding import Decoder, greedy

pytestmark = pytest.mark.demo


@pytest.fixture(params=[4, 2, 1], ids=["MHA", "GQA", "MQA"])
def model(request: pytest.FixtureRequest) -> Any:
    return tiny.llama(d_model=64, n_layers=3, n_heads=4, n_kv_heads=request.param, init=0.3)


def test_it_writes_what_generate_writes(model: Any) -> None:
    prompt = tiny.random_tokens(model, 2, 9, seed=1)
    wrote = greedy(Decoder(model, batch=2, length=48), prompt, 39)
    expected = model.generate(prompt, max_new_tokens=39, do_sample=False)[:, 9:]
    assert torch.equal(wrote, expected)
    assert len(set(wrote.flatten().tolist())) > 10


@pytest.mark.parametrize("pieces", [(12,), (5, 7), (5, 1, 6), (1,) * 12])
def test_its_logits_are_those_of_one_pass_however_the_text_is_fed(model: Any, pieces: tuple[int, ...]) -> None:
    ids = tiny.random_tokens(model, 2, 12, seed=2)
    decoder = Decoder(model, batch=2, length=12)
    for piece in ids.split(pieces, 1):
        logits = decoder(piece)
    expected = model(ids).logits[:, -1]
    assert (logits - expected).abs().max() < 1e-4 * expected.abs().max()


def test_a_rewound_decoder_forgets(model: Any) -> None:
    ids = tiny.random_tokens(model, 1, 12, seed=3)
    decoder = Decoder(model, length=16)
    decoder(ids)
    decoder.rewind(6)
    again = decoder(ids[:, 6:])
    decoder.rewind()
    assert torch.allclose(again, decoder(ids), atol=1e-4)
    changed = ids.clone()
    changed[:, 0] += 1
    decoder.rewind()
    assert not torch.allclose(again, decoder(changed), atol=1e-2)


def test_its_cache_has_the_size_of_the_formula(model: Any) -> None:
    config = model.config
    cache = Decoder(model, batch=3, length=20).cache
    assert cache.nbytes == 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * 20 * 4 * 3


def test_the_matrices_are_all_weights_but_norms_and_embedding(model: Any) -> None:
    counted = sum(matrix.numel() for matrix in Decoder(model, length=1).matrices)
    vectors = sum(p.numel() for p in model.parameters() if p.dim() == 1)
    assert counted == tiny.parameters(model) - vectors - model.get_input_embeddings().weight.numel()


def test_without_rotary_positions_it_would_not_agree(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the tests above."""
    monkeypatch.setattr(decoding, "turn", lambda x, cos, sin: x)
    ids = tiny.random_tokens(model, 1, 12, seed=2)
    expected = model(ids).logits[:, -1]
    assert (Decoder(model, length=12)(ids) - expected).abs().max() > 1e-2 * expected.abs().max()


def test_a_step_is_the_same_one_each_time(model: Any) -> None:
    """A decoder that is not wound back would be at another position each time."""
    ids = tiny.random_tokens(model, 1, 6, seed=3)
    decoder = Decoder(model, length=8)
    decoder(ids[:, :5])
    step = decoding.one_step(decoder, ids[:, 5:], 5)
    assert torch.equal(step(), step())
    expected = model(ids).logits[:, -1]
    assert (step() - expected).abs().max() < 1e-4 * expected.abs().max()
