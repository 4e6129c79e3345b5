"""The demo positions, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import shipped, tiny, training
from llmquiz.demos.positions import encodings, language, losses, relative_positions, stretching
from llmquiz.demos.positions.claims import CLAIMS, MARKS, SHOWN, STRETCHES, TRAINED, WAYS, Result
from llmquiz.demos.positions.texts import held_out
from llmquiz.demos.positions.train import TRAINING
from tests.demos.breaking import changed, finding, verdict
from tests.demos.positions.changing import with_curve

pytestmark = pytest.mark.demo

LENGTHS = [t * TRAINED for t in SHOWN]


def _with_losses(claim: str, result: Result, name: str, nats: tuple[float, ...]) -> bool | None:
    """What the claim says where the curve of that name is another one."""
    return verdict("positions", claim, with_curve(result, name, nats))


def _model(way: str) -> Any:
    return training.trained(TRAINING, way)


def _losses(way: str, model: Any, how: str = "") -> tuple[float, ...]:
    return losses.losses(way, model, held_out(24, SHOWN[-1], 0), LENGTHS, how)


def _show_no_more_than_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the length, the models see the last letters of the text as if it began there."""
    loss = losses.loss
    monkeypatch.setattr(losses, "loss", lambda way, model, ids, length: loss(way, model, ids, min(length, TRAINED)))


