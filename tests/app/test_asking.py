"""A question put to the learner: on a terminal, in a pipe, and asked back."""

from __future__ import annotations

import pytest

from llmquiz.app.asking import Asking
from llmquiz.app.context import AppContext
from llmquiz.grading.score import PointScore, PointState
from llmquiz.schedule.layout import Layout, lay_out
from tests.app.scripted import Scripted

UNDECIDED = [PointScore("variance", PointState.undecided, "it grows"), PointScore("softmax", PointState.undecided)]


@pytest.mark.parametrize(("interactive", "text"), [(True, "\nWhich one is causal?"), (False, "[small/pick] choice: ")])
def test_a_pipe_is_told_the_kind(
    context: AppContext, capsys: pytest.CaptureFixture[str], interactive: bool, text: str
) -> None:
    question = context.collection.get("small/pick")
    Asking(context, Scripted(interactive=interactive), 1).present(question, lay_out(question, 1))
    assert text in capsys.readouterr().out


@pytest.mark.parametrize(
    ("keys", "states"), [("yn", ["met", "missing"]), ("12", ["met", "missing"]), ("\n1", [None, "met"])]
)
def test_what_cannot_be_told_is_asked_back_by_letters_or_digits(
    context: AppContext, keys: str, states: list[str | None]
) -> None:
    asking = Asking(context, Scripted(keys=keys), 1)
    verdicts = asking.ask_back(context.collection.get("small/scale"), UNDECIDED)
    assert [verdicts.get(point.id) for point in UNDECIDED] == states


def test_in_a_pipe_nothing_is_asked_back(context: AppContext) -> None:
    asking = Asking(context, Scripted(keys="yy", interactive=False), 1)
    assert asking.ask_back(context.collection.get("small/scale"), UNDECIDED) == {}


def test_only_a_terminal_may_ask_again_what_cannot_be_read(context: AppContext) -> None:
    question = context.collection.get("small/gpt3")
    assert Asking(context, Scripted(), 1).problem(question, Layout(), "many")
    assert not Asking(context, Scripted(interactive=False), 1).problem(question, Layout(), "many")


def test_an_editor_of_ones_own_is_told_what_was_asked(context: AppContext) -> None:
    assert Asking(context, Scripted(), 1).about(context.collection.get("small/free")).startswith("“")
