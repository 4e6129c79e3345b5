"""The demo infill, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.infill import filling, language, samples, whole_texts, writing
from llmquiz.demos.infill import measure as infill
from llmquiz.demos.infill.findings import Result
from llmquiz.demos.lab import demo, training
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> Result:
    found = quick_run("infill").result
    assert isinstance(found, Result)
    return found


@pytest.fixture
def unseen(result: Result) -> Any:
    """The texts that the quick run measured on."""
    return filling.unseen(0, result.texts)


def _model(name: str) -> Any:
    return training.trained(filling.TRAINING, name)


def _finding(claim: str, result: Result, **changes: Any) -> bool | None:
    return infill.CLAIMS[claim](replace(result, **changes)).holds


def _with(result: Result, letters: int, **losses: float) -> dict[str, Any]:
    """Other losses of models on gaps of so many letters."""
    gaps = [
        replace(gap, found=tuple((name, losses.get(name.replace("-", "_"), value)) for name, value in gap.found))
        if gap.letters == letters
        else gap
        for gap in result.gaps
    ]
    return {"gaps": tuple(gaps)}


# the language


@pytest.mark.parametrize("letters", [1, 2, 3])
def test_the_formula_of_the_floor_is_the_sum_over_all_texts(letters: int) -> None:
    assert language.together(letters) == pytest.approx(language.enumerated(letters), abs=1e-12)
    assert abs(language.together(letters + 1) - language.enumerated(letters)) > 0.05, "a near miss would be noticed"


def test_a_wrong_power_of_the_matrix_gives_another_floor(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("exact-floors", result) is True
    entropy = language.entropy
    monkeypatch.setattr(language, "entropy", lambda steps=1: entropy(max(1, steps - 1)))
    wrong = tuple(replace(gap, floors=(0.0, language.together(gap.letters), 0.0)) for gap in result.gaps)
    assert _finding("exact-floors", result, gaps=wrong) is False


def test_floors_are_in_order() -> None:
    """Both sides help; not knowing the other letters of the gap costs; nothing is worse than knowing nothing."""
    for letters in (2, 3, 4):
        floors = language.together(letters), language.entropy(), language.unigram()
        assert floors == tuple(sorted(floors))
        assert language.together(letters) < language.apart(letters) < language.unigram()
    assert language.apart(1) == pytest.approx(language.together(1))


def test_texts_of_the_language_lose_what_the_floors_say() -> None:
    text = language.texts(4000, torch.Generator().manual_seed(1))
    for letters in (1, 3):
        floors = language.entropy(), language.together(letters), language.apart(letters)
        assert language.exact(text, letters) == pytest.approx(floors, abs=0.03)
    assert language.nats(text) == pytest.approx(language.nats_expected(), abs=0.02)
    assert language.divergence(text) < 0.01


def test_a_text_that_plays_safe_is_probable_and_yet_far_from_the_language() -> None:
    written = [0]
    while len(written) < language.LENGTH:
        written.append(int(language.matrix()[written[-1]].argmax()))
    text = torch.tensor([written])
    assert language.nats(text) < language.nats_expected() - 0.5
    assert language.divergence(text) > 1


def test_the_best_fill_is_the_best_of_all() -> None:
    left, right = 3, 8
    every = [list(one) for one in product(range(language.LETTERS), repeat=2)]
    chances = [language.chance(one, left, right) for one in every]
    assert sum(chances) == pytest.approx(1)
    assert language.best_fill(left, right, 2) == every[chances.index(max(chances))]


# filling


def test_without_its_mask_the_decoder_sees_the_letter_behind_the_gap(
    result: Result, unseen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("blind-to-the-right", result) is True
    model = _model("decoder")
    assert filling.moved("decoder", model, unseen, 4, 1) == 0
    start = torch.full((len(unseen), 1), filling.START)
    monkeypatch.setattr(
        filling, "from_left", lambda m, text: filling.seen_by_all(m, torch.cat((start, text[:, :-1]), 1))
    )
    moved = filling.moved("decoder", model, unseen, 4, 1)
    assert moved == len(unseen)
    changed = tuple((name, result.texts if name == "decoder" else count) for name, count in result.moved)
    assert _finding("blind-to-the-right", result, moved=changed) is False
    assert _finding("blind-to-the-right", result, dtype="bfloat16") is None


@pytest.mark.parametrize("name", filling.ENCODERS)
def test_an_encoder_behind_a_causal_mask_falls_back_above_the_causal_floor(
    name: str, result: Result, unseen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _finding("encoder-below", result) is True
    monkeypatch.setattr(filling, "seen_by_all", lambda m, ids: m(ids, use_cache=False).logits[..., : language.LETTERS])
    broken = filling.gap_loss(name, _model(name), unseen, 1)
    assert broken > language.exact(unseen, 1)[0]
    changed = _with(result, 1, **{name.replace("-", "_"): broken})
    assert _finding("encoder-below", result, **changed) is False


def test_a_decoder_that_is_shown_the_left_side_only_does_not_fill_from_both(
    result: Result, unseen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marks in the place of all letters behind the gap."""
    assert _finding("trained-to-fill", result) is True
    model, losses = _model("decoder-fill"), []
    for start in language.STARTS:
        places = torch.arange(start, language.LENGTH).expand(len(unseen), -1)
        logits = filling.gap_last(model, unseen, places)[:, 0].float()
        losses.append(float(torch.nn.functional.cross_entropy(logits, unseen[:, start])))
    broken = sum(losses) / len(losses)
    assert _finding("trained-to-fill", result, **_with(result, 1, decoder_fill=broken)) is False


