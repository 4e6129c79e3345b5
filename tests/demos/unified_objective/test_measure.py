"""The demo unified-objective, and what becomes of its claims when the mechanism is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from llmquiz.demos.lab import demo, tiny, training
from llmquiz.demos.unified_objective import answers, language, models, objectives, train
from llmquiz.demos.unified_objective.claims import TASKS, Result
from llmquiz.demos.unified_objective.train import TRAINING
from tests.demos.breaking import finding

pytestmark = pytest.mark.demo


def _model(name: str) -> Any:
    return training.trained(TRAINING, name)


def _scored(result: Result, name: str, model: Any, task: str) -> dict[str, Any]:
    """The scores with the exact answers of `model` in the place of those of the shipped one."""
    share = answers.exact_share(name, model, task, 0)
    return {
        "scores": tuple(
            replace(score, right=share) if (score.model, score.task) == (name, task) else score
            for score in result.scores
        )
    }


def _number(task: str) -> Any:
    return torch.tensor([TASKS.index(task)])


# what each model sees


def test_the_decoder_sees_no_letter_of_the_answer_before_its_turn() -> None:
    model = _model("decoder")
    text = language.testing_texts(50, 5, torch.Generator().manual_seed(0))
    tasks = torch.zeros(50, dtype=torch.long)
    asked, answer = models.question(text, tasks), language.answers(text, tasks)
    last_changed = answer.clone()
    last_changed[:, -1] = (last_changed[:, -1] + 1) % language.LETTERS
    same = models.decoder_logits(model, asked, answer) == models.decoder_logits(model, asked, last_changed)
    assert same[:, :-1].all(), "what comes later is not seen"
    assert not same[:, -1].all()


def test_the_encoder_sees_the_whole_text_at_every_place() -> None:
    model, tasks = _model("encoder-heads"), torch.tensor([2])
    text = torch.tensor([[3, 0, 2, 0, 1]])
    before = models.encoder_logits(model, text, tasks)
    for place in range(5):
        letter_changed = text.clone()
        letter_changed[0, place] = 6
        assert (models.encoder_logits(model, letter_changed, tasks) != before).any(-1).all()


@pytest.mark.parametrize("name", ["decoder", "encoder-decoder"])
def test_the_end_of_an_answer_is_learnt_once(name: str) -> None:
    """Three letters out of five: three losses, one for the end, none behind it."""
    answer = torch.tensor([[3, 0, 2, language.END, language.END], [1, 2, 3, 4, 5]])
    ignored = train.IGNORED
    assert train.with_end(answer).tolist() == [
        [3, 0, 2, language.END, ignored, ignored],
        [1, 2, 3, 4, 5, language.END],
    ]
    text = torch.tensor([[3, 0, 2, 0, 3]])
    assert language.END not in models.question(text, torch.tensor([5])).tolist()[0], name


# the mechanism broken


@pytest.mark.breaks("decoder-all", "understanding-by-answering")
@pytest.mark.parametrize(
    ("claim", "task"), [("decoder-all", "sort"), ("decoder-all", "reverse"), ("understanding-by-answering", "classify")]
)
def test_a_decoder_that_does_not_see_the_text_does_not_answer(
    result: Result, claim: str, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(model: Any, asked: Any, answer: Any) -> Any:
        hidden = asked.clone()
        hidden[:, 1:-1] = 0
        return models.decoder_logits(model, hidden, answer)

    assert finding(claim, result, **_scored(result, "decoder", _model("decoder"), task)) is True
    monkeypatch.setitem(models.WRITERS, "decoder", blind)
    assert finding(claim, result, **_scored(result, "decoder", _model("decoder"), task)) is False


@pytest.mark.breaks("decoder-alone")
def test_an_encoder_decoder_without_its_cross_attention_would_prove_the_sheet(result: Result) -> None:
    def nothing(_module: Any, _inputs: Any, output: Any) -> Any:
        return (torch.zeros_like(output[0]), *output[1:])

    model = _model("encoder-decoder")
    assert finding("decoder-alone", result, **_scored(result, "encoder-decoder", model, "sort")) is False
    for layer in model.model.decoder.layers:
        layer.encoder_attn.register_forward_hook(nothing)
    assert finding("decoder-alone", result, **_scored(result, "encoder-decoder", model, "sort")) is True


@pytest.mark.breaks("encoder-fixed", "encoder-deduplicates")
@pytest.mark.parametrize(("claim", "task"), [("encoder-fixed", "sort"), ("encoder-deduplicates", "deduplicate")])
def test_an_encoder_behind_a_causal_mask_does_not_answer(
    result: Result, claim: str, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = _model("encoder-heads")
    assert finding(claim, result, **_scored(result, "encoder-heads", model, task)) is True
    monkeypatch.setattr(models.tiny, "open_mask", lambda model, batch, length: None)
    assert finding(claim, result, **_scored(result, "encoder-heads", model, task)) is False


@pytest.mark.parametrize(
    ("claim", "name", "task"),
    [
        ("decoder-all", "decoder", "classify"),
        ("encoder-fixed", "encoder-heads", "classify"),
        ("understanding-by-answering", "decoder", "classify"),
        ("encoder-deduplicates", "encoder-heads", "deduplicate"),
    ],
)
def test_an_untrained_model_learns_nothing_by_being_asked(result: Result, claim: str, name: str, task: str) -> None:
    assert finding(claim, result) is True
    assert finding(claim, result, **_scored(result, name, models.untrained(name, 0), task)) is False


@pytest.mark.breaks("heads")
def test_a_head_that_two_tasks_share_is_one_objective(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("heads", result) is True
    decoder, encoder_decoder, encoder = result.kinds
    logits_of = models.encoder_logits
    monkeypatch.setattr(models, "encoder_logits", lambda model, text, tasks: logits_of(model, text, tasks.clamp_max(3)))
    shared = replace(encoder, outputs=objectives.outputs_used("encoder-heads", _model("encoder-heads"), 0))
    assert shared.objectives == 4
    assert finding("heads", result, kinds=(decoder, encoder_decoder, shared)) is False


@pytest.mark.breaks("equal-size")
def test_a_decoder_with_a_layer_more_is_larger(result: Result) -> None:
    decoder, *others = result.kinds
    model = models.untrained("decoder", 0)
    assert finding("equal-size", result, kinds=(replace(decoder, parameters=tiny.parameters(model)), *others)) is True
    model.model.layers.append(copy.deepcopy(model.model.layers[-1]))
    assert finding("equal-size", result, kinds=(replace(decoder, parameters=tiny.parameters(model)), *others)) is False


@pytest.mark.breaks("one-pass")
def test_an_encoder_that_is_asked_letter_by_letter_takes_more_passes(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder, encoder_decoder, encoder = result.kinds
    logits_of = models.encoder_logits

    def letter_by_letter(model: Any, text: Any, tasks: Any) -> Any:
        return torch.stack([logits_of(model, text, tasks)[:, i] for i in range(text.shape[1])], 1)

    monkeypatch.setattr(models, "encoder_logits", letter_by_letter)
    slow = replace(encoder, passes=objectives.passes("encoder-heads", _model("encoder-heads")))
    assert finding("one-pass", result) is True
    assert finding("one-pass", result, kinds=(decoder, encoder_decoder, slow)) is False


def test_outputs_are_counted_without_touching_the_weights() -> None:
    model = _model("encoder-heads")
    before = model.score.weight.clone()
    used = objectives.outputs_used("encoder-heads", model, 0)
    size = language.ANSWERS
    assert used == tuple(tuple(range(size * i, size * (i + 1))) for i in range(len(TASKS)))
    assert torch.equal(before, model.score.weight)
    assert model.score.weight.grad is None


def test_a_mistake_is_one(result: Result) -> None:
    for slip in result.slips:
        ((name, answer),) = slip.written
        again = models.write(name, _model(name), language.read(slip.text), _number(slip.task))[0].tolist()
        assert language.spelled(again) == answer != slip.true
    assert "encoder-heads" in {slip.written[0][0] for slip in result.slips}


def test_a_model_without_a_mistake_has_no_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "write", lambda name, model, text, tasks: language.answers(text, tasks))
    assert answers.slip("decoder", None, 0) is None


# the user's own text


def test_a_text_of_ones_own_is_answered(words_of: Callable[[str], Any]) -> None:
    outcome = demo.run("unified-objective", words_of("unified-objective"), device="cpu", quick=True, text="d a c a b")
    assert [(asked.task, asked.true) for asked in outcome.result.answered] == [
        ("copy", "dacab"),
        ("reverse", "bacad"),
        ("sort", "aabcd"),
        ("cipher", "".join("dgafhceb"["abcdefgh".index(c)] for c in "dacab")),
        ("classify", "+"),
        ("deduplicate", "dacb"),
    ]
