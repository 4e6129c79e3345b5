"""The demo ssm, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, tiny, training
from llmquiz.demos.lab.quantities import Ratio
from llmquiz.demos.ssm import language, state_cost, train
from llmquiz.demos.ssm import measure as ssm
from llmquiz.demos.ssm.language import Memory

pytestmark = pytest.mark.demo


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> ssm.Result:
    found = quick_run("ssm").result
    assert isinstance(found, ssm.Result)
    return found


def _finding(claim: str, result: ssm.Result, **changes: Any) -> bool | None:
    return ssm.CLAIMS[claim](replace(result, **changes)).holds


def test_a_cache_in_the_place_of_the_state_is_not_fixed(result: ssm.Result) -> None:
    assert _finding("fixed-state", result) is True
    assert _finding("fixed-state", result, states=result.caches) is False
    assert _finding("fixed-state", result, state_bytes_formula=result.state_bytes + 4) is False


def test_a_crossing_one_token_early_or_late_is_noticed(result: ssm.Result) -> None:
    before, there = result.cache_bytes_before, result.cache_bytes_there
    assert _finding("bytes-cross", result) is True
    for shift in (before - there, there - before + 4):
        moved = {"cache_bytes_before": before + shift, "cache_bytes_there": there + shift}
        assert _finding("bytes-cross", result, **moved) is False


def test_attention_in_the_place_of_mamba_is_not_linear(result: ssm.Result) -> None:
    """And Mamba in the place of attention is."""
    mamba, attention = tiny.mamba(n_layers=1), tiny.llama(n_layers=1, attention="eager")
    ids = tiny.random_tokens(mamba, 1, 256, seed=0)
    assert _finding("linear", result, work=state_cost.work(mamba, attention, ids, (128, 256))) is True
    for pair in ((attention, attention), (mamba, mamba)):
        assert _finding("linear", result, work=state_cost.work(*pair, ids, (128, 256))) is False


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_attention_is_found_where_there_is_some(result: ssm.Result, attention: str) -> None:
    """The sheet would be right if a layer of Mamba ran any."""
    model = tiny.llama(attention=attention)
    found = state_cost.attention_operations(model, tiny.random_tokens(model, 1, 8, seed=0))
    assert found == model.config.num_hidden_layers
    assert _finding("optimizes-attention", result) is False
    assert _finding("optimizes-attention", result, attention_operations=found) is True


def test_a_state_that_is_lost_between_steps_gives_other_logits(
    result: ssm.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    mamba = tiny.mamba(n_layers=1)
    ids = tiny.random_tokens(mamba, 1, 12, seed=0)
    assert _finding("one-pass", result, gap=state_cost.by_steps(mamba, ids)) is True
    monkeypatch.setattr(state_cost, "step", lambda model, fed, cache: state_cost.read(model, fed)[0])
    assert _finding("one-pass", result, gap=state_cost.by_steps(mamba, ids)) is False


@pytest.mark.parametrize(
    ("claim", "field", "good", "bad"),
    [
        ("flat-time", "flat", 1.0, 1.5),
        ("attention-grows", "grows", 3.0, 1.5),
        ("times-cross", "early", 2.0, 0.9),
        ("times-cross", "late", 2.0, 0.9),
    ],
)
def test_times_are_judged_by_the_rounds(result: ssm.Result, claim: str, field: str, good: float, bad: float) -> None:
    def found(*rounds: float, device: str = "cpu") -> bool | None:
        changed: dict[str, Any] = {field: Ratio(sorted(rounds)[len(rounds) // 2], rounds)}
        times = replace(result.times, **changed)
        other = {"early": "late", "late": "early"}.get(field)
        if other:
            changed = {other: Ratio(2.0, (2.0, 2.0, 2.0))}
            times = replace(times, **changed)
        return _finding(claim, result, times=times, device=device)

    assert found(good, good, good) is True
    assert found(bad, bad, bad) is False
    assert found(good, good, bad, bad, good) is None
    assert found(bad, bad, bad, device="cuda") is (False if claim == "flat-time" else None)


@pytest.mark.parametrize(
    ("seconds", "level", "tokens"),
    [
        ([1, 2, 4], 2.0, 100),  # a point on the level belongs to what follows
        ([1, 2, 4], 3.0, 10 ** (2 + 0.58496)),  # log2(3) - 1 of the way on logarithmic axes
        ([1, 2, 4], 0.5, 0),  # already above
        ([1, 2, 4], 4.0, 0),  # never above
        ([3, 1, 4], 2.0, 316.2),  # the noise of short steps is no crossing
    ],
)
def test_where_a_curve_reaches_a_level(seconds: list[float], level: float, tokens: float) -> None:
    assert state_cost.crossing((10, 100, 1000), seconds, level) == pytest.approx(tokens, rel=1e-3)


def test_two_attention_layers_in_eight_keep_twice_as_much(result: ssm.Result) -> None:
    two = state_cost.hybrid("cpu", "float32", 128, 0, every=4)
    assert (two.attention_layers, two.kept.keys_and_values) == (2, 2 * result.hybrid.kept.keys_and_values)
    assert _finding("hybrid-keeps", result) is True
    assert _finding("hybrid-keeps", result, hybrid=two) is False
    layer = replace(result.hybrid, kept=replace(result.hybrid.kept, keys_and_values=0))
    assert _finding("hybrid-keeps", result, hybrid=layer) is False


def _memory(model: Any, like: Memory) -> Memory:
    return replace(like, recalls=tuple(language.recall(model, one.pairs, seed=0) for one in like.recalls))


def test_an_untrained_attention_model_recalls_nothing(result: ssm.Result) -> None:
    untrained = _memory(language.untrained("attention", 0), result.remember[0])
    assert _finding("attention-recalls", result) is True
    assert _finding("attention-recalls", result, remember=(untrained, *result.remember[1:])) is False


def test_an_attention_model_that_sees_few_tokens_back_forgets_too(
    result: ssm.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same weights behind a window of 24 tokens: short texts are recalled, long ones not."""
    model = training.trained(train.TRAINING, "attention")
    model.set_attn_implementation("eager")
    layer = model.model.layers[0].self_attn
    forward = type(layer).forward

    def windowed(self: Any, hidden_states: Any, **options: Any) -> Any:
        T = hidden_states.shape[1]
        far = torch.ones(T, T).tril(-24).bool()
        mask = torch.full((T, T), -torch.inf).triu(1).masked_fill(far, -torch.inf)
        return forward(self, hidden_states, **options | {"attention_mask": mask[None, None]})

    monkeypatch.setattr(type(layer), "forward", windowed)
    narrow = _memory(model, result.remember[0])
    assert narrow.recalls[0].right > 0.9
    assert _finding("attention-recalls", result, remember=(narrow, *result.remember[1:])) is False


