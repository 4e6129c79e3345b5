"""What each claim of retrieval says where one value is put wrong; no model is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.retrieval import vocabulary
from llmquiz.demos.retrieval.claims import Result
from tests.demos.breaking import changed, verdict
from tests.demos.recorded import recorded

RESULT: Result = recorded("retrieval")


def _finding(claim: str, **values: Any) -> bool | None:
    return verdict("retrieval", claim, changed(RESULT, values))


def _with_recall(name: str, recall: float) -> dict[str, Any]:
    """The models with another share of queries at which one of them finds the paraphrase first."""
    models = tuple(replace(model, recall_1=recall) if model.name == name else model for model in RESULT.models)
    return {"models": models}


@pytest.mark.parametrize(
    ("claim", "values", "holds"),
    [
        pytest.param("found-first", _with_recall("encoder", 0.74), False, id="fewer than three in four"),
        pytest.param("found-first", {"overlap_1": 0.9}, False, id="shared words do as well"),
        pytest.param("raw-vectors", _with_recall("encoder-raw", 0.91), True, id="raw vectors do"),
        pytest.param("mask-keeps-up", _with_recall("decoder-mean", 0.8), False, id="the mean falls behind"),
        pytest.param("last-state", _with_recall("decoder", 0.99), False, id="the last state does as well"),
        pytest.param("last-state", _with_recall("encoder-last", 0.5), False, id="without a mask as badly"),
        pytest.param("last-state", _with_recall("decoder-mean", 0.5), False, id="the mean as badly"),
    ],
)
def test_a_wrong_value_turns_the_claim(claim: str, values: dict[str, Any], holds: bool) -> None:
    assert _finding(claim) is not holds
    assert _finding(claim, **values) is holds


@pytest.mark.parametrize(
    ("which", "values"),
    [(0, {"moved": 299}), (1, {"moved": 1}), (1, {"gap": 1e-7}), (2, {"moved": 1})],
    ids=["one pair alike in the encoder", "one moved in the decoder", "by a rounding", "one moved in the mean"],
)
def test_a_state_that_moves_where_it_should_not_is_noticed(which: int, values: dict[str, Any]) -> None:
    early = tuple(replace(states, **values) if i == which else states for i, states in enumerate(RESULT.early))
    assert _finding("same-state") is True
    assert _finding("same-state", early=early) is False


@pytest.mark.parametrize(("which", "share"), [(0, 0.69), (1, 0.51), (2, 0.49)])
def test_a_guess_that_is_none_is_noticed(which: int, share: float) -> None:
    early = list(RESULT.early)
    early[which] = replace(early[which], told=(share,) * vocabulary.LENGTH)
    assert _finding("early-guess") is True
    assert _finding("early-guess", early=tuple(early)) is False


def test_every_model_knows_the_meaning_once_it_has_been_said() -> None:
    assert len(RESULT.tokens) == vocabulary.LENGTH
    for states in RESULT.early:
        assert states.told[vocabulary.MEANING_AT] > 0.9


@pytest.mark.parametrize("claim", ["same-state", "early-guess"])
def test_equalities_are_judged_in_full_precision_only(claim: str) -> None:
    assert _finding(claim, dtype="bfloat16") is None


@pytest.mark.parametrize(
    "values",
    [
        {"cost.encoder": replace(RESULT.cost.encoder, calls=2)},
        {"cost.decoder": replace(RESULT.cost.decoder, calls=2)},
        {"cost.pairs": replace(RESULT.cost.pairs, positions=RESULT.cost.pairs.positions - 1)},
    ],
)
def test_a_query_read_twice_or_a_pair_read_in_part_is_noticed(values: dict[str, Any]) -> None:
    assert _finding("one-pass") is True
    assert _finding("one-pass", **values) is False


@pytest.mark.parametrize(
    ("same", "large", "device", "holds"),
    [
        (1.0, 20.0, "cpu", True),
        (1.6, 20.0, "cpu", False),  # the encoder slower
        (0.6, 20.0, "cpu", False),  # the decoder slower
        (1.0, 4.0, "cpu", False),
        (1.0, 4.0, "cuda", None),
    ],
)
def test_times_are_judged_by_the_rounds(same: float, large: float, device: str, holds: bool | None) -> None:
    ratios = {"same_size": Ratio(same, (same,) * 5), "large_over_small": Ratio(large, (large,) * 5)}
    assert _finding("size-costs", device=device, **ratios) is holds
    noisy = Ratio(1.0, (0.5, 1.0, 2.0, 1.0, 2.0))
    assert _finding("size-costs", **ratios | {"same_size": noisy}) is None


def test_no_word_stands_for_two_things() -> None:
    assert len(set(vocabulary.WORDS)) == len(vocabulary.WORDS)
