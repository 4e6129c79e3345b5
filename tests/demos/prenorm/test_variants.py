"""The variants of prenorm and the chain that they learn are what their names say."""

from __future__ import annotations

from itertools import pairwise

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.prenorm import language, variants

pytestmark = pytest.mark.demo
PLACE = {"device": "cpu", "dtype": "float32"}


def test_post_and_pre_norm_start_from_the_same_matrices() -> None:
    post, pre = (variants.make(name, 2, seed=5, **PLACE) for name in ("post", "pre"))
    for behind, before in zip(post.transformer.h, pre.transformer.h, strict=True):
        assert torch.equal(behind.attn.c_attn.weight, before.attn.c_attn.weight)
        assert torch.equal(behind.mlp.c_proj.weight, before.mlp.c_proj.weight)
    assert torch.equal(post.transformer.tokens_embed.weight, pre.transformer.wte.weight)
    again = variants.make("pre", 2, seed=6, **PLACE)
    assert not torch.equal(again.transformer.wte.weight, pre.transformer.wte.weight)


def test_the_norm_is_where_the_name_says() -> None:
    """The last thing that a post-norm block does is to normalize: every state has mean 0 and variance 1."""
    ids = language.chain(0, seed=0, device="cpu")
    spreads = {}
    for name in ("post", "pre"):
        model = variants.make(name, 4, seed=0, **PLACE)
        states = model(ids, output_hidden_states=True).hidden_states[2].detach()
        spreads[name] = float(states.var(-1, correction=0).mean())
    assert spreads["post"] == pytest.approx(1, abs=1e-3)
    assert spreads["pre"] != pytest.approx(1, abs=0.1)


def test_a_chain_has_one_successor_for_each_token() -> None:
    ids = torch.cat([language.chain(step, seed=3, device="cpu") for step in range(9)])
    pairs = {(a, b) for row in ids.tolist() for a, b in pairwise(row)}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) == language.VOCAB
