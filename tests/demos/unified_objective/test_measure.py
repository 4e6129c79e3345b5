"""The demo unified-objective, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, training
from llmquiz.demos.unified_objective import findings, language, objectives
from llmquiz.demos.unified_objective import measure as unified_objective
from llmquiz.demos.unified_objective.findings import Result
from llmquiz.errors import DemoError

pytestmark = pytest.mark.demo


@pytest.fixture
def result(quick_run: Callable[[str], demo.Outcome]) -> Result:
    found = quick_run("unified-objective").result
    assert isinstance(found, Result)
    return found


def _model(name: str) -> Any:
    return training.trained(objectives.TRAINING, name)


def _finding(claim: str, result: Result, **changes: Any) -> bool | None:
    return unified_objective.CLAIMS[claim](replace(result, **changes)).holds


def _scored(result: Result, model: str, task: str, right: float) -> dict[str, Any]:
    """Another share of exact answers by one model on one task."""
    scores = (replace(one, right=right) if (one.model, one.task) == (model, task) else one for one in result.scores)
    return {"scores": tuple(scores)}


# the tasks


@pytest.mark.parametrize(
    ("task", "text", "answer"),
    [
        ("copy", "dacab", "dacab"),
        ("reverse", "dacab", "bacad"),
        ("sort", "dacab", "aabcd"),
        ("cipher", "abcdefgh", "dgafhceb"),
        ("classify", "abcdef", "+"),  # four of the first half
        ("classify", "abcefg", "-"),  # three of six are not more than half
        ("classify", "aefgh", "-"),
        ("deduplicate", "dacab", "dacb"),
        ("deduplicate", "aaaa", "a"),
        ("deduplicate", "abab", "ab"),  # not only neighbours
        ("deduplicate", "hgfedc", "hgfedc"),
    ],
)
def test_what_is_the_right_answer(task: str, text: str, answer: str) -> None:
    ids = torch.tensor([[language.NAMES.index(one) for one in text]])
    number = list(language.TASKS).index(task)
    assert language.spelled(language.answers(ids, torch.tensor([number]))[0].tolist()) == answer


def test_the_cipher_can_be_undone_and_leaves_no_letter_alone() -> None:
    assert sorted(language.CIPHER) == list(range(language.LETTERS))
    assert all(i != other for i, other in enumerate(language.CIPHER))


def test_no_training_text_is_held_out_and_every_tested_one_is(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = torch.Generator().manual_seed(0)
    for length in language.LENGTHS:
        assert not language.held_out(language.training_texts(3000, length, generator)).any()
        tested = language.testing_texts(200, length, generator)
        assert len(tested) == 200
        assert language.held_out(tested).all()
    assert _finding("unseen-texts", result) is True
    monkeypatch.setattr(language, "held_out", lambda text: torch.zeros(len(text), dtype=torch.bool))
    monkeypatch.setattr(
        language, "testing_texts", lambda count, length, drawn: torch.randint(0, 8, (count, length), generator=drawn)
    )
    assert _finding("unseen-texts", result, seen=findings.seen(30_000, 0)) is False


# the models


def test_a_decoder_that_may_look_ahead_in_training_cannot_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the mask the loss sees the answer that it asks for; the trained weights no longer answer either."""
    model = _model("decoder")
    text = language.testing_texts(50, 5, torch.Generator().manual_seed(0))
    tasks = torch.zeros(50, dtype=torch.long)
    asked, answer = objectives.question(text, tasks), language.answers(text, tasks)
    other = answer.clone()
    other[:, -1] = (other[:, -1] + 1) % language.LETTERS
    same = objectives.decoder_logits(model, asked, answer) == objectives.decoder_logits(model, asked, other)
    assert same[:, :-1].all(), "what comes later is not seen"
    assert not same[:, -1].all()


def test_the_encoder_sees_the_whole_text_at_every_place() -> None:
    model, tasks = _model("encoder-heads"), torch.tensor([2])
    text = torch.tensor([[3, 0, 2, 0, 1]])
    before = objectives.encoder_logits(model, text, tasks)
    for place in range(5):
        other = text.clone()
        other[0, place] = 6
        assert (objectives.encoder_logits(model, other, tasks) != before).any(-1).all()


@pytest.mark.parametrize("name", ["decoder", "encoder-decoder"])
def test_the_end_of_an_answer_is_learnt_once(name: str) -> None:
    """Three letters out of five: three losses, one for the end, none behind it."""
    answer = torch.tensor([[3, 0, 2, language.END, language.END], [1, 2, 3, 4, 5]])
    ignored = objectives.IGNORED
    assert objectives.with_end(answer).tolist() == [
        [3, 0, 2, language.END, ignored, ignored],
        [1, 2, 3, 4, 5, language.END],
    ]
    text = torch.tensor([[3, 0, 2, 0, 3]])
    assert language.END not in objectives.question(text, torch.tensor([5])).tolist()[0], name


def test_an_untrained_model_learns_nothing_by_being_asked(result: Result) -> None:
    for claim, name in (
        ("decoder-all", "decoder"),
        ("encoder-fixed", "encoder-heads"),
        ("understanding-by-answering", "decoder"),
    ):
        raw = objectives.untrained(name, 0)
        right = objectives.right(name, raw, "classify", 0)
        assert _finding(claim, result) is True
        assert _finding(claim, result, **_scored(result, name, "classify", right)) is False


