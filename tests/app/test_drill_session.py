"""A sitting without a terminal: a script answers, the log says what became of it."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Leave
from llmquiz.app.drill import queue
from llmquiz.app.drill_session import DrillSession
from llmquiz.errors import StoreError
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schedule.due_dates import Rating
from llmquiz.schedule.selection import DrillOptions
from llmquiz.ui.keyboard.ask import Keep, Pressed
from tests.app.scripted import Line, Scripted

BOTH = "The variance grows with d, and large scores saturate the softmax."


def sit(context: AppContext, asker: Scripted, *names: str, cram: bool = False) -> list[str]:
    """Drill these questions; those that were answered and not undone, in order."""
    candidates, level = queue(context, DrillOptions(names=tuple(f"small/{name}" for name in names)))
    candidates.sort(key=lambda candidate: names.index(candidate.question.split("/")[1]))
    session = DrillSession(context, candidates, level, cram=cram, asker=asker)
    with suppress(Leave):
        session.run()
    return [answer.question for answer in context.store.answers() if not answer.undone]


def states(context: AppContext, question: str) -> dict[str, str]:
    answers = [answer for answer in context.store.answers() if answer.question == question and not answer.undone]
    return {review.item.rpartition(".")[2]: review.state for review in answers[-1].reviews}


def test_answers_are_recorded_one_by_one(context: AppContext) -> None:
    assert sit(context, Scripted(BOTH, "175B"), "scale", "gpt3") == ["small/scale", "small/gpt3"]
    assert states(context, "small/scale") == {"variance": "met", "softmax": "met"}


def test_who_is_shown_the_answer_does_not_know_it(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    asker = Scripted(Pressed("reveal", "The variance grows"), Pressed("reveal"), "175B")
    assert sit(context, asker, "scale", "steps", "gpt3") == ["small/scale", "small/steps", "small/gpt3"]
    assert states(context, "small/scale") == {"variance": "missing", "softmax": "missing"}
    ratings = [review.rating for answer in context.store.answers()[:2] for review in answer.reviews]
    assert set(ratings) == {Rating.again}
    assert context.past.draft("small/scale") is None
    shown = capsys.readouterr().out
    assert "Skipped" not in shown
    assert "0 % · 0 of 2 points" in shown


def test_undo_asks_again_and_loses_nothing_that_stood_on_the_screen(context: AppContext) -> None:
    """The question that waits for its answer comes back after the one that is asked again."""
    asker = Scripted("100", Pressed("undo"), "175B", "autoregressive generation", BOTH)
    answered = sit(context, asker, "gpt3", "order-of-words", "scale")
    assert answered == ["small/gpt3", "small/order-of-words", "small/scale"]
    assert len(context.store.answers()) == 4


def test_undo_after_the_verdict_asks_the_same_question_once_more(context: AppContext) -> None:
    asker = Scripted("100", "175B", "autoregressive generation", keys=["u", "\n", "\n"])
    assert sit(context, asker, "gpt3", "order-of-words") == ["small/gpt3", "small/order-of-words"]


def test_before_the_first_answer_there_is_nothing_to_undo(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    asker = Scripted(Pressed("undo", "half an ans"), "175B")
    assert sit(context, asker, "gpt3") == ["small/gpt3"]
    assert asker.drafts == ["", "half an ans"]
    assert "nothing to undo" in capsys.readouterr().out.lower()


@pytest.mark.parametrize("key", ["quit", "end", "stop", "skip"])
def test_what_was_typed_stays_for_the_next_time(context: AppContext, key: str) -> None:
    assert sit(context, Scripted(Pressed(key, "The variance")), "scale") == []
    again = Scripted(Pressed("quit", "The variance"))
    sit(context, again, "scale")
    assert again.drafts == ["The variance"]


def test_a_draft_is_kept_while_it_is_typed_and_gone_once_it_is_sent(context: AppContext) -> None:
    def type_slowly(keep: Keep) -> None:
        keep("The vari")
        assert context.store.draft("small/scale") == "The vari"

    sit(context, Scripted(type_slowly, BOTH), "scale")
    assert not context.store.draft("small/scale")


def test_an_answer_that_could_not_be_recorded_stays_as_a_draft(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise StoreError("store.no-answer", answer=1, path="x")

    monkeypatch.setattr(type(context.store), "record", refuse)
    with pytest.raises(StoreError, match="There is no answer 1 in x"):
        sit(context, Scripted(BOTH), "scale")
    assert context.store.draft("small/scale") == BOTH


def test_half_an_order_is_no_draft_as_its_numbers_stand_for_others_the_next_time(context: AppContext) -> None:
    sit(context, Scripted(Pressed("quit", "2 1")), "steps")
    assert context.store.draft("small/steps") is None


def numbers_shown(capsys: pytest.CaptureFixture[str], total: int) -> list[str]:
    """The number of each question as it stands over it."""
    return re.findall(rf"(\d+) of {total}\b", capsys.readouterr().out)


def test_questions_that_are_asked_again_have_their_numbers_again(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    sit(context, Scripted("100", Pressed("undo"), "175B", "2", BOTH), "gpt3", "pick", "scale")
    assert numbers_shown(capsys, 3) == ["1", "2", "1", "2", "3"]
    sit(context, Scripted("100", "175B", "2", keys=["u"]), "gpt3", "pick")
    assert numbers_shown(capsys, 2) == ["1", "1", "2"]


def test_what_was_not_decided_says_nothing_about_when_it_comes_back(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A point that was seen long ago and could not be decided now is due, and is not meant by `comes back`."""
    sit(context, Scripted(BOTH), "scale")
    points = (PointScore("variance", PointState.undecided), PointScore("softmax", PointState.undecided))
    monkeypatch.setattr("llmquiz.app.answering.grade", lambda *_: Score(0.0, points))
    capsys.readouterr()
    sit(context, Scripted(BOTH), "scale")
    assert context.words("back.not-counted") in " ".join(capsys.readouterr().out.split())


