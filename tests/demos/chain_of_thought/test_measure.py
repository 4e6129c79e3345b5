"""The demo chain-of-thought, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.chain_of_thought import flips, language, measure, train
from llmquiz.demos.chain_of_thought.claims import Result, Way
from llmquiz.demos.lab import demo, training
from llmquiz.errors import DemoError
from llmquiz.schema.topics import DemoText
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


def _with(result: Result, name: str, model: Any, way: str) -> tuple[Way, ...]:
    """The ways, one of them as another model answers in its place."""
    most = 32
    by_bits = tuple(language.accuracy(model, way, bits, most) for bits in range(1, language.SLOTS + 1))
    return tuple(replace(known, by_bits=by_bits) if known.name == name else known for known in result.ways)


def _trained(name: str) -> Any:
    return training.trained(train.TRAINING, name)


@pytest.mark.breaks("cost")
def test_reading_the_whole_text_for_every_token_would_cost_more_positions(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cache: the steps take as many passes, and each of them computes everything again."""

    def go_on(model: Any, ids: Any, count: int) -> Any:
        for _ in range(count):
            ids = torch.cat((ids, model(ids, use_cache=False).logits[:, -1:].argmax(-1)), 1)
        return ids[:, -count:]

    monkeypatch.setattr(language, "go_on", go_on)
    steps = measure.measure_way("steps", _trained("steps"), 16)
    assert steps.passes == result.way("steps").passes
    ways = tuple(steps if way.name == "steps" else way for way in result.ways)
    assert finding("cost", result, ways=ways) is False


@pytest.mark.breaks("steps-learn")
def test_an_untrained_model_has_not_learnt_with_steps(result: Result) -> None:
    assert finding("steps-learn", result) is True
    untrained = _with(result, "steps", train.untrained("steps", 0), "steps")
    assert finding("steps-learn", result, ways=untrained) is False


@pytest.mark.breaks("direct-behind", "dots-behind", "labels-behind")
@pytest.mark.parametrize(
    ("claim", "name"), [("direct-behind", "direct"), ("dots-behind", "dots"), ("labels-behind", "labels")]
)
def test_weights_that_were_trained_longer_are_not_behind(result: Result, claim: str, name: str) -> None:
    assert finding(claim, result, ways=_with(result, name, _trained("long"), "direct")) is False


@pytest.mark.breaks("direct-later")
def test_weights_that_were_trained_for_250_steps_only_have_not_learnt_later(result: Result) -> None:
    assert finding("direct-later", result, ways=_with(result, "long", _trained("direct"), "direct")) is False


@pytest.mark.breaks("needs-100b")
def test_no_gain_in_a_small_model_would_be_what_the_sheet_says(result: Result) -> None:
    """The steps are written by a model that never saw any."""
    assert finding("needs-100b", result) is False
    assert finding("needs-100b", result, ways=_with(result, "steps", _trained("direct"), "steps")) is True


@pytest.mark.breaks("steps-used", "state-is-written")
def test_a_model_that_ignores_its_steps_is_noticed(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written is put right before the model goes on: what is flipped has no effect."""
    go_on = language.go_on

    def put_right(model: Any, ids: Any, count: int) -> Any:
        rows, written = ids[:, : language.SLOTS], ids.shape[1] - language.SLOTS - 1
        steps = language.parities(rows)[:, :written]
        return go_on(model, torch.cat((ids[:, : language.SLOTS + 1], steps), 1), count)

    steps, long = _trained("steps"), _trained("long")
    assert finding("steps-used", result, flips=flips.flips(steps, long, 16)) is True
    assert finding("state-is-written", result, flips=flips.flips(steps, long, 16)) is True
    monkeypatch.setattr(language, "go_on", put_right)
    broken = flips.flips(steps, long, 16)
    assert finding("steps-used", result, flips=broken) is False
    assert finding("state-is-written", result, flips=broken) is False


@pytest.mark.parametrize(
    ("losses", "steps"),
    [([1.0, 0.04, 0.01, 0.0], 25), ([1.0, 0.04, 0.06, 0.0], 75), ([0.01, 0.01, 0.01, 0.05], 0), ([0.0] * 4, 1)],
)
def test_learnt_is_where_the_loss_stays_low(losses: list[float], steps: int) -> None:
    assert measure.learnt(losses, 100) == steps


@pytest.mark.parametrize("text", ["1", "10110", "1011 0110 01", " 0 "])
def test_a_row_of_ones_own_is_answered(text: str, words_of: Callable[[str], DemoText]) -> None:
    outcome = demo.run("chain-of-thought", words_of("chain-of-thought"), device="cpu", quick=True, text=text)
    (sample,) = outcome.result.samples
    bits = text.replace(" ", "")
    assert (sample.bits, sample.answer) == (bits, str(bits.count("1") % 2))
    steps = "".join(str(bits[: i + 1].count("1") % 2) for i in range(len(bits)))
    assert sample.written[0] == steps + ";"
    assert [len(written) for written in sample.written[1:]] == [1, 1, 1, 1]
    assert sample.right[0] is True


@pytest.mark.parametrize("text", ["", "  ", "102", "abc", "１０", "10110110011", "-1"])
def test_what_is_no_row_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="1 to 10 bits") as caught:
        measure.bits_of(text)
    assert "比特" in caught.value.text("zh")