def test_one_seed_that_failed_is_noticed(result: Result) -> None:
    failed = tuple(
        replace(one, seeds=(*one.seeds[:2], 0.5)) if (one.model, one.task) == ("decoder", "sort") else one
        for one in result.scores
    )
    assert _finding("decoder-all", result, scores=failed) is False


def test_reversal_may_fail_once_in_three_seeds_and_not_twice(result: Result) -> None:
    def reversed_by(*seeds: float) -> dict[str, Any]:
        key = ("encoder-heads", "reverse")
        return {"scores": tuple(replace(o, seeds=seeds) if (o.model, o.task) == key else o for o in result.scores)}

    assert _finding("encoder-fixed", result) is True
    assert _finding("encoder-fixed", result, **reversed_by(0.95, 0.3, 0.95)) is True
    assert _finding("encoder-fixed", result, **reversed_by(0.95, 0.3, 0.89)) is False


def test_an_untrained_encoder_does_not_deduplicate(result: Result) -> None:
    right = objectives.right("encoder-heads", objectives.untrained("encoder-heads", 0), "deduplicate", 0)
    assert _finding("encoder-deduplicates", result) is True
    assert _finding("encoder-deduplicates", result, **_scored(result, "encoder-heads", "deduplicate", right)) is False


def test_sooner_is_read_off_the_losses_of_every_seed(result: Result) -> None:
    assert _finding("sooner", result) is True
    curves = dict(result.losses)
    swapped = curves | {"decoder": curves["encoder-decoder"], "encoder-decoder": curves["decoder"]}
    assert _finding("sooner", result, losses=tuple(swapped.items())) is False
    never = curves | {"encoder-decoder": (*curves["encoder-decoder"][:2], (0.2, 0.2))}
    assert _finding("sooner", result, losses=tuple(never.items())) is False


def test_a_mistake_is_one(result: Result) -> None:
    for one in result.slips:
        ((name, answer),) = one.written
        chosen = torch.tensor([list(language.TASKS).index(one.task)])
        again = objectives.written(name, _model(name), findings.read(one.text), chosen)[0].tolist()
        assert language.spelled(again) == answer != one.true
    assert "encoder-heads" in {one.written[0][0] for one in result.slips}


def test_an_encoder_decoder_that_fails_a_task_or_needs_a_head_would_prove_the_sheet(result: Result) -> None:
    assert _finding("decoder-alone", result) is False
    assert _finding("decoder-alone", result, **_scored(result, "encoder-decoder", "sort", 0.5)) is True
    decoder, both, encoder = result.kinds
    with_heads = replace(both, outputs=encoder.outputs)
    assert _finding("decoder-alone", result, kinds=(decoder, with_heads, encoder)) is True


def test_a_head_that_two_tasks_share_is_one_objective(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _finding("heads", result) is True
    decoder, both, encoder = result.kinds
    logits_of = objectives.encoder_logits
    monkeypatch.setattr(
        objectives, "encoder_logits", lambda model, text, tasks: logits_of(model, text, tasks.clamp_max(3))
    )
    shared = replace(encoder, outputs=findings.outputs_used("encoder-heads", _model("encoder-heads"), 0))
    assert shared.objectives == 4
    assert _finding("heads", result, kinds=(decoder, both, shared)) is False


def test_outputs_are_counted_without_touching_the_weights() -> None:
    model = _model("encoder-heads")
    before = model.score.weight.clone()
    used = findings.outputs_used("encoder-heads", model, 0)
    assert used == tuple(
        tuple(range(language.ANSWERS * i, language.ANSWERS * (i + 1))) for i in range(len(language.TASKS))
    )
    assert torch.equal(before, model.score.weight)
    assert model.score.weight.grad is None


def test_another_size_is_noticed(result: Result) -> None:
    large = (replace(result.kinds[0], parameters=2 * result.kinds[0].parameters), *result.kinds[1:])
    assert _finding("equal-size", result) is True
    assert _finding("equal-size", result, kinds=large) is False


def test_an_encoder_that_is_asked_letter_by_letter_takes_more_passes(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder, both, encoder = result.kinds
    logits_of = objectives.encoder_logits

    def again(model: Any, text: Any, tasks: Any) -> Any:
        return torch.stack([logits_of(model, text, tasks)[:, i] for i in range(text.shape[1])], 1)

    monkeypatch.setattr(objectives, "encoder_logits", again)
    slow = replace(encoder, passes=findings.passes("encoder-heads", _model("encoder-heads")))
    assert _finding("one-pass", result) is True
    assert _finding("one-pass", result, kinds=(decoder, both, slow)) is False


# the user's own text


def test_a_text_of_ones_own_is_answered(words_of: Callable[[str], Any]) -> None:
    outcome = demo.run("unified-objective", words_of("unified-objective"), device="cpu", quick=True, text="d a c a b")
    assert [(one.task, one.true) for one in outcome.result.answered] == [
        ("copy", "dacab"),
        ("reverse", "bacad"),
        ("sort", "aabcd"),
        ("cipher", "".join("dgafhceb"["abcdefgh".index(c)] for c in "dacab")),
        ("classify", "+"),
        ("deduplicate", "dacb"),
    ]


@pytest.mark.parametrize("text", ["", "abc", "abcdefg", "abci", "3 1 2 4", "ABCD", "你好你好"])
def test_a_text_that_the_models_do_not_know_is_refused(text: str) -> None:
    with pytest.raises(DemoError, match="d a c a b"):
        findings.read(text)
