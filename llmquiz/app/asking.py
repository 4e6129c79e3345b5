"""A question put to the learner, whether for the first time or once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmquiz import clock
from llmquiz.app.context import AppContext
from llmquiz.app.conversation import Conversation
from llmquiz.grading.score import PointScore, PointState
from llmquiz.ui.keyboard import ask as keyboard
from llmquiz.ui.keyboard.ask import Asker

if TYPE_CHECKING:
    from llmquiz.collection.collection import QuestionRef
    from llmquiz.schedule.layout import Layout

SAID = {"y": PointState.met, "n": PointState.missing, "1": PointState.met, "2": PointState.missing}
"""What the learner says of a point, by key; digits need no switch of the input method."""


class Asking(Conversation):
    """What a sitting does with one question."""

    def __init__(self, context: AppContext, asker: Asker | None, seed: int) -> None:
        super().__init__(context, asker)
        self.seed = seed
        """Of the order of options and steps."""
        self.sitting = f"{clock.now():%Y%m%dT%H%M%S%f}"

    def load_asker(self) -> Asker:
        return keyboard.asker(self.context.words)

    def present(self, question: QuestionRef, layout: Layout) -> None:
        """What a question puts to the learner."""
        from llmquiz.ui.document import show

        if self.interactive:
            self.context.show(show.question(question, layout, self.context.words))
        else:
            self.plain(show.question_line(question, layout, self.context.words))

    def about(self, question: QuestionRef) -> str:
        """What was asked, for an editor of the user's own."""
        from llmquiz.ui.document import show

        return show.prompt(question, self.context.words)

    def problem(self, question: QuestionRef, layout: Layout, text: str) -> str:
        """What to type instead, where a terminal may ask again."""
        from llmquiz.ui.keyboard.reply import fault

        return fault(question, layout, text, self.context.words) if self.interactive else ""

    def ask_back(self, question: QuestionRef, points: list[PointScore]) -> dict[str, PointState]:
        """What the learner says of the points that could not be decided; in a pipe nothing is asked back."""
        from llmquiz.ui.document import show

        verdicts: dict[str, PointState] = {}
        for point in points if self.interactive else ():
            self.context.show(*show.asked_back(question, point, self.context.words))
            key = self.asker.key(self.context.words("keys.said"), "yn12\n")
            verdicts |= {point.id: SAID[key]} if key in SAID else {}
        return verdicts
