"""What a drill and an interview share: asking until there is an answer, and committing it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Attempt, Conversation, leave_on_hangup
from llmquiz.grading.score import PointState, Score
from llmquiz.schedule.due_dates import Rating
from llmquiz.schedule.reviews import Review
from llmquiz.store.store import Answer, Reviewed
from llmquiz.ui.keyboard.ask import Pressed, Typed
from tests.app.scripted import Scripted


def asked(
    context: AppContext, *replies: Typed | Pressed, draft: str = "", keys: dict[str, Callable[[str], str]] | None = None
) -> tuple[Typed | Pressed, list[str]]:
    """What ends the question, and the draft that each reply was given."""
    script, drafts = list(replies), list[str]()

    def read(before: str) -> Typed | Pressed:
        drafts.append(before)
        return script.pop(0)

    conversation = Conversation(context, Scripted())
    ended = conversation.reply(read, draft, keys or {}, lambda text: "" if text == "good" else f"not {text}")
    return ended, drafts


def test_an_answer_that_can_be_taken_ends_the_question(context: AppContext) -> None:
    assert asked(context, Typed("good"), draft="half") == (Typed("good"), ["half"])


def test_a_key_that_ends_the_question_comes_back_as_it_was_pressed(context: AppContext) -> None:
    skip = Pressed("skip", "half")
    assert asked(context, skip, keys={"hint": str.upper}) == (skip, [""])


def test_a_key_that_does_not_end_it_says_what_stands_in_the_editor_from_now_on(context: AppContext) -> None:
    replies = (Pressed("hint", "half"), Pressed("hint", "more"), Typed("good"))
    assert asked(context, *replies, keys={"hint": str.upper}) == (Typed("good"), ["", "HALF", "MORE"])


def test_what_cannot_be_taken_is_told_and_stays_in_the_editor(
    context: AppContext, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(context, Typed("bad"), Typed("worse"), Typed("good")) == (Typed("good"), ["", "bad", "worse"])
    assert capsys.readouterr().out.split("\n") == ["not bad", "not worse", ""]


def test_an_answer_is_committed_with_everything_that_is_known_of_it(context: AppContext) -> None:
    question = context.collection.get("small/scale")
    attempt = Attempt(question, "words", 12.345, hints=2, hinted=frozenset({"variance"}))
    reviews = [Review("small/scale.variance", PointState.partly, Rating.again, 0.5)]
    conversation = Conversation(context, Scripted())
    number = conversation.record(attempt, Score(0.5, (), grader="judge"), reviews, source="mock", sitting="mock-7")
    kept_reviews = (Reviewed("small/scale.variance", "partly", Rating.again, 0.5),)
    (answer,) = context.store.answers()
    assert answer == Answer(
        number, answer.at, "mock-7", "small/scale", "en", "mock", "words", question.hash, 12.3, 2, "judge", False,
        False, kept_reviews,
    )  # fmt: skip
    assert answer.at.isoformat() == "2026-11-23T09:00:00+00:00"


def test_whoever_sits_there_is_known_before_anything_was_asked(
    context: AppContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Conversation(context, Scripted()).interactive
    assert not Conversation(context, Scripted(interactive=False)).interactive
    for terminal in (True, False):
        monkeypatch.setattr("llmquiz.app.conversation.at_terminal", lambda terminal=terminal: terminal)
        assert Conversation(context, None).interactive is terminal


def test_the_keyboard_is_loaded_once_and_when_it_is_needed(context: AppContext) -> None:
    loaded: list[Scripted] = []

    class Loading(Conversation):
        def load_asker(self) -> Scripted:
            loaded.append(Scripted())
            return loaded[-1]

    conversation = Loading(context, None)
    assert loaded == []
    assert conversation.asker is conversation.asker is loaded[0]
    assert len(loaded) == 1


@pytest.fixture
def handlers() -> Iterator[None]:
    """The handlers of signals are put back."""
    names = [name for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name)]
    before = {name: signal.getsignal(getattr(signal, name)) for name in names}
    yield
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminal hangs up here")
@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM"])
def test_a_closed_terminal_leaves_as_ctrl_c_does(handlers: None, name: str) -> None:
    leave_on_hangup()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), getattr(signal, name))