def test_a_seed_of_attention_that_falls_short_is_noticed(result: ssm.Result) -> None:
    attention = result.remember[0]
    short = replace(attention, seeds=((*attention.seeds[0][:-1], 0.9), *attention.seeds[1:]))
    assert _finding("attention-recalls", result, remember=(short, *result.remember[1:])) is False


def test_a_small_state_that_holds_as_much_and_a_large_one_that_does_not_are_noticed(result: ssm.Result) -> None:
    attention, small, large = result.remember
    untrained = _memory(language.untrained("mamba-64", 0), large)
    assert _finding("state-forgets", result) is True
    for broken in (
        (attention, attention, large),
        (attention, small, untrained),
        (attention, replace(small, seeds=large.seeds), large),
        (attention, small, replace(large, seeds=small.seeds)),
    ):
        assert _finding("state-forgets", result, remember=broken) is False


def test_a_model_that_knows_but_the_end_of_the_text_is_noticed(result: ssm.Result) -> None:
    attention, small, large = result.remember
    assert _finding("early-token", result) is True
    last = replace(large, recalls=tuple(language.recall(LastPairs(), one.pairs, seed=0) for one in large.recalls))
    assert _finding("early-token", result, remember=(attention, small, last)) is False


class LastPairs(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Looks values up as it should, in the second half of the pairs alone."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, ids: Any, **_: Any) -> Any:
        pairs = ids.shape[1] // 3
        keys, values = ids[:, pairs // 2 * 2 : 2 * pairs : 2], ids[:, pairs // 2 * 2 + 1 : 2 * pairs : 2]
        asked = ids[:, 2 * pairs :, None] == keys[:, None]  # (B, N, N / 2)
        found = (asked * values[:, None]).sum(-1)
        logits = torch.nn.functional.one_hot(found, language.VOCAB)
        return SimpleNamespace(logits=logits)


class LastPairOnly(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Knows the value that was told last, and gives it as every answer."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, ids: Any, **_: Any) -> Any:
        pairs = ids.shape[1] // 3
        told = ids[:, 2 * pairs - 1]
        logits = torch.nn.functional.one_hot(told, language.VOCAB)[:, None].expand(-1, ids.shape[1], -1)
        return SimpleNamespace(logits=logits)


def test_recall_is_counted_by_place() -> None:
    found = language.recall(LastPairOnly(), 8, seed=0, count=400)
    assert found.by_place[-1] == 1
    assert max(found.by_place[:-1]) < 0.1, "another pair has the same value by chance only"
    assert found.recalled == pytest.approx(sum(found.by_place), rel=1e-5)


def test_every_key_is_asked_once_and_its_value_is_expected() -> None:
    ids, values, order = language.texts(5, 6, torch.Generator().manual_seed(0))
    for text, wanted, places in zip(ids.tolist(), values.tolist(), order.tolist(), strict=True):
        told = dict(zip(text[:12:2], text[1:12:2], strict=True))
        assert len(told) == 6
        assert [told[key] for key in text[12:]] == wanted
        assert [text[2 * place] for place in places] == text[12:]


@pytest.mark.parametrize("name", ["mamba-32", "mamba-64"])
def test_the_scan_of_the_training_is_that_of_the_class(name: str) -> None:
    model = training.trained(train.TRAINING, name)
    ids, _, _ = language.texts(3, 8, torch.Generator().manual_seed(0))
    own = model(ids, use_cache=False).logits
    with train.fast_scan():
        fast = model(ids, use_cache=False).logits
    assert not torch.equal(own, fast), "the scan was not exchanged"
    torch.testing.assert_close(own, fast, rtol=1e-4, atol=1e-4)
