"""The demo encode-vs-generate as it is run on a model of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel

from llmquiz.demos.lab import demo
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    """A tiny GPT-2 and a tiny BERT, saved as a user would have them."""
    GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4)).save_pretrained(tmp_path / "decoder")
    size = {"vocab_size": 99, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    BertForMaskedLM(BertConfig(**size)).save_pretrained(tmp_path / "encoder")
    return tmp_path


def test_a_checkpoint_takes_the_place_of_the_decoder(checkpoints: Path, words_of: Any) -> None:
    words, path = words_of("encode-vs-generate"), str(checkpoints / "decoder")
    outcome = demo.run("encode-vs-generate", words, device="cpu", quick=True, model=path)
    assert outcome.result.decoder == "GPT2LMHeadModel 61.4K (L=2, d=32, V=99)"
    assert outcome.result.encoder.endswith("(L=2, d=32, V=256)"), "as wide and as deep"
    assert (outcome.result.tokens, outcome.result.text, outcome.result.written) == (32, "", "")
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert {claims[name] for name in ("same-positions", "label-is-a-head", "first-state")} == {True}
    assert [claim.id for claim in outcome.claims if claim.holds is None and claim.why is None] == []


def test_an_encoder_in_the_place_of_the_decoder_is_refused(checkpoints: Path, words_of: Any) -> None:
    words, path = words_of("encode-vs-generate"), str(checkpoints / "encoder")
    with pytest.raises(DemoError, match=r"its family is encoder \(bert\); this demo needs decoder"):
        demo.run("encode-vs-generate", words, device="cpu", quick=True, model=path)
