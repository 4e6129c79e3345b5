"""The demo gqa as it is run, with a model of one's own and in another precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from llmquiz.demos.lab import demo
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    """Tiny decoders, saved as a user would have them."""
    size: dict[str, Any] = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    for name, heads in (("llama", 2), ("one-head", 1)):
        config = LlamaConfig(**size, num_attention_heads=4, num_key_value_heads=heads, initializer_range=0.2)
        LlamaForCausalLM(config).save_pretrained(tmp_path / name)
    biased = Qwen2Config(**size, num_attention_heads=4, num_key_value_heads=4, initializer_range=0.2)
    Qwen2ForCausalLM(biased).save_pretrained(tmp_path / "biased")
    GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4)).save_pretrained(tmp_path / "gpt2")
    return tmp_path


@pytest.mark.parametrize(("name", "merged"), [("llama", [1]), ("biased", [2, 1]), ("one-head", [])])
def test_a_checkpoint_is_merged_in_the_place_of_the_tiny_model(
    checkpoints: Path, words_of: Any, name: str, merged: list[int]
) -> None:
    path, words = str(checkpoints / name), words_of("gqa")
    outcome = demo.run("gqa", words, device="cpu", quick=True, model=path)
    assert [merge.kv_heads for merge in outcome.result.merges] == merged
    assert outcome.result.own_bytes == outcome.result.own_formula
    assert outcome.result.own_full_bytes == 2 * 2 * 4 * 8 * 4, "2, layers, all heads, width, bytes"
    claims = {claim.id: claim for claim in outcome.claims}
    assert claims["bytes-by-formula"].holds is True
    assert claims["merging-costs"].holds is (True if merged else None)


def test_a_model_without_heads_to_merge_is_refused(checkpoints: Path, words_of: Any) -> None:
    with pytest.raises(DemoError, match="GPT2LMHeadModel does not project keys and values by head"):
        demo.run("gqa", words_of("gqa"), device="cpu", quick=True, model=str(checkpoints / "gpt2"))


def test_in_bfloat16_equality_is_shown_but_not_judged(words_of: Any) -> None:
    outcome = demo.run("gqa", words_of("gqa"), device="cpu", dtype="bfloat16", quick=True)
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert (claims["latent-same"], claims["shared-heads"], claims["bytes-by-formula"]) == (None, None, True)
    assert outcome.result.kinds[0].token_bytes == 2 * 2 * 4 * 16 * 32
