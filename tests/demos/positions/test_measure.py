"""The demo positions, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from llmquiz.demos.lab import shipped

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, tiny, training
from llmquiz.demos.positions import language, placing, relative_positions
from llmquiz.demos.positions import measure as positions
from llmquiz.demos.positions.measure import SHOWN, Curve, Result
from llmquiz.demos.positions.placing import STRETCHES, TRAINED, WAYS
from llmquiz.demos.positions.train import MARKS, TRAINING, held_out

pytestmark = pytest.mark.demo

LENGTHS = [t * TRAINED for t in SHOWN]


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> Result:
    found = quick_run("positions").result
    assert isinstance(found, Result)
    return found


def _finding(claim: str, result: Result, **changes: Any) -> bool | None:
    return positions.CLAIMS[claim](replace(result, **changes)).holds


def _with(result: Result, name: str, losses: tuple[float, ...]) -> Result:
    """The result with another curve of that name."""

    def changed(curves: tuple[Curve, ...]) -> tuple[Curve, ...]:
        return tuple(Curve(name, losses) if one.name == name else one for one in curves)

    found = replace(result, ways=changed(result.ways), stretches=changed(result.stretches))
    alibi = next(one.losses for one in found.ways if one.name == "alibi")
    share = 100 * (alibi[0] - alibi[-1]) / (result.floors[0] - result.floors[-1])
    return replace(found, alibi_share=share)


def _model(way: str) -> Any:
    return training.trained(TRAINING, way)


def _losses(way: str, model: Any, how: str = "") -> tuple[float, ...]:
    return placing.losses(way, model, held_out(24, SHOWN[-1], 0), LENGTHS, how)


def test_a_query_that_is_turned_alone_makes_scores_depend_on_more_than_the_distance(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("offset-only", result) is True
    turned = relative_positions.apply_rotary_pos_emb
    monkeypatch.setattr(
        relative_positions, "apply_rotary_pos_emb", lambda q, k, cos, sin: (turned(q, k, cos, sin)[0], k)
    )
    broken = relative_positions.drift("rope", _model("rope"), 96)
    assert broken > 0.1
    assert _finding("offset-only", result, drift=broken) is False


def test_added_vectors_that_are_all_the_same_would_be_no_control(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "sinusoids", lambda positions, width: torch.ones(len(positions), width))
    still = relative_positions.drift("sinusoidal", _model("sinusoidal"), 96)
    assert still < 1e-12
    assert _finding("offset-only", result, drift_sinusoidal=still) is False


def test_an_untrained_model_has_not_learnt(result: Result) -> None:
    fresh = _losses("alibi", placing.untrained("alibi", 0))
    assert positions.all_learn(result).holds is True
    assert positions.all_learn(_with(result, "alibi", fresh)).holds is False
    assert fresh[0] == pytest.approx(result.guess, abs=0.1)


def test_rope_that_sees_no_more_than_the_trained_length_would_be_excellent(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the positions that break it, not the texts: the same letters behind a window are no trouble."""
    assert _finding("extrapolates", result) is False
    loss = placing.loss
    monkeypatch.setattr(placing, "loss", lambda way, model, ids, length: loss(way, model, ids, min(length, TRAINED)))
    narrow = _losses("rope", _model("rope"))
    assert positions.extrapolates(_with(result, "rope", narrow)).holds is True


def test_a_table_that_repeats_itself_breaks_later_or_not_at_all(result: Result) -> None:
    assert _finding("added-break", result) is True
    held = next(one.losses for one in result.ways if one.name == "alibi")
    for name in ("learned", "sinusoidal"):
        assert positions.added_break(_with(result, name, held)).holds is False