def test_only_ctrl_c_is_an_interruption(context: AppContext) -> None:
    candidates, level = queue(context, DrillOptions(names=("small/scale",)))
    for key, interrupted in (("stop", True), ("quit", False)):
        session = DrillSession(context, candidates, level, asker=Scripted(Pressed(key)))
        with pytest.raises(Leave) as leave:
            session.run()
        assert leave.value.interrupted is interrupted


@pytest.mark.parametrize(("answer", "complete"), [("1 2", False), ("1 1 2", False), ("1 2 3", True), ("312", True)])
def test_an_order_that_is_not_complete_is_asked_again(context: AppContext, answer: str, complete: bool) -> None:
    asker = Scripted(answer, *([] if complete else ["2 1 3"]))
    assert sit(context, asker, "steps") == ["small/steps"]
    assert asker.drafts[:2] == ([""] if complete else ["", answer])[:2] or asker.drafts[:2] == ["", ""]


@pytest.mark.parametrize(
    ("question", "refused", "taken"),
    [("pick", "3", "1"), ("gpt3", "many", "175B"), ("free", "perhaps", "wrong"), ("scale", "  ", BOTH)],
)
def test_a_terminal_asks_again_what_cannot_be_read(
    context: AppContext, question: str, refused: str, taken: str
) -> None:
    asker = Scripted(refused, taken)
    assert sit(context, asker, question) == [f"small/{question}"]
    assert asker.drafts == ["", refused]


def test_a_pipe_takes_what_it_is_given(context: AppContext) -> None:
    asker = Scripted("many", interactive=False)
    assert sit(context, asker, "gpt3") == ["small/gpt3"]
    assert asker.labels == []


def test_a_hint_that_names_a_point_counts_against_it(context: AppContext) -> None:
    asker = Scripted(Pressed("hint", "well"), Pressed("hint"), BOTH)
    sit(context, asker, "scale")
    (answer,) = context.store.answers()
    ratings = {review.item: review.rating for review in answer.reviews}
    assert answer.hints == 2
    assert asker.drafts == ["", "well", ""]
    assert ratings == {"small/scale.variance": Rating.again, "small/scale.softmax": Rating.good}


def test_the_learners_word_overrules_the_grader(context: AppContext) -> None:
    asker = Scripted("I do not know.", keys=["1", "\n"])
    sit(context, asker, "scale")
    assert states(context, "small/scale") == {"variance": "met", "softmax": "missing"}


def test_a_flag_keeps_its_note_and_the_answer_goes_on(context: AppContext) -> None:
    asker = Scripted(Pressed("flag", "half"), "175B", notes=["the source is old"])
    assert sit(context, asker, "gpt3") == ["small/gpt3"]
    assert asker.drafts == ["", "half"]
    assert [flag.note for flag in context.store.flags()] == ["the source is old"]


def test_cramming_keeps_nothing(context: AppContext) -> None:
    def type_slowly(keep: Keep) -> None:
        keep("The vari")

    lines: tuple[Line, ...] = (type_slowly, BOTH, Pressed("undo", ""), "175B")
    assert sit(context, Scripted(*lines, keys=["u", "\n"]), "scale", "gpt3", cram=True) == []
    assert not context.store.draft("small/scale")