def test_what_is_missing_is_not_seen_before_it_is_filled() -> None:
    """And what is known is: a mask that took the second part for another text would hide it."""
    model, places = _model("decoder-fill"), torch.tensor([[5, 6, 7]])
    text = filling.unseen(0, 1)
    before = filling.gap_last(model, text, places)
    for place, first_moved in ((7, 3), (6, 2), (5, 1), (8, 0), (4, 0), (19, 0)):
        other = text.clone()
        other[0, place] = (other[0, place] + 1) % language.LETTERS
        moved = (filling.gap_last(model, other, places) != before).any(-1)[0].tolist()
        assert moved == [i >= first_moved for i in range(3)], place


def test_an_untrained_decoder_reaches_no_floor(result: Result, unseen: Any) -> None:
    raw = filling.untrained("decoder", 0)
    for claim in ("left-side-only", "tried-out"):
        assert _finding(claim, result) is True
    assert (
        _finding("left-side-only", result, **_with(result, 1, decoder=filling.gap_loss("decoder", raw, unseen, 1)))
        is False
    )
    assert _finding("tried-out", result, candidates=filling.candidates_loss(raw, unseen)) is False


def test_a_decoder_below_the_causal_floor_would_be_noticed(result: Result) -> None:
    peeking = result.gaps[0].floors[1]
    assert _finding("left-side-only", result, **_with(result, 1, decoder=peeking)) is False


def test_a_seed_that_failed_is_noticed(result: Result) -> None:
    """The shipped model alone does not carry a claim."""
    for claim, model, figure in (
        ("encoder-below", "encoder-15", "gap 1"),
        ("trained-to-fill", "decoder-fill", "gap 1"),
        ("left-side-only", "decoder", "gap 3"),
        ("tried-out", "decoder", "gap 1, candidates"),
    ):
        seeds = tuple(
            replace(one, values=(*one.values[:2], 3.0)) if (one.model, one.figure) == (model, figure) else one
            for one in result.seeds
        )
        assert _finding(claim, result, seeds=seeds) is False


def test_letters_that_know_each_other_are_cheaper_than_in_one_pass(result: Result) -> None:
    assert _finding("one-pass-is-apart", result) is True
    last = result.gaps[-1]
    known = tuple((name, value) for name, value in last.found if name in filling.ENCODERS)
    assert _finding("one-pass-is-apart", result, gaps=(*result.gaps[:-1], replace(last, one_pass=known))) is False


def test_candidates_are_weighed_by_bayes_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the language itself in the decoder's place: its posterior between two neighbours."""
    start, P = language.stationary().log(), language.matrix().log()
    monkeypatch.setattr(
        filling, "from_left", lambda _, text: torch.cat((start.expand(len(text), 1, -1), P[text[:, :-1]]), 1)
    )
    text = language.texts(3, torch.Generator().manual_seed(0))
    found = filling.candidates(None, text, 9).double().exp()
    exact = P.exp()[text[:, 8]] * P.exp()[:, text[:, 10]].T
    torch.testing.assert_close(found, exact / exact.sum(1, keepdim=True), rtol=1e-5, atol=1e-7)


# writing


def _by_the_language(mask: int) -> Callable[[Any], Any]:
    """Exact predictions of one missing letter from its two neighbours."""

    def reads(ids: Any) -> Any:
        P, first = language.matrix(), language.stationary().expand(len(ids), 1, -1)
        known = ids.clamp_max(language.LETTERS - 1)
        left = torch.cat((first, P[known[:, :-1]]), 1)
        right = torch.cat((P.T[known[:, 1:]], torch.ones_like(first)), 1)
        assert int((ids == mask).sum(1).max()) == 1, "one letter at a time"
        return (left * right).log()

    return reads