def test_alibi_without_its_penalties_does_not_hold(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("alibi-holds", result) is True
    penalties = placing.penalties
    monkeypatch.setattr(placing, "penalties", lambda length, heads: 0.1 * penalties(length, heads))
    weak = _losses("alibi", _model("alibi"))
    assert positions.alibi_holds(_with(result, "alibi", weak)).holds is False


def test_alibi_behind_a_window_of_the_trained_length_gains_nothing(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("alibi-gains-nothing", result) is False
    penalties = placing.penalties

    def windowed(length: int, heads: int) -> Any:
        far = torch.ones(length, length).tril(-TRAINED // 2).bool()
        return penalties(length, heads).masked_fill(far, -torch.inf)

    monkeypatch.setattr(placing, "penalties", windowed)
    narrow = _losses("alibi", _model("alibi"))
    assert positions.alibi_gains_nothing(_with(result, "alibi", narrow)).holds is True


@pytest.mark.parametrize("how", ["NTK 4", "YaRN"])
def test_a_stretch_that_stretches_nothing_does_not_help(result: Result, how: str) -> None:
    assert _finding("stretching-helps", result) is True
    plain = next(one.losses for one in result.ways if one.name == "rope")
    assert positions.stretching_helps(_with(result, how, plain)).holds is False


def test_an_interpolation_that_spoils_nothing_is_noticed(result: Result) -> None:
    yarn = next(one.losses for one in result.stretches if one.name == "YaRN")
    assert _finding("interpolation-alone", result) is True
    assert positions.interpolation_alone(_with(result, "PI", yarn)).holds is False


@pytest.mark.parametrize("run", range(3))
def test_every_seed_bears_the_claims_out(result: Result, run: int) -> None:
    found = {way: shipped.card("positions", way)["runs"][run]["figures"] for way in WAYS}
    ways = {way: [found[way][f"{t}x"] for t in SHOWN] for way in WAYS}
    stretches = {how: [ways["rope"][0], *(found["rope"][f"{how} {t}x"] for t in MARKS)] for how in STRETCHES}
    floors = placing.floors(held_out(64, SHOWN[-1], 0), LENGTHS)
    share = 100 * (ways["alibi"][0] - ways["alibi"][-1]) / (floors[0] - floors[-1])
    other = replace(
        result,
        floors=floors,
        ways=tuple(Curve(name, tuple(losses)) for name, losses in ways.items()),
        stretches=tuple(Curve(name, tuple(losses)) for name, losses in stretches.items()),
        alibi_share=share,
    )
    expected = dict.fromkeys(positions.CLAIMS, True) | {"extrapolates": False, "alibi-gains-nothing": False}
    assert {claim: holds(other).holds for claim, holds in positions.CLAIMS.items()} == expected


def test_all_have_the_same_parameters_but_for_the_learned_table() -> None:
    sizes = {way: tiny.parameters(placing.untrained(way, 0)) for way in WAYS}
    table = TRAINED * placing.untrained("none", 0).config.hidden_size
    assert sizes == dict.fromkeys(WAYS, sizes["none"]) | {"learned": sizes["none"] + table}
    assert table < 0.05 * sizes["none"]


def test_all_begin_with_the_same_weights() -> None:
    weights = [dict(placing.untrained(way, 5).named_parameters()) for way in WAYS]
    for one in weights[1:]:
        for name, weight in weights[-1].items():
            assert torch.equal(one[name], weight), name


@pytest.mark.parametrize("way", WAYS)
def test_only_the_model_without_positions_cannot_tell_two_orders_apart(way: str) -> None:
    """In one layer: behind a mask the set of letters before is all that it sees."""
    model = _model(way)
    model.model.layers = model.model.layers[:1]
    model.config.num_hidden_layers = 1
    one, other = (torch.tensor([language.ids(text)]) for text in ("post l", "stop l"))
    with torch.inference_mode():
        same = torch.allclose(
            placing.logits(way, model, one)[:, -1], placing.logits(way, model, other)[:, -1], atol=1e-5
        )
    assert same is (way == "none")


def test_nothing_looks_ahead() -> None:
    ids = held_out(2, 1, 0)
    changed = torch.cat((ids[:, :-1], (ids[:, -1:] + 1) % len(language.LETTERS)), 1)
    with torch.inference_mode():
        for way in WAYS:
            one, other = (placing.logits(way, _model(way), text) for text in (ids, changed))
            torch.testing.assert_close(one[:, :-1], other[:, :-1])
            assert not torch.allclose(one[:, -1], other[:, -1])


def test_alibi_is_as_published() -> None:
    mask = placing.penalties(3, 4)[0]
    assert mask.shape == (4, 3, 3)
    assert mask[:, 2].tolist() == [[-2 * s, -s, 0.0] for s in (1 / 4, 1 / 16, 1 / 64, 1 / 256)]
    assert mask[0, 0].tolist() == [0.0, -math.inf, -math.inf]


@pytest.mark.parametrize("how", STRETCHES)
def test_stretching_ends_where_it_should_and_leaves_the_model_as_it_was(how: str) -> None:
    model, before = _model("rope"), _losses("rope", _model("rope"))
    plain = model.model.rotary_emb
    with placing.stretched(model, how, 8.0):
        assert model.model.rotary_emb is not plain
        placing.loss("rope", model, held_out(1, 8, 0), 8 * TRAINED)
        slowest = float(plain.inv_freq[-1] / model.model.rotary_emb.inv_freq[-1])
    assert slowest == pytest.approx({"PI": 8, "YaRN": 8, "NTK": 8, "NTK 4": 29}[how], rel=1e-4)
    assert model.model.rotary_emb is plain
    assert _losses("rope", model) == before


def test_stretching_by_nothing_changes_nothing() -> None:
    model = _model("rope")
    assert len({_losses("rope", model, how)[0] for how in ("", *STRETCHES)}) == 1


def test_the_floor_is_the_rule_of_the_urn() -> None:
    """Behind `tea eat ` the next word is one of 25, two of them likelier."""
    one = language.SHARE
    whole = 2 + 25 * one
    begins_with_t = (1 + one) + 3 * one  # tea; tops, thing, tinsel
    assert language.floor("x tea eat t", 1) == pytest.approx(-math.log(begins_with_t / whole))
    begins_te = 1 + one
    assert language.floor("x tea eat te", 1) == pytest.approx(-math.log(begins_te / begins_with_t))
    assert language.floor("x tea eat tea", 1) == pytest.approx(0)
    assert language.floor("tea eat t", 1) > language.floor("x tea eat t", 1), (
        "a word that begins before the text is not known"
    )


@pytest.mark.parametrize("share", [0.05, 0.8])
def test_the_urn_draws_by_the_rule_that_predicts_it(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all urns the one that the texts come from predicts them best."""
    lines = [language.spelled(line) for line in language.texts(100, 120, torch.Generator().manual_seed(1)).tolist()]
    right = sum(language.floor(line, 100) for line in lines)
    monkeypatch.setattr(language, "SHARE", share)
    assert right < 0.98 * sum(language.floor(line, 100) for line in lines)


def test_texts_are_the_same_for_a_seed_and_made_of_words() -> None:
    ids = language.texts(20, 100, torch.Generator().manual_seed(3))
    assert torch.equal(ids, language.texts(20, 100, torch.Generator().manual_seed(3)))
    counts = [language.known(language.spelled(line)) for line in ids.tolist()]
    assert all(right == whole > 0 for right, whole in counts)


@pytest.mark.parametrize(
    ("text", "counted"),
    [("st post tops lat", (2, 2)), ("post tops", (0, 0)), (" psot cat ", (1, 2)), (" cat cat ", (2, 2))],
)
def test_only_whole_words_are_counted(text: str, counted: tuple[int, int]) -> None:
    assert language.known(text) == counted