@pytest.mark.breaks("offset-only")
def test_a_query_that_is_turned_alone_makes_scores_depend_on_more_than_the_distance(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("offset-only", result) is True
    turned = relative_positions.apply_rotary_pos_emb
    monkeypatch.setattr(
        relative_positions, "apply_rotary_pos_emb", lambda q, k, cos, sin: (turned(q, k, cos, sin)[0], k)
    )
    broken = relative_positions.drift("rope", _model("rope"), 96)
    assert broken > 0.1
    assert finding("offset-only", result, drift=broken) is False


def test_added_vectors_that_are_all_the_same_would_be_no_control(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "sinusoids", lambda positions, width: torch.ones(len(positions), width))
    still = relative_positions.drift("sinusoidal", _model("sinusoidal"), 96)
    assert still < 1e-12
    assert finding("offset-only", result, drift_sinusoidal=still) is False


@pytest.mark.breaks("all-learn")
def test_an_untrained_model_has_not_learnt(result: Result) -> None:
    fresh = _losses("alibi", encodings.untrained("alibi", 0))
    assert finding("all-learn", result) is True
    assert _with_losses("all-learn", result, "alibi", fresh) is False
    assert fresh[0] == pytest.approx(result.guess, abs=0.1)


@pytest.mark.breaks("extrapolates")
def test_rope_that_sees_no_more_than_the_trained_length_would_be_excellent(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the positions that break it, not the texts: the same letters behind a window are no trouble."""
    assert finding("extrapolates", result) is False
    _show_no_more_than_trained(monkeypatch)
    narrow = _losses("rope", _model("rope"))
    assert _with_losses("extrapolates", result, "rope", narrow) is True


@pytest.mark.breaks("added-break")
@pytest.mark.parametrize("way", ["learned", "sinusoidal"])
def test_added_vectors_that_never_leave_the_trained_length_do_not_break(
    result: Result, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("added-break", result) is True
    _show_no_more_than_trained(monkeypatch)
    narrow = _losses(way, _model(way))
    assert _with_losses("added-break", result, way, narrow) is False


@pytest.mark.breaks("alibi-holds")
def test_alibi_without_its_penalties_does_not_hold(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("alibi-holds", result) is True
    penalties = encodings.penalties
    monkeypatch.setattr(encodings, "penalties", lambda length, heads: 0.1 * penalties(length, heads))
    weak = _losses("alibi", _model("alibi"))
    assert _with_losses("alibi-holds", result, "alibi", weak) is False


@pytest.mark.breaks("alibi-gains-nothing")
def test_alibi_behind_a_window_of_the_trained_length_gains_nothing(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding("alibi-gains-nothing", result) is False
    penalties = encodings.penalties

    def windowed(length: int, heads: int) -> Any:
        far = torch.ones(length, length).tril(-TRAINED // 2).bool()
        return penalties(length, heads).masked_fill(far, -torch.inf)

    monkeypatch.setattr(encodings, "penalties", windowed)
    narrow = _losses("alibi", _model("alibi"))
    assert _with_losses("alibi-gains-nothing", result, "alibi", narrow) is True


@pytest.mark.breaks("stretching-helps")
@pytest.mark.parametrize("how", ["NTK 4", "YaRN"])
def test_a_stretch_that_stretches_nothing_does_not_help(
    result: Result, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _with_losses("stretching-helps", result, how, _losses("rope", _model("rope"), how)) is True
    monkeypatch.setattr(losses, "stretched", lambda model, how, factor: nullcontext())
    plain = _losses("rope", _model("rope"), how)
    assert _with_losses("stretching-helps", result, how, plain) is False


@pytest.mark.breaks("interpolation-alone")
def test_an_interpolation_that_spares_the_fast_angles_spoils_nothing(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every angle interpolated is what spoils the distances of neighbours; YaRN leaves the fast ones alone."""
    assert _with_losses("interpolation-alone", result, "PI", _losses("rope", _model("rope"), "PI")) is True
    monkeypatch.setattr(losses, "stretched", lambda model, how, factor: stretching.stretched(model, "YaRN", factor))
    spared = _losses("rope", _model("rope"), "PI")
    assert _with_losses("interpolation-alone", result, "PI", spared) is False


@pytest.mark.parametrize("run", range(3))
def test_every_seed_bears_the_claims_out(result: Result, run: int) -> None:
    nats = {way: shipped.card("positions", way)["runs"][run]["figures"] for way in WAYS}
    floors = losses.floors(held_out(64, SHOWN[-1], 0), LENGTHS)
    of_seed = changed(result, {"floors": floors, "lengths": tuple(LENGTHS)})
    for way in WAYS:
        of_seed = with_curve(of_seed, way, tuple(nats[way][f"{t}x"] for t in SHOWN))
    for how in STRETCHES:
        of_seed = with_curve(of_seed, how, (nats["rope"]["1x"], *(nats["rope"][f"{how} {t}x"] for t in MARKS)))
    expected = dict.fromkeys(CLAIMS, True) | {"extrapolates": False, "alibi-gains-nothing": False}
    assert {claim: verdict("positions", claim, of_seed) for claim in CLAIMS} == expected


def test_all_have_the_same_parameters_but_for_the_learned_table() -> None:
    sizes = {way: tiny.parameters(encodings.untrained(way, 0)) for way in WAYS}
    table = TRAINED * encodings.untrained("none", 0).config.hidden_size
    assert sizes == dict.fromkeys(WAYS, sizes["none"]) | {"learned": sizes["none"] + table}
    assert table < 0.05 * sizes["none"]


def test_all_begin_with_the_same_weights() -> None:
    weights = [dict(encodings.untrained(way, 5).named_parameters()) for way in WAYS]
    for of_way in weights[1:]:
        for name, weight in weights[-1].items():
            assert torch.equal(of_way[name], weight), name


@pytest.mark.parametrize("way", WAYS)
def test_only_the_model_without_positions_cannot_tell_two_orders_apart(way: str) -> None:
    """In one layer: behind a mask the set of letters before is all that it sees."""
    model = _model(way)
    model.model.layers = model.model.layers[:1]
    model.config.num_hidden_layers = 1
    with torch.inference_mode():
        post, stop = (
            encodings.logits(way, model, torch.tensor([language.ids(text)]))[:, -1] for text in ("post l", "stop l")
        )
    same = torch.allclose(post, stop, atol=1e-5)
    assert same is (way == "none")


def test_nothing_looks_ahead() -> None:
    ids = held_out(2, 1, 0)
    last_changed = torch.cat((ids[:, :-1], (ids[:, -1:] + 1) % len(language.LETTERS)), 1)
    with torch.inference_mode():
        for way in WAYS:
            before, after = (encodings.logits(way, _model(way), text) for text in (ids, last_changed))
            torch.testing.assert_close(before[:, :-1], after[:, :-1])
            assert not torch.allclose(before[:, -1], after[:, -1])


def test_alibi_is_as_published() -> None:
    mask = encodings.penalties(3, 4)[0]
    assert mask.shape == (4, 3, 3)
    assert mask[:, 2].tolist() == [[-2 * s, -s, 0.0] for s in (1 / 4, 1 / 16, 1 / 64, 1 / 256)]
    assert mask[0, 0].tolist() == [0.0, -math.inf, -math.inf]


@pytest.mark.parametrize("how", STRETCHES)
def test_stretching_ends_where_it_should_and_leaves_the_model_as_it_was(how: str) -> None:
    model, before = _model("rope"), _losses("rope", _model("rope"))
    plain = model.model.rotary_emb
    with stretching.stretched(model, how, 8.0):
        assert model.model.rotary_emb is not plain
        losses.loss("rope", model, held_out(1, 8, 0), 8 * TRAINED)
        slowest = float(plain.inv_freq[-1] / model.model.rotary_emb.inv_freq[-1])
    assert slowest == pytest.approx({"PI": 8, "YaRN": 8, "NTK": 8, "NTK 4": 29}[how], rel=1e-4)
    assert model.model.rotary_emb is plain
    assert _losses("rope", model) == before


def test_stretching_by_nothing_changes_nothing() -> None:
    model = _model("rope")
    assert len({_losses("rope", model, how)[0] for how in ("", *STRETCHES)}) == 1
