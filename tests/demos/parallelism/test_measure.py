"""The demo parallelism, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.parallelism import launch
from llmquiz.demos.parallelism.claims import CLAIMS, ROUNDING, Pipeline, Result, Sequence, Tensors
from llmquiz.demos.parallelism.measure import rebuilt
from tests.demos.breaking import finding
from tests.demos.parallelism.processes import launched

pytestmark = [
    pytest.mark.demo,
    pytest.mark.skipif(not torch.distributed.is_available(), reason="this torch was built without torch.distributed"),
]

Breakages = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def broken() -> Breakages:
    """Every breakage, tried once in real processes."""
    answer = launched("broken:everything")
    kinds = {"tensor": Tensors, "pipeline": Pipeline, "sequence": Sequence}
    return {name: {key: rebuilt(kind, value) for key, value in answer[name].items()} for name, kind in kinds.items()}


@pytest.mark.breaks("tensor-equal")
@pytest.mark.parametrize("breakage", ["not-summed", "gradients-not-summed"])
def test_shares_that_are_not_added_up_are_not_the_model(result: Result, broken: Breakages, breakage: str) -> None:
    tensor = broken["tensor"][breakage]
    right_forwards = tensor.equal.logits <= ROUNDING
    assert right_forwards is (breakage == "gradients-not-summed")
    assert finding("tensor-equal", result) is True
    assert finding("tensor-equal", result, tensor=tensor) is False


@pytest.mark.breaks("pipeline-equal")
def test_a_loss_twice_too_large_gives_other_gradients_of_the_pipeline(result: Result, broken: Breakages) -> None:
    wrong = broken["pipeline"]["wrong-loss"]
    assert wrong.equal.logits == 0
    assert finding("pipeline-equal", result) is True
    assert finding("pipeline-equal", result, pipelines=(*result.pipelines, wrong)) is False


@pytest.mark.breaks("bubble")
def test_micro_batches_one_after_the_other_keep_the_result_and_lose_the_pipeline(
    result: Result, broken: Breakages
) -> None:
    """Four micro-batches, each through four stages and back: 4 * 8 units in place of 2 * (4 + 3)."""
    slow = broken["pipeline"]["one-by-one"]
    assert (slow.units, slow.busy) == (32, 8)
    assert finding("pipeline-equal", result, pipelines=(slow,)) is True
    assert finding("bubble", result) is True
    assert finding("bubble", result, pipelines=(slow,)) is False


@pytest.mark.breaks("ring-equal")
@pytest.mark.parametrize("breakage", ["mask", "stuck"])
def test_a_ring_with_a_wrong_mask_or_lost_gradients_is_not_exact(
    result: Result, broken: Breakages, breakage: str
) -> None:
    wrong = broken["sequence"][breakage]
    assert (wrong.equal.logits <= ROUNDING) is (breakage == "stuck")
    assert finding("ring-equal", result) is True
    assert finding("ring-equal", result, sequences=(wrong, *result.sequences[1:])) is False


@pytest.mark.breaks("tensor-bytes", "pipeline-little", "ring-bytes")
def test_messages_of_twice_the_size_are_counted(result: Result, broken: Breakages) -> None:
    doubled = {name: breakages["doubled"] for name, breakages in broken.items()}
    assert doubled["tensor"].layer_forward_bytes == 2 * result.tensor.layer_forward_bytes
    values = {
        "tensor-bytes": {"tensor": doubled["tensor"]},
        "pipeline-little": {"pipelines": (doubled["pipeline"],)},
        "ring-bytes": {"sequences": (doubled["sequence"], *result.sequences[1:])},
    }
    for claim, value in values.items():
        assert (claim, finding(claim, result), finding(claim, result, **value)) == (claim, True, False)


@pytest.mark.breaks("splits-cache")
def test_keys_and_values_kept_as_they_pass_are_not_split(result: Result, broken: Breakages) -> None:
    """The result stays exact; every process holds the keys and values of the whole text."""
    hoarding = broken["sequence"]["kept"]
    assert hoarding.held_bytes == (result.cache_bytes,) * 4
    assert finding("ring-equal", result, sequences=(hoarding,)) is True
    assert finding("splits-cache", result) is True
    assert finding("splits-cache", result, sequences=(hoarding, *result.sequences[1:])) is False


@pytest.mark.breaks("mask-helps", "striped-balances")
def test_without_a_mask_the_shares_are_equal(result: Result) -> None:
    """The sheet would be right if stretches under the mask were as even as without."""
    stretches, striped, unmasked = result.sequences
    assert unmasked.imbalance == 1
    assert finding("mask-helps", result) is False
    assert finding("mask-helps", result, sequences=(unmasked, striped, unmasked)) is True
    assert finding("striped-balances", result) is True
    assert finding("striped-balances", result, sequences=(stretches, stretches, unmasked)) is False


def test_the_slowest_of_every_step_sets_the_pace(result: Result) -> None:
    """16 tokens each: 136 pairs on the diagonal, then three times a whole block of 256 for somebody."""
    stretches = result.sequences[0]
    assert stretches.pairs == (136, 392, 648, 904)
    assert stretches.span == 136 + 3 * 256
    assert result.imbalance == pytest.approx(904 / 520)


def test_a_result_survives_json(result: Result) -> None:
    assert rebuilt(Result, json.loads(json.dumps(asdict(result)))) == result


def test_two_processes_give_the_same_as_one() -> None:
    settings = {"device": "cpu", "dtype": "float32", "seed": 1, "quick": True}
    done: list[float] = []
    two = rebuilt(Result, launch.run("llmquiz.demos.parallelism.worker:measure", 2, settings, done.append))
    verdicts = {name: test(two).holds for name, test in CLAIMS.items() if name != "no-faster"}
    assert verdicts == {name: name != "mask-helps" for name in verdicts}
    assert two.idle_percent == pytest.approx(100 / 5)
    assert (done, done[-1]) == (sorted(done), 1.0)
