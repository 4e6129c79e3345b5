"""What each key of a drill does, while an answer is typed and after its verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt, Conversation, Leave
from llmquiz.app.drill_keys import DrillKeys
from llmquiz.app.drill_session import DrillSession
from llmquiz.errors import LlmquizError
from llmquiz.grading.score import PointScore, PointState, Score
from llmquiz.schedule.selection import Candidate
from tests.app.scripted import Scripted

MISSED = Score(0.0, (PointScore("", PointState.missing),))


def keys(
    context: AppContext, question: str = "scale", *, cram: bool = False, asker: Scripted | None = None
) -> DrillKeys:
    """The keys at a question of the small topic."""
    session = DrillSession(context, [], 0, cram=cram, asker=asker or Scripted())
    return DrillKeys(session, session.recorder, context.collection.get(f"small/{question}"))


def after_verdict(
    context: AppContext, question: str, *pressed: str, notes: tuple[str, ...] = (), cram: bool = False
) -> str:
    """What becomes of a question that was answered wrongly, when these keys are pressed."""
    drill = keys(context, question, cram=cram, asker=Scripted(keys=pressed, notes=notes))
    candidate = Candidate(f"small/{question}", drill.question.kind, 0, 0, (), "9999", True)
    answer = drill.recorder.record(Attempt(drill.question, "13B", 1.0), candidate, MISSED)
    return drill.after_verdict(MISSED, answer)


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
    assert after_verdict(context, "gpt3", "\n") == "answered"
    assert after_verdict(context, "gpt3", "u") == "undo"
    with pytest.raises(Leave) as leave:
        after_verdict(context, "gpt3", "q")
    assert not leave.value.interrupted


def test_of_a_crammed_answer_nothing_can_be_taken_back(context: AppContext) -> None:
    assert after_verdict(context, "gpt3", "u", "\n", cram=True) == "answered"


def test_m_shows_everything_that_belongs_to_the_question(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    after_verdict(context, "kinds.encoder.sees", "\n")
    assert "both sides" not in printed(capsys)
    after_verdict(context, "kinds.encoder.sees", "m", "\n")
    assert "both sides" in printed(capsys)


def test_o_puts_the_learners_verdict_in_the_place_of_the_graders(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    after_verdict(context, "gpt3", "o", "o", "\n", notes=("", "m"))
    assert [review.state for review in context.store.answers()[0].reviews] == ["met"]
    assert "small/gpt3" in printed(capsys)


@pytest.mark.parametrize("ending", ["ran", "cannot", "stopped"])
def test_d_runs_the_demo_in_place_and_whatever_comes_of_it_the_sitting_goes_on(
    context: AppContext, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    error = LlmquizError("mock.nothing-open")  # any that the user can mend
    runs: list[tuple[str, bool]] = []

    def run_and_show(_: AppContext, name: str, *, quick: bool) -> None:
        runs.append((name, quick))
        if ending != "ran":
            raise error if ending == "cannot" else KeyboardInterrupt

    monkeypatch.setattr("llmquiz.app.demos.run_and_show", run_and_show)
    assert after_verdict(context, "gpt3", "d", "\n") == "answered"
    assert runs == [("kv-cache", True)]
    assert printed(capsys) == {"ran": "", "cannot": error.text("en"), "stopped": context.words("demo.stopped")}[ending]


def test_where_there_is_no_demo_d_does_nothing(context: AppContext) -> None:
    assert after_verdict(context, "pick", "d", "\n") == "answered"


def test_the_keys_name_the_demo_only_where_there_is_one(context: AppContext) -> None:
    askers = [Scripted(), Scripted()]
    for question, asker in zip(("gpt3", "pick"), askers, strict=True):
        keys(context, question, asker=asker).after_verdict(MISSED, 1)
    assert [asker.labels for asker in askers] == [[context.words("keys.after")], [context.words("keys.after-plain")]]
    assert isinstance(keys(context).conversation, Conversation)
