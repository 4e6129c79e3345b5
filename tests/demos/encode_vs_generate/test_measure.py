"""The demo encode-vs-generate, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from transformers import BertConfig, BertForMaskedLM, GPT2Config, GPT2LMHeadModel, LlamaForCausalLM

from llmquiz.demos.encode_vs_generate import classifiers
from llmquiz.demos.encode_vs_generate import measure as encode_vs_generate
from llmquiz.demos.lab import caching, demo, passes, results, run, tiny
from llmquiz.demos.lab.quantities import ratio
from llmquiz.errors import DemoError
from tests.demos.measuring import counted

pytestmark = pytest.mark.demo


OURS = {"own": True, "device": "cpu"}


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> encode_vs_generate.Result:
    found = quick_run("encode-vs-generate").result
    assert isinstance(found, encode_vs_generate.Result)
    return found


def _holds(claim: str, result: encode_vs_generate.Result, **changes: Any) -> bool | None:
    return encode_vs_generate.CLAIMS[claim](replace(result, **changes)).holds


def test_without_a_cache_writing_computes_far_more_positions(result: encode_vs_generate.Result) -> None:
    model = tiny.llama()
    prompt = tiny.random_tokens(model, 1, 1, seed=0)
    again = passes.passes(model, lambda: caching.decode(model, prompt, 64, cached=False))
    assert again == results.Passes(64, 64 * 65 // 2)
    assert _holds("same-positions", result, writing=again) is False
    assert _holds("same-positions", result, reading=results.Passes(2, 64)) is False


def test_a_text_written_in_one_pass_is_not_slow(
    result: encode_vs_generate.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(model: Any, batch: int, new: int, *, own: bool) -> Callable[[], Any]:
        return passes.reader(model, batch, new)

    monkeypatch.setattr(passes, "writer", at_once)
    with counted():
        at = passes.at_lengths(tiny.bert(), tiny.llama(), (64,), 5, **OURS)
    assert _holds("writing-is-slow", result, lengths=at) is False


def test_a_quarter_of_the_layers_is_faster_at_reading(result: encode_vs_generate.Result) -> None:
    with counted():
        at = passes.at_lengths(tiny.bert(n_layers=1), tiny.llama(), (128,), 5, **OURS)
    assert _holds("encoder-reads-faster", result, lengths=at) is True


def test_writing_the_same_number_every_time_does_not_grow(result: encode_vs_generate.Result) -> None:
    longest = result.lengths[-1]
    assert _holds("grows-by-token", result, growth=ratio(longest.write, longest.write)) is False


def test_texts_written_one_after_another_gain_nothing_from_a_batch(
    result: encode_vs_generate.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = passes.writer

    def one_by_one(model: Any, batch: int, new: int, *, own: bool) -> Callable[[], Any]:
        single = writer(model, 1, new, own=own)
        return lambda: [single() for _ in range(batch)]

    monkeypatch.setattr(passes, "writer", one_by_one)
    with counted():
        batching = passes.batching(tiny.bert(), tiny.llama(), 8, (1, 8), 5, **OURS)
    for claim in ("batch-helps-writing", "batch-closes-the-gap"):
        assert _holds(claim, result, batching=batching) is False


def test_labels_that_say_nothing_of_the_text_are_not_learned(
    result: encode_vs_generate.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = classifiers.texts

    def drawn(count: int, seed: int) -> tuple[Any, Any]:
        ids, classes = texts(count, seed)
        return ids, classes[torch.randperm(count, generator=torch.Generator().manual_seed(seed + 1))]

    monkeypatch.setattr(classifiers, "texts", drawn)
    found = classifiers.accuracies(0, "cpu", run.silent)
    for claim in ("no-generation-needed", "last-state", "first-state", "label-written"):
        assert _holds(claim, result) is True
        assert _holds(claim, result, accuracies=found) is False


def test_without_the_causal_mask_the_first_state_knows_the_class(result: encode_vs_generate.Result) -> None:
    bidirectional = classifiers.by_state(classifiers.encoder(seed=0, device="cpu"), 0, 0)
    found = replace(result.accuracies, decoder_first=bidirectional)
    assert _holds("first-state", result, accuracies=found) is False


def test_half_a_label_is_no_label(result: encode_vs_generate.Result) -> None:
    """One token tells two classes from the other two."""
    calls = result.accuracies.label_calls
    assert _holds("label-written", result, accuracies=replace(result.accuracies, label_calls=calls - 1)) is False
    labels = classifiers.labels(torch.arange(4))
    assert [len({*column.tolist()}) for column in labels.T] == [2, 2]
    assert len({tuple(row) for row in labels.tolist()}) == 4


def test_a_head_with_a_bias_is_more_than_a_linear_map(result: encode_vs_generate.Result) -> None:
    kind = tiny.llama()
    model = tiny.build(LlamaForCausalLM, seed=0, device="cpu", dtype="float32", **kind.config.to_diff_dict())
    ids = tiny.random_tokens(model, 1, 16, seed=0)
    assert _holds("label-is-a-head", result, head_gap=passes.head_gap(model, ids, ids[0, :4])) is True
    model.lm_head.bias = torch.nn.Parameter(torch.linspace(0, 1, model.config.vocab_size))
    gap = passes.head_gap(model, ids, ids[0, :4])
    assert _holds("label-is-a-head", result, head_gap=gap) is False
    finding = encode_vs_generate.CLAIMS["label-is-a-head"](replace(result, head_gap=gap, own_model=False))
    assert (finding.holds, finding.why) == (None, "other-head")


def test_masks_are_filled_one_a_pass(result: encode_vs_generate.Result) -> None:
    model = tiny.bert(head=True)
    prompt = tiny.random_tokens(model, 1, 5, seed=0)
    seen: list[Any] = []
    counted = passes.passes(model, lambda: seen.append(passes.unmasked(model, prompt, 7)))
    assert counted == results.Passes(7, 7 * 12)
    assert seen[0].shape == (1, 7)
    assert not bool((seen[0] == passes.MASK).any())
    assert _holds("cannot-generate", result, unmasking_written=15) is True


def test_every_text_shows_its_class_once() -> None:
    ids, classes = classifiers.texts(64, 3)
    marks = (ids >= classifiers.MARK) & (ids < classifiers.MARK + 4)
    assert marks.sum(1).tolist() == [1] * 64
    assert (ids[marks] - classifiers.MARK).tolist() == classes.tolist()
    assert classes.bincount().tolist() == [16] * 4


def test_in_bfloat16_equality_is_shown_but_not_judged(result: encode_vs_generate.Result) -> None:
    finding = encode_vs_generate.CLAIMS["label-is-a-head"](replace(result, dtype="bfloat16"))
    assert (finding.holds, finding.why) == (None, "float32-only")


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
    claims = {claim.id: claim.holds for claim in outcome.claims}
    assert {claims[name] for name in ("same-positions", "label-is-a-head", "first-state")} == {True}
    assert [claim.id for claim in outcome.claims if claim.holds is None and claim.why is None] == []


def test_an_encoder_in_the_place_of_the_decoder_is_refused(checkpoints: Path, words_of: Any) -> None:
    words, path = words_of("encode-vs-generate"), str(checkpoints / "encoder")
    with pytest.raises(DemoError, match=r"its family is encoder \(bert\); this demo needs decoder"):
        demo.run("encode-vs-generate", words, device="cpu", quick=True, model=path)
