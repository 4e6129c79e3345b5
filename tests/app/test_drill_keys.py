"""What each key of a drill does, while an answer is typed and after its verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from llmquiz.app import answering
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt, Leave
from llmquiz.app.drill_keys import DrillKeys, VerdictKeys
from llmquiz.app.drill_session import DrillSession
from llmquiz.app.feedback import Feedback
from llmquiz.app.related import demo_of
from llmquiz.errors import LlmquizError
from llmquiz.grading.score import PointState, Remark
from llmquiz.schedule.selection import Candidate
from tests.app.scripted import Scripted


def keys(
    context: AppContext, question: str = "scale", *, cram: bool = False, asker: Scripted | None = None
) -> DrillKeys:
    """The keys at a question of the small topic."""
    session = DrillSession(context, [], 0, cram=cram, asker=asker or Scripted())
    return DrillKeys(session, session.recorder, context.collection.get(f"small/{question}"))


def after_verdict(
    context: AppContext,
    question: str,
    *pressed: str,
    notes: tuple[str, ...] = (),
    again: Callable[[Feedback], bool] | None = None,
    undoable: bool = True,
) -> tuple[str, Scripted, Feedback]:
    """What becomes of a question that was answered wrongly when these keys are pressed, and what was offered."""
    asker = Scripted(keys=pressed, notes=notes)
    drill = keys(context, question, asker=asker)
    missed = answering.not_known(drill.question.entry)
    candidate = Candidate(f"small/{question}", drill.question.kind, 0, 0, (), "9999", True)
    answer = drill.recorder.record(Attempt(drill.question, "13B", 1.0), candidate, missed)
    feedback = Feedback(
        context,
        Attempt(drill.question, "13B", 1.0),
        missed,
        0,
        "one-minute",
        settle=lambda own: drill.recorder.settle(drill.question, feedback.score, answer, own),
    )
    ended = VerdictKeys(drill, feedback, after=lambda: "back tomorrow", again=again).wait(undoable=undoable)
    return ended, asker, feedback


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    """What stands on the screen, in one line."""
    return " ".join(capsys.readouterr().out.split())


def test_hints_come_one_by_one_and_what_they_named_adds_up(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    drill = keys(context)
    hint = drill.while_typing()["hint"]
    assert hint("half an answer") == "half an answer"
    assert (drill.hints, drill.hinted) == (1, frozenset())
    assert "Hint 1 of 2 Think of random vectors." in printed(capsys)
    hint("")
    assert (drill.hints, drill.hinted) == (2, frozenset({"variance"}))
    assert context.words("ask.hint-cost") in printed(capsys)
    hint("")
    assert (drill.hints, drill.hinted) == (3, frozenset({"variance"}))
    assert printed(capsys) == context.words("ask.no-hint")


def test_a_later_hint_does_not_take_back_what_an_earlier_one_named(context: AppContext) -> None:
    drill = keys(context)
    entry = drill.question.entry
    drill.question = replace(drill.question, entry=entry.model_copy(update={"hints": entry.hints[::-1]}))  # type: ignore[union-attr]
    for _ in range(2):
        drill.while_typing()["hint"]("")
    assert drill.hinted == {"variance"}


def test_a_question_without_hints_says_so(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    keys(context, "gpt3").while_typing()["hint"]("")
    assert printed(capsys) == context.words("ask.hintless")


def test_undo_ends_an_answer_only_where_there_is_something_to_undo(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    drill = keys(context)
    assert drill.while_typing()["undo"]("half") == "half"
    assert printed(capsys) == context.words("ask.nothing-to-undo")
    drill.recorder.history.append((1, Candidate("small/scale", "open", 0, 0, (), "9999", True)))
    assert "undo" not in drill.while_typing()


@pytest.mark.parametrize(("note", "flags"), [("odd year", ["odd year"]), ("", [])])
def test_a_flag_keeps_its_note_if_there_is_one(context: AppContext, note: str, flags: list[str]) -> None:
    drill = keys(context, asker=Scripted(notes=[note]))
    assert drill.while_typing()["flag"]("half") == "half"
    assert [flag.note for flag in context.store.flags()] == flags


def test_in_a_pipe_a_flag_asks_for_no_note(context: AppContext) -> None:
    keys(context, asker=Scripted(interactive=False)).while_typing()["flag"]("")
    assert [flag.note for flag in context.store.flags()] == ["-"]


def test_enter_goes_on_q_leaves_and_u_asks_again(context: AppContext) -> None:
    assert after_verdict(context, "gpt3", "\n")[0] == "answered"
    assert after_verdict(context, "gpt3", "u")[0] == "undo"
    with pytest.raises(Leave) as leave:
        after_verdict(context, "gpt3", "q")
    assert not leave.value.interrupted


def test_of_a_crammed_answer_nothing_can_be_taken_back(context: AppContext) -> None:
    assert after_verdict(context, "gpt3", "u", "\n", undoable=False)[0] == "answered"


@pytest.mark.parametrize(
    ("question", "key", "text"),
    [
        ("scale", "a", "A good answer (one minute"),
        ("scale", "w", "Misconceptions"),
        ("scale", "m", "A good answer (one line"),
        ("kinds.encoder.sees", "t", "Kinds sees"),
        ("gpt3", "a", "Right answer"),
    ],
)
def test_what_belongs_to_a_question_is_behind_a_key(
    context: AppContext, capsys: pytest.CaptureFixture[str], question: str, key: str, text: str
) -> None:
    after_verdict(context, question, "\n")
    verdict = printed(capsys)
    # a key for what is looked at, one for the way back, one to go on: the verdict stands again in between
    after_verdict(context, question, key, "q", "\n")
    shown = printed(capsys)
    assert shown.count(verdict) == 2
    assert text in shown.replace(verdict, "")


def test_a_pressed_again_is_the_answer_at_the_next_depth(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    after_verdict(context, "scale", "a", "\n", "a", "\n", "a", "\n", "\n")
    shown = printed(capsys)
    depths = [shown.index(f"({context.words(f'depth.{depth}')}") for depth in ("one-minute", "one-line")]
    assert depths == sorted(depths)


def test_o_puts_the_learners_verdict_in_the_place_of_the_graders(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    after_verdict(context, "gpt3", "o", "\n")
    assert [review.state for review in context.store.answers()[0].reviews] == ["met"]
    assert printed(capsys).count("✓ Right") == 1
    after_verdict(context, "gpt3", "o", "o", "\n")
    assert [review.state for review in context.store.answers()[1].reviews] == ["missing"]


def test_numbers_tick_points_and_the_score_follows_at_once(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, feedback = after_verdict(context, "scale", "1 2", "1", "7", "\n")
    shown = printed(capsys)
    assert ["0 % · 0 of 2" in shown, "100 % · 2 of 2" in shown, "50 % · 1 of 2" in shown] == [True] * 3
    assert context.words("back.no-number", most=2) in shown
    assert [review.state for review in context.store.answers()[0].reviews] == ["missing", "met"]
    assert feedback.missed == ["variance"]


def test_r_asks_for_what_was_missed_and_only_where_something_was(context: AppContext) -> None:
    asked: list[list[str]] = []

    def again(feedback: Feedback) -> bool:
        asked.append(feedback.missed)
        feedback.score = feedback.settle(dict.fromkeys(feedback.missed, PointState.met))
        return True

    _, asker, _ = after_verdict(context, "scale", "r", "r", "\n", again=again)
    assert asked == [["variance", "softmax"]]
    named = context.words("keys.verdict.r")
    assert [named in label for label in asker.labels] == [True, False, False]
    assert named not in after_verdict(context, "gpt3", again=again)[1].labels[0]


@pytest.mark.parametrize("ending", ["ran", "cannot", "stopped"])
def test_d_runs_the_demo_in_place_and_whatever_comes_of_it_the_sitting_goes_on(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    error = LlmquizError("mock.nothing-open")  # any that the user can mend
    runs: list[str] = []

    def show_once(_: AppContext, name: str, show: object) -> None:
        runs.append(name)
        if ending != "ran":
            raise error if ending == "cannot" else KeyboardInterrupt

    monkeypatch.setattr("llmquiz.app.demos.show_once", show_once)
    assert after_verdict(context, "gpt3", "d", "\n")[0] == "answered"
    assert runs == ["kv-cache"]
    last = {"ran": "back tomorrow", "cannot": error.text("en"), "stopped": context.words("demo.stopped")}[ending]
    assert printed(capsys).endswith(last)


@pytest.mark.parametrize("question", ["gpt3", "pick", "scale", "kinds.encoder.sees", "steps", "free"])
def test_exactly_the_keys_that_do_something_are_offered(context: AppContext, question: str) -> None:
    _, asker, feedback = after_verdict(context, question)
    named = {key for key in "ratwsmdoufq" if context.words(f"keys.verdict.{key}") in asker.labels[0].split("|")}
    assert named == {
        *"aufqm",
        *feedback.views(),
        *("d" if demo_of(feedback.question) else ""),
        *("" if question == "scale" else "o"),
    }
    assert (context.words("keys.verdict.numbers", most=2) in asker.labels[0]) is (question == "scale")


def test_a_misconception_can_be_disputed_by_its_number(context: AppContext, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = context.collection.get("small/scale").entry.misconceptions[0].id  # type: ignore[union-attr]

    def again(feedback: Feedback) -> bool:
        feedback.score = replace(feedback.score, misconceptions=(Remark(wrong),))
        return True

    _, asker, feedback = after_verdict(context, "scale", "r", "3", "\n", again=again)
    shown = printed(capsys)
    assert shown.count(" 3 ✗ misconception ") == 1
    assert (feedback.score.misconceptions, feedback.missed) == ((), ["variance", "softmax"])
    assert [
        context.words("keys.verdict.numbers", most=n) in label for n, label in zip((2, 3, 2), asker.labels, strict=True)
    ] == [True] * 3
