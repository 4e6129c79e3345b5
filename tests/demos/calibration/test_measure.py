"""The demo calibration: its errors by hand, and a tiny model whose probabilities are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.calibration import measure
from llmquiz.demos.lab import tiny
from llmquiz.demos.lab.own_model import Checkpoint
from llmquiz.demos.lab.run import Run
from llmquiz.errors import DemoError
from tests.demos.breaking import finding
from tests.demos.recorded import recorded

pytestmark = pytest.mark.demo

RESULT = recorded("calibration")
TARGETS = 4000


class Words:
    """A tokenizer of numbers."""

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [int(word) for word in text.split()]}

    def decode(self, ids: Any, **_: Any) -> str:
        return " ".join(map(str, ids.tolist()))


def double(values: list[float]) -> Any:
    return torch.tensor(values, dtype=torch.float64)


@pytest.fixture(scope="module")
def own() -> Checkpoint:
    """A model that knows nothing, with logits that differ, and a tokenizer."""
    return Checkpoint(tiny.llama(d_model=64, n_layers=2, init=0.3), Words(), "tiny")


@pytest.fixture(scope="module")
def rows(own: Checkpoint) -> list[Any]:
    """Two texts (T,)."""
    return [tiny.random_tokens(own.model, 1, length, seed=length)[0] for length in (150, 260)]


def test_the_error_by_hand() -> None:
    bins = measure.binned(double([0.05, 0.62, 0.68, 0.9, 1.0]), torch.tensor([False, True, False, True, True]))
    assert [(b.low, b.count, b.accuracy) for b in bins] == [(0.0, 1, 0.0), (0.6, 2, 0.5), (0.9, 2, 1.0)]
    assert [b.confidence for b in bins] == pytest.approx([0.05, 0.65, 0.95])
    assert measure.error(bins) == pytest.approx((0.05 + 2 * 0.15 + 2 * 0.05) / 5)


def test_bins_of_equal_count_by_hand() -> None:
    confidence = double([0.9] * 10 + [0.1] * 10)
    right = torch.tensor([True] * 10 + [False] * 10)
    assert measure.equal_count_error(confidence, right) == pytest.approx(0.1)
    assert measure.equal_count_error(confidence, ~right) == pytest.approx(0.9)


@pytest.mark.breaks("calibrated", "probabilities-mean-nothing", "always-overconfident")
def test_what_comes_by_its_probability_is_calibrated_and_what_does_not_is_not() -> None:
    generator = torch.Generator().manual_seed(3)
    confidence = torch.rand(TARGETS, generator=generator, dtype=torch.float64)
    right = torch.rand(TARGETS, generator=generator, dtype=torch.float64) < confidence
    honest = measure.error(measure.binned(confidence, right))
    assert honest < 0.03
    assert honest == pytest.approx(measure.ideal_error(confidence, generator), abs=0.015)
    assert measure.shuffled_error(confidence, right, generator) == pytest.approx(0.25, abs=0.02)

    # a model that is right by chance, however sure it is
    chance = torch.rand(TARGETS, generator=generator) < 0.2
    seen = measure.Seen(confidence, chance.long(), torch.zeros(TARGETS))
    wrong = measure.tempered(1.0, seen, torch.ones(TARGETS, dtype=torch.long))
    tempered = tuple(wrong if t.temperature == 1.0 else t for t in RESULT.tempered)
    shuffled = measure.shuffled_error(confidence, chance, generator)
    assert finding("calibrated", RESULT, tempered=tempered, places=TARGETS) is False
    assert finding("always-overconfident", RESULT, tempered=tempered, places=TARGETS) is True
    assert finding("probabilities-mean-nothing", RESULT, tempered=tempered, shuffled_error=shuffled) is True


def test_each_place_is_read_at_each_temperature(own: Checkpoint, rows: list[Any]) -> None:
    seen, average = measure.read_all(own, rows, (0.5, 1.0))
    logits = torch.cat([own.model(ids[None]).logits[0, :-1] for ids in rows])  # (N, V)
    targets = torch.cat([ids[1:] for ids in rows])
    assert average.sum() == pytest.approx(1.0, abs=1e-5)
    for temperature, at in seen.items():
        confidence, top = (logits / temperature).softmax(-1).max(-1)
        assert torch.allclose(at.confidence.float(), confidence, atol=1e-5)
        assert torch.equal(at.top, top)
        expected = torch.nn.functional.cross_entropy(logits / temperature, targets)
        assert float(at.loss.mean()) == pytest.approx(float(expected), abs=1e-4)


@pytest.mark.breaks("temperature-breaks-it")
def test_a_model_that_knows_nothing_is_not_best_at_one(own: Checkpoint, rows: list[Any]) -> None:
    targets = torch.cat([ids[1:] for ids in rows])
    seen, _ = measure.read_all(own, rows, measure.TEMPERATURES)
    tempered = tuple(measure.tempered(t, seen[t], targets) for t in measure.TEMPERATURES)
    assert replace(RESULT, tempered=tempered).best == max(measure.TEMPERATURES)
    assert finding("temperature-breaks-it", RESULT, tempered=tempered) is False


@pytest.mark.breaks("cooler-is-more-accurate")
def test_another_top_token_at_a_low_temperature_would_be_seen(own: Checkpoint, rows: list[Any]) -> None:
    targets = torch.cat([ids[1:] for ids in rows])
    seen, _ = measure.read_all(own, rows, (0.5, 1.0))
    seen[0.5] = replace(seen[0.5], top=targets)
    tempered = tuple(measure.tempered(t, seen[t], targets) for t in seen)
    assert finding("cooler-is-more-accurate", RESULT, tempered=tempered) is True


def test_the_surest_misses_are_wrong_and_in_order(own: Checkpoint, rows: list[Any]) -> None:
    targets = torch.cat([ids[1:] for ids in rows])
    confidence = torch.linspace(0.1, 0.9, len(targets), dtype=torch.float64)
    top = targets.clone()
    top[[0, 149, 200]] += 1  # the first place of each text among them
    misses = measure.surest_misses(own, rows, measure.Seen(confidence, top, confidence), targets)
    assert [m.actual for m in misses] == [str(int(targets[place])) for place in (200, 149, 0)]
    assert [m.predicted for m in misses] == [str(int(targets[place]) + 1) for place in (200, 149, 0)]
    assert misses[1].before == str(int(rows[1][0]))
    assert misses[0].before == " ".join(str(int(i)) for i in rows[1][45:52])


def test_a_whole_run_reads_the_text_and_needs_enough_of_it(own: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "load_checkpoint", lambda *_, **__: own)
    done: list[float] = []
    text = " ".join(str(i % 200) for i in range(measure.LEAST))
    result = measure.measure(Run(model="tiny", text=text, quick=True, progress=done.append))
    assert (result.places, sum(b.count for b in result.at(1.0).bins)) == (measure.LEAST - 1,) * 2
    assert (done, done[-1]) == (sorted(done), 1.0)
    assert finding("calibrated", result) is None
    with pytest.raises(DemoError):
        measure.measure(Run(model="tiny", text=text.rsplit(" ", 1)[0]))


@pytest.mark.breaks("calibrated-is-good")
def test_the_blind_predictor_is_worth_as_much_as_a_model_without_context(
    own: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tiny.build(type(own.model), **_settings(own), seed=0, device="cpu", dtype="float32")
    with torch.no_grad():
        model.lm_head.weight.zero_()  # the same for each place: uniform
    monkeypatch.setattr(measure, "load_checkpoint", lambda *_, **__: Checkpoint(model, Words(), "tiny"))
    result = measure.measure(Run(model="tiny", text=" ".join(str(i % 200) for i in range(1020)), quick=True))
    assert result.blind_loss == pytest.approx(result.at(1.0).loss, abs=1e-4)
    assert finding("calibrated-is-good", result) is True


def _settings(own: Checkpoint) -> dict[str, Any]:
    names = "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"
    return {name: getattr(own.model.config, name) for name in names}