def test_gibbs_sampling_with_exact_predictions_writes_the_language() -> None:
    every = writing.by_gibbs(_by_the_language(16), 16, 1500, 12, 0, "cpu")
    nats = [language.nats(text) for text in every]
    assert nats[0] > language.nats_expected() + 0.1, "one sweep from random letters is not enough"
    assert nats[-1] == pytest.approx(language.nats_expected(), abs=0.03)
    assert language.divergence(every[-1]) < 0.02


@pytest.mark.parametrize("passes", [1, 3, 20])
def test_every_place_is_filled_once_and_then_stays(passes: int) -> None:
    seen: list[Any] = []

    def reads(ids: Any) -> Any:
        seen.append(ids.clone())
        return torch.zeros(*ids.shape, language.LETTERS)

    text = writing.from_masks(reads, 16, 4, passes, 0, "cpu")
    assert len(seen) == passes
    assert int(text.max()) < language.LETTERS
    for before, after in zip(seen, [*seen[1:], text], strict=True):
        assert torch.equal(before[before != 16], after[before != 16])
        assert int((after == 16).sum()) < int((before == 16).sum())


def test_letters_drawn_without_the_others_are_no_text(result: Result) -> None:
    """An encoder that never gets beyond its first pass: then the sheet is right."""
    assert _finding("encoder-cannot-write", result) is False
    first = {one.model: one for one in result.written if one.passes == 1}
    stuck = tuple(replace(one, nats=first[one.model].nats) if one.model in first else one for one in result.written)
    assert _finding("encoder-cannot-write", result, written=stuck) is True
    assert _finding("one-pass-text", result) is True
    assert _finding("one-pass-text", result, written=stuck) is False


def test_an_untrained_decoder_does_not_write_better(result: Result) -> None:
    raw = writing.from_decoder(filling.untrained("decoder", 0), filling.START, 64, 0)
    written = tuple(replace(one, nats=language.nats(raw)) if one.model == "decoder" else one for one in result.written)
    assert _finding("decoder-writes-better", result) is True
    assert _finding("decoder-writes-better", result, written=written) is False


def test_without_a_cache_the_decoder_too_reads_everything_again(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted where the ids go in: 1 + 2 + … + T."""
    step = writing._caching.step
    texts: list[Any] = []

    def uncached(model: Any, fed: Any, _cache: Any) -> Any:
        texts.append(fed)
        return step(model, torch.cat(texts, 1))

    monkeypatch.setattr(writing._caching, "step", uncached)
    model = _model("decoder")
    with whole_texts._caching.counting(model.get_input_embeddings()) as fed:
        writing.from_decoder(model, filling.START, 1, 0)
    assert sum(fed) == language.LENGTH * (language.LENGTH + 1) // 2
    assert _finding("positions", result) is True
    assert _finding("positions", result, positions_decoder=sum(fed)) is False


def test_the_cache_changes_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _model("decoder")
    cached = writing.from_decoder(model, filling.START, 8, 3)
    step, texts = writing._caching.step, list[Any]()

    def uncached(model: Any, fed: Any, _cache: Any) -> Any:
        texts.append(fed)
        return step(model, torch.cat(texts, 1))

    monkeypatch.setattr(writing._caching, "step", uncached)
    assert torch.equal(cached, writing.from_decoder(model, filling.START, 8, 3))


# the user's own text


def test_a_text_of_ones_own_is_filled(words_of: Callable[[str], Any]) -> None:
    outcome = demo.run("infill", words_of("infill"), device="cpu", quick=True, text="abc__de")
    sample = outcome.result.sample
    assert sample.text == "abc__de"
    assert {len(fill.letters) for fill in sample.fills} == {2}
    best = max(sample.fills, key=lambda fill: fill.chance)
    assert sample.fills[0].way == "best"
    assert sample.fills[0].chance == best.chance


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abcde",  # no gap
        "_abc",  # nothing before it
        "abc_",  # nothing behind it
        "a_b_c",  # two gaps
        "a_____b",  # five letters
        "a_z",  # q to z are not in the language
        "A_b",
        "abcdefghij_klmnopabcd",  # 21
        "你_好",
    ],
)
def test_a_text_that_has_no_gap_of_the_language_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="abc__de"):
        samples.opened(text)


def test_a_gap_is_found_where_it_is() -> None:
    ids, start, letters = samples.opened("abc__p")
    assert (ids[0, [0, 1, 2, 5]].tolist(), start, letters) == ([0, 1, 2, 15], 3, 2)
