"""The part of the demo icl on repeated tokens, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.icl import answers, architectures, induction
from llmquiz.demos.icl import measure as icl
from llmquiz.demos.icl.induction import ARMS, LENGTH, PERIODS
from llmquiz.demos.icl.train import INDUCTION, TRAINING
from llmquiz.demos.lab import demo, training

pytestmark = pytest.mark.demo

READ = [name for name, arm in ARMS.items() if not arm.questions]


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> icl.Result:
    found = quick_run("icl").result
    assert isinstance(found, icl.Result)
    return found


def _finding(claim: str, result: icl.Result, **changes: Any) -> bool | None:
    return icl.CLAIMS[claim](replace(result, **changes)).holds


def _generator() -> Any:
    return torch.Generator().manual_seed(0)


def test_texts_repeat_with_their_period_and_with_no_shorter_one() -> None:
    for period in PERIODS:
        ids = induction.texts(50, _generator(), period)
        assert ids.shape == (50, LENGTH)
        assert ids.min() >= 1
        assert torch.equal(ids[:, period:], ids[:, :-period])
        assert all(len(set(row.tolist())) == period for row in ids)


def test_a_question_asks_what_stood_behind_a_token_and_its_answer_is_nowhere_beside_it() -> None:
    ids = induction.texts(20, _generator(), 6)
    read, due = induction.asking(ids, 6, _generator())
    for row, right in zip(read.tolist(), due.tolist(), strict=True):
        told, asked = row[:6], row[6:]
        assert [told[told.index(one) + 1] for one in asked] == right
        assert sorted(asked) == sorted(told[:-1])
    assert (read[:, 7:] == due[:, :-1]).float().mean() < 0.5, "the next question is not the answer"


@pytest.mark.parametrize("arm", READ)
def test_no_model_reads_the_token_that_it_is_asked_for(arm: str) -> None:
    """Another last token changes no logit of its place; another first token does."""
    model, ids = TRAINING.build(arm, 0), induction.texts(8, _generator())
    ask = induction.last_of(ids)

    @torch.no_grad()
    def logits(place: int | None) -> Any:
        other = ids.clone()
        if place is not None:
            other[:, place] = other[:, place] % induction.TOKENS + 1
        return induction.answers(ARMS[arm], model, other, ask, LENGTH // 2)[0]

    torch.testing.assert_close(logits(-1), logits(None))
    assert not torch.allclose(logits(0), logits(None))


def test_only_the_mask_differs_between_the_two_that_are_asked_in_another_order() -> None:
    causal, opened = (TRAINING.build(name, 0) for name in ("induction-causal", "induction-bidirectional"))
    for (_, a), (_, b) in zip(causal.named_parameters(), opened.named_parameters(), strict=True):
        assert torch.equal(a, b)
    read, _ = induction.asking(induction.texts(4, _generator(), 6), 6, _generator())
    other = read.clone()
    other[:, -1] = other[:, -1] % induction.TOKENS + 1
    for name, same in (("induction-causal", True), ("induction-bidirectional", False)):
        with torch.no_grad():
            one, two = (architectures.outputs(ARMS[name].reader, causal, ids).logits[:, 6] for ids in (read, other))
        assert torch.allclose(one, two, atol=1e-6) is same


def test_in_texts_that_do_not_repeat_nobody_is_right(result: icl.Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("copies", result) is True
    assert _finding("only-repeats", result) is True

    def endless(count: int, generator: Any, period: int | None = None) -> Any:
        return torch.randint(1, induction.TOKENS + 1, (count, LENGTH), generator=generator)

    monkeypatch.setattr(induction, "texts", endless)
    models = {name: training.trained(TRAINING, name) for name in READ if name in INDUCTION}
    right = {name: induction.right(name, model, seed=0, count=500) for name, model in models.items()}
    assert max(right.values()) < 0.25
    broken = tuple(replace(one, right=right.get(one.arm, one.right)) for one in result.copiers)
    assert _finding("copies", result, copiers=broken) is False
    along = induction.along(models["induction-decoder"], 8, seed=0)
    assert _finding("only-repeats", result, along=tuple(along)) is False


def test_a_token_known_before_it_was_seen_would_be_noticed(result: icl.Result) -> None:
    assert _finding("only-repeats", result, along=(0.9, *result.along[1:])) is False


def _heads_of(name: str, model: Any, result: icl.Result) -> tuple[icl.Copier, ...]:
    heads = tuple(induction.heads(name, model, seed=0, count=200))
    return tuple(replace(one, heads=heads) if one.arm == name else one for one in result.copiers)


@pytest.mark.parametrize("name", ["induction-decoder", "induction-encoder-slot", "induction-encoder-decoder"])
def test_an_untrained_model_has_no_such_heads(result: icl.Result, name: str) -> None:
    assert _finding("copying-head", result) is True
    assert _finding("copying-head", result, copiers=_heads_of(name, TRAINING.build(name, 0), result)) is False
    if name == "induction-decoder":
        assert _finding("two-layers", result) is True
        assert _finding("two-layers", result, copiers=_heads_of(name, TRAINING.build(name, 0), result)) is False


@pytest.mark.parametrize(
    ("arm", "places", "holds"),
    [
        ("induction-decoder", (0.0, 0.0, 0.9), False),
        ("induction-decoder", (0.4, 0.0, 0.0), False),
        ("induction-encoder-decoder", (0.0, 0.0, 0.9), True),
        ("induction-encoder-decoder", (0.4, 0.3, 0.3), False),
    ],
)
def test_a_finder_that_looks_elsewhere_is_noticed(
    result: icl.Result, arm: str, places: tuple[float, ...], holds: bool
) -> None:
    old = result.copier(arm)
    new = replace(old, heads=tuple(replace(head, places=places) for head in old.heads))
    copiers = tuple(new if one is old else one for one in result.copiers)
    assert _finding("copying-head", result, copiers=copiers) is holds


def test_layers_that_others_could_stand_in_for_are_no_circuit(result: icl.Result) -> None:
    decoder = result.copier("induction-decoder")
    idle = tuple(replace(head, without=0.9 if head.layer == 0 else head.without) for head in decoder.heads)
    all_matter = tuple(replace(head, without=0.1) for head in decoder.heads)
    for changes in ({"heads": idle}, {"heads": all_matter}, {"without": 0.9}):
        copiers = tuple(replace(one, **changes) if one is decoder else one for one in result.copiers)
        assert _finding("two-layers", result, copiers=copiers) is False


@pytest.mark.parametrize("name", READ)
def test_a_silenced_head_adds_nothing_and_speaks_again(name: str) -> None:
    """With its part of the mixing projection at zero the model says what it says with the head silenced."""
    arm, model, ids = ARMS[name], TRAINING.build(name, 0), induction.texts(4, _generator())

    @torch.no_grad()
    def logits() -> Any:
        return induction.answers(arm, model, ids, induction.last_of(ids), LENGTH // 2)[0]

    kinds = ("self", "cross") if arm.reader is architectures.Reader.two_stacks else ("self",)
    for kind in kinds:
        plain = logits()
        with induction.silenced(arm, model, (kind, 0, 1)):
            silent = logits()
        torch.testing.assert_close(logits(), plain)
        assert not torch.allclose(silent, plain)
        weight = induction._mixes(arm.reader, model, kind, 0).weight
        kept = weight.detach().clone()
        with torch.no_grad():
            weight[:, 16:] = 0
        torch.testing.assert_close(logits(), silent)
        with torch.no_grad():
            weight.copy_(kept)


def _with(result: icl.Result, arm: str, **changes: Any) -> tuple[icl.Runs, ...]:
    return tuple(replace(one, **changes) if one.arm == arm else one for one in result.runs)


@pytest.mark.parametrize(
    ("claim", "arm", "changes"),
    [
        ("copies", "induction-encoder-decoder", {"right": (1.0, 1.0, 0.9)}),
        ("mask-or-not", "induction-bidirectional", {"right": (1.0, 0.9, 1.0)}),
        ("mask-or-not", "induction-causal", {"right": (0.9, 1.0, 1.0)}),
        ("dense-sooner", "induction-decoder", {"learned_at": (200, 0, 200)}),
        ("dense-sooner", "induction-decoder", {"learned_at": (200, 1100, 200)}),
        ("dense-sooner", "induction-decoder-last", {"learned_at": (0, 900, 0)}),
        ("slot-as-soon", "induction-encoder-slot", {"learned_at": (400, 400, 0)}),
    ],
)
def test_one_seed_that_falls_short_is_noticed(
    result: icl.Result, claim: str, arm: str, changes: dict[str, tuple[float, ...]]
) -> None:
    assert _finding(claim, result) is True
    assert _finding(claim, result, runs=_with(result, arm, **changes)) is False


def test_every_arm_is_on_record_with_three_seeds(result: icl.Result) -> None:
    found = {one.arm: one for one in result.runs}
    for name in ARMS:
        assert (len(found[name].right), len(found[name].course)) == (3, 3)
        assert all(len(course) == 40 for course in found[name].course)


def test_all_sizes_are_equal() -> None:
    sizes = [sum(one.numel() for one in TRAINING.build(name, 0).parameters()) for name in ARMS]
    assert max(sizes) <= 1.05 * min(sizes)


def test_the_finders_are_the_heads_of_one_kind_that_look_at_one_place() -> None:
    def head(kind: str, number: int, *places: float) -> induction.Head:
        return induction.Head(kind, 0, number, places, 0.0, 1.0)

    heads = (head("self", 0, 0.0, 0.0, 0.6), head("cross", 0, 0.0, 0.1, 0.9), head("cross", 1, 0.0, 0.0, 0.5))
    found = answers.Copier("x", 1, 1.0, heads, 0.1, 0.0)
    assert (found.finder, found.finder.back, found.finders) == (heads[1], 2, heads[1:])
