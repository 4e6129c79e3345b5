"""The demo retrieval, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import tiny, training
from llmquiz.demos.lab.quantities import Ratio, ratio
from llmquiz.demos.lab.run import silent
from llmquiz.demos.retrieval import early_tokens, measure, ranking, sentence_vectors, vocabulary
from llmquiz.demos.retrieval.claims import QueryCost, Result
from llmquiz.demos.retrieval.cost import query_cost
from llmquiz.demos.retrieval.sentence_vectors import READERS
from llmquiz.demos.retrieval.train import TRAINING
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT: Result = recorded("retrieval")


def _finding(claim: str, **values: Any) -> bool | None:
    return verdict("retrieval", claim, changed(RESULT, values))


def _with_model(name: str, model: Any) -> dict[str, Any]:
    """The models with another in the place of one."""
    scores = ranking.similarities(name, model, ranking.build_index(0))
    measured = measure.trained_model(name, scores)
    return {"models": tuple(measured if model.name == name else model for model in RESULT.models)}


@pytest.mark.breaks("found-first")
def test_an_untrained_encoder_finds_next_to_nothing() -> None:
    assert _finding("found-first", **_with_model("encoder", training.trained(TRAINING, "encoder"))) is True
    assert _finding("found-first", **_with_model("encoder", sentence_vectors.untrained("encoder", 0))) is False


@pytest.mark.breaks("raw-vectors")
def test_vectors_that_need_no_contrast_would_be_noticed() -> None:
    assert _finding("raw-vectors") is False
    assert _finding("raw-vectors", **_with_model("encoder-raw", training.trained(TRAINING, "encoder"))) is True


@pytest.mark.breaks("mask-keeps-up")
def test_a_decoder_that_the_mask_held_back_would_be_noticed() -> None:
    assert _finding("mask-keeps-up") is True
    broken = _with_model("decoder-mean", sentence_vectors.untrained("decoder-mean", 0))
    assert _finding("mask-keeps-up", **broken) is False


@pytest.mark.breaks("last-state")
def test_a_decoder_that_gives_its_mean_does_not_fall_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("last-state", **_with_model("decoder", training.trained(TRAINING, "decoder"))) is True
    monkeypatch.setitem(READERS, "decoder", READERS["decoder-mean"])
    assert _finding("last-state", **_with_model("decoder", training.trained(TRAINING, "decoder-mean"))) is False


@pytest.mark.breaks("same-state", "early-guess")
def test_without_its_mask_a_decoder_moves_its_early_states_and_guesses_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoder, _, mean = RESULT.early
    monkeypatch.setitem(READERS, "decoder", READERS["decoder"]._replace(both_sides=True))
    unmasked = early_tokens.early_states("decoder", training.trained(TRAINING, "decoder"), 0)
    assert unmasked.moved == unmasked.pairs
    for claim in ("same-state", "early-guess"):
        assert _finding(claim) is True
        assert _finding(claim, early=(encoder, unmasked, mean)) is False


@pytest.mark.breaks("same-state", "early-guess")
def test_behind_the_mask_an_encoder_knows_nothing_of_later_words(monkeypatch: pytest.MonkeyPatch) -> None:
    _, *decoders = RESULT.early
    monkeypatch.setitem(READERS, "encoder", READERS["encoder"]._replace(both_sides=False))
    masked = early_tokens.early_states("encoder", training.trained(TRAINING, "encoder"), 0)
    assert masked.told[: vocabulary.MEANING_AT] == (0.5,) * vocabulary.MEANING_AT
    for claim in ("same-state", "early-guess"):
        assert _finding(claim, early=(masked, *decoders)) is False


def _query_cost() -> QueryCost:
    encoder, decoder = (training.trained(TRAINING, name) for name in ("encoder", "decoder"))
    return query_cost(
        encoder, decoder, ranking.build_index(0), device="cpu", dtype="float32", rounds=3, progress=silent
    )


@pytest.mark.breaks("one-pass")
def test_a_query_that_is_read_twice_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("one-pass", cost=_query_cost()) is True
    vectors = sentence_vectors.vectors

    def read_twice(name: str, model: Any, ids: Any) -> Any:
        vectors(name, model, ids)
        return vectors(name, model, ids)

    monkeypatch.setattr(sentence_vectors, "vectors", read_twice)
    assert _finding("one-pass", cost=_query_cost()) is False


@pytest.mark.breaks("size-costs")
def test_a_large_model_no_larger_than_the_small_one_is_no_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    level = Ratio(1.0, (1.0,) * 3)

    def check() -> bool | None:
        cost = _query_cost()
        return _finding("size-costs", same_size=level, large_over_small=ratio(cost.large_times, cost.small_times))

    assert check() is True
    monkeypatch.setattr(tiny, "llama", lambda **place: training.trained(TRAINING, "decoder"))
    assert check() is False


def test_the_two_sentences_of_a_pair_differ_in_the_last_word_alone() -> None:
    first, second, _ = early_tokens.paired_sentences(0, held_out=True)
    assert (first != second).any(0).tolist() == [i == vocabulary.MEANING_AT for i in range(vocabulary.LENGTH)]
    names = {name for name, *_ in vocabulary.THINGS}
    assert {vocabulary.WORDS[i] for i in first[:, vocabulary.NAME_AT].tolist()} == names


@pytest.mark.parametrize(
    ("losses", "step"), [([3, 0.2, 0.1, 0.1], 100), ([3, 0.2, 0.4, 0.1], 300), ([3, 1, 1, 0.9], 400), ([0.1] * 4, 0)]
)
def test_a_model_has_learned_from_where_its_loss_stays_low(losses: list[float], step: int) -> None:
    assert measure.learned_at(losses, 400) == step


def test_all_five_models_start_from_the_same_weights() -> None:
    first, *rest = (dict(sentence_vectors.untrained(name, 3).named_parameters()) for name in READERS)
    assert all(torch.equal(first[key], weights[key]) for weights in rest for key in first)
