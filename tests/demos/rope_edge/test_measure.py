"""The demo rope-edge on tiny models and on stand-ins that copy as far as they are told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from llmquiz.demos.lab import tiny
from llmquiz.demos.rope_edge import measure, ropes
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("rope-edge")
TRAINED = 8192
BASE = 100_000.0


class Copier:
    """Foretells what follows the same token in the first block that it sees, where `reads` lets it."""

    dtype = torch.float32

    def __init__(self, reads: Callable[[int, int], bool]) -> None:
        self.reads = reads

    def __call__(self, ids: Any, attention_mask: Any, position_ids: Any, logits_to_keep: int, **_: Any) -> Any:
        logits = torch.zeros(1, ids.shape[1], 64)
        for place in range(ids.shape[1]):
            seen = (attention_mask[0, 0, place] == 0).nonzero().flatten().tolist()
            original = next(other for other in seen if ids[0, other] == ids[0, place])
            here, there = int(position_ids[0, place]), int(position_ids[0, original])
            if original != place and self.reads(here, there):
                logits[0, place, ids[0, original + 1]] = 1.0
        return SimpleNamespace(logits=logits[:, -logits_to_keep:])


def config(**rope: Any) -> LlamaConfig:
    """Heads of 64 dimensions, as those of SmolLM2."""
    settings = {"rope_theta": BASE, "rope_type": "default"} | rope
    return LlamaConfig(
        hidden_size=128, num_attention_heads=2, max_position_embeddings=TRAINED, rope_parameters=settings
    )


@pytest.fixture(scope="module")
def drawn() -> Any:
    """Two draws of 24 tokens, each once; 0 is what a stand-in says that has nothing to say."""
    return torch.stack([torch.randperm(60, generator=torch.Generator().manual_seed(seed))[:24] + 1 for seed in (0, 1)])


@pytest.fixture(scope="module")
def wild() -> Any:
    """A tiny Llama whose weights are wide, so that positions matter."""
    return tiny.llama(d_model=64, n_layers=2, n_heads=2, max_length=128, init=0.3)


def test_each_copy_sees_the_original_and_itself_alone() -> None:
    positions, seen = measure.layout(2, (2, 10), shift=5)
    assert positions.tolist() == [5, 6, 7, 8, 15, 16]
    assert [row.nonzero().flatten().tolist() for row in seen] == [
        [0],
        [0, 1],
        [0, 1, 2],
        [0, 1, 2, 3],
        [0, 1, 4],
        [0, 1, 4, 5],
    ]


def test_copies_in_a_row_are_read_as_if_each_stood_alone(wild: Any) -> None:
    ids = tiny.random_tokens(wild, 1, 6, seed=0)[0]
    positions, seen = measure.layout(6, (6, 50, 90))
    row = measure.read(wild, ids.repeat(4)[None], positions, seen, keep=18).view(3, 6, -1)
    for number, distance in enumerate((6, 50, 90)):
        alone = measure.read(wild, ids.repeat(2)[None], *measure.layout(6, (distance,)), keep=6)
        torch.testing.assert_close(row[number], alone, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(row[0], row[2], atol=1e-2)


def test_the_slower_angles_are_those_of_transformers() -> None:
    angles = LlamaRotaryEmbedding(config()).inv_freq
    # the base that makes the slowest of 32 pairs end where it ended in training
    raised = LlamaRotaryEmbedding(config(rope_theta=BASE * 4 ** (64 / 62))).inv_freq
    torch.testing.assert_close(ropes.slowed(angles, "NTK", 4, TRAINED)[0], raised)
    for how, kind in (("YaRN", "yarn"), ("PI", "linear")):
        settings = config(rope_type=kind, factor=4.0, original_max_position_embeddings=TRAINED)
        expected, sharper = ROPE_INIT_FUNCTIONS[kind](settings, torch.device("cpu"))
        slower = ropes.slowed(angles, how, 4, TRAINED)
        torch.testing.assert_close(slower[0], expected)
        assert slower[1] == pytest.approx(sharper)


def test_the_ends_of_the_slower_angles() -> None:
    angles = LlamaRotaryEmbedding(config()).inv_freq
    rates = {how: (ropes.slowed(angles, how, 4, TRAINED)[0] / angles).tolist() for how in ropes.SLOWER}
    ends = {how: (rate[0], rate[-1]) for how, rate in rates.items()}
    assert ends["PI"] == pytest.approx((0.25, 0.25))
    assert ends["NTK"] == pytest.approx((1.0, 0.25))
    assert ends["YaRN"] == pytest.approx((1.0, 0.25))


def test_the_model_turns_as_before_afterwards(wild: Any) -> None:
    part = ropes.rotary(wild)
    before = part.inv_freq.clone()

    def broken() -> None:
        with ropes.turning(wild, "YaRN", 4):
            assert not torch.equal(part.inv_freq, before)
            assert part.attention_scaling > 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert torch.equal(part.inv_freq, before)
    assert part.attention_scaling == 1


def test_a_model_without_rope_is_refused() -> None:
    with pytest.raises(DemoError):
        ropes.rotary(tiny.gpt2(d_model=64, n_layers=1))


def test_angles_that_follow_the_length_are_refused(wild: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ropes.rotary(wild), "rope_type", "dynamic")
    with pytest.raises(DemoError):
        ropes.rotary(wild)


@pytest.mark.breaks("relative-so-it-extrapolates", "usable-to-the-end")
def test_what_copies_at_any_distance_would_extrapolate(drawn: Any) -> None:
    shares = measure.copied(Copier(lambda here, there: True), drawn, RESULT.distances)
    assert shares == (1.0,) * len(RESULT.distances)
    plain = (replace(RESULT.ropes[0], shares=shares), *RESULT.ropes[1:])
    assert finding("relative-so-it-extrapolates", RESULT, ropes=plain) is True
    assert finding("usable-to-the-end", RESULT, ropes=plain) is True


@pytest.mark.breaks("shift-changes-nothing")
def test_what_goes_by_the_number_of_a_position_fails_after_a_shift(drawn: Any) -> None:
    def by_number(here: int, there: int) -> bool:
        return here < TRAINED

    def by_distance(here: int, there: int) -> bool:
        return here - there < TRAINED

    near, shifted = (
        [measure.copied(Copier(reads), drawn, (24,), shift=shift)[0] for reads in (by_number, by_distance)]
        for shift in (0, 4 * TRAINED)
    )
    assert (near, shifted) == ([1.0, 1.0], [0.0, 1.0])
    plain = (replace(RESULT.ropes[0], shares=(1.0, *RESULT.ropes[0].shares[1:])), *RESULT.ropes[1:])
    same = {"ropes": plain, "shifted_loss": plain[0].loss}
    assert finding("shift-changes-nothing", RESULT, **same, shifted_share=shifted[0]) is False
    assert finding("shift-changes-nothing", RESULT, **same, shifted_share=shifted[1]) is True


def test_the_loss_is_that_of_the_model_and_goes_by_distance(wild: Any) -> None:
    ids = tiny.random_tokens(wild, 1, 60, seed=1)
    plain = measure.text_loss(wild, ids)
    logs = wild(ids).logits[0, measure.START : -1].log_softmax(-1)
    expected = -logs.gather(1, ids[0, measure.START + 1 :, None]).mean()
    assert plain == pytest.approx(float(expected), abs=1e-4)
    assert measure.text_loss(wild, ids, shift=1000) == pytest.approx(plain, abs=1e-2)
    assert abs(measure.text_loss(wild, ids, moved=1000) - plain) > 0.05
